#include <offhook/agent/providers/embedded/local.hpp>

#include <offhook/agent/providers/embedded/provider_registry.hpp>

#include <array>

namespace offhook::inline v0::agent::embedded {

namespace {

bool is_embedded_voice(std::string_view voice) { return voice == "slt" || voice == "rms"; }

constexpr auto kMen = std::to_array<std::string_view>({"rms"});

constexpr ProviderConfig kConfig{};

constexpr VoiceFamily kVoices{
    .has_form = is_embedded_voice,
    .men = kMen,
    .nearest = [](std::string_view wanted, bool is_man, const VoiceLanguages&) { return wanted.empty() ? std::string() : nearest_voice(wanted, is_man); },
    .language_of = [](std::string_view) { return std::string_view("en"); },
};

}  // namespace

std::string nearest_voice(std::string_view wanted, bool is_man) {
  if (is_embedded_voice(wanted)) return std::string(wanted);
  return is_man ? "rms" : "slt";
}

constinit const Provider kLocal{
    .name = "local",
    .title = "Offhook",
    .page = "docs/embedded-speech.md",
    .is_local = true,
    .config = kConfig,
    .sessions = {.abilities = {.listen = Ability::Always, .think = Ability::Always, .speak = Ability::Always}},
    .voices = &kVoices,
    .setup = {.thinks_beside = true, .speaks_beside = true},
    .parts = parts,
};

}  // namespace offhook::inline v0::agent::embedded
