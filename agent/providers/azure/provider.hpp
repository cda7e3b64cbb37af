#pragma once

#include <offhook/agent/providers/provider.hpp>

namespace offhook::inline v0::agent::azure {

/// The kind "azure": Azure Speech listens and speaks; Azure OpenAI thinks when a deployment is configured.
extern const Provider kAzure;

}  // namespace offhook::inline v0::agent::azure
