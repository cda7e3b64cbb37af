#pragma once

#include <offhook/agent/phone/call_path.hpp>
#include <offhook/agent/phone/call_srtp.hpp>
#include <offhook/agent/phone/media_preparation.hpp>
#include <offhook/agent/phone/media_security.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>
#include <offhook/media/engine/engine.hpp>
#include <offhook/sdp/negotiator.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::phone {

/// The media of one call: offer/answer (RFC 3264) and one leg of the engine. A new agreement takes effect at once, from the first answer
/// on; the leg exists as long as this object.
class MediaSession {
 public:
  /// Options besides the codecs.
  struct Extras {
    bool comfort_noise = true;  ///< RFC 3389
    bool voip_metrics = true;   ///< RFC 3611 section 5.2
    rtp::SourceRule source_rule = rtp::SourceRule::PeerHosts;
    bool order_of_offer = false;  ///< EndpointOptions::order_of_offer
    PrepareMedia prepare{};       ///< EndpointOptions::prepare_media
    MediaSecurity security{};
    std::shared_ptr<const media::DtlsEndpoint> dtls{};  ///< null: no DTLS
    IceUse ice = IceUse::Off;
    std::shared_ptr<NatServers> nat{};  ///< null: no STUN or TURN servers
  };
  /// `sdp_id` becomes the o= line's session id.
  MediaSession(media::Engine& engine, const std::vector<media::AudioCodec>& codecs, Extras extras, std::uint64_t sdp_id);
  ~MediaSession();
  MediaSession(const MediaSession&) = delete;
  MediaSession& operator=(const MediaSession&) = delete;

  /// Binds the leg's ports at `place`, finds the addresses for this side's descriptions, and prepares the media of the audio section. Invokes `ready` when this
  /// side can describe them, during open() or later; negotiation_pause() says whether negotiate() must run for it. `ready` gets an error if the media cannot be
  /// used: NoMedia if no port is free, or if the peer is in the Internet and this side knows no public address of its own.
  void open(const MediaPlace& place, std::shared_ptr<media::AudioPort> port, MediaReady ready);

  /// Call this before open(), for an incoming call. open() then makes a packet path only for the encryption and ICE that this offer allows. A call that begins
  /// without both has no path, which saves time for each packet, and cannot get one later.
  void prepare_for(std::string_view offer);
  /// Call this before open(), for a call in which this side makes the first offer. open() then makes a packet path only for the
  /// encryption and ICE that this side offers.
  void prepare_to_offer();
  /// Use it before open().
  void set_codecs(const std::vector<media::AudioCodec>& codecs);
  /// Returns the codec that answer() to this offer would select from `codecs`; nullopt if there is none.
  [[nodiscard]] std::optional<media::AudioCodec> codec_among(const std::vector<media::AudioCodec>& codecs, std::string_view offer,
                                                             const base::IpAddress& signalling_host) const;
  [[nodiscard]] base::Result<std::string, base::Error> make_offer();
  /// Makes an offer for a request without an offer. Restarts ICE, because the sender may pass this offer on to another peer.
  [[nodiscard]] base::Result<std::string, base::Error> make_offer_for_anyone();
  /// Returns the answer to the peer's offer. If an offer of this side waits after a 491, the peer's offer replaces it, because the peer's
  /// offer is newer (RFC 3264 section 8). `signalling_host` is the source of the offer (unspecified: unknown). NotAcceptable means 488.
  /// `branch_tag`: the peer's tag in an early dialog of this side's INVITE. Each early dialog of a fork negotiates on its own (RFC 3261 section 13.2.2.4).
  [[nodiscard]] base::Result<std::string, base::Error> answer(std::string_view offer, const base::IpAddress& signalling_host, const std::string& branch_tag = {});
  base::Result<void, base::Error> accept_answer(std::string_view answer, const base::IpAddress& signalling_host, const std::string& branch_tag = {});
  /// Continues with the dialog of the 2xx to this side's INVITE. The other early dialogs end. Returns false if there is no agreement.
  [[nodiscard]] bool confirm(const std::string& branch_tag);
  /// Sets this side's m= lines besides the audio, from the next description on: see sdp::Negotiator. Use it after open().
  void set_other_media(std::vector<sdp::Media> ours) { negotiator_.set_others(std::move(ours)); }
  /// Returns the peer's other streams, from its latest description.
  [[nodiscard]] const std::vector<sdp::Media>& other_media() const { return others_; }
  void abandon_offer();  ///< the peer did not answer this side's offer: keeps the earlier agreement
  /// Returns an offer that begins or ends a hold. The hold is pending until an offer or answer of either side agrees on it.
  [[nodiscard]] base::Result<std::string, base::Error> offer_hold(bool on_hold);
  void take_back_hold();  ///< abandons the offer of offer_hold()
  [[nodiscard]] bool is_hold_pending() const { return holding_.has_value(); }
  [[nodiscard]] bool is_on_hold() const { return held_; }  ///< this side holds the peer, as agreed

