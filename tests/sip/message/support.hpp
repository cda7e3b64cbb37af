#pragma once

#include <offhook/sip/message/parser.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::sip {

inline std::ostream& operator<<(std::ostream& out, ParseError error) { return out << to_string(error); }

namespace test {

inline base::Bytes bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

/// Parses a copy of `text` in memory that ends with its last octet, so that the address sanitizer detects a read after the end.
inline base::Result<Message, Refusal> parse(std::string_view text, Framing framing = Framing::Datagram) {
  return parse_message(Slab::exact(bytes_of(text)), framing);
}

/// Converts LF to CRLF, for messages that are written into tests.
inline std::string lines(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

/// A valid request whose parts a test can replace. A field with an empty string is not written.
struct Request {
  std::string method = "OPTIONS";
  std::string uri = "sip:agent@phone.example";
  std::string via = "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1";
  std::string from = "<sip:ada@pbx.example>;tag=a";
  std::string to = "<sip:agent@phone.example>";
  std::string call_id = "call-1";
  std::string cseq = "1 OPTIONS";
  std::string more;  ///< whole lines, each with CRLF
  std::string content_length = "0";
  std::string body;

  [[nodiscard]] std::string text() const {
    std::string out = method + " " + uri + " SIP/2.0\r\n";
    const auto add = [&](std::string_view name, const std::string& value) {
      if (!value.empty()) out.append(name).append(": ").append(value).append("\r\n");
    };
    add("Via", via);
    add("From", from);
    add("To", to);
    add("Call-ID", call_id);
    add("CSeq", cseq);
    out += more;
    add("Content-Length", content_length);
    return out + "\r\n" + body;
  }
};

inline Message request_with(const std::string& more) {
  Request request;
  request.more = more;
  auto parsed = parse(request.text());
  REQUIRE_MESSAGE(parsed, more);
  return std::move(*parsed);
}

inline std::string repeated(const std::string& text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace test
}  // namespace offhook::inline v0::sip
