#include <offhook/agent/conversation/digits.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent {

void DigitCollector::expect(std::size_t wanted) {
  wanted_ = std::min(wanted, kMaxDigits);
  digits_.clear();
  end_at_.reset();
}

std::optional<std::string> DigitCollector::on_digit(char digit, base::TimePoint now) {
  const bool is_free = gathers_unasked();
  if ((wanted_ <= 1 && !is_free) || (is_free && digit == '#' && digits_.empty())) return std::string(1, digit);
  if (digit == '*' && !is_free) {
    digits_.clear();
    end_at_.reset();
    return std::nullopt;
  }
  if (digit == '#') {
    if (digits_.empty()) return std::nullopt;
    return take();
  }
  digits_.push_back(digit);
  if (digits_.size() >= (is_free ? kMaxDigits : wanted_)) return take();
  end_at_ = now + gap_;
  return std::nullopt;
}

std::optional<std::string> DigitCollector::on_time(base::TimePoint now) {
  if (!end_at_ || now < *end_at_) return std::nullopt;
  return take();
}

std::string DigitCollector::take() {
  end_at_.reset();
  return std::exchange(digits_, {});
}

}  // namespace offhook::inline v0::agent
