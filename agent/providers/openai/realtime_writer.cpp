#include <offhook/agent/providers/openai/realtime_writer.hpp>

#include <offhook/agent/support/json_text.hpp>
#include <offhook/agent/support/language_tag.hpp>
#include <offhook/base/base64.hpp>

#include <nlohmann/json.hpp>

#include <array>
#include <charconv>

namespace offhook::inline v0::agent::openai::realtime {
namespace {

void begin(std::string& out, std::string_view type, std::string_view event_id = {}) {
  out += "{\"type\":\"";
  out += type;
  out += '"';
  if (event_id.empty()) return;
  out += ",\"event_id\":";
  append_json_string(out, event_id);
}

void member(std::string& out, std::string_view name, std::string_view text) {
  out += ",\"";
  out += name;
  out += "\":";
  append_json_string(out, text);
}

void append_number(std::string& out, std::uint64_t number) { out += std::to_string(number); }

/// Appends the shortest form of the number, with a decimal point in every locale.
void append_real(std::string& out, double number) {
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{}) out.append(text.data(), end);
}

std::string_view format_json(AudioFormat format) {
  switch (format) {
    case AudioFormat::Pcmu: return R"({"type":"audio/pcmu"})";
    case AudioFormat::Pcma: return R"({"type":"audio/pcma"})";
    case AudioFormat::Pcm24k: return R"({"type":"audio/pcm","rate":24000})";
  }
  return "";
}

std::string_view to_string(TurnDetection::Eagerness eagerness) {
  switch (eagerness) {
    case TurnDetection::Eagerness::Auto: return "auto";
    case TurnDetection::Eagerness::Low: return "low";
    case TurnDetection::Eagerness::Medium: return "medium";
    case TurnDetection::Eagerness::High: return "high";
  }
  return "";
}

/// Appends the parameters of turn detection. They forbid the server to start or stop a reply by itself: the conversation would not
/// know of it.
void append_turn_detection(std::string& out, const TurnDetection& how) {
  static constexpr std::string_view kNothingAlone = ",\"create_response\":false,\"interrupt_response\":false}";
  switch (how.kind) {
    case TurnDetection::Kind::Ours: out += "null"; return;
    case TurnDetection::Kind::ServerVad:
      out += R"({"type":"server_vad","threshold":)";
      append_real(out, how.threshold);
      out += ",\"prefix_padding_ms\":";
      append_number(out, how.prefix_padding_ms);
      out += ",\"silence_duration_ms\":";
      append_number(out, how.silence_ms);
      out += kNothingAlone;
      return;
    case TurnDetection::Kind::SemanticVad:
      out += R"({"type":"semantic_vad","eagerness":")";
      out += to_string(how.eagerness);
      out += '"';
      out += kNothingAlone;
      return;
  }
}

void append_noise_reduction(std::string& out, NoiseReduction how) {
  switch (how) {
    case NoiseReduction::None: out += "null"; return;
    case NoiseReduction::NearField: out += R"({"type":"near_field"})"; return;
    case NoiseReduction::FarField: out += R"({"type":"far_field"})"; return;
  }
}

void append_input(std::string& out, const RealtimeOptions& options, std::string_view language) {
  out += "\"input\":{\"format\":";
  out += format_json(options.format);
  out += ",\"turn_detection\":";
  append_turn_detection(out, options.turn_detection);
  out += ",\"noise_reduction\":";
  append_noise_reduction(out, options.noise_reduction);
  out += ",\"transcription\":";
  if (options.transcription_model.empty()) {
    out += "null";
  } else {
    out += "{\"model\":";
    append_json_string(out, options.transcription_model);
    if (!language.empty()) member(out, "language", primary_language(language));  // The model accepts only two-letter codes.
    out += '}';
  }
  out += '}';
}

void append_output(std::string& out, const RealtimeOptions& options) {
  out += ",\"output\":{\"format\":";
  out += format_json(options.format);
  if (!options.voice.empty()) member(out, "voice", options.voice);
  if (options.speed != 1) {
    out += ",\"speed\":";
    append_real(out, options.speed);
  }
  out += '}';
}

