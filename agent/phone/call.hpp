#pragma once

#include <offhook/agent/phone/phone_error.hpp>
#include <offhook/media/audio_port.hpp>
#include <offhook/media/engine/engine.hpp>
#include <offhook/media/media_plan.hpp>
#include <offhook/sdp/session.hpp>
#include <offhook/sip/stack/events.hpp>
#include <offhook/sip/stack/stack.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::phone {

/// That a call has its media: prepare() gives it, answer() takes it, and nobody else can make one. So no call is answered into
/// silence. Moves, and is used up by the answer.
class Prepared {
 public:
  Prepared(Prepared&&) = default;
  Prepared& operator=(Prepared&&) = default;
  [[nodiscard]] sip::SessionId call() const { return call_; }

 private:
  friend class PhoneCall;
  explicit Prepared(sip::SessionId call) : call_(call) {}
  sip::SessionId call_;
};

/// One call, as a handle: used on the signalling thread only, but for id(), outgoing() and leg_name(). Operations that no longer fit
/// (the other side was faster) are WrongState, never undefined; after CallFinished every operation is. The handle may outlive its
/// endpoint: operations are then Closed. Each operation also fails with WrongThread, when it is called from another thread.
class Call {
 public:
  enum class State : std::uint8_t { Offered, Dialling, Answering, Connected, Ended };
  virtual ~Call() = default;
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  [[nodiscard]] virtual sip::SessionId id() const = 0;  ///< not used again in the life of its endpoint
  [[nodiscard]] virtual State state() const = 0;
  [[nodiscard]] virtual bool outgoing() const = 0;
  [[nodiscard]] virtual const sip::LegName& leg_name() const = 0;  ///< for records: by it others find the same call
  [[nodiscard]] virtual std::optional<media::AudioCodec> codec() const = 0;  ///< once agreed
  /// Offered: the codec that prepare() will agree on with these (empty: the endpoint's), so that the port can have its rate. Nothing
  /// where the INVITE has no offer, or none that we can take.
  [[nodiscard]] virtual std::optional<media::AudioCodec> codec_among(const std::vector<media::AudioCodec>& codecs) const = 0;
  /// Its leg of the engine, as long as it has one: media::Engine::statistics() tells how that does, from any thread, and
  /// media::report_of() what it means.
  [[nodiscard]] virtual std::optional<media::LegId> media_leg() const = 0;
  /// The peer's streams beside the audio, by its latest description that was answered or that answers ours, each with its own c= line and
  /// direction; before answer(): once prepared.
  [[nodiscard]] virtual std::vector<sdp::Media> other_media() const = 0;

  /// Offered: opens the media leg and makes our answer (RFC 3264), or our offer where the INVITE had none. `port` carries the audio,
  /// 20 ms of mono samples a frame at port->rate_hz, until CallFinished. `codecs`: of this call, best first; empty: the endpoint's.
  /// Errors: NotAcceptable (no codec in common: the call was refused with 488), NoMedia (503, or no port was given), Socket, WrongState.
  [[nodiscard]] base::Result<Prepared, base::Error> prepare(std::shared_ptr<media::AudioPort> port, const std::vector<media::AudioCodec>& codecs = {}) {
    return do_prepare(std::move(port), codecs);
  }
  // `headers` and `extras`: header fields of yours, at most sip::kMaxCustomHeaders, and in Extras a Reason (RFC 3326). What the stack
  // writes itself, or is no header field, is BadHeader, and nothing is sent.

