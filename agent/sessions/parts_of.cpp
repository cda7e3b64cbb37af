#include <offhook/agent/sessions/parts_of.hpp>

#include <offhook/agent/providers/azure/parts.hpp>
#include <offhook/agent/providers/deepgram/parts.hpp>
#include <offhook/agent/providers/embedded/provider_registry.hpp>
#include <offhook/agent/providers/ollama/parts.hpp>
#include <offhook/agent/providers/openai/parts.hpp>

namespace offhook::inline v0::agent {

const ProviderParts& parts_of(ProviderKind kind) {
  static const ProviderParts local = embedded::parts();
  static const ProviderParts openai = openai::parts();
  static const ProviderParts compatible = openai::compatible_parts();
  static const ProviderParts azure = azure::parts();
  static const ProviderParts deepgram = deepgram::parts();
  static const ProviderParts ollama = ollama::parts();
  switch (kind) {
    case ProviderKind::Local: return local;
    case ProviderKind::OpenAi: return openai;
    case ProviderKind::AzureOpenAi:
    case ProviderKind::OpenAiCompatible: return compatible;
    case ProviderKind::Azure: return azure;
    case ProviderKind::Deepgram: return deepgram;
    case ProviderKind::Ollama: return ollama;
  }
  return local;
}

std::optional<base::Duration> ends_turns(const AgentProfile& profile, const ProviderProfile& provider, bool talks) {
  const auto& ends = parts_of(provider.kind).ends_turns;
  return ends ? ends(profile, provider, talks) : std::nullopt;
}

}  // namespace offhook::inline v0::agent
