#pragma once

#include <offhook/agent/setup/setup.hpp>

namespace offhook::tools {

/// Tries things for real: names are looked up, a telephone registers for a moment, the provider is asked for its models, and an agent
/// holds a test call.
class NetworkProber final : public agent::setup::Prober {
 public:
  [[nodiscard]] agent::setup::Finding resolve(const agent::config::Config& config) override;
  [[nodiscard]] agent::setup::Finding register_at(const agent::config::Config& config) override;
  [[nodiscard]] agent::setup::Finding try_key(const agent::ProviderProfile& provider) override;
  [[nodiscard]] agent::setup::Finding call(const agent::config::Config& config, const std::string& number) override;
};

}  // namespace offhook::tools
