#pragma once

#include <offhook/agent/net/edges.hpp>
#include <offhook/agent/net/proxy.hpp>
#include <offhook/agent/setup/setup.hpp>

#include <functional>

namespace offhook::inline v0::agent::setup {

/// Asks the provider for its models. `work` lets the client's thread do its work for a moment, and says whether to go on.
[[nodiscard]] Finding try_key(const ProviderProfile& provider, net::HttpClient& client, const std::function<bool()>& work);
/// The same over the network, by these proxies; takes up to ten seconds, or until `is_interrupted` says so.
[[nodiscard]] Finding try_key(const ProviderProfile& provider, const net::ProxyRules& proxies, const std::function<bool()>& is_interrupted);

}  // namespace offhook::inline v0::agent::setup
