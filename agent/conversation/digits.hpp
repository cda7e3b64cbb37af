#pragma once

#include <offhook/base/time.hpp>

#include <optional>
#include <string>

namespace offhook::inline v0::agent {

/// Gathers DTMF keys into one input. If one key is expected, each key is an input (a menu). If more keys are expected, the input has that
/// number of keys, or fewer if '#' or a pause ends it; '*' discards the keys so far. A language model expects no keys. Then each key is an
/// input, or if the options say so, keys in quick succession are one input, with '*' as an ordinary key. Pure: no I/O, no clock.
class DigitCollector {
 public:
  static constexpr std::size_t kMaxDigits = 32;

  explicit DigitCollector(base::Duration gap, bool unexpected_together = false) : gap_(gap), unexpected_together_(unexpected_together) {}

  void expect(std::size_t wanted);
  /// Returns true when no keys are expected, and keys in quick succession are one input.
  [[nodiscard]] bool gathers_unasked() const { return wanted_ == 0 && unexpected_together_; }
  /// Returns the complete input, if this key completes one.
  [[nodiscard]] std::optional<std::string> on_digit(char digit, base::TimePoint now);
  [[nodiscard]] std::optional<std::string> on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return end_at_; }

 private:
  [[nodiscard]] std::string take();

  base::Duration gap_;
  bool unexpected_together_;
  std::size_t wanted_ = 0;
  std::string digits_;
  std::optional<base::TimePoint> end_at_;
};

}  // namespace offhook::inline v0::agent
