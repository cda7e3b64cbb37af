#include <offhook/agent/sessions/conversation_options.hpp>

#include <utility>

namespace offhook::inline v0::agent {

ConversationOptions conversation_options(const AgentProfile& profile, ConversationOptions usual) {
  ConversationOptions options = std::move(usual);
  options.call_limit = profile.limits.call;
  options.silence_prompt = profile.limits.silence;
  options.end_of_turn = profile.limits.end_of_turn;
  options.confirm_interruption = profile.limits.interruption;
  options.listen_deadline = profile.limits.listen;
  options.think_deadline = profile.limits.think;
  options.speak_deadline = profile.limits.speak;
  const auto take = [](std::string& sentence, const std::string& given) {
    if (!given.empty()) sentence = given;
  };
  take(options.apology, profile.sentences.apology);
  take(options.failure_goodbye, profile.sentences.goodbye);
  take(options.filler, profile.sentences.filler);
  options.transfer_when_lost = profile.fallback.transfer_to;
  return options;
}

}  // namespace offhook::inline v0::agent
