#pragma once

#include <offhook/agent/phone/phone_error.hpp>
#include <offhook/media/engine/engine.hpp>
#include <offhook/media/port/audio_port.hpp>
#include <offhook/media/port/media_plan.hpp>
#include <offhook/sdp/session.hpp>
#include <offhook/sip/model/events.hpp>
#include <offhook/sip/stack/stack.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::phone {

/// A proof that a call has its media. Only the endpoint makes it, after prepare(), and answer() needs it. Therefore no call is answered
/// without media.
class Prepared {
 public:
  [[nodiscard]] sip::SessionId call() const { return call_; }

 private:
  friend class PhoneCall;
  explicit Prepared(sip::SessionId call) : call_(call) {}
  sip::SessionId call_;
};

/// A handle of one call. Use it on the signalling thread only, except id(), outgoing() and leg_name(). Operations that do not fit the
/// call's state any more (the other side was faster) return WrongState; after CallFinished every operation does. The handle may outlive its
/// endpoint: operations then return Closed. On a different thread each operation returns WrongThread.
class Call {
 public:
  enum class State : std::uint8_t { Offered, Dialling, Answering, Connected, Ended };
  virtual ~Call() = default;
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  /// Returns an id that the endpoint never uses for another call. While EndpointOptions::prepare_media delays the INVITE of an outgoing call,
  /// the call has neither id nor leg_name(), and only the signalling thread may invoke these functions.
  [[nodiscard]] virtual sip::SessionId id() const = 0;
  [[nodiscard]] virtual State state() const = 0;
  [[nodiscard]] virtual bool outgoing() const = 0;
  [[nodiscard]] virtual const sip::LegName& leg_name() const = 0;  ///< the names by which other systems know the call, for records
  [[nodiscard]] virtual std::optional<media::AudioCodec> codec() const = 0;  ///< nullopt before both sides agreed on a codec
  /// Returns the SRTP suite that encrypts the call's media, by its name in SDP, such as "AEAD_AES_128_GCM"; "" if the media are not encrypted.
  [[nodiscard]] virtual std::string srtp_suite() const = 0;
  [[nodiscard]] virtual bool uses_dtls() const = 0;  ///< true if the SRTP keys come from DTLS, and not from SDP
  /// Returns the types of the local and the remote candidate of the call's ICE path, such as "host to prflx"; "" without ICE or without a path.
  [[nodiscard]] virtual std::string ice_route() const = 0;
  /// State Offered: returns the codec that prepare() would select from `codecs` (empty: the endpoint's codecs), so that the application can
  /// open a port with the rate of that codec. Returns nullopt if the INVITE has no offer, or no acceptable offer.
  [[nodiscard]] virtual std::optional<media::AudioCodec> codec_among(const std::vector<media::AudioCodec>& codecs) const = 0;
  /// Returns the call's media leg while it exists. Any thread may pass it to media::Engine::statistics(); media::report_of() evaluates the result.
  [[nodiscard]] virtual std::optional<media::LegId> media_leg() const = 0;
  /// Returns the peer's streams besides the audio, from its latest description that is part of a complete offer/answer exchange, each with its
  /// own c= line and direction. Before answer(), the streams are known from CallPrepared on.
  [[nodiscard]] virtual std::vector<sdp::Media> other_media() const = 0;

  /// State Offered: opens the media leg, and makes the answer (RFC 3264), or an offer if the INVITE had no offer. CallPrepared reports the
  /// result, after the current event handler or task, unless CallFinished comes first. `port` carries the audio until CallFinished: frames of
  /// 20 ms of mono samples at port->rate_hz. `codecs` are for this call, in the order of preference; empty: the endpoint's. Errors:
  /// WrongState, also if prepare() was invoked before.
  [[nodiscard]] base::Result<void, base::Error> prepare(std::shared_ptr<media::AudioPort> port, const std::vector<media::AudioCodec>& codecs = {}) {
    return do_prepare(std::move(port), codecs);
  }
  // `headers` and `extras` are header fields of the application, at most sip::kMaxCustomHeaders, and in Extras a Reason (RFC 3326). A field
  // that the stack writes itself, or that is not a header field, gives BadHeader, and nothing is sent.