/// Appends `schema`. If it is not a JSON object, appends a schema without parameters: the server would refuse the whole session because
/// of it.
void append_schema(std::string& out, const std::string& schema) {
  const auto parsed = nlohmann::json::parse(schema, nullptr, false);
  if (!parsed.is_object()) {
    out += R"({"type":"object","properties":{}})";
  } else {
    out += parsed.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
}

void append_tools(std::string& out, const std::vector<ToolDescription>& tools) {
  out += ",\"tools\":[";
  for (const auto& tool : tools) {
    if (out.back() != '[') out += ',';
    out += "{\"type\":\"function\"";
    member(out, "name", tool.name);
    member(out, "description", tool.description);
    out += ",\"parameters\":";
    append_schema(out, tool.parameters);
    out += '}';
  }
  out += "],\"tool_choice\":\"auto\"";
}

void append_truncation(std::string& out, const Truncation& how) {
  switch (how.kind) {
    case Truncation::Kind::Usual: return;
    case Truncation::Kind::Auto: out += R"(,"truncation":"auto")"; return;
    case Truncation::Kind::Disabled: out += R"(,"truncation":"disabled")"; return;
    case Truncation::Kind::RetentionRatio:
      out += R"(,"truncation":{"type":"retention_ratio","retention_ratio":)";
      append_real(out, how.retention_ratio);
      if (how.post_instructions != 0) {
        out += R"(,"token_limits":{"post_instructions":)";
        append_number(out, how.post_instructions);
        out += '}';
      }
      out += '}';
      return;
  }
}

void begin_item(std::string& out, std::string_view type) {
  begin(out, "conversation.item.create");
  out += ",\"item\":{\"type\":\"";
  out += type;
  out += '"';
}

}  // namespace

void write_session(std::string& out, std::string_view event_id, const RealtimeOptions& options, const SessionShape& shape) {
  begin(out, "session.update", event_id);
  out += R"(,"session":{"type":"realtime","output_modalities":["audio"])";
  member(out, "instructions", shape.instructions);
  out += ",\"audio\":{";
  append_input(out, options, shape.language);
  append_output(out, options);
  out += '}';
  if (shape.tools != nullptr && !shape.tools->empty()) append_tools(out, *shape.tools);
  if (options.max_output_tokens != 0) {
    out += ",\"max_output_tokens\":";
    append_number(out, options.max_output_tokens);
  }
  if (!options.reasoning_effort.empty()) {
    out += ",\"reasoning\":{\"effort\":";
    append_json_string(out, options.reasoning_effort);
    out += '}';
  }
  append_truncation(out, options.truncation);
  out += "}}";
}

void write_append(std::string& out, std::span<const std::uint8_t> octets) {
  out += R"({"type":"input_audio_buffer.append","audio":")";
  base::append_base64(out, octets);
  out += "\"}";
}

void write_commit(std::string& out, std::string_view event_id) {
  begin(out, "input_audio_buffer.commit", event_id);
  out += '}';
}

void write_clear(std::string& out) {
  begin(out, "input_audio_buffer.clear");
  out += '}';
}

void write_text_item(std::string& out, Role role, std::string_view text) {
  begin_item(out, "message");
  switch (role) {
    case Role::User: out += R"(,"role":"user","content":[{"type":"input_text")"; break;
    case Role::System: out += R"(,"role":"system","content":[{"type":"input_text")"; break;
    case Role::Assistant: out += R"(,"role":"assistant","content":[{"type":"output_text")"; break;
  }
  member(out, "text", text);
  out += "}]}}";
}

void write_call_item(std::string& out, std::string_view call_id, std::string_view name, std::string_view arguments) {
  begin_item(out, "function_call");
  member(out, "call_id", call_id);
  member(out, "name", name);
  member(out, "arguments", arguments);
  out += "}}";
}

void write_output_item(std::string& out, std::string_view call_id, std::string_view output) {
  begin_item(out, "function_call_output");
  member(out, "call_id", call_id);
  member(out, "output", output);
  out += "}}";
}

void write_truncate(std::string& out, std::string_view event_id, std::string_view item_id, std::uint64_t audio_end_ms) {
  begin(out, "conversation.item.truncate", event_id);
  member(out, "item_id", item_id);
  out += ",\"content_index\":0,\"audio_end_ms\":";
  append_number(out, audio_end_ms);
  out += '}';
}

void write_delete(std::string& out, std::string_view event_id, std::string_view item_id) {
  begin(out, "conversation.item.delete", event_id);
  member(out, "item_id", item_id);
  out += '}';
}

void write_response(std::string& out, std::string_view event_id, std::string_view instructions) {
  begin(out, "response.create", event_id);
  if (!instructions.empty()) {
    out += ",\"response\":{\"instructions\":";
    append_json_string(out, instructions);
    out += '}';
  }
  out += '}';
}

void write_cancel(std::string& out, std::string_view event_id, std::string_view response_id) {
  begin(out, "response.cancel", event_id);
  if (!response_id.empty()) member(out, "response_id", response_id);
  out += '}';
}

}  // namespace offhook::inline v0::agent::openai::realtime
