#pragma once

#include <offhook/agent/tools/mcp/tool_definition.hpp>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::tools::mcp {

inline constexpr std::size_t kMaxPages = 64;
inline constexpr std::size_t kMaxListedTools = 512;                ///< tools of one server
inline constexpr std::size_t kMaxListedBytes = 4U << 20U;          ///< octets of their schemas and descriptions
inline constexpr std::size_t kMaxReadBytes = 8U << 20U;            ///< octets of all pages, including their other content

/// Collects the pages of one tools/list: MCP 2025-11-25 server/utilities/pagination. Does no I/O. If the server's pages never end, it stops at a limit,
/// and keeps the tools so far.
class ToolListing {
 public:
  enum class Next : std::uint8_t { Ask, Done };

  /// Adds a page of `octets` octets, and returns the next step.
  [[nodiscard]] Next on_page(ToolPage page, std::size_t octets);
  [[nodiscard]] const std::string& cursor() const { return cursor_; }  ///< cursor of the page to request; "" for the first page
  [[nodiscard]] const std::vector<ToolDefinition>& tools() const { return tools_; }
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }  ///< sentences for the log
  [[nodiscard]] std::uint64_t ttl_ms() const { return ttl_ms_; }                  ///< the shortest time that the server gave; 0: none

 private:
  void take(ToolDefinition tool);
  void note(std::string text);

  std::vector<ToolDefinition> tools_;
  std::vector<std::string> notes_;
  std::set<std::string, std::less<>> cursors_;  // cursors of the previous pages
  std::string cursor_;
  std::size_t pages_ = 0, octets_ = 0, read_octets_ = 0;
  std::uint64_t ttl_ms_ = 0;
  bool full_ = false;
};

}  // namespace offhook::inline v0::agent::tools::mcp
