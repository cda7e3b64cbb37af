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

/// The embedded providers of all agents, one for each dialogue and voice, made before a call needs them; and the plain voice that
/// says our own sentences when every other one is broken. Thread-safe.
class Shelf {
 public:
  explicit Shelf(EmbeddedOptions usual);
  ~Shelf();

  /// Loads what `profile` needs, unless it is there. Errors: those of EmbeddedProvider::make.
  [[nodiscard]] base::Result<void, base::Error> load(const AgentProfile& profile);
  /// Null when load() was not called for such a profile.
  [[nodiscard]] std::shared_ptr<EmbeddedProvider> find(const AgentProfile& profile) const;
  /// Ours that is nearest to `wanted`, a name of any provider's or "". Null only when no voice is installed.
  [[nodiscard]] std::unique_ptr<Speaker> plain_voice(std::string_view wanted, Wake wake);
  [[nodiscard]] bool is_warm() const;
  [[nodiscard]] std::vector<std::string> warnings() const;

 private:
  [[nodiscard]] std::string key(const AgentProfile& profile) const;

  EmbeddedOptions usual_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<EmbeddedProvider>> providers_;
  std::map<std::string, std::shared_ptr<VoiceCache>> plain_;  // by voice
};

/// Of the kind Local.
[[nodiscard]] ProviderParts parts();

}  // namespace offhook::inline v0::agent::embedded
