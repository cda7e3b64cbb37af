#include <offhook/agent/tools/number_pattern.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::tools {

std::optional<std::string> plain_number(std::string_view written) {
  constexpr std::string_view kBetween = " -().";
  if (written.size() > kMaxNumberBytes) return std::nullopt;
  std::string number;
  for (const char c : written) {
    const bool is_plus = c == '+' && number.empty();
    if (base::is_digit(c) || is_plus) {
      number += c;
    } else if (kBetween.find(c) == std::string_view::npos) {
      return std::nullopt;
    }
  }
  const std::size_t digits = number.size() - (number.starts_with('+') ? 1 : 0);
  if (digits == 0 || digits > kMaxNumberDigits) return std::nullopt;
  return number;
}

bool is_number_pattern(std::string_view pattern) {
  if (pattern.empty() || pattern.size() > kMaxNumberBytes) return false;
  if (pattern.ends_with('*')) pattern.remove_suffix(1);
  if (pattern.starts_with('+')) pattern.remove_prefix(1);
  if (pattern.empty() || !base::is_digit(pattern.front())) return false;
  return std::all_of(pattern.begin(), pattern.end(), [](char c) { return base::is_digit(c) || c == 'X'; });
}

bool fits(std::string_view pattern, std::string_view number) {
  if (!is_number_pattern(pattern)) return false;
  const bool is_open = pattern.ends_with('*');
  if (is_open) pattern.remove_suffix(1);
  if (number.size() < pattern.size() || (!is_open && number.size() > pattern.size())) return false;
  return std::equal(pattern.begin(), pattern.end(), number.begin(),
                    [](char wanted, char given) { return wanted == 'X' ? base::is_digit(given) : wanted == given; });
}

}  // namespace offhook::inline v0::agent::tools
