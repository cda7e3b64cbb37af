#pragma once

#include <offhook/agent/net/edges.hpp>
#include <offhook/agent/net/proxy.hpp>
#include <offhook/agent/setup/setup.hpp>

#include <functional>

namespace offhook::inline v0::agent::setup {

/// Tests whether the provider accepts the key: sends a request that needs the key and costs nothing, such as the request for the list of models, to
/// each server of the provider that the configuration uses. `work` runs the client for a moment, and returns false to end the trial.
[[nodiscard]] Finding try_key(const ProviderProfile& provider, net::HttpClient& client, const std::function<bool()>& work);
/// Does the same over the network, through `proxies`. Each request takes up to ten seconds; the trial ends when `is_interrupted` returns true.
[[nodiscard]] Finding try_key(const ProviderProfile& provider, const net::ProxyRules& proxies, const std::function<bool()>& is_interrupted);

}  // namespace offhook::inline v0::agent::setup
