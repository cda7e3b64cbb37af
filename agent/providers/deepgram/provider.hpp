#pragma once

#include <offhook/agent/providers/provider.hpp>

namespace offhook::inline v0::agent::deepgram {

/// The kind "deepgram": it listens and speaks; its Voice Agent holds the whole conversation.
extern const Provider kDeepgram;

}  // namespace offhook::inline v0::agent::deepgram