  /// State Offered: sends 180 Ringing, or a different provisional response from 101 to 199, such as 182 Queued. Errors: WrongState (also
  /// for any other status), BadHeader.
  [[nodiscard]] base::Result<void, base::Error> ring(sip::HeaderList headers = {}, int status = 180) {
    return do_ring(status, std::move(headers));
  }
  /// State Offered: starts media before the answer, by a provisional response with a session description (RFC 3960 section 3). The caller
  /// hears the audio of `port` from now on, if the caller's telephone plays early media. Errors: as ring(); also WrongState if the INVITE had
  /// no offer, or if `prepared` belongs to a different call.
  [[nodiscard]] base::Result<void, base::Error> progress(const Prepared& prepared, sip::HeaderList headers = {}, int status = 183) {
    return do_progress(prepared, status, std::move(headers));
  }
  /// State Offered: sends 200, and repeats it until the ACK (RFC 3261 section 13.3.1.4); CallConnected follows. Errors: WrongState, also if
  /// `prepared` belongs to a different call.
  [[nodiscard]] base::Result<void, base::Error> answer(Prepared prepared, sip::Extras extras = {}) {
    return do_answer(std::move(prepared), std::move(extras));
  }
  /// State Offered: sends a final refusal, 300 to 699, such as 486 Busy Here or 603 Decline. CallFinished follows. Errors: WrongState, BadHeader.
  [[nodiscard]] base::Result<void, base::Error> reject(int status, sip::HeaderList headers = {}) {
    return do_reject(status, std::move(headers));
  }
  /// State Offered: sends 300 to 399, such as 302 Moved Temporarily, with these URIs as Contacts, in the order of preference; the caller
  /// decides whether it calls them. CallFinished follows. Errors: BadTarget (no URI, or a malformed one), TooLarge (more than
  /// sip::kMaxContacts), WrongState, BadHeader.
  [[nodiscard]] base::Result<void, base::Error> redirect(const std::vector<std::string>& targets, int status = 302,
                                                         sip::HeaderList headers = {}) {
    return do_redirect(targets, status, std::move(headers));
  }
  /// Sets this side's streams besides the audio, which the endpoint sends unchanged: for example the other_media() of another call, to pass
  /// its video through. They answer the peer's streams of the same kind, in order; a peer's stream without an answer is refused. After
  /// CallPrepared: the answer contains the streams. State Connected: a re-INVITE offers them, and CallMediaChanged reports the result. Errors:
  /// WrongState, NotAcceptable.
  [[nodiscard]] base::Result<void, base::Error> set_other_media(std::vector<sdp::Media> ours, sip::Extras extras = {}) {
    return do_set_other_media(std::move(ours), std::move(extras));
  }
  /// Any state but Ended: sends CANCEL, BYE or a refusal, as the state requires. CallFinished follows. Errors: WrongState, BadHeader.
  [[nodiscard]] base::Result<void, base::Error> hang_up(sip::Extras extras = {}) { return do_hang_up(std::move(extras)); }
  /// State Connected: puts the peer on hold by a re-INVITE (sendonly, RFC 3264 section 8.4); CallMediaChanged reports the result. Errors:
  /// WrongState (also while an offer of either side waits for its answer), BadHeader.
  [[nodiscard]] base::Result<void, base::Error> hold(sip::Extras extras = {}) { return do_hold(true, std::move(extras)); }
  [[nodiscard]] base::Result<void, base::Error> resume(sip::Extras extras = {}) { return do_hold(false, std::move(extras)); }
  /// State Connected: tells the peer that a different user is connected on this side now (RFC 4916); From names this user from then on.
  /// Errors: BadTarget, BadHeader, WrongState (also when the peer does not support `from-change` and UPDATE).
  [[nodiscard]] base::Result<void, base::Error> identify(const sip::Party& party, sip::HeaderList headers = {}) {
    return do_identify(party, std::move(headers));
  }
  /// State Connected: blind transfer (RFC 3515). Asks the peer to call `target`, a SIP URI; a number or user gets the peer's domain.
  /// CallTransferred reports the result; this call continues until hang_up(). Errors: BadTarget, WrongState, BadHeader.
  [[nodiscard]] base::Result<void, base::Error> transfer(std::string_view target, sip::HeaderList headers = {}) {
    return do_transfer(target, std::move(headers));
  }
  /// State Connected: returns true when the peer supports the request of transfer_to().
  [[nodiscard]] virtual bool peer_replaces() const = 0;
  /// Both calls in the state Connected: attended transfer (RFC 3515 with Replaces, RFC 3891). Asks the peer to take this side's place in
  /// `other`, a call of the same endpoint; CallTransferred reports the result. Errors: WrongState, BadHeader.
  [[nodiscard]] base::Result<void, base::Error> transfer_to(const Call& other, sip::HeaderList headers = {}) {
    return do_transfer_to(other.id(), std::move(headers));
  }
  /// After CallTransferRequested: accepts the request. Dial the target next, with DialOptions::for_transfer. Errors: WrongState, BadHeader.
  [[nodiscard]] base::Result<void, base::Error> accept_transfer(sip::HeaderList headers = {}) {
    return do_accept_transfer(std::move(headers));
  }
  [[nodiscard]] base::Result<void, base::Error> decline_transfer(int status = 603, sip::HeaderList headers = {}) {
    return do_decline_transfer(status, std::move(headers));
  }
  /// State Connected: sends MESSAGE or INFO within the call (RFC 3428, RFC 6086); CallRequestAnswered reports the response. Errors: WrongState, BadHeader.
  [[nodiscard]] base::Result<void, base::Error> send_text(std::string text, std::string type = "text/plain;charset=UTF-8",
                                                          sip::Extras extras = {}) {
    return do_send_text({std::move(type), std::move(text)}, std::move(extras));
  }
  /// `package` "" sends INFO without a package, as some telephones send keys.
  [[nodiscard]] base::Result<void, base::Error> send_info(std::string package, sip::Body body, sip::Extras extras = {}) {
    return do_send_info(std::move(package), std::move(body), std::move(extras));
  }

