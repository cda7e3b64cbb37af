#include <offhook/agent/providers/deepgram/provider.hpp>

#include <offhook/agent/providers/deepgram/listen_choice.hpp>
#include <offhook/agent/providers/deepgram/parts.hpp>
#include <offhook/agent/providers/deepgram/settings.hpp>
#include <offhook/agent/providers/deepgram/voices.hpp>
#include <offhook/agent/providers/key_trial.hpp>

#include <array>

namespace offhook::inline v0::agent::deepgram {

namespace {

Remarks judge_realtime(const ProviderProfile& provider, bool has_regions) {
  if (!has_regions) return {};
  return {{"regions", "the Voice Agent of " + provider.name + " uses a model of another provider: see deepgram/thinks_by"}};
}

std::string judge_alone(const ProviderProfile& provider) {
  return "the Voice Agent of " + provider.name + " is the only way to hold a conversation: while it is not available, callers hear a goodbye. Add to sessions a "
         "cascade in which another provider thinks, or set fallback/transfer_to (docs/deepgram.md)";
}

std::string judge_language(const ProviderProfile& provider, std::string_view language) {
  const std::string& model = provider.models.transcription;
  if (!is_flux(model) || flux_hears(model, language)) return "";
  return model + " does not understand " + std::string(language) + ": with `flux`, Offhook uses nova-3 for it";
}

constexpr std::array kQuestions{
    ProviderQuestion{.variable = "DEEPGRAM_API_KEY", .pointer = "/api_key", .text = "Key of a Deepgram project",
                     .why = "Deepgram charges for each minute: docs/deepgram.md.",
                     .example = "0a1b2c3d...", .is_secret = true},
};

std::vector<KeyTrial> key_trials(const ProviderProfile& provider) {
  return {trial_of(provider.base_url + "/v1/projects", provider.base_url, "Authorization", "Token " + provider.api_key.reveal())};
}

}  // namespace

constinit const Provider kDeepgram{
    .name = "deepgram",
    .title = "Deepgram",
    .page = "docs/deepgram.md",
    .config = kConfig,
    .sessions = {.abilities = {.realtime = Ability::Always, .listen = Ability::Always, .speak = Ability::Always},
            .usual = UsualSessions::Realtime,
            .judge_realtime = judge_realtime,
            .judge_alone = judge_alone,
            .hears_several = [](const ProviderProfile& provider) { return provider.models.transcription != "flux-general-en"; },
            .judge_language = judge_language,
            .realtime_is_monolingual = true,
            .realtime_has_transcript = true},
    .voices = &kVoices,
    .setup = {.questions = kQuestions, .speaks_beside = true, .trials = key_trials},
    .parts = parts,
};

}  // namespace offhook::inline v0::agent::deepgram
