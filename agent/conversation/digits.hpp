#pragma once

#include <offhook/base/time.hpp>

#include <optional>
#include <string>

namespace offhook::inline v0::agent {

/// Gathers DTMF keys into one input. With one key expected each is an input of its own (a menu); with more, so many, or fewer ended
/// by '#' or by a pause; '*' starts over. With none expected, as by a language model, which says nothing of keys, they are
/// either a menu's, or what is pressed together belongs together ('*' then is a key like others). Pure.
class DigitCollector {
 public:
  static constexpr std::size_t kMaxDigits = 32;

  explicit DigitCollector(base::Duration gap, bool unexpected_together = false) : gap_(gap), unexpected_together_(unexpected_together) {}

  void expect(std::size_t wanted);
  /// No keys were asked for, and those that are pressed together are one input.
  [[nodiscard]] bool gathers_unasked() const { return wanted_ == 0 && unexpected_together_; }
  /// The complete input, if this key completes one.
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
