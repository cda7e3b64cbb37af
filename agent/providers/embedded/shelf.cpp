#include <offhook/agent/providers/embedded/shelf.hpp>

#include <offhook/agent/providers/embedded/flite_speaker.hpp>
#include <offhook/agent/providers/embedded/flite_voice.hpp>
#include <offhook/agent/providers/embedded/voice_cache.hpp>

namespace offhook::inline v0::agent::embedded {

namespace {

constexpr std::size_t kPlainCacheBytes = 4U << 20U;

/// A voice of another provider's is none of ours.
std::string voice_of(const AgentProfile& profile, const std::string& usual) {
  return profile.voice == "slt" || profile.voice == "rms" ? profile.voice : usual;
}

}  // namespace

Shelf::Shelf(EmbeddedOptions usual) : usual_(std::move(usual)) {}
Shelf::~Shelf() = default;

std::string Shelf::key(const AgentProfile& profile) const {
  return (profile.dialogue.empty() ? usual_.dialogue_path : profile.dialogue) + '\n' + voice_of(profile, usual_.voice);
}

base::Result<void, base::Error> Shelf::load(const AgentProfile& profile) {
  if (!uses(profile, ProviderKind::Local) || find(profile)) return {};
  EmbeddedOptions options = usual_;
  if (!profile.dialogue.empty()) options.dialogue_path = profile.dialogue;
  options.voice = voice_of(profile, usual_.voice);
  auto provider = EmbeddedProvider::make(options);
  if (!provider) return base::fail(provider.error());
  const std::lock_guard lock(mutex_);
  providers_.emplace(key(profile), std::move(*provider));
  return {};
}

std::shared_ptr<EmbeddedProvider> Shelf::find(const AgentProfile& profile) const {
  const std::lock_guard lock(mutex_);
  const auto it = providers_.find(key(profile));
  return it == providers_.end() ? nullptr : it->second;
}

std::unique_ptr<Speaker> Shelf::plain_voice(Wake wake) {
  const std::lock_guard lock(mutex_);
  if (!plain_) {
    auto voice = FliteVoice::make(usual_.voice);
    if (!voice) return nullptr;
    plain_ = std::make_shared<VoiceCache>(std::move(*voice), *usual_.pool, kPlainCacheBytes);
  }
  return std::make_unique<FliteSpeaker>(plain_, std::move(wake));
}

bool Shelf::is_warm() const {
  const std::lock_guard lock(mutex_);
  for (const auto& [key, provider] : providers_) {
    if (!provider->is_warm()) return false;
  }
  return true;
}

std::vector<std::string> Shelf::warnings() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> all;
  for (const auto& [key, provider] : providers_) all.insert(all.end(), provider->warnings().begin(), provider->warnings().end());
  return all;
}

ProviderParts parts() {
  ProviderParts made;
  made.listener = [](const PartNeeds& needs, Wake wake) { return needs.shelf->find(*needs.profile)->make_listener(std::move(wake)); };
  made.thinker = [](const PartNeeds& needs, Wake wake) { return needs.shelf->find(*needs.profile)->make_thinker(std::move(wake)); };
  made.speaker = [](const PartNeeds& needs, Wake wake) { return needs.shelf->find(*needs.profile)->make_speaker(std::move(wake)); };
  return made;
}

}  // namespace offhook::inline v0::agent::embedded
