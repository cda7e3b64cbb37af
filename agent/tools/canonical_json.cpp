#include <offhook/agent/tools/canonical_json.hpp>

#include <offhook/agent/support/json_text.hpp>

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::tools {

namespace {

bool append_members(std::string& out, const simdjson::dom::object& object, std::size_t depth) {
  std::vector<std::pair<std::string_view, json::Element>> members;
  for (const auto& [name, value] : object) members.emplace_back(name, value);
  std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  out += '{';
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i > 0 && members[i].first == members[i - 1].first) return false;
    if (i > 0) out += ',';
    append_json_string(out, members[i].first);
    out += ':';
    if (!append_canonical(out, members[i].second, depth + 1)) return false;
  }
  out += '}';
  return true;
}

bool append_items(std::string& out, const simdjson::dom::array& list, std::size_t depth) {
  out += '[';
  bool first = true;
  for (const json::Element item : list) {
    if (!std::exchange(first, false)) out += ',';
    if (!append_canonical(out, item, depth + 1)) return false;
  }
  out += ']';
  return true;
}

}  // namespace

bool append_canonical(std::string& out, const json::Element& value, std::size_t depth) {
  if (depth > kMaxCanonicalDepth) return false;
  if (value.is_object()) return append_members(out, value.get_object().value_unsafe(), depth);
  if (value.is_array()) return append_items(out, value.get_array().value_unsafe(), depth);
  if (value.is_string()) {
    append_json_string(out, value.get_string().value_unsafe());
  } else {
    out += simdjson::minify(value);
  }
  return true;
}

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const unsigned char octet : digest) {
    hex += kDigits[octet >> 4U];
    hex += kDigits[octet & 15U];
  }
  return hex;
}

}  // namespace offhook::inline v0::agent::tools
