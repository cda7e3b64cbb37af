#include <offhook/agent/tools/tool_names.hpp>

#include <offhook/agent/tools/canonical_json.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::tools {

namespace {
constexpr std::string_view kBetween = "__";
constexpr std::size_t kHashDigits = 8;
}  // namespace

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kMaxLabel && std::all_of(label.begin(), label.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || base::is_digit(c) || c == '-';
  });
}

std::string model_name(std::string_view label, std::string_view tool) {
  std::string name(label);
  name += kBetween;
  bool fits = true;
  for (const char c : tool) {
    const bool good = base::is_alpha(c) || base::is_digit(c) || c == '_' || c == '-';
    fits = fits && good;
    name += good ? c : '_';
  }
  if (fits && !tool.empty() && name.size() <= kMaxModelName) return name;
  name.resize(std::min(name.size(), kMaxModelName - kHashDigits - 1));
  return name + '_' + sha256_hex(tool).substr(0, kHashDigits);
}

}  // namespace offhook::inline v0::agent::tools