 protected:
  Call() = default;

 private:  // The virtual functions are private, because with g++ 12 the application could ignore the result of a virtual function.
  virtual base::Result<void, base::Error> do_prepare(std::shared_ptr<media::AudioPort> port, const std::vector<media::AudioCodec>& codecs) = 0;
  virtual base::Result<void, base::Error> do_ring(int status, sip::HeaderList headers) = 0;
  virtual base::Result<void, base::Error> do_progress(const Prepared& prepared, int status, sip::HeaderList headers) = 0;
  virtual base::Result<void, base::Error> do_answer(Prepared prepared, sip::Extras extras) = 0;
  virtual base::Result<void, base::Error> do_reject(int status, sip::HeaderList headers) = 0;
  virtual base::Result<void, base::Error> do_redirect(const std::vector<std::string>& targets, int status, sip::HeaderList headers) = 0;
  virtual base::Result<void, base::Error> do_set_other_media(std::vector<sdp::Media> ours, sip::Extras extras) = 0;
  virtual base::Result<void, base::Error> do_hang_up(sip::Extras extras) = 0;
  virtual base::Result<void, base::Error> do_hold(bool on_hold, sip::Extras extras) = 0;
  virtual base::Result<void, base::Error> do_identify(const sip::Party& party, sip::HeaderList headers) = 0;
  virtual base::Result<void, base::Error> do_transfer(std::string_view target, sip::HeaderList headers) = 0;
  virtual base::Result<void, base::Error> do_transfer_to(sip::SessionId other, sip::HeaderList headers) = 0;
  virtual base::Result<void, base::Error> do_accept_transfer(sip::HeaderList headers) = 0;
  virtual base::Result<void, base::Error> do_decline_transfer(int status, sip::HeaderList headers) = 0;
  virtual base::Result<void, base::Error> do_send_text(sip::Body body, sip::Extras extras) = 0;
  virtual base::Result<void, base::Error> do_send_info(std::string package, sip::Body body, sip::Extras extras) = 0;
};

using CallPtr = std::shared_ptr<Call>;

/// Returns the codec's name in SDP. L16 has the same name at both of its rates.
[[nodiscard]] std::string_view to_string(media::AudioCodec codec);

}  // namespace offhook::inline v0::phone
