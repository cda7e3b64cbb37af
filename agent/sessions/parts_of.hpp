#pragma once

#include <offhook/agent/providers/provider_parts.hpp>

namespace offhook::inline v0::agent {

/// Returns the parts that providers of `kind` can make. Only this function depends on the providers' folders.
[[nodiscard]] const ProviderParts& parts_of(ProviderKind kind);
/// Returns the result of ProviderParts::ends_turns for `provider`; nullopt if its kind does not have that function.
[[nodiscard]] std::optional<base::Duration> ends_turns(const AgentProfile& profile, const ProviderProfile& provider, bool talks);

}  // namespace offhook::inline v0::agent
