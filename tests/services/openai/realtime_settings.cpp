#include <offhook/tests/services/openai/realtime_settings.hpp>

#include <algorithm>
#include <array>

namespace offhook::services::openai {

using nlohmann::json;

namespace {

RealtimeError invalid(std::string param, std::string message) { return {"invalid_request_error", "invalid_value", std::move(message), std::move(param)}; }

std::optional<RealtimeError> check_format(const json& part, const std::string& path) {
  if (!part.contains("format")) return std::nullopt;
  if (read_format(part["format"])) return std::nullopt;
  return invalid(path + ".format", "Invalid value. Supported values are: 'audio/pcm' with rate 24000, 'audio/pcmu', and 'audio/pcma'.");
}

std::optional<RealtimeError> check_turn_detection(const json& vad, const std::string& path) {
  if (vad.is_null()) return std::nullopt;
  const std::string type = vad.value("type", "");
  if (type != "server_vad" && type != "semantic_vad") {
    return invalid(path + ".type", "Invalid value: '" + type + "'. Supported values are: 'server_vad' and 'semantic_vad'.");
  }
  if (type == "semantic_vad") return unknown_member(vad, path, {"type", "eagerness", "create_response", "interrupt_response"});
  return unknown_member(vad, path, {"type", "threshold", "prefix_padding_ms", "silence_duration_ms", "create_response", "interrupt_response", "idle_timeout_ms"});
}

constexpr std::array<std::string_view, 10> kVoices{"alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar"};

/// Accepts the name of a voice of OpenAI, or the id of a customer's own voice. Returns an error for other values.
std::optional<RealtimeError> check_voice(const json& voice) {
  if (voice.is_object() && voice.contains("id")) return std::nullopt;
  if (voice.is_string() && std::find(kVoices.begin(), kVoices.end(), voice.get<std::string>()) != kVoices.end()) return std::nullopt;
  std::string known;
  for (const std::string_view name : kVoices) known += (known.empty() ? "'" : ", '") + std::string(name) + "'";
  return invalid("session.audio.output.voice", "Invalid value: '" + (voice.is_string() ? voice.get<std::string>() : voice.dump()) + "'. Supported values are: " + known + ".");
}

std::optional<RealtimeError> check_audio(const json& audio) {
  if (auto error = unknown_member(audio, "session.audio", {"input", "output"})) return error;
  const json input = audio.value("input", json::object()), output = audio.value("output", json::object());
  if (auto error = unknown_member(input, "session.audio.input", {"format", "noise_reduction", "transcription", "turn_detection"})) return error;
  if (auto error = unknown_member(output, "session.audio.output", {"format", "voice", "speed"})) return error;
  if (output.contains("voice")) {
    if (auto error = check_voice(output["voice"])) return error;
  }
  if (auto error = check_format(input, "session.audio.input")) return error;
  if (auto error = check_format(output, "session.audio.output")) return error;
  if (input.contains("turn_detection")) {
    if (auto error = check_turn_detection(input["turn_detection"], "session.audio.input.turn_detection")) return error;
  }
  const double speed = output.value("speed", 1.0);
  if (speed < 0.25 || speed > 1.5) return invalid("session.audio.output.speed", "Invalid value: expected a number from 0.25 to 1.5.");
  return std::nullopt;
}

std::optional<RealtimeError> check_tools(const json& tools) {
  if (!tools.is_array()) return invalid("session.tools", "Invalid type: expected an array.");
  for (std::size_t i = 0; i < tools.size(); ++i) {
    const std::string path = "session.tools[" + std::to_string(i) + "]", type = tools[i].value("type", "");
    if (type == "mcp") continue;
    if (type != "function") return invalid(path + ".type", "Invalid value: '" + type + "'. Supported values are: 'function' and 'mcp'.");
    if (auto error = unknown_member(tools[i], path, {"type", "name", "description", "parameters"})) return error;
    if (tools[i].value("name", "").empty()) return RealtimeError{"invalid_request_error", "missing_required_parameter", "Missing required parameter.", path + ".name"};
  }
  return std::nullopt;
}

std::optional<RealtimeError> check_truncation(const json& truncation) {
  if (truncation == "auto" || truncation == "disabled") return std::nullopt;
  const std::string path = "session.truncation";
  if (!truncation.is_object() || truncation.value("type", "") != "retention_ratio")
    return invalid(path, "Invalid value. Supported values are: 'auto', 'disabled', and an object of the type 'retention_ratio'.");
  if (auto error = unknown_member(truncation, path, {"type", "retention_ratio", "token_limits"})) return error;
  const double ratio = truncation.value("retention_ratio", -1.0);
  if (ratio < 0 || ratio > 1) return invalid(path + ".retention_ratio", "Invalid value: expected a number from 0.0 to 1.0.");
  const json limits = truncation.value("token_limits", json::object());
  return unknown_member(limits, path + ".token_limits", {"post_instructions"});
}

/// Returns true for models with reasoning: gpt-realtime-2, gpt-realtime-2.1-mini and so on, but not gpt-realtime-2025-08-28.
bool reasons(std::string_view model) {
  constexpr std::string_view kFirst = "gpt-realtime-2";
  return model.starts_with(kFirst) && (model.size() == kFirst.size() || model[kFirst.size()] == '.' || model[kFirst.size()] == '-');
}

std::optional<RealtimeError> check_reasoning(const json& reasoning, std::string_view model) {
  if (!reasons(model)) return invalid("session.reasoning", "Reasoning is not supported with this model.");
  if (auto error = unknown_member(reasoning, "session.reasoning", {"effort"})) return error;
  constexpr std::array<std::string_view, 5> kEfforts{"minimal", "low", "medium", "high", "xhigh"};
  if (std::find(kEfforts.begin(), kEfforts.end(), reasoning.value("effort", "low")) != kEfforts.end()) return std::nullopt;
  return invalid("session.reasoning.effort", "Invalid value. Supported values are: 'minimal', 'low', 'medium', 'high', and 'xhigh'.");
}

std::optional<RealtimeError> check(const json& session, bool transcription, const std::string& model) {
  if (!session.contains("type")) {
    return RealtimeError{"invalid_request_error", "missing_required_parameter", "Missing required parameter: 'session.type'.", "session.type"};
  }
  const char* const expected = transcription ? "transcription" : "realtime";
  if (session["type"] != expected) return invalid("session.type", std::string("Passing this session type is not allowed: expected '") + expected + "'.");
  auto error = transcription ? unknown_member(session, "session", {"type", "audio", "include"})
                             : unknown_member(session, "session", {"type", "model", "instructions", "output_modalities", "audio", "tools", "tool_choice",
                                                                   "parallel_tool_calls", "reasoning", "max_output_tokens", "truncation", "tracing", "prompt", "include"});
  if (error) return error;
  if (session.contains("output_modalities") && session["output_modalities"] != json::array({"audio"}) && session["output_modalities"] != json::array({"text"})) {
    return invalid("session.output_modalities", "Invalid modalities. Supported combinations are: ['text'] and ['audio'].");
  }
  if (session.contains("tools")) {
    if (auto bad = check_tools(session["tools"])) return bad;
  }
  if (session.contains("truncation")) {
    if (auto bad = check_truncation(session["truncation"])) return bad;
  }
  if (session.contains("reasoning")) {
    if (auto bad = check_reasoning(session["reasoning"], model)) return bad;
  }
  return session.contains("audio") ? check_audio(session["audio"]) : std::nullopt;
}

/// Merges an update into the settings. Its members replace the present ones, objects are merged, and null remains null (merge_patch would
/// remove the member).
void merge(json& into, const json& update) {
  for (const auto& [name, value] : update.items()) {
    if (value.is_object() && into.contains(name) && into[name].is_object() && name != "turn_detection" && name != "format") merge(into[name], value);
    else into[name] = value;
  }
}

json with_vad_defaults(json vad) {
  if (!vad.is_object()) return vad;
  json whole = vad["type"] == "server_vad" ? json{{"threshold", 0.5}, {"prefix_padding_ms", 300}, {"silence_duration_ms", 500}, {"idle_timeout_ms", nullptr}}
                                           : json{{"eagerness", "auto"}};
  whole["create_response"] = true;
  whole["interrupt_response"] = true;
  whole.update(vad);
  return whole;
}

}  // namespace

std::optional<RealtimeError> unknown_member(const json& object, const std::string& path, std::initializer_list<std::string_view> names) {
  if (!object.is_object()) return invalid(path, "Invalid type for '" + path + "': expected an object.");
  for (const auto& [name, value] : object.items()) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      return RealtimeError{"invalid_request_error", "unknown_parameter", "Unknown parameter: '" + path + "." + name + "'.", path + "." + name};
    }
  }
  return std::nullopt;
}

