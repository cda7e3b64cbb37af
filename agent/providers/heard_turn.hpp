#pragma once

#include <offhook/agent/providers/turn_audio.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace offhook::inline v0::agent {

/// The sound of the caller's turn, as long as nobody has its words. A caller who goes on before those came says it in two halves: the second
/// is kept by itself as well, for who is to hear it when the words of the first are there. Pure.
class HeardTurn {
 public:
  void begin(std::uint32_t turn, std::uint32_t rate_hz);
  /// The caller goes on, by the name of another turn, and the words of the last one are still to come.
  void go_on(std::uint32_t turn);
  void append(std::span<const std::int16_t> pcm);
  /// The words of that turn came. True: it was the first half, and what there is now is the second.
  [[nodiscard]] bool on_words(std::uint32_t turn);
  /// All of it, at another rate from now on, and one turn: for who takes over.
  [[nodiscard]] std::vector<std::int16_t> take_over(std::uint32_t rate_hz);
  void clear();

  /// For the words of the first half.
  [[nodiscard]] bool waits() const { return first_.has_value(); }
  [[nodiscard]] bool has_voice(base::Duration least) const { return all_.has_voice(least); }

 private:
  TurnAudio all_, since_;  // since_: the second half, while first_ has no words
  std::uint32_t turn_ = 0, rate_hz_ = 0;
  std::optional<std::uint32_t> first_;
};

}  // namespace offhook::inline v0::agent