  /// Offered: 180 Ringing, or another provisional response from 101 to 199, such as 182 Queued. Errors: WrongState, also for any other
  /// status; BadHeader.
  [[nodiscard]] base::Result<void, base::Error> ring(sip::HeaderList headers = {}, int status = 180) {
    return do_ring(status, std::move(headers));
  }
  /// Offered: media before the answer, by a provisional response that describes ours (RFC 3960 section 3). What `port` plays is heard from
  /// now on, where the caller wants that. Errors: as ring(); WrongState also where the INVITE had no offer, or another call was prepared.
  [[nodiscard]] base::Result<void, base::Error> progress(const Prepared& prepared, sip::HeaderList headers = {}, int status = 183) {
    return do_progress(prepared, status, std::move(headers));
  }
  /// Offered: 200, repeated until the ACK (RFC 3261 section 13.3.1.4); CallConnected follows. Errors: WrongState, also for what
  /// another call prepared.
  [[nodiscard]] base::Result<void, base::Error> answer(Prepared prepared, sip::Extras extras = {}) {
    return do_answer(std::move(prepared), std::move(extras));
  }
  /// Offered: a final refusal, 300 to 699, such as 486 Busy Here or 603 Decline. CallFinished follows. Errors: WrongState,
  /// BadHeader.
  [[nodiscard]] base::Result<void, base::Error> reject(int status, sip::HeaderList headers = {}) {
    return do_reject(status, std::move(headers));
  }
  /// Offered: 300 to 399, such as 302 Moved Temporarily, with these URIs as Contacts, best first; the caller decides whether it calls
  /// there. CallFinished follows. Errors: BadTarget (none, or no URI), TooLarge (more than sip::kMaxContacts), WrongState, BadHeader.
  [[nodiscard]] base::Result<void, base::Error> redirect(const std::vector<std::string>& targets, int status = 302,
                                                         sip::HeaderList headers = {}) {
    return do_redirect(targets, status, std::move(headers));
  }
  /// Our streams beside the audio, as they are: video of another call that passes through us (its other_media()). In order they answer the
  /// peer's of the same kind; those without one of ours are refused. Prepared: the answer has them. Connected: a re-INVITE offers them, and
  /// CallMediaChanged tells what came of it. Errors: WrongState, NotAcceptable.
  [[nodiscard]] base::Result<void, base::Error> set_other_media(std::vector<sdp::Media> ours, sip::Extras extras = {}) {
    return do_set_other_media(std::move(ours), std::move(extras));
  }
  /// In any state but Ended: CANCEL, BYE or a refusal, whichever is due. CallFinished follows. Errors: WrongState, BadHeader.
  [[nodiscard]] base::Result<void, base::Error> hang_up(sip::Extras extras = {}) { return do_hang_up(std::move(extras)); }
  /// Connected: a re-INVITE that puts the peer on hold (sendonly, RFC 3264 section 8.4); CallMediaChanged tells what came of it.
  /// Errors: WrongState, also while an offer of either side waits for its answer; BadHeader.
  [[nodiscard]] base::Result<void, base::Error> hold(sip::Extras extras = {}) { return do_hold(true, std::move(extras)); }
  [[nodiscard]] base::Result<void, base::Error> resume(sip::Extras extras = {}) { return do_hold(false, std::move(extras)); }
  /// Connected: tells the peer that another user of ours is connected now (RFC 4916); our From says so from then on. Errors: BadTarget,
  /// BadHeader, WrongState, also where the peer does not support `from-change` and UPDATE.
  [[nodiscard]] base::Result<void, base::Error> identify(const sip::Party& party, sip::HeaderList headers = {}) {
    return do_identify(party, std::move(headers));
  }
  /// Connected: blind transfer (RFC 3515). The peer is asked to call `target`, a SIP URI; a number or user is completed with the
  /// peer's domain. CallTransferred tells how that went; the call stays up until it is hung up. Errors: BadTarget, WrongState,
  /// BadHeader.
  [[nodiscard]] base::Result<void, base::Error> transfer(std::string_view target, sip::HeaderList headers = {}) {
    return do_transfer(target, std::move(headers));
  }
  /// Connected: the peer says that it supports what transfer_to() asks of it.
  [[nodiscard]] virtual bool peer_replaces() const = 0;
  /// Connected, both: attended transfer (RFC 3515 with Replaces, RFC 3891). Our peer is asked to take our place in `other`, a call of the
  /// same endpoint; CallTransferred tells how that went. Errors: WrongState, BadHeader.
  [[nodiscard]] base::Result<void, base::Error> transfer_to(const Call& other, sip::HeaderList headers = {}) {
    return do_transfer_to(other.id(), std::move(headers));
  }
  /// After CallTransferRequested: we do as we are asked. Dial the target next, with DialOptions::for_transfer. Errors: WrongState, BadHeader.
  [[nodiscard]] base::Result<void, base::Error> accept_transfer(sip::HeaderList headers = {}) {
    return do_accept_transfer(std::move(headers));
  }
  [[nodiscard]] base::Result<void, base::Error> decline_transfer(int status = 603, sip::HeaderList headers = {}) {
    return do_decline_transfer(status, std::move(headers));
  }
  /// Connected: MESSAGE and INFO within the call (RFC 3428, RFC 6086); CallRequestAnswered tells the answer. Errors: WrongState, BadHeader.
  [[nodiscard]] base::Result<void, base::Error> send_text(std::string text, std::string type = "text/plain;charset=UTF-8",
                                                          sip::Extras extras = {}) {
    return do_send_text({std::move(type), std::move(text)}, std::move(extras));
  }
  /// `package` "": INFO of the old kind, as some telephones send keys.
  [[nodiscard]] base::Result<void, base::Error> send_info(std::string package, sip::Body body, sip::Extras extras = {}) {
    return do_send_info(std::move(package), std::move(body), std::move(extras));
  }

 protected:
  Call() = default;

 private:  // Virtual beneath, because g++ 12 lets the result of a virtual function be ignored.
  virtual base::Result<Prepared, base::Error> do_prepare(std::shared_ptr<media::AudioPort> port, const std::vector<media::AudioCodec>& codecs) = 0;
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

/// As SDP names it: "L16" at both of its rates.
[[nodiscard]] std::string_view to_string(media::AudioCodec codec);

}  // namespace offhook::inline v0::phone
