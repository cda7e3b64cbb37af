#pragma once

#include <offhook/agent/conversation/conversation.hpp>
#include <offhook/agent/profile/agent_profile.hpp>

namespace offhook::inline v0::agent {

/// Returns `usual` with the times and sentences of `profile` in place of its own.
[[nodiscard]] ConversationOptions conversation_options(const AgentProfile& profile, ConversationOptions usual);

/// Returns the value of AudioPort::hangover: the silence after which the media worker reports the end of speech, in frames of 20
/// ms. It is the profile's end-of-turn silence, but at most 500 ms, and at most 200 ms if a provider's service ends turns. If the
/// profile's silence is longer, the conversation itself waits for the rest.
[[nodiscard]] std::uint8_t hangover_frames(const AgentProfile& profile);

}  // namespace offhook::inline v0::agent
