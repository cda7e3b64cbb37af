#pragma once

#include <offhook/agent/agent_profile.hpp>
#include <offhook/agent/conversation/conversation.hpp>

namespace offhook::inline v0::agent {

/// What a profile says of a conversation's times and sentences; the rest stays as in `usual`.
[[nodiscard]] ConversationOptions conversation_options(const AgentProfile& profile, ConversationOptions usual);

}  // namespace offhook::inline v0::agent
