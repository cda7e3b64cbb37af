#pragma once

#include <offhook/agent/agent_profile.hpp>
#include <offhook/agent/conversation/conversation.hpp>

namespace offhook::inline v0::agent {

/// What a profile says of a conversation's times and sentences; the rest stays as in `usual`.
[[nodiscard]] ConversationOptions conversation_options(const AgentProfile& profile, ConversationOptions usual);

/// Of AudioPort::hangover: an end of turn of up to half a second is found by the media worker, which looks at each frame; the
/// conversation waits for what a longer one has more. Where a provider's service ends turns, it is 200 ms at most.
[[nodiscard]] std::uint8_t hangover_frames(const AgentProfile& profile);

}  // namespace offhook::inline v0::agent
