#include <offhook/agent/tools/key_pattern.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::tools {

bool is_key(char c) { return base::is_digit(c) || c == '*' || c == '#' || (c >= 'A' && c <= 'D'); }

bool is_code(std::string_view keys) {
  return std::any_of(keys.begin(), keys.end(), [](char c) { return is_key(c) && !base::is_digit(c); });
}

bool is_key_pattern(std::string_view pattern) {
  const auto is_place = [](char c) { return is_key(c) || c == 'X'; };
  return pattern.size() <= kMaxKeys && is_code(pattern) && std::all_of(pattern.begin(), pattern.end(), is_place);
}

bool fits_keys(std::string_view pattern, std::string_view keys) {
  const auto fits = [](char wanted, char given) { return wanted == 'X' ? base::is_digit(given) : wanted == given; };
  return is_key_pattern(pattern) && std::equal(pattern.begin(), pattern.end(), keys.begin(), keys.end(), fits);
}

}  // namespace offhook::inline v0::agent::tools
