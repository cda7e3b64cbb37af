#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// Messages of the Unified Speech Protocol, which Azure's speech service uses over a WebSocket. A text message has the form
///
///     Path: speech.phrase CRLF  X-RequestId: ... CRLF  ...  CRLF  body
///
/// and a binary message has the form
///
///     +--------+--------+----------------------------+------------------+
///     |  header octets  |  Path: audio CRLF ... CRLF |  body            |
///     |  (big endian)   |  (no empty line)           |  (to the end)    |
///     +--------+--------+----------------------------+------------------+
namespace offhook::inline v0::agent::azure {

inline constexpr std::size_t kMaxUspHeaderOctets = 8192;  ///< longest headers of one message, in octets; a dozen short lines are usual
inline constexpr std::size_t kMaxUspHeaders = 32;
inline constexpr std::size_t kMaxUspMessage = 1U << 20U;  ///< longest message that a socket accepts, in octets; pieces of audio are much shorter

inline constexpr std::string_view kJsonType = "application/json";  ///< the Content-Type of a message that carries JSON

/// A received message; borrows from its frame. Headers that Offhook does not use are dropped.
struct UspMessage {
  std::string_view path, request_id, content_type, stream_id;
  std::string_view body;

  /// Returns true if the path is `name`. Ignores the case, as the official client does.
  [[nodiscard]] bool is(std::string_view name) const;
};

/// TooShort: the frame is shorter than the header length field, or than the length in it.
enum class UspError : std::uint8_t { TooShort, HeaderTooLong, TooManyHeaders, NoPath };
[[nodiscard]] std::string_view to_string(UspError error);

/// Parses a text message. Ignores a line without a colon. If two lines have the same name, the later one counts, as in the official
/// client.
[[nodiscard]] base::Result<UspMessage, UspError> parse_usp_text(std::string_view frame);
[[nodiscard]] base::Result<UspMessage, UspError> parse_usp_binary(std::string_view frame);

/// A message to send. Its headers contain nothing from the network.
struct UspOutgoing {
  bool binary = false;
  std::string path, request_id;
  std::string content_type;  ///< "" if there is none
  std::string body;
};
/// Returns the frame of `message`; `timestamp` has the format of usp_timestamp().
[[nodiscard]] std::string write_usp(const UspOutgoing& message, std::string_view timestamp);

/// Returns a time in ISO 8601, UTC with milliseconds, from milliseconds since 1970: "2026-07-01T12:00:00.250Z".
[[nodiscard]] std::string usp_timestamp(std::int64_t unix_ms);
/// Returns 32 random hexadecimal digits, the format of X-RequestId and X-ConnectionId.
[[nodiscard]] std::string make_usp_id(base::Random& random);

}  // namespace offhook::inline v0::agent::azure
