#include <offhook/agent/app/directory_facts.hpp>

#include <offhook/agent/providers/registry/registry.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

namespace offhook::inline v0::agent {

std::shared_ptr<const AgentDirectory> local_agent(const AgentOptions& options) {
  const auto provider = std::make_shared<ProviderProfile>();
  provider->name = local_kind().name;
  provider->kind = &local_kind();
  const auto profile = std::make_shared<AgentProfile>();
  profile->sessions = {CascadeWay{{provider}, {provider}, {provider}}};
  profile->voice = options.embedded.voice;
  profile->codecs = options.phone.codecs;
  const auto seconds = [](base::Duration time) { return std::chrono::duration_cast<std::chrono::seconds>(time); };
  profile->limits.call = seconds(options.conversation.call_limit);
  profile->limits.silence = seconds(options.conversation.silence_prompt);
  return std::make_shared<AgentDirectory>(std::vector<AgentDirectory::Entry>{}, profile);
}

bool keeps_transcripts(const AgentDirectory& agents) {
  const auto keeps = [](const AgentDirectory::Entry& entry) { return entry.profile->transcripts; };
  return agents.otherwise()->transcripts || std::any_of(agents.entries().begin(), agents.entries().end(), keeps);
}

bool records_calls(const AgentDirectory& agents) {
  const auto records = [](const AgentDirectory::Entry& entry) { return entry.profile->recordings; };
  return agents.otherwise()->recordings || std::any_of(agents.entries().begin(), agents.entries().end(), records);
}

}  // namespace offhook::inline v0::agent
