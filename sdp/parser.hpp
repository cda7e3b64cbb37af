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
  BadPort,         // not a number of 0 to 65535
};

[[nodiscard]] std::string_view to_string(ParseError error);

/// Reads a session description, RFC 8866 section 5. Copies: nothing borrows from `text` afterwards.
/// Tolerated: lines that end in LF alone, a last line without an end, empty lines, spaces around values, no o=, s= or t= line,
/// lines out of order, unknown lines (carried), an m= line without formats.
[[nodiscard]] base::Result<Session, ParseError> parse_session(std::string_view text);

}  // namespace offhook::inline v0::sdp
