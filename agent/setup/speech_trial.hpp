#pragma once

#include <offhook/agent/agents/agent_book.hpp>
#include <offhook/agent/net/edges.hpp>
#include <offhook/agent/net/proxy.hpp>
#include <offhook/agent/setup/setup.hpp>

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::setup {

/// Has each service that these agents speak, listen or talk with do it once: a voice says a word, a recogniser hears half a second of silence, a
/// model that talks greets. A model or a voice that its provider does not know is found so; all together cost some cents at most.
/// Some recognisers do not always answer a silence: the finding of such a timeout says that a call has to show whether it works.
/// `without`: names of providers that are not asked. `work`: as for try_key().
[[nodiscard]] std::vector<Finding> try_speech(const AgentBook& agents, const std::set<std::string>& without, net::Edges& edges, const std::function<bool()>& work);
/// The same over the network, by these proxies; takes up to ten seconds for each.
[[nodiscard]] std::vector<Finding> try_speech(const AgentBook& agents, const std::set<std::string>& without, const net::ProxyRules& proxies);

}  // namespace offhook::inline v0::agent::setup
