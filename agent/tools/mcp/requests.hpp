#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The params of what a client sends, as JSON text, and the results that tell how to speak with a server.
namespace offhook::inline v0::agent::tools::mcp {

/// Revisions of the protocol: the newest one, which has no sessions, and those with a handshake, newest first.
inline constexpr std::string_view kModernRevision = "2026-07-28";
inline constexpr std::array<std::string_view, 4> kLegacyRevisions = {"2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"};

struct ClientIdentity {
  std::string name = "Offhook";
  std::string version = "0";
};

/// Which era's params are written: those of the modern one carry who asks, and in which revision.
struct Dialect {
  bool modern = false;
  ClientIdentity identity;
};

[[nodiscard]] std::string initialize_params(const ClientIdentity& identity);
[[nodiscard]] std::string plain_params(const Dialect& dialect);  ///< server/discover
[[nodiscard]] std::string list_params(const Dialect& dialect, std::string_view cursor);
[[nodiscard]] std::string listen_params(const Dialect& dialect);
/// What a model wrote, as one JSON object in one line: blanks alone are an object without members. Nothing: it is no object.
/// Without this a line feed between its members would end a message over stdio, and what is behind it be a message of its own.
[[nodiscard]] std::optional<std::string> one_line_arguments(std::string_view text);
/// `arguments` as one_line_arguments() gives them.
[[nodiscard]] std::string call_params(const Dialect& dialect, std::string_view tool, std::string_view arguments,
                                      std::uint64_t progress_token);
[[nodiscard]] std::string cancelled_params(std::uint64_t request, std::string_view reason);

/// What a server said of itself.
struct ServerFacts {
  bool modern = false;    ///< it speaks kModernRevision
  std::string revision;   ///< that is spoken with it; "": none that we do
  std::string said;       ///< the revision, or the first, that it named, for people: at most kMaxShownRevision
  bool has_tools = false;
  bool tells_changes = false;
};
inline constexpr std::size_t kMaxShownRevision = 32;

/// Of the result of server/discover. Nothing: it is none, as of servers that answer whatever they are asked.
[[nodiscard]] std::optional<ServerFacts> read_discovery(std::string_view result);
/// Of the data of an error kUnsupportedVersion: modern, or the newest legacy one that it names.
[[nodiscard]] ServerFacts read_supported(std::string_view data);
/// Of the result of initialize.
[[nodiscard]] std::optional<ServerFacts> read_initialization(std::string_view result);

}  // namespace offhook::inline v0::agent::tools::mcp
