#include <offhook/agent/sessions/conversation_options.hpp>

#include <offhook/agent/providers/provider.hpp>
#include <offhook/agent/providers/provider_parts.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace offhook::inline v0::agent {

namespace {

/// Longest gap between the keys of one input to a model. Even a single key reaches the model only after this time.
constexpr base::Duration kModelsDigitGap = std::chrono::seconds(2);

bool is_model(const SessionWay& way) {
  const auto* cascade = std::get_if<CascadeWay>(&way);
  return cascade == nullptr || std::any_of(cascade->think.begin(), cascade->think.end(),
                                           [](const ProviderPtr& provider) { return !provider->kind->is_local; });
}

/// Some services end the caller's turns themselves. Returns the longest silence for which such a service of this agent waits before it ends a
/// turn; nullopt if the agent has no such service.
std::optional<base::Duration> longest_own_end(const AgentProfile& profile) {
  std::optional<base::Duration> longest;
  for (const SessionWay& way : profile.sessions) {
    if (const auto* talk = std::get_if<RealtimeWay>(&way)) longest = std::max(longest, ends_turns(profile, *talk->provider, true));
    const auto* cascade = std::get_if<CascadeWay>(&way);
    if (cascade == nullptr) continue;
    for (const ProviderPtr& provider : cascade->listen) longest = std::max(longest, ends_turns(profile, *provider, false));
  }
  return longest;
}

}  // namespace

ConversationOptions conversation_options(const AgentProfile& profile, ConversationOptions usual) {
  ConversationOptions options = std::move(usual);
  options.call_limit = profile.limits.call;
  options.silence_prompt = profile.limits.silence;
  options.end_of_turn = profile.limits.end_of_turn;
  options.confirm_interruption = profile.limits.interruption;
  options.listen_deadline = profile.limits.listen;
  if (const auto own_end = longest_own_end(profile)) options.listen_deadline = std::max(options.listen_deadline, *own_end + kOwnEndMargin);
  options.think_deadline = profile.limits.think;
  options.speak_deadline = profile.limits.speak;
  if (std::any_of(profile.sessions.begin(), profile.sessions.end(), is_model)) {
    options.keys_together = true;  // A dialogue knows how many keys it expects; for a model, keys in quick succession are one input.
    options.digit_gap = kModelsDigitGap;
  }
  options.hold_limit = profile.limits.hold;
  options.max_silences = profile.limits.silences;
  // If the agent follows the caller's language, the first configured language is the most likely one.
  const bool follows = profile.language.empty() && !profile.languages.empty();
  const FixedSentences sentences = with_usual(profile.sentences, follows ? profile.languages.front() : profile.language);
  options.apology = sentences.apology;
  options.mishap = sentences.mishap;
  options.failure_goodbye = sentences.goodbye;
  options.filler = sentences.filler;
  options.empty_reply = sentences.empty_reply;
  options.refusal = sentences.refusal;
  options.silence_goodbye = sentences.silence;
  options.limit_goodbye = sentences.limit;
  options.transfer_apology = sentences.transfer;
  options.shutdown_goodbye = sentences.shutdown;
  options.notice = profile.recording_notice;
  options.transfer_when_lost = profile.fallback.transfer_to;
  return options;
}

std::uint8_t hangover_frames(const AgentProfile& profile) {
  constexpr std::chrono::milliseconds kFrame(20);
  // A service may end a turn after a short pause. If the caller then continues, the conversation learns it only from a new start
  // of speech. Therefore the worker must report the end of speech after a short pause too.
  const std::int64_t most = longest_own_end(profile) ? 10 : 25;
  return static_cast<std::uint8_t>(std::clamp<std::int64_t>(profile.limits.end_of_turn / kFrame, 1, most));
}

}  // namespace offhook::inline v0::agent
