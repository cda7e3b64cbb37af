#pragma once

#include <offhook/agent/providers/provider_config.hpp>

namespace offhook::inline v0::agent::deepgram {

/// The settings of the kind "deepgram", their defaults and their checks.
extern const ProviderConfig kConfig;

}  // namespace offhook::inline v0::agent::deepgram
