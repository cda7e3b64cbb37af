#pragma once

#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>
#include <offhook/base/strong_id.hpp>
#include <offhook/media/audio_port.hpp>
#include <offhook/media/media_plan.hpp>
#include <offhook/sip/stack/events.hpp>
#include <offhook/sip/stack/stack.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::phone {

/// One call, as a handle: all of it happens on the endpoint's signalling thread. Operations that no longer fit (the other side
/// was faster) are WrongState, never undefined; after CallFinished every operation is.
class Call {
 public:
  enum class State : std::uint8_t { Offered, Dialling, Answering, Connected, Ended };
  virtual ~Call() = default;

  [[nodiscard]] virtual sip::SessionId id() const = 0;
  [[nodiscard]] virtual State state() const = 0;
  [[nodiscard]] virtual bool outgoing() const = 0;
  [[nodiscard]] virtual const sip::LegName& leg_name() const = 0;  ///< for records: by it others find the same call
  [[nodiscard]] virtual std::optional<media::AudioCodec> codec() const = 0;  ///< once agreed

  /// Offered: opens the media leg and makes the answer. NotAcceptable: no codec in common; the call was refused with 488.
  /// `codecs`: of this call, best first; empty: the endpoint's.
  virtual base::Result<void, base::Error> prepare(std::shared_ptr<media::AudioPort> port, const std::vector<media::AudioCodec>& codecs) = 0;
  virtual base::Result<void, base::Error> ring() = 0;
  virtual base::Result<void, base::Error> answer() = 0;
  virtual base::Result<void, base::Error> reject(int status) = 0;
  virtual base::Result<void, base::Error> hang_up() = 0;
  virtual base::Result<void, base::Error> hold() = 0;
  virtual base::Result<void, base::Error> resume() = 0;
  /// Blind transfer (RFC 3515): the peer is asked to call `target`; CallTransferred tells how that went. A number or user is
  /// completed with the peer's domain.
  virtual base::Result<void, base::Error> transfer(std::string_view target) = 0;
};

using CallPtr = std::shared_ptr<Call>;

[[nodiscard]] std::string_view to_string(media::AudioCodec codec);

}  // namespace offhook::inline v0::phone
