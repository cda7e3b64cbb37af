#include <offhook/agent/config/provider_completion.hpp>

#include <offhook/agent/config/nested.hpp>

#include <initializer_list>
#include <utility>

namespace offhook::inline v0::agent::config {

namespace {

template <class Value>
void take_choice(const JsonValue& written, const char* name, Value& out, std::initializer_list<std::pair<std::string_view, Value>> choices) {
  const std::string word = text_of(written, name);
  for (const auto& [choice, value] : choices) {
    if (choice == word) out = value;
  }
}

void take_flag(const JsonValue& written, const char* name, bool& out) {
  if (const JsonValue* value = member(written, name)) out = value->flag;
}

void read_models(const JsonValue& tree, ProviderProfile& out) {
  const JsonValue* models = member(tree, "models");
  const auto model = [&](const char* name, std::string_view of_openai) {
    std::string written = models != nullptr ? text_of(*models, name) : std::string();
    return written.empty() && out.kind == ProviderKind::OpenAi ? std::string(of_openai) : written;
  };
  out.models = {model("realtime", "gpt-realtime"), model("chat", "gpt-4o-mini"),
                model("transcription", "gpt-4o-mini-transcribe"), model("speech", "gpt-4o-mini-tts")};
  if (out.kind == ProviderKind::AzureOpenAi && out.models.realtime.empty()) out.models.realtime = out.deployment;
  if (out.kind == ProviderKind::Azure && out.models.chat.empty()) out.models.chat = out.deployment;
}

void read_quirks(const JsonValue& tree, ProviderProfile& out) {
  if (out.kind == ProviderKind::OpenAiCompatible) out.quirks = {"max_tokens", false, false, false, false};
  const JsonValue* quirks = member(tree, "quirks");
  if (quirks == nullptr) return;
  if (const auto name = text_of(*quirks, "max_tokens"); !name.empty()) out.quirks.max_tokens = name == "none" ? "" : name;
  take_flag(*quirks, "stream_options", out.quirks.stream_options);
  take_flag(*quirks, "tool_choice", out.quirks.tool_choice);
  take_flag(*quirks, "developer_role", out.quirks.developer_role);
  take_flag(*quirks, "starts_in_thought", out.quirks.starts_in_thought);
}

void read_reply(const JsonValue& tree, ReplyTuning& out) {
  const JsonValue* written = member(tree, "reply");
  if (written == nullptr) return;
  if (const JsonValue* most = member(*written, "max_tokens")) out.max_tokens = most->integer;
  out.reasoning_effort = text_of(*written, "reasoning_effort");
  out.service_tier = text_of(*written, "service_tier");
}

void read_realtime(const JsonValue& tree, RealtimeTuning& out) {
  const JsonValue* written = member(tree, "realtime");
  if (written == nullptr) return;
  using Tuning = RealtimeTuning;
  take_choice(*written, "turn_detection", out.turn_end,
              {{"ours", Tuning::TurnEnd::Ours}, {"server", Tuning::TurnEnd::ServerVad}, {"semantic", Tuning::TurnEnd::SemanticVad}});
  take_choice(*written, "eagerness", out.eagerness,
              {{"auto", Tuning::Eagerness::Auto}, {"low", Tuning::Eagerness::Low}, {"medium", Tuning::Eagerness::Medium},
               {"high", Tuning::Eagerness::High}});
  take_choice(*written, "noise_reduction", out.noise_reduction,
              {{"none", Tuning::NoiseReduction::None}, {"near_field", Tuning::NoiseReduction::NearField},
               {"far_field", Tuning::NoiseReduction::FarField}});
  if (const JsonValue* speed = member(*written, "speed_percent")) out.speed_percent = speed->integer;
  if (const JsonValue* most = member(*written, "max_tokens")) out.max_tokens = most->integer;
  take_flag(*written, "transcription", out.transcription);
  out.reasoning_effort = text_of(*written, "reasoning_effort");
  take_choice(*written, "truncation", out.truncation,
              {{"auto", Tuning::Truncation::Auto}, {"disabled", Tuning::Truncation::Disabled}, {"retention_ratio", Tuning::Truncation::RetentionRatio}});
  if (const JsonValue* percent = member(*written, "retention_percent")) out.retention_percent = percent->integer;
  if (const JsonValue* most = member(*written, "context_tokens")) out.context_tokens = most->integer;
}

void read_speech(const JsonValue& tree, ProviderProfile& out) {
  const JsonValue* written = member(tree, "speech");
  if (written == nullptr) return;
  out.speech = {text_of(*written, "region"), text_of(*written, "url"), Secret(text_of(*written, "key"))};
  // Only the operator knows the region of a model's resource, or of a container. So Azure Speech's region is used only when neither is configured.
  if (out.region.empty() && out.kind == ProviderKind::Azure && out.base_url.empty() && out.speech.url.empty()) out.region = out.speech.region;
}

void read_deepgram(const JsonValue& tree, DeepgramTuning& out) {
  const JsonValue* written = member(tree, "deepgram");
  if (written == nullptr) return;
  take_choice(*written, "turn_detection", out.turn_end, {{"ours", DeepgramTuning::TurnEnd::Ours}, {"flux", DeepgramTuning::TurnEnd::Flux}});
  if (const JsonValue* percent = member(*written, "eot_threshold_percent")) out.eot_threshold_percent = percent->integer;
  if (const JsonValue* percent = member(*written, "eager_eot_threshold_percent")) out.eager_eot_threshold_percent = percent->integer;
  if (const JsonValue* silence = member(*written, "eot_timeout_ms")) out.eot_timeout_ms = silence->integer;
  if (const JsonValue* silence = member(*written, "endpointing_ms")) out.endpointing_ms = silence->integer;
  take_flag(*written, "smart_format", out.smart_format);
  take_flag(*written, "numerals", out.numerals);
  take_flag(*written, "mip_opt_out", out.mip_opt_out);
  out.tag = text_of(*written, "tag");
  out.thinks_by = text_of(*written, "thinks_by");
  if (const auto url = text_of(*written, "agent_url"); !url.empty()) out.agent_url = url;
}

void read_ollama(const JsonValue& tree, OllamaTuning& out) {
  const JsonValue* written = member(tree, "ollama");
  if (written == nullptr) return;
  if (const JsonValue* tokens = member(*written, "context_tokens")) out.context_tokens = tokens->integer;
  if (const JsonValue* minutes = member(*written, "keep_alive_minutes")) out.keep_alive = std::chrono::minutes(minutes->integer);
}

}  // namespace

ProviderProfile read_provider(const std::string& name, ProviderKind kind, const JsonValue& tree, const std::optional<std::string>& config_path) {
  ProviderProfile out;
  out.name = name;
  out.kind = kind;
  out.base_url = text_of(tree, "base_url");
  out.api_key = Secret(text_of(tree, "api_key"));
  out.region = text_of(tree, "region");
  out.voice = text_of(tree, "voice");
  out.deployment = text_of(tree, "deployment");
  out.api_version = text_of(tree, "api_version");
  if (const auto file = text_of(tree, "ca_file"); !file.empty()) out.ca_file = beside(config_path, file);
  if (text_of(tree, "api") == "responses") out.api = ChatApi::Responses;
  read_models(tree, out);
  read_quirks(tree, out);
  read_reply(tree, out.reply);
  read_realtime(tree, out.realtime);
  read_speech(tree, out);
  read_deepgram(tree, out.deepgram);
  read_ollama(tree, out.ollama);
  return out;
}

}  // namespace offhook::inline v0::agent::config
