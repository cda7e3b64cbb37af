#include <offhook/agent/support/json_text.hpp>

#include <offhook/agent/support/utf8.hpp>

#include <cmath>

#include <fmt/format.h>

namespace offhook::inline v0::agent {

namespace {

void append_escaped(std::string& out, std::uint32_t code) {
  switch (code) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
  }
  out += fmt::format("\\u{:04x}", code);
}

constexpr bool is_plain(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet >= 0x20 && octet < 0x80 && c != '"' && c != '\\';
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && is_plain(text[plain])) ++plain;
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const Utf8Char c = first_utf8(text);
    if (c.state != Utf8Char::State::Good) {
      out += "\\ufffd";
    } else if (c.code < 0x80) {
      append_escaped(out, c.code);
    } else {
      out += text.substr(0, c.length);
    }
    text.remove_prefix(c.length);
  }
  out += '"';
}

void JsonText::key(std::string_view name) {
  if (!out_.empty() && out_.back() != '{' && out_.back() != '[') out_ += ',';
  if (name.empty()) return;
  append_json_string(out_, name);
  out_ += ':';
}

JsonText& JsonText::text(std::string_view name, std::string_view value) {
  key(name);
  append_json_string(out_, value);
  return *this;
}

JsonText& JsonText::number(std::string_view name, std::int64_t value) { return raw(name, std::to_string(value)); }

JsonText& JsonText::real(std::string_view name, double value) {
  std::string digits = fmt::format("{:.3f}", std::isfinite(value) ? value : 0.0);
  while (digits.back() == '0') digits.pop_back();
  if (digits.back() == '.') digits.pop_back();
  return raw(name, digits);
}

JsonText& JsonText::flag(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }

JsonText& JsonText::null(std::string_view name) { return raw(name, "null"); }

JsonText& JsonText::raw(std::string_view name, std::string_view json) {
  key(name);
  out_ += json;
  return *this;
}

JsonText& JsonText::open(std::string_view name, char bracket) {
  key(name);
  out_ += bracket;
  return *this;
}

JsonText& JsonText::close(char bracket) {
  out_ += bracket;
  return *this;
}

}  // namespace offhook::inline v0::agent
