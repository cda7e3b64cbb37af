#pragma once

#include <offhook/agent/conversation/tool.hpp>
#include <offhook/agent/providers/openai/realtime_options.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Writes the events for a Realtime server: one JSON object in each text frame, with the GA names. Each function appends one frame
/// to `out`, without an allocation if the capacity of `out` suffices. If a frame causes an error, the error contains the frame's
/// `event_id`; "": the frame has no id.
namespace offhook::inline v0::agent::openai::realtime {

/// The parameters of a session. The views and the tools are used only during write_session().
struct SessionShape {
  std::string_view instructions;
  std::string_view language;  ///< BCP 47; "": any language
  const std::vector<ToolDescription>* tools = nullptr;
};

void write_session(std::string& out, std::string_view event_id, const RealtimeOptions& options, const SessionShape& shape);

/// Appends audio. Writes the base64 directly into the frame, because each telephone call needs this fifty times a second.
void write_append(std::string& out, std::span<const std::uint8_t> octets);
void write_commit(std::string& out, std::string_view event_id);
void write_clear(std::string& out);

enum class Role : std::uint8_t { User, System, Assistant };
void write_text_item(std::string& out, Role role, std::string_view text);
void write_call_item(std::string& out, std::string_view call_id, std::string_view name, std::string_view arguments);
void write_output_item(std::string& out, std::string_view call_id, std::string_view output);
void write_truncate(std::string& out, std::string_view event_id, std::string_view item_id, std::uint64_t audio_end_ms);
void write_delete(std::string& out, std::string_view event_id, std::string_view item_id);

/// `instructions` replaces the session's instructions for this response; "" keeps them.
void write_response(std::string& out, std::string_view event_id, std::string_view instructions);
/// `response_id`: the response to cancel; "": the response in progress.
void write_cancel(std::string& out, std::string_view event_id, std::string_view response_id);

}  // namespace offhook::inline v0::agent::openai::realtime
