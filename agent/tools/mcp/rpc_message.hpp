#pragma once

#include <offhook/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The messages of the Model Context Protocol: JSON-RPC 2.0, one JSON text for each.
namespace offhook::inline v0::agent::tools::mcp {

inline constexpr std::size_t kMaxMessageBytes = 1U << 20U;
inline constexpr std::size_t kMaxMessageDepth = 64;
inline constexpr std::size_t kMaxBatch = 64;  ///< messages in one list; only revision 2025-03-26 has such lists
inline constexpr std::size_t kMaxMethodBytes = 128;
inline constexpr std::size_t kMaxIdBytes = 128;  ///< octets of the id as JSON text

inline constexpr std::int64_t kMethodNotFound = -32601;
inline constexpr std::int64_t kHeaderMismatch = -32020;
inline constexpr std::int64_t kMissingClientCapability = -32021;
inline constexpr std::int64_t kUnsupportedVersion = -32022;

struct RpcMessage {
  enum class Kind : std::uint8_t { Request, Notification, Result, Error };
  Kind kind{};
  std::string id;         ///< number or string as JSON text; "" for a notification, and for an error whose id is null or missing
  std::string method;
  std::string body;       ///< JSON text: the params, the result, or an error's data; "" if it is missing
  std::int64_t code = 0;  ///< code of an Error

  /// Returns the number of the client's request that this message answers. The client's ids are numbers from 1 on.
  [[nodiscard]] std::optional<std::uint64_t> number() const;
};

enum class RpcError : std::uint8_t { TooLong, NotJson, TooDeep, NotAMessage, TooMany };
[[nodiscard]] std::string_view to_string(RpcError error);

/// Parses the message, or messages, of one JSON text. Skips elements of a list that are not messages.
[[nodiscard]] base::Result<std::vector<RpcMessage>, RpcError> read_messages(std::string_view json);

// `params` and `result` are JSON objects. The returned texts contain no line feed, as the stdio transport requires.
[[nodiscard]] std::string write_request(std::uint64_t id, std::string_view method, std::string_view params);
[[nodiscard]] std::string write_notification(std::string_view method, std::string_view params);
[[nodiscard]] std::string write_answer(std::string_view id, std::string_view result);  ///< `id` is RpcMessage::id
[[nodiscard]] std::string write_refusal(std::string_view id, std::int64_t code, std::string_view message);

}  // namespace offhook::inline v0::agent::tools::mcp
