#pragma once

#include <offhook/agent/config/config.hpp>

#include <vector>

namespace offhook::inline v0::agent::config {

/// Reads the variables of proxies as curl does: https_proxy or HTTPS_PROXY, http_proxy (in lower case only), no_proxy or NO_PROXY. Adds a problem for
/// each variable that Offhook cannot use.
[[nodiscard]] net::ProxyRules environment_proxies(const Environment& environment, std::vector<Problem>& problems);

/// Sets config.proxies from /network, or from the environment if /network selects that. Adds a problem for each value that Offhook cannot use.
void resolve_proxies(const Sources& sources, Effective& effective);

}  // namespace offhook::inline v0::agent::config
