#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// Messages of the Unified Speech Protocol, which Azure's speech service talks over a WebSocket. A text message is
///
///     Path: speech.phrase CRLF  X-RequestId: ... CRLF  ...  CRLF  body
///
/// and a binary one
///
///     +--------+--------+----------------------------+------------------+
///     |  header octets  |  Path: audio CRLF ... CRLF |  body            |
///     |  (big endian)   |  (no empty line)           |  (to the end)    |
///     +--------+--------+----------------------------+------------------+
namespace offhook::inline v0::agent::azure {

inline constexpr std::size_t kMaxUspHeaderOctets = 8192;  ///< of one message; a dozen short lines are usual
inline constexpr std::size_t kMaxUspHeaders = 32;
inline constexpr std::size_t kMaxUspMessage = 1U << 20U;  ///< what a socket takes: audio comes in pieces of far less

/// What was received; borrows from its frame. Headers that no part of ours goes by are not kept.
struct UspMessage {
  std::string_view path, request_id, content_type, stream_id;
  std::string_view body;

  /// Paths are compared without regard to case, as the official client does.
  [[nodiscard]] bool is(std::string_view name) const;
};

/// TooShort: no room for the header length, or for as much as it says.
enum class UspError : std::uint8_t { TooShort, HeaderTooLong, TooManyHeaders, NoPath };
[[nodiscard]] std::string_view to_string(UspError error);

/// A line without a colon is passed over, and of two lines with one name the later counts, as with the official client.
[[nodiscard]] base::Result<UspMessage, UspError> parse_usp_text(std::string_view frame);
[[nodiscard]] base::Result<UspMessage, UspError> parse_usp_binary(std::string_view frame);

/// What is to be sent. Nothing in its headers comes from outside.
struct UspOutgoing {
  bool binary = false;
  std::string path, request_id;
  std::string content_type;  ///< "": none
  std::string body;
};
/// The frame; `timestamp` as of usp_timestamp().
[[nodiscard]] std::string write_usp(const UspOutgoing& message, std::string_view timestamp);

/// ISO 8601 in UTC with milliseconds, of milliseconds since 1970: "2026-07-01T12:00:00.250Z".
[[nodiscard]] std::string usp_timestamp(std::int64_t unix_ms);
/// 32 hexadecimal digits, as X-RequestId and X-ConnectionId have them.
[[nodiscard]] std::string make_usp_id(base::Random& random);

}  // namespace offhook::inline v0::agent::azure
