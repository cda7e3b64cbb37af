#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sdp/session.hpp>

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::sdp {

enum class ParseError : std::uint8_t {
  Empty,
  TooLarge,        // over kMaxSessionBytes
  TooManyLines,    // over kMaxLines
  LineTooLong,     // over kMaxLineBytes
  TooManyMedia,    // over kMaxMedia
  TooManyFormats,  // over kMaxFormats
  BadCharacter,    // NUL, or a carriage return inside a line
  BadLine,         // not `x=...`
  BadVersion,      // the first line is not v=0
  BadOrigin,
  BadConnection,
  BadMedia,
  BadPort,         // not a number from 0 to 65535
};

[[nodiscard]] std::string_view to_string(ParseError error);

/// Parses a session description, RFC 8866 section 5. Copies the text, so the result borrows nothing. Tolerates: lines that end in
/// LF alone, a last line without an end, empty lines, spaces around values, missing o=, s= and t= lines, lines out of order,
/// unknown lines (kept in `others`), and an m= line without formats.
[[nodiscard]] base::Result<Session, ParseError> parse_session(std::string_view text);

}  // namespace offhook::inline v0::sdp
