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

/// Uses each voice, recogniser and realtime model of these agents once: a voice says a word, a recogniser gets half a second of silence, and a
/// realtime model says a greeting. This finds names of models and voices that the provider does not have. All trials together cost some cents at most. Some
/// recognisers do not always answer silence: after such a timeout, the finding says that only a call can show whether the recogniser works. `without`
/// names the providers that must not be tried. `work` is the same as for try_key().
[[nodiscard]] std::vector<Finding> try_speech(const AgentDirectory& agents, const std::set<std::string>& without, net::Edges& edges, const std::function<bool()>& work);
/// Does the same over the network, through `proxies`. Each trial takes up to ten seconds.
[[nodiscard]] std::vector<Finding> try_speech(const AgentDirectory& agents, const std::set<std::string>& without, const net::ProxyRules& proxies);

}  // namespace offhook::inline v0::agent::setup
