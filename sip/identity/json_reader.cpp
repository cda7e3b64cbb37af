#include <offhook/sip/identity/json_reader.hpp>

#include <offhook/base/text.hpp>

#include <charconv>

namespace offhook::inline v0::sip::detail {
namespace {

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xC0 | code >> 6));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xE0 | code >> 12));
    out.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
}

}  // namespace

void JsonReader::skip_space() {
  while (!rest_.empty() && base::is_space(rest_.front())) rest_.remove_prefix(1);
}

bool JsonReader::take(char mark) {
  skip_space();
  if (!rest_.starts_with(mark)) return false;
  rest_.remove_prefix(1);
  return true;
}

bool JsonReader::at_end() {
  skip_space();
  return rest_.empty();
}

std::optional<std::uint32_t> JsonReader::four_digits() {
  std::uint32_t code = 0;
  if (rest_.size() < 4) return std::nullopt;
  const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + 4, code, 16);
  if (error != std::errc{} || end != rest_.data() + 4) return std::nullopt;
  rest_.remove_prefix(4);
  return code;
}

std::optional<std::string> JsonReader::string() {
  if (!take('"')) return std::nullopt;
  std::string text;
  while (!rest_.empty()) {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == '"') return text;
    if (static_cast<unsigned char>(c) < 0x20) return std::nullopt;
    if (c != '\\') {
      text.push_back(c);
      continue;
    }
    if (rest_.empty()) return std::nullopt;
    const char escaped = rest_.front();
    rest_.remove_prefix(1);
    constexpr std::string_view kNames = "\"\\/bfnrt", kMeant = "\"\\/\b\f\n\r\t";
    if (const auto at = kNames.find(escaped); at != std::string_view::npos) {
      text.push_back(kMeant[at]);
      continue;
    }
    const auto code = escaped == 'u' ? four_digits() : std::nullopt;
    // A PASSporT contains no character outside the basic multilingual plane.
    if (!code || (*code >= 0xD800 && *code < 0xE000)) return std::nullopt;
    append_utf8(text, *code);
  }
  return std::nullopt;
}

std::optional<std::int64_t> JsonReader::number() {
  skip_space();
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
  if (error != std::errc{}) return std::nullopt;
  rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
  if (!rest_.empty() && (rest_.front() == '.' || base::to_lower(rest_.front()) == 'e')) return std::nullopt;
  return value;
}

bool JsonReader::skip(std::size_t depth) {
  skip_space();
  if (rest_.empty()) return false;
  switch (rest_.front()) {
    case '"': return string().has_value();
    case '{': return depth > 0 && object([&](const std::string&) { return skip(depth - 1); });
    case '[': return depth > 0 && array([&] { return skip(depth - 1); });
    default: break;
  }
  for (const std::string_view word : {"true", "false", "null"}) {
    if (!rest_.starts_with(word)) continue;
    rest_.remove_prefix(word.size());
    return true;
  }
  const auto is_number = [](char c) { return base::is_digit(c) || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'; };
  std::size_t size = 0;
  while (size < rest_.size() && is_number(rest_[size])) ++size;
  rest_.remove_prefix(size);
  return size > 0;
}

}  // namespace offhook::inline v0::sip::detail
