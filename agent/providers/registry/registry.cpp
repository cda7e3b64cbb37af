#include <offhook/agent/providers/registry/registry.hpp>

#include <offhook/agent/providers/azure/provider.hpp>
#include <offhook/agent/providers/deepgram/provider.hpp>
#include <offhook/agent/providers/embedded/local.hpp>
#include <offhook/agent/providers/ollama/provider.hpp>
#include <offhook/agent/providers/openai/provider.hpp>

#include <algorithm>
#include <array>

namespace offhook::inline v0::agent {

namespace {

constexpr std::array<const Provider*, 7> kKinds{
    &embedded::kLocal,
    &openai::kOpenAi,
    &azure::kAzure,
    &deepgram::kDeepgram,
    &ollama::kOllama,
    &openai::kAzureOpenAi,
    &openai::kOpenAiCompatible,
};

}  // namespace

std::span<const Provider* const> provider_kinds() { return kKinds; }

const Provider* find_kind(std::string_view name) {
  const auto* const found = std::find_if(kKinds.begin(), kKinds.end(), [name](const Provider* kind) { return kind->name == name; });
  return found == kKinds.end() ? nullptr : *found;
}

const Provider& local_kind() { return embedded::kLocal; }

}  // namespace offhook::inline v0::agent
