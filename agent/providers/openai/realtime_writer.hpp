#pragma once

#include <offhook/agent/conversation/tool.hpp>
#include <offhook/agent/providers/openai/realtime_options.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What we say to a Realtime server: one JSON object per text frame, the GA's names. Each function appends one frame to `out`; what
/// `out` can hold already costs no allocation. `event_id` comes back in the error that a frame causes; "" leaves it out.
namespace offhook::inline v0::agent::openai::realtime {

/// What a session is told of itself. The views and the tools are used during write_session() only.
struct SessionShape {
  std::string_view instructions;
  std::string_view language;  ///< BCP 47; "": any
  const std::vector<ToolDescription>* tools = nullptr;
};

void write_session(std::string& out, std::string_view event_id, const RealtimeOptions& options, const SessionShape& shape);

/// Fifty times a second and call: base64 straight into the frame.
void write_append(std::string& out, std::span<const std::uint8_t> octets);
void write_commit(std::string& out, std::string_view event_id);
void write_clear(std::string& out);

enum class Role : std::uint8_t { User, System, Assistant };
void write_text_item(std::string& out, Role role, std::string_view text);
void write_call_item(std::string& out, std::string_view call_id, std::string_view name, std::string_view arguments);
void write_output_item(std::string& out, std::string_view call_id, std::string_view output);
void write_truncate(std::string& out, std::string_view event_id, std::string_view item_id, std::uint64_t audio_end_ms);
void write_delete(std::string& out, std::string_view event_id, std::string_view item_id);

/// `instructions`: instead of the session's, for this response; "": the session's.
void write_response(std::string& out, std::string_view event_id, std::string_view instructions);
/// `response_id` "": the one that runs.
void write_cancel(std::string& out, std::string_view event_id, std::string_view response_id);

}  // namespace offhook::inline v0::agent::openai::realtime
