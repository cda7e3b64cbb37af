#pragma once

#include <offhook/base/time.hpp>

#include <optional>
#include <string>

namespace offhook::inline v0::agent {

/// Gathers DTMF keys into one input. With nothing expected each key is an input of its own (a menu); otherwise `wanted` keys, or
/// fewer ended by '#' or by a pause; '*' starts over. Pure.
class DigitCollector {
 public:
  static constexpr std::size_t kMaxDigits = 32;

  explicit DigitCollector(base::Duration gap) : gap_(gap) {}

  void expect(std::size_t wanted);
  /// The complete input, if this key completes one.
  [[nodiscard]] std::optional<std::string> on_digit(char digit, base::TimePoint now);
  [[nodiscard]] std::optional<std::string> on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return end_at_; }

 private:
  [[nodiscard]] std::string take();

  base::Duration gap_;
  std::size_t wanted_ = 0;
  std::string digits_;
  std::optional<base::TimePoint> end_at_;
};

}  // namespace offhook::inline v0::agent
