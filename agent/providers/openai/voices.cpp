#include <offhook/agent/providers/openai/voices.hpp>

#include <algorithm>
#include <array>

namespace offhook::inline v0::agent::openai {

namespace {

constexpr auto kNames = std::to_array<std::string_view>(
    {"alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage", "shimmer", "verse"});
constexpr auto kMen = std::to_array<std::string_view>({"ash", "ballad", "cedar", "echo", "fable", "onyx", "verse"});

bool is_openais(std::string_view voice) { return std::find(kNames.begin(), kNames.end(), voice) != kNames.end(); }

}  // namespace

constinit const VoiceFamily kVoices{
    .is_certain = is_openais,
    .men = kMen,
    .nearest = [](std::string_view wanted, bool is_man, const VoiceLanguages&) { return std::string(wanted.empty() ? "" : is_man ? "ash" : "coral"); },
};

constinit const VoiceFamily kCompatibleVoices{
    .is_certain = [](std::string_view voice) { return !is_openais(voice); },
    .nearest = [](std::string_view, bool, const VoiceLanguages&) { return std::string(); },
};

}  // namespace offhook::inline v0::agent::openai