std::optional<AudioFormat> read_format(const json& format) {
  if (!format.is_object()) return std::nullopt;
  const std::string type = format.value("type", "");
  if (type == "audio/pcm" && format.value("rate", 24000) == 24000) return AudioFormat::Pcm24;
  if (type == "audio/pcmu" && !format.contains("rate")) return AudioFormat::Pcmu;
  if (type == "audio/pcma" && !format.contains("rate")) return AudioFormat::Pcma;
  return std::nullopt;
}

RealtimeSettings::RealtimeSettings(bool transcription, std::string id, std::string model, std::int64_t expires_at) : transcription_(transcription) {
  const json vad = with_vad_defaults({{"type", "server_vad"}});
  const json pcm = {{"type", "audio/pcm"}, {"rate", 24000}};
  session_ = {{"id", std::move(id)}, {"expires_at", expires_at}};
  json input = {{"format", pcm}, {"transcription", nullptr}, {"noise_reduction", nullptr}, {"turn_detection", vad}};
  if (transcription_) {
    session_.update({{"object", "realtime.transcription_session"}, {"type", "transcription"}, {"include", nullptr}, {"audio", {{"input", std::move(input)}}}});
    return;
  }
  session_.update({{"object", "realtime.session"}, {"type", "realtime"}, {"model", std::move(model)}, {"output_modalities", json::array({"audio"})},
                   {"instructions", "Your knowledge cutoff is 2023-10. You are a helpful, witty, and friendly AI."}, {"tools", json::array()},
                   {"tool_choice", "auto"}, {"max_output_tokens", "inf"}, {"tracing", nullptr}, {"prompt", nullptr}, {"truncation", "auto"}, {"include", nullptr},
                   {"audio", {{"input", std::move(input)}, {"output", {{"format", pcm}, {"voice", "marin"}, {"speed", 1.0}}}}}});
}

