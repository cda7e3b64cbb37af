#include <offhook/agent/config/provider_completion.hpp>

#include <offhook/agent/config/nested.hpp>
#include <offhook/agent/settings/read_value.hpp>

namespace offhook::inline v0::agent::config {

namespace {

void read_models(const JsonValue& tree, ProviderProfile& out) {
  const JsonValue* models = member(tree, "models");
  if (models == nullptr) return;
  out.models = {text_of(*models, "realtime"), text_of(*models, "chat"), text_of(*models, "transcription"), text_of(*models, "speech")};
}

void read_reply(const JsonValue& tree, ReplyTuning& out) {
  const JsonValue* written = member(tree, "reply");
  if (written == nullptr) return;
  take_whole(*written, "max_tokens", out.max_tokens);
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
  take_whole(*written, "speed_percent", out.speed_percent);
  take_whole(*written, "max_tokens", out.max_tokens);
  take_flag(*written, "transcription", out.transcription);
  out.reasoning_effort = text_of(*written, "reasoning_effort");
  take_choice(*written, "truncation", out.truncation,
              {{"auto", Tuning::Truncation::Auto}, {"disabled", Tuning::Truncation::Disabled}, {"retention_ratio", Tuning::Truncation::RetentionRatio}});
  take_whole(*written, "retention_percent", out.retention_percent);
  take_whole(*written, "context_tokens", out.context_tokens);
}

}  // namespace

ProviderProfile read_provider(const std::string& name, const Provider& kind, const JsonValue& tree, const std::optional<std::string>& config_path) {
  ProviderProfile out;
  out.name = name;
  out.kind = &kind;
  out.base_url = text_of(tree, "base_url");
  out.api_key = Secret(text_of(tree, "api_key"));
  out.region = text_of(tree, "region");
  out.voice = text_of(tree, "voice");
  out.deployment = text_of(tree, "deployment");
  out.api_version = text_of(tree, "api_version");
  if (const auto file = text_of(tree, "ca_file"); !file.empty()) out.ca_file = beside(config_path, file);
  if (text_of(tree, "api") == "responses") out.api = ChatApi::Responses;
  read_models(tree, out);
  read_reply(tree, out.reply);
  read_realtime(tree, out.realtime);
  if (kind.config.read != nullptr) kind.config.read(tree, out);
  return out;
}

}  // namespace offhook::inline v0::agent::config
