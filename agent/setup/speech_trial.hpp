#pragma once

#include <offhook/agent/agents/agent_directory.hpp>
#include <offhook/agent/net/edges.hpp>
#include <offhook/agent/net/proxy.hpp>
#include <offhook/agent/setup/setup.hpp>

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::setup {

/// Uses once each service of these agents that speaks, listens or talks: a voice says a word, a recogniser gets half a second of silence, a
/// model that talks greets. This finds a model or a voice that the provider does not have. All trials together cost some cents at most.
/// Some recognisers do not always answer silence: the finding of such a timeout says that only a call can show whether it works. `without`
/// has the names of providers that are not used. `work` is as for try_key().
[[nodiscard]] std::vector<Finding> try_speech(const AgentDirectory& agents, const std::set<std::string>& without, net::Edges& edges, const std::function<bool()>& work);
/// Tries the services over the network, through these proxies. Each trial takes up to ten seconds.
[[nodiscard]] std::vector<Finding> try_speech(const AgentDirectory& agents, const std::set<std::string>& without, const net::ProxyRules& proxies);

}  // namespace offhook::inline v0::agent::setup
