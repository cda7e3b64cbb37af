#pragma once

#include <offhook/agent/call/incoming.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>
#include <offhook/media/engine/engine.hpp>
#include <offhook/media/port/audio_port.hpp>
#include <offhook/media/port/media_plan.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace offhook::inline v0::call {

/// One leg of a call, in any protocol. Use it on the thread of its Network only. An operation that does not fit the state of the call returns an
/// error whose text is for the log. Finished is the last event of a leg.
class Leg {
 public:
  virtual ~Leg() = default;
  Leg(const Leg&) = delete;
  Leg& operator=(const Leg&) = delete;

  [[nodiscard]] virtual bool outgoing() const = 0;
  [[nodiscard]] virtual LegName name() const = 0;
  [[nodiscard]] virtual std::optional<media::AudioCodec> codec() const = 0;  ///< nullopt before both sides agreed on a codec
  /// Returns the encryption of the leg's audio in words for people, such as "SRTP AEAD_AES_256_GCM, keys in SDP"; "" if the audio is not encrypted.
  [[nodiscard]] virtual std::string encryption() const { return {}; }
  /// Returns the path that the leg's network has found for the audio, in words for people, such as "ICE, host to prflx". Returns "" if the audio goes
  /// to the addresses in the session descriptions.
  [[nodiscard]] virtual std::string path() const { return {}; }
  /// Returns the codec that an incoming leg would select from `codecs`, so that its port can be made for the rate of that codec; nullopt: not known.
  [[nodiscard]] virtual std::optional<media::AudioCodec> codec_among(const std::vector<media::AudioCodec>& codecs) const = 0;
  /// Returns the id of this leg at the media engine, while the engine has the leg; nullopt: the audio does not pass through the engine.
  [[nodiscard]] virtual std::optional<media::LegId> media_leg() const = 0;
  /// Returns true if the call is answered, and transfer_to() can connect its peer to the peer of another leg.
  [[nodiscard]] virtual bool can_transfer_to() const = 0;

  /// An incoming leg: agrees on one of `codecs` (in the order of preference). `port` carries the audio until Finished. The event Prepared
  /// follows, during this function or later.
  [[nodiscard]] base::Result<void, base::Error> prepare(std::shared_ptr<media::AudioPort> port, const std::vector<media::AudioCodec>& codecs) {
    return do_prepare(std::move(port), codecs);
  }
  /// An incoming leg: tells the caller's side that the call waits for its answer.
  [[nodiscard]] base::Result<void, base::Error> ring() { return do_ring(); }
  /// An incoming leg, after Prepared: answers the call. Connected follows.
  [[nodiscard]] base::Result<void, base::Error> answer() { return do_answer(); }
  /// Ends the call in any state: Finished follows, and its Ended has `why`.
  [[nodiscard]] base::Result<void, base::Error> hang_up(std::string why) {
    why_ = std::move(why);
    return do_hang_up();
  }
  [[nodiscard]] const std::string& why() const { return why_; }  ///< the argument of the last hang_up(); "" before the first
  /// Puts the peer on hold, or ends the hold.
  [[nodiscard]] base::Result<void, base::Error> hold(bool on) { return do_hold(on); }
  /// Asks the peer to call `target`, a number or an address: Transferred follows.
  [[nodiscard]] base::Result<void, base::Error> transfer(const std::string& target) { return do_transfer(target); }
  /// Asks the peer to take the place of this side in `other`, a leg of the same network: Transferred follows.
  [[nodiscard]] base::Result<void, base::Error> transfer_to(const Leg& other) { return do_transfer_to(other); }
  /// Sends text to the peer within the call, such as what the agent has heard. `type` is a media type. Fails where the network has no texts.
  [[nodiscard]] base::Result<void, base::Error> send_text(std::string text, std::string type) { return do_send_text(std::move(text), std::move(type)); }
  /// Declines the request of the last TransferRequested.
  [[nodiscard]] base::Result<void, base::Error> decline_transfer() { return do_decline_transfer(); }

 protected:
  Leg() = default;

 private:  // The virtual functions are private, because with g++ 12 the application could ignore the result of a virtual function.
  virtual base::Result<void, base::Error> do_prepare(std::shared_ptr<media::AudioPort> port, const std::vector<media::AudioCodec>& codecs) = 0;
  virtual base::Result<void, base::Error> do_ring() = 0;
  virtual base::Result<void, base::Error> do_answer() = 0;
  virtual base::Result<void, base::Error> do_hang_up() = 0;
  virtual base::Result<void, base::Error> do_hold(bool on) = 0;
  virtual base::Result<void, base::Error> do_transfer(const std::string& target) = 0;
  virtual base::Result<void, base::Error> do_transfer_to(const Leg& other) = 0;
  virtual base::Result<void, base::Error> do_decline_transfer() = 0;
  virtual base::Result<void, base::Error> do_send_text(std::string, std::string) {
    return base::fail(base::Error{"call", 1, "cannot send text: this network has no texts within calls"});
  }

  std::string why_;
};

using LegPtr = std::shared_ptr<Leg>;

}  // namespace offhook::inline v0::call
