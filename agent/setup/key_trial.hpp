#pragma once

#include <offhook/agent/net/edges.hpp>
#include <offhook/agent/net/proxy.hpp>
#include <offhook/agent/setup/setup.hpp>

#include <functional>

namespace offhook::inline v0::agent::setup {

/// Sends the provider a request that needs the key and costs nothing, such as a request for its list of models. Sends one to each
/// of its resources that is used. `work` runs the client for a moment, and returns false to end the trial.
[[nodiscard]] Finding try_key(const ProviderProfile& provider, net::HttpClient& client, const std::function<bool()>& work);
/// Tries the key over the network, through these proxies. Each request takes up to ten seconds; the trial ends when `is_interrupted` returns true.
[[nodiscard]] Finding try_key(const ProviderProfile& provider, const net::ProxyRules& proxies, const std::function<bool()>& is_interrupted);

}  // namespace offhook::inline v0::agent::setup
