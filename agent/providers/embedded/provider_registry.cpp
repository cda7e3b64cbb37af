#include <offhook/agent/providers/embedded/provider_registry.hpp>

#include <offhook/agent/providers/embedded/flite_speaker.hpp>
#include <offhook/agent/providers/embedded/flite_voice.hpp>
#include <offhook/agent/providers/embedded/local.hpp>
#include <offhook/agent/providers/embedded/voice_cache.hpp>

namespace offhook::inline v0::agent::embedded {

namespace {

constexpr std::size_t kPlainCacheBytes = 4U << 20U;

}  // namespace

ProviderRegistry::ProviderRegistry(EmbeddedOptions usual, bool (*is_mans)(std::string_view voice)) : usual_(std::move(usual)), is_mans_(is_mans) {}
ProviderRegistry::~ProviderRegistry() = default;

/// Returns the embedded voice that is nearest to `wanted`, the name of a voice of any provider; the default voice for "".
std::string ProviderRegistry::voice_of(std::string_view wanted) const {
  return wanted.empty() ? usual_.voice : nearest_voice(wanted, is_mans_(wanted));
}

std::string ProviderRegistry::key(const AgentProfile& profile) const {
  return (profile.dialogue.empty() ? usual_.dialogue_path : profile.dialogue) + '\n' + voice_of(profile.voice);
}

base::Result<void, base::Error> ProviderRegistry::load(const AgentProfile& profile) {
  if (!uses(profile, kLocal) || find(profile)) return {};
  EmbeddedOptions options = usual_;
  if (!profile.dialogue.empty()) options.dialogue_path = profile.dialogue;
  options.voice = voice_of(profile.voice);
  auto provider = EmbeddedProvider::make(options);
  if (!provider) return base::fail(provider.error());
  const std::lock_guard lock(mutex_);
  providers_.emplace(key(profile), std::move(*provider));
  return {};
}

std::shared_ptr<EmbeddedProvider> ProviderRegistry::find(const AgentProfile& profile) const {
  const std::lock_guard lock(mutex_);
  const auto it = providers_.find(key(profile));
  return it == providers_.end() ? nullptr : it->second;
}

std::unique_ptr<Speaker> ProviderRegistry::plain_voice(std::string_view wanted, Wake wake) {
  const std::lock_guard lock(mutex_);
  const std::string name = voice_of(wanted);
  auto& plain = plain_[name];
  if (!plain) {
    auto voice = FliteVoice::make(name);
    if (!voice) return nullptr;
    plain = std::make_shared<VoiceCache>(std::move(*voice), *usual_.pool, kPlainCacheBytes);
  }
  return std::make_unique<FliteSpeaker>(plain, std::move(wake));
}

bool ProviderRegistry::is_warm() const {
  const std::lock_guard lock(mutex_);
  for (const auto& [key, provider] : providers_) {
    if (!provider->is_warm()) return false;
  }
  return true;
}

std::vector<std::string> ProviderRegistry::warnings() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> all;
  for (const auto& [key, provider] : providers_) all.insert(all.end(), provider->warnings().begin(), provider->warnings().end());
  return all;
}

const ProviderParts& parts() {
  static const ProviderParts made = [] {
    ProviderParts each;
    each.listener = [](const PartNeeds& needs, Wake wake) { return needs.registry->find(*needs.profile)->make_listener(std::move(wake)); };
    each.thinker = [](const PartNeeds& needs, Wake wake) { return needs.registry->find(*needs.profile)->make_thinker(std::move(wake)); };
    each.speaker = [](const PartNeeds& needs, Wake wake) { return needs.registry->find(*needs.profile)->make_speaker(std::move(wake)); };
    return each;
  }();
  return made;
}

}  // namespace offhook::inline v0::agent::embedded
