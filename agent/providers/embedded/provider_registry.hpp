#pragma once

#include <offhook/agent/providers/embedded/provider.hpp>
#include <offhook/agent/providers/provider_parts.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::embedded {

class VoiceCache;

/// Holds the embedded providers of all agents, one for each dialogue and voice, made before a call needs them. Also makes the plain
/// voice, which speaks fixed sentences when all other voices fail. Thread-safe.
class ProviderRegistry {
 public:
  /// `is_mans` returns true for a man's voice of any provider.
  ProviderRegistry(EmbeddedOptions usual, bool (*is_mans)(std::string_view voice));
  ~ProviderRegistry();

  /// Loads the objects that `profile` needs, unless they are loaded. Fails like EmbeddedProvider::make().
  [[nodiscard]] base::Result<void, base::Error> load(const AgentProfile& profile);
  /// Returns the provider that load() has made for this profile; null if there is none.
  [[nodiscard]] std::shared_ptr<EmbeddedProvider> find(const AgentProfile& profile) const;
  /// Returns a speaker with the embedded voice that is nearest to `wanted`, which is the name of a voice of any provider, or "". Returns
  /// null only if no voice is installed.
  [[nodiscard]] std::unique_ptr<Speaker> plain_voice(std::string_view wanted, Wake wake);
  [[nodiscard]] bool is_warm() const;
  [[nodiscard]] std::vector<std::string> warnings() const;

 private:
  [[nodiscard]] std::string key(const AgentProfile& profile) const;
  [[nodiscard]] std::string voice_of(std::string_view wanted) const;

  EmbeddedOptions usual_;
  bool (*is_mans_)(std::string_view voice);
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<EmbeddedProvider>> providers_;
  std::map<std::string, std::shared_ptr<VoiceCache>> plain_;  // one for each voice; the key is its name
};

/// Returns the parts of the kind "local".
[[nodiscard]] const ProviderParts& parts();

}  // namespace offhook::inline v0::agent::embedded
