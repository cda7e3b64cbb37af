#pragma once

#include <offhook/agent/phone/media_security.hpp>
#include <offhook/agent/phone/media_session.hpp>
#include <offhook/agent/phone/media_wait.hpp>
#include <offhook/agent/phone/phone_core.hpp>

namespace offhook::inline v0::phone {

/// Implements Call: drives one session of the stack and one media session.
class PhoneCall final : public Call, public std::enable_shared_from_this<PhoneCall> {
 public:
  PhoneCall(const std::shared_ptr<PhoneCore>& core, sip::IncomingCall incoming, std::uint64_t sdp_id, MediaSecurity security, std::optional<base::IpAddress> seen);
  PhoneCall(const std::shared_ptr<PhoneCore>& core, std::uint64_t sdp_id, std::string peer, MediaSecurity security);
  /// Opens the media of an outgoing call, and sends its INVITE (PhoneCore::sent) when the media are ready: at once or later. An error that
  /// comes later ends the call (PhoneCore::unsent).
  [[nodiscard]] base::Result<void, base::Error> dial(const DialOptions& options, std::shared_ptr<media::AudioPort> port, const MediaPlace& place);

  sip::SessionId id() const override { return session_; }
  State state() const override { return state_; }
  bool outgoing() const override { return outgoing_; }
  const sip::LegName& leg_name() const override { return leg_name_; }
  bool peer_replaces() const override;
  std::optional<media::AudioCodec> codec() const override { return media_.codec(); }
  std::optional<media::AudioCodec> codec_among(const std::vector<media::AudioCodec>& codecs) const override {
    return media_.codec_among(codecs, offer_.data, source_.ip);
  }
  std::string srtp_suite() const override { return media_.srtp_suite(); }
  bool uses_dtls() const override { return media_.uses_dtls(); }
  std::string ice_route() const override { return media_.ice_route(); }
  std::optional<media::LegId> media_leg() const override { return media_.leg(); }
  std::vector<sdp::Media> other_media() const override { return media_.other_media(); }

  // Events of the stack about this session.
  void on_progress(const sip::CallProgress& event);
  void on_answered(const sip::CallAnswered& event);
  void on_confirmed(const sip::CallConfirmed& event);
  void on_offer(const sip::OfferReceived& event);
  void on_offer_answered(const sip::OfferAnswered& event);
  void on_offer_refused(const sip::OfferRefused& event);
  void on_trickled(const sip::InfoReceived& event) { media_.add_trickled(event.body.data); }
  void on_ended(const sip::CallEnded& event);
  /// The endpoint ends: closes the media leg while the engine still exists.
  void let_go();

 private:
  [[nodiscard]] auto usable_core() const { return usable(core_); }
  [[nodiscard]] std::shared_ptr<PhoneCore> core() const { return core_.lock(); }  // The core exists while the endpoint invokes the event functions.
  base::Result<void, base::Error> do_prepare(std::shared_ptr<media::AudioPort> port, const std::vector<media::AudioCodec>& codecs) override;
  base::Result<void, base::Error> do_ring(int status, sip::HeaderList headers) override;
  base::Result<void, base::Error> do_progress(const Prepared& prepared, int status, sip::HeaderList headers) override;
  base::Result<void, base::Error> do_answer(Prepared prepared, sip::Extras extras) override;
  base::Result<void, base::Error> do_reject(int status, sip::HeaderList headers) override;
  base::Result<void, base::Error> do_redirect(const std::vector<std::string>& targets, int status, sip::HeaderList headers) override;
  base::Result<void, base::Error> do_set_other_media(std::vector<sdp::Media> ours, sip::Extras extras) override;
  base::Result<void, base::Error> do_hang_up(sip::Extras extras) override;
  base::Result<void, base::Error> do_hold(bool on_hold, sip::Extras extras) override;
  base::Result<void, base::Error> do_identify(const sip::Party& party, sip::HeaderList headers) override;
  base::Result<void, base::Error> do_transfer(std::string_view target, sip::HeaderList headers) override;
  base::Result<void, base::Error> do_transfer_to(sip::SessionId other, sip::HeaderList headers) override;
  base::Result<void, base::Error> do_accept_transfer(sip::HeaderList headers) override;
  base::Result<void, base::Error> do_decline_transfer(int status, sip::HeaderList headers) override;
  base::Result<void, base::Error> do_send_text(sip::Body body, sip::Extras extras) override;
  base::Result<void, base::Error> do_send_info(std::string package, sip::Body body, sip::Extras extras) override;

  template <class Do>
  base::Result<void, base::Error> ask(std::string_view what, Do operation);
  using Ready = MediaWait::Ready;
  [[nodiscard]] std::optional<Ready> open_media(const MediaPlace& place, std::shared_ptr<media::AudioPort> port, std::function<void(PhoneCall&, const Ready&)> later);
  void on_prepared(const Ready& ready);
  [[nodiscard]] base::Result<std::string, base::Error> describe();
  [[nodiscard]] base::Result<void, base::Error> invite(const DialOptions& options);
  void end_unsent(sip::CallEnded::Why why, std::string reason);
  [[nodiscard]] base::Result<void, base::Error> may_answer(const Prepared& prepared) const;
  void connected(const sip::HeaderFields& headers, const std::optional<sip::Party>& asserted);
  void report_connected();
  void report_media(const sip::HeaderFields& headers, const std::optional<sip::Party>& asserted = {});
  [[nodiscard]] base::Result<void, base::Error> may_offer(std::string_view what) const;
  base::Result<void, base::Error> offer_anew(std::string_view what, bool on_hold, sip::Extras extras);
  void apply_tones();
  [[nodiscard]] sip::CallEnded end_of(sip::CallEnded event);
  void start_media();
  void keep_negotiating();
  void negotiate();
  [[nodiscard]] sip::Body sdp_body(std::string text) const;
  /// Returns the source of the call's last message; unspecified if no message has come yet.
  [[nodiscard]] base::IpAddress signalling_host() const;
  [[nodiscard]] base::TimePoint now() const { return base::Clock::now(); }

  std::weak_ptr<PhoneCore> core_;
  sip::SessionId session_;
  sip::LegName leg_name_;
  State state_ = State::Offered;
  bool outgoing_ = false;
  std::string peer_;             // the other side's URI: its host completes the target of a transfer
  sip::Body offer_;              // the peer's offer; empty: the peer wants an offer from this side
  base::SocketAddress source_;
  std::optional<base::IpAddress> seen_;   // this machine's address as the caller's network sees it
  MediaSession media_;
  bool negotiates_ = false;        // true if another negotiate() is scheduled
  /// A CallConnected that waits for the path of the media.
  struct Unreported {
    sip::HeaderFields headers;
    std::optional<sip::Party> asserted;
    base::TimePoint latest;        // time at which it is sent even without a path
  };
  std::optional<Unreported> unreported_{};
  bool waits_for_answer_ = false;  // true if negotiate() failed before the answer: it runs again after the answer
  std::string failure_;            // why negotiate() failed; "" if it has not
  bool keys_need_tls_ = false;     // true if this side's descriptions contain keys, so that only TLS may carry them
  bool early_media_ = true;        // true: early media play before the 2xx
  std::shared_ptr<media::AudioPort> listened_;  // port with early media, to detect tones; null: no detection
  bool heeding_ = false;                        // true: apply_tones() polls for tones
  media::LineTone refused_by_ = media::LineTone::None;
  MediaWait media_wait_;
  bool has_port_ = false;   // prepare() was called
  std::string our_answer_;  // this side's answer, or its offer if the INVITE had none; empty: the media are not prepared
};

}  // namespace offhook::inline v0::phone
