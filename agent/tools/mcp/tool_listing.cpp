#include <offhook/agent/tools/mcp/tool_listing.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::tools::mcp {

namespace {
constexpr std::size_t kMaxNotes = 16;
}

void ToolListing::note(std::string text) {
  if (notes_.size() < kMaxNotes) notes_.push_back(std::move(text));
}

void ToolListing::take(ToolDefinition tool) {
  const std::size_t octets = tool.input_schema.size() + tool.description.size() + tool.name.size();
  if (tools_.size() == kMaxListedTools || octets_ + octets > kMaxListedBytes) {
    if (!std::exchange(full_, true)) note("it lists too many tools: Offhook ignores the other ones");
    return;
  }
  if (std::any_of(tools_.begin(), tools_.end(), [&](const ToolDefinition& other) { return other.name == tool.name; }))
    return note("it lists a tool twice: Offhook ignores the second one");
  octets_ += octets;
  tools_.push_back(std::move(tool));
}

ToolListing::Next ToolListing::on_page(ToolPage page, std::size_t octets) {
  ++pages_;
  read_octets_ += octets;
  for (std::string& why : page.passed_over) note(std::move(why));
  for (ToolDefinition& tool : page.tools) take(std::move(tool));
  if (page.ttl_ms > 0) ttl_ms_ = ttl_ms_ == 0 ? page.ttl_ms : std::min(ttl_ms_, page.ttl_ms);
  cursor_ = std::move(page.next_cursor);
  if (cursor_.empty() || full_) return Next::Done;
  if (pages_ == kMaxPages || read_octets_ > kMaxReadBytes || !cursors_.insert(cursor_).second) {
    note("its list of tools does not end: Offhook uses the tools so far");
    return Next::Done;
  }
  return Next::Ask;
}

}  // namespace offhook::inline v0::agent::tools::mcp