  /// Takes the body of an INFO of the package trickle-ice (RFC 8840). Ignores it if it does not fit the audio section.
  void add_trickled(std::string_view body);

  /// Starts RTP as agreed. Each later answer changes the RTP accordingly.
  void start();
  [[nodiscard]] bool sends() const { return plan_ && plan_->send; }
  [[nodiscard]] bool receives() const { return plan_ && plan_->receive; }
  /// Returns true if the media that the agreement allows can pass, or if it allows none.
  [[nodiscard]] bool is_path_open() const { return !path_ || (!sends() && !receives()) || path_->is_open(); }
  [[nodiscard]] std::optional<media::AudioCodec> codec() const;
  /// Returns the SRTP suite in use, by its name in SDP; "" if the media are not encrypted, or if the DTLS handshake is not complete.
  [[nodiscard]] std::string srtp_suite() const { return uses_dtls() ? path_->suite() : std::string(srtp_.suite()); }
  [[nodiscard]] bool uses_dtls() const { return path_ && path_->uses_dtls(); }
  /// Returns CallIce::route().
  [[nodiscard]] std::string ice_route() const { return path_ ? path_->route() : std::string(); }
  /// Continues open(), and later ICE and DTLS. Call it again after negotiation_pause(). Errors: NotAcceptable if the media cannot pass: end the call.
  [[nodiscard]] base::Result<void, base::Error> negotiate(base::TimePoint now);
  /// Call this when the call is answered after negotiate() has failed: ICE or DTLS begins again.
  void retry_negotiation();
  /// Returns the time until the next negotiate(); nullopt if the media need none.
  [[nodiscard]] std::optional<base::Duration> negotiation_pause() const;
  [[nodiscard]] std::optional<media::LegId> leg() const;
  /// Ends the leg, and returns its last statistics.
  std::optional<media::LegStatistics> close();

 private:
  base::Result<void, base::Error> open_leg(const base::IpAddress& local, std::shared_ptr<media::AudioPort> port);
  void on_gathered();
  [[nodiscard]] std::optional<CallPath::Described> described() const;
  /// The state of one dialog.
  struct Dialog {
    sdp::Negotiator negotiator;
    sdp::Session remote{};              // the peer's latest description
    base::IpAddress signalling_host{};
  };
  [[nodiscard]] sdp::Negotiator negotiator_of(const std::string& branch_tag) const;
  [[nodiscard]] base::Result<void, base::Error> adopt(Dialog dialog, const std::string& branch_tag, bool is_answer);
  [[nodiscard]] base::Result<void, base::Error> follow_restart(sdp::Negotiator trial, const sdp::Session& offer);
  void set_on_hold(bool on_hold);
  void take_plan(bool relearn);
  [[nodiscard]] std::unique_ptr<media::PacketPath> make_path();
  void describe_ice(sdp::Negotiator& negotiator, bool is_offer) const;

  media::Engine& engine_;
  CallSrtp srtp_;
  std::shared_ptr<const media::DtlsEndpoint> dtls_;
  IceUse ice_;
  bool answers_ = false;           // true if the peer makes the first offer
  bool trickles_ = false;          // true if that offer says that the peer trickles
  std::shared_ptr<NatServers> nat_;
  MediaPlace place_;
  MediaReady ready_;               // argument of open(), until the addresses are known
  std::optional<CallPath> path_;   // nullopt: the media need no ICE, DTLS or STUN server
  sdp::AudioCapability capability_;
  rtp::SourceRule source_rule_;
  PrepareMedia prepare_;
  std::uint64_t sdp_id_;
  sdp::Negotiator negotiator_;                    // for the dialog whose media the leg uses
  std::string tag_;                               // the peer's tag in that dialog, before the 2xx
  unsigned dialogs_ = 0;                          // number of dialogs whose media the leg used before
  bool has_answer_ = false;                       // true if the peer's latest description is an answer
  std::optional<sdp::Negotiator> offered_;        // copy after this side's first offer, until the 2xx
  std::map<std::string, Dialog> early_dialogs_;   // by the peer's tag, before the 2xx; at most sip::kMaxForks
  std::optional<media::OpenLeg> leg_;
  base::SocketAddress local_;                     // the leg's RTP address
  std::optional<media::MediaPlan> plan_;
  std::vector<sdp::Media> others_;  // the peer's other streams
  bool started_ = false;
  bool held_ = false;
  std::optional<bool> holding_{};  // true: a hold is pending; false: the end of a hold is pending; nullopt: neither
};

}  // namespace offhook::inline v0::phone
