#include <offhook/agent/support/json_line.hpp>

#include <offhook/agent/support/crc32c.hpp>
#include <offhook/agent/support/utf8.hpp>

#include <fmt/format.h>

#include <cmath>

namespace offhook::inline v0::agent {

namespace {

/// Returns true for a character that can begin a new line, control a terminal, or change the order of displayed text.
bool is_escaped(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c || code == 0x2028 || code == 0x2029 || (code >= 0x200b && code <= 0x200f) ||
         (code >= 0x202a && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
}

void append_escaped(std::string& out, std::string_view text, std::size_t most, bool as_json) {
  for (std::size_t taken = 0; !text.empty();) {
    const Utf8Char c = first_utf8(text);
    const std::size_t length = c.is_good() ? c.length : 1;
    if (taken + length > most) break;
    if (!c.is_good()) {
      out += as_json ? "\\ufffd" : "?";
    } else if (is_escaped(c.code)) {
      out += fmt::format("\\u{:04x}", c.code);
    } else {
      if (as_json && (c.code == '"' || c.code == '\\')) out += '\\';
      out += text.substr(0, length);
    }
    taken += length;
    text.remove_prefix(length);
  }
}

void append_quoted(std::string& out, std::string_view text, std::size_t most) {
  out += '"';
  append_escaped(out, text, most, true);
  out += '"';
}

constexpr std::string_view kSeal = ",\"crc\":\"";
constexpr std::size_t kSealBytes = kSeal.size() + 8 + 2;  // kSeal, 8 digits, quote, brace

}  // namespace

void JsonLine::key(std::string_view name) {
  if (out_.back() != '{' && out_.back() != '[') out_ += ',';
  if (name.empty()) return;
  append_quoted(out_, name, name.size());
  out_ += ':';
}

JsonLine& JsonLine::text(std::string_view name, std::string_view value, std::size_t most) {
  key(name);
  append_quoted(out_, value, most);
  return *this;
}

JsonLine& JsonLine::number(std::string_view name, std::int64_t value) {
  key(name);
  out_ += std::to_string(value);
  return *this;
}

JsonLine& JsonLine::number(std::string_view name, std::uint64_t value) {
  key(name);
  out_ += std::to_string(value);
  return *this;
}

JsonLine& JsonLine::real(std::string_view name, double value) {
  key(name);
  out_ += fmt::format("{:.3f}", std::isfinite(value) ? value : 0.0);
  return *this;
}

JsonLine& JsonLine::flag(std::string_view name, bool value) {
  key(name);
  out_ += value ? "true" : "false";
  return *this;
}

JsonLine& JsonLine::open(std::string_view name, char bracket) {
  key(name);
  out_ += bracket;
  return *this;
}

JsonLine& JsonLine::close(char bracket) {
  out_ += bracket;
  return *this;
}

std::string printable(std::string_view text, std::size_t most) {
  std::string out;
  append_escaped(out, text, most, false);
  return out;
}

std::string seal(std::string open_object) {
  const std::uint32_t crc = crc32c(open_object);
  open_object += kSeal;
  open_object += fmt::format("{:08x}\"}}\n", crc);
  return open_object;
}

bool is_sealed(std::string_view line) {
  if (line.size() <= kSealBytes || line.size() >= kMaxLineBytes || line.front() != '{' || !line.ends_with("\"}")) return false;
  const std::string_view body = line.substr(0, line.size() - kSealBytes);
  const std::string_view tail = line.substr(body.size());
  return tail.starts_with(kSeal) && tail.substr(kSeal.size(), 8) == fmt::format("{:08x}", crc32c(body));
}

}  // namespace offhook::inline v0::agent
