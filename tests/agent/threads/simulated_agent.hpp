#pragma once

#include <offhook/agent/agents/agent_directory.hpp>
#include <offhook/agent/providers/openai/provider.hpp>
#include <offhook/tests/agent/threads/simulated_provider.hpp>

#include <chrono>
#include <memory>
#include <vector>

namespace offhook::inline v0::agent::test {

/// Returns an agent whose only session is the simulated OpenAI Realtime.
inline std::shared_ptr<const AgentDirectory> simulated_agent() {
  const auto provider = std::make_shared<ProviderProfile>();
  provider->name = "openai";
  provider->kind = &openai::kOpenAi;
  provider->base_url = "https://provider.invalid/v1";
  provider->api_key = Secret("any");
  provider->models = {"gpt-realtime", "gpt-4o-mini", "gpt-4o-mini-transcribe", "gpt-4o-mini-tts"};
  const auto profile = std::make_shared<AgentProfile>();
  profile->name = "agent";
  profile->sessions = {RealtimeWay{provider}};
  profile->language = "en";
  profile->codecs = {media::AudioCodec::Pcmu};
  return std::make_shared<AgentDirectory>(std::vector<AgentDirectory::Entry>{}, profile);
}

/// Makes the sockets to a SimulatedProvider, which says the same reply in each turn.
inline std::unique_ptr<net::Edges> simulated_edges(boost::asio::io_context& io) {
  services::openai::Scenario scenario;
  scenario.voice = "tone";
  scenario.replies.emplace_back().text = "Certainly.";
  scenario.loop = true;
  scenario.response = std::chrono::milliseconds(50);
  return std::make_unique<SimulatedProvider>(io, scenario);
}

}  // namespace offhook::inline v0::agent::test
