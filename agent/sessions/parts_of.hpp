#pragma once

#include <offhook/agent/providers/provider_parts.hpp>

namespace offhook::inline v0::agent {

/// What providers of that kind can do: the one place that knows their folders.
[[nodiscard]] const ProviderParts& parts_of(ProviderKind kind);
/// ProviderParts::ends_turns of `provider`, where it has that.
[[nodiscard]] std::optional<base::Duration> ends_turns(const AgentProfile& profile, const ProviderProfile& provider, bool talks);

}  // namespace offhook::inline v0::agent