std::optional<RealtimeError> RealtimeSettings::update(const json& given) {
  if (!given.is_object()) return invalid("session", "Invalid type for 'session': expected an object.");
  if (auto error = check(given, transcription_, session_.value("model", ""))) return error;
  json next = session_;
  merge(next, given);
  json& vad = next["audio"]["input"]["turn_detection"];
  vad = with_vad_defaults(vad);
  if (audio_was_sent_ && !transcription_ && next["audio"]["output"]["voice"] != session_["audio"]["output"]["voice"]) {
    return RealtimeError{"invalid_request_error", "cannot_update_voice", "Cannot update a conversation's voice if assistant audio is present.", "session.audio.output.voice"};
  }
  session_ = std::move(next);
  return std::nullopt;
}

bool RealtimeSettings::transcribes() const { return transcription_ || session_["audio"]["input"]["transcription"].is_object(); }
AudioFormat RealtimeSettings::input_format() const { return *read_format(session_["audio"]["input"]["format"]); }
AudioFormat RealtimeSettings::output_format() const {
  return transcription_ ? AudioFormat::Pcm24 : *read_format(session_["audio"]["output"]["format"]);
}
bool RealtimeSettings::speaks() const { return !transcription_ && session_["output_modalities"] == json::array({"audio"}); }

InputAudio::Vad RealtimeSettings::vad() const {
  const json& vad = session_["audio"]["input"]["turn_detection"];
  if (!vad.is_object()) return {};
  // The simulator has no model for semantic_vad. It uses a server_vad of 500 ms in its place.
  return {true, vad.value("prefix_padding_ms", 300), vad.value("silence_duration_ms", 500)};
}

bool RealtimeSettings::vad_flag(const char* name) const {
  const json& vad = session_["audio"]["input"]["turn_detection"];
  return !transcription_ && vad.is_object() && vad.value(name, true);
}

}  // namespace offhook::services::openai
