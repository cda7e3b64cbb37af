#pragma once

#include <offhook/base/time.hpp>
#include <offhook/media/port/audio_port.hpp>
#include <offhook/media/port/event_outbox.hpp>
#include <offhook/media/send/playout.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace offhook::inline v0::agent::test {

/// The caller and the media worker of one call on virtual time. The test controls the caller's speech, and the line checks each tick for
/// the agent's audio. The line and the real worker use the same class media::Playout.
class VirtualLine {
 public:
  static constexpr base::Duration kTick = std::chrono::milliseconds(20);

  explicit VirtualLine(std::uint32_t rate_hz);
  explicit VirtualLine(std::shared_ptr<media::AudioPort> port);

  [[nodiscard]] const std::shared_ptr<media::AudioPort>& port() const { return port_; }
  /// Makes the caller speak for `length` from now on.
  void say(base::Duration length) { speaks_until_ = now_ + length; }
  void press(char digit);
  /// Reports a line tone from the network or a machine.
  void sound(media::LineTone tone);
  /// Runs one media tick; called every 20 ms.
  void tick(base::TimePoint now);

  [[nodiscard]] bool caller_speaks() const { return now_ < speaks_until_; }
  [[nodiscard]] bool agent_speaks() const { return agent_speaks_; }
  [[nodiscard]] base::TimePoint agent_spoke_last() const { return agent_spoke_; }
  [[nodiscard]] base::TimePoint caller_spoke_last() const { return caller_spoke_; }
  [[nodiscard]] std::uint64_t voiced_ticks() const { return voiced_ticks_; }

 private:
  void hear();
  void detect(bool voiced);
  void play();
  void apply();
  void emit(media::MediaEvent::Kind kind, std::uint64_t at_tick, char digit = 0);

  std::shared_ptr<media::AudioPort> port_;
  media::EventOutbox outbox_;
  media::Playout playout_;
  base::TimePoint now_{}, speaks_until_{}, caller_spoke_{}, agent_spoke_{};
  std::uint64_t tick_ = 0, last_voiced_ = 0, first_voiced_ = 0, voiced_ticks_ = 0;
  unsigned voiced_in_a_row_ = 0;
  bool speech_ = false, agent_speaks_ = false;
  std::uint32_t phase_ = 0;
};

}  // namespace offhook::inline v0::agent::test
