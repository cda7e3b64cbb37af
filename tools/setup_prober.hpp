#pragma once

#include <offhook/agent/net/proxy.hpp>
#include <offhook/agent/setup/setup.hpp>
#include <offhook/base/time.hpp>

#include <functional>
#include <string>
#include <utility>

namespace offhook::tools {

/// Tries things for real: names are looked up, a telephone registers for a moment, the provider is asked for its models, and an agent
/// holds a test call. A signal that ends the process (Ctrl-C) ends the trial instead. Needs block_signals().
class NetworkProber final : public agent::setup::Prober {
 public:
  /// Providers are asked by these proxies.
  explicit NetworkProber(agent::net::ProxyRules proxies) : proxies_(std::move(proxies)) {}

  [[nodiscard]] agent::setup::Finding resolve(const std::string& host) override;
  [[nodiscard]] agent::setup::Finding register_at(const agent::config::Config& config) override;
  [[nodiscard]] agent::setup::Finding try_key(const agent::ProviderProfile& provider) override;
  [[nodiscard]] agent::setup::Finding call(const agent::config::Config& config, const std::string& number, const std::function<void()>& on_ready) override;
  [[nodiscard]] bool is_interrupted() override;

 private:
  /// Returns whether `condition` became true within `limit`, and before an interruption.
  bool wait(base::Duration limit, const std::function<bool()>& condition);

  agent::net::ProxyRules proxies_;
  bool is_interrupted_ = false;
};

}  // namespace offhook::tools
