#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Writes the params of the client's requests as JSON text, and parses the results that describe the server.
namespace offhook::inline v0::agent::tools::mcp {

/// Revisions of the protocol: the newest revision, which has no sessions, and the revisions with a handshake, newest first.
inline constexpr std::string_view kModernRevision = "2026-07-28";
inline constexpr std::array<std::string_view, 4> kLegacyRevisions = {"2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"};

struct ClientIdentity {
  std::string name = "Offhook";
  std::string version = "0";
};

/// The form of the params. Modern params contain the client's identity and the revision.
struct Dialect {
  bool modern = false;
  ClientIdentity identity;
};

[[nodiscard]] std::string initialize_params(const ClientIdentity& identity);
[[nodiscard]] std::string plain_params(const Dialect& dialect);  ///< params of server/discover
[[nodiscard]] std::string list_params(const Dialect& dialect, std::string_view cursor);
[[nodiscard]] std::string listen_params(const Dialect& dialect);
/// Returns the model's text as one JSON object in one line; an empty object for a blank text. Returns nullopt if the text is not an object. With a line
/// feed between its members, the text after the line feed would be a second message over stdio.
[[nodiscard]] std::optional<std::string> one_line_arguments(std::string_view text);
/// Returns the params of tools/call. `arguments` must come from one_line_arguments().
[[nodiscard]] std::string call_params(const Dialect& dialect, std::string_view tool, std::string_view arguments,
                                      std::uint64_t progress_token);
[[nodiscard]] std::string cancelled_params(std::uint64_t request, std::string_view reason);

/// The server's description of itself.
struct ServerFacts {
  bool modern = false;    ///< true: the server supports kModernRevision
  std::string revision;   ///< the newest revision that both sides support; "": there is none
  std::string said;       ///< the first revision that the server named, for people: at most kMaxShownRevision
  bool has_tools = false;
  bool tells_changes = false;
};
inline constexpr std::size_t kMaxShownRevision = 32;

/// Parses the result of server/discover. Returns nullopt if it is no such result: some servers answer any request with a result.
[[nodiscard]] std::optional<ServerFacts> read_discovery(std::string_view result);
/// Parses the data of an error kUnsupportedVersion. Returns the modern revision if the data name it, otherwise the newest legacy revision in them.
[[nodiscard]] ServerFacts read_supported(std::string_view data);
/// Parses the result of initialize.
[[nodiscard]] std::optional<ServerFacts> read_initialization(std::string_view result);

}  // namespace offhook::inline v0::agent::tools::mcp
