#pragma once

#include <offhook/agent/conversation/stage.hpp>

#include <array>
#include <cstddef>

namespace offhook::inline v0::agent {

/// Counts the retries in one turn of the caller, separately for each stage (listen, think, speak). The parts of a stage and the conversation
/// share the count. A part takes an attempt before it repeats its own request. The conversation takes an attempt before it asks the session to try
/// again, with the same or another provider. Pure.
class TurnRetries {
 public:
  /// `most`: further attempts at one stage of a turn, over all parts and providers.
  explicit TurnRetries(unsigned most) : most_(most) {}

  /// The stage begins its work for a turn.
  void begin(Stage stage) { used(stage) = 0; }
  /// Takes an attempt for a part. Returns false if half of the attempts are used: the other half is for other providers.
  [[nodiscard]] bool try_repeat(Stage stage) { return try_take(stage, most_ / 2); }
  /// Takes an attempt for the conversation.
  [[nodiscard]] bool try_again(Stage stage) { return try_take(stage, most_); }

 private:
  [[nodiscard]] unsigned& used(Stage stage) { return used_[static_cast<std::size_t>(stage)]; }
  [[nodiscard]] bool try_take(Stage stage, unsigned limit) {
    if (used(stage) >= limit) return false;
    ++used(stage);
    return true;
  }

  unsigned most_;
  std::array<unsigned, kStages> used_{};
};

}  // namespace offhook::inline v0::agent
