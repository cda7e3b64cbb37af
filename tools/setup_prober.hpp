#pragma once

#include <offhook/agent/net/proxy.hpp>
#include <offhook/agent/setup/setup.hpp>
#include <offhook/base/time.hpp>

#include <functional>
#include <string>
#include <utility>

namespace offhook::tools {

/// Tests the answers of setup. It looks up names, registers a telephone for a moment, requests the models of the provider, and holds a
/// test call with an agent. A signal such as Ctrl-C ends only the test. Needs block_signals().
class NetworkProber final : public agent::setup::Prober {
 public:
  /// `proxies` are used for providers.
  explicit NetworkProber(agent::net::ProxyRules proxies) : proxies_(std::move(proxies)) {}

  [[nodiscard]] agent::setup::Finding resolve(const std::string& host) override;
  [[nodiscard]] agent::setup::Finding register_at(const agent::config::Config& config) override;
  [[nodiscard]] agent::setup::Finding try_key(const agent::ProviderProfile& provider) override;
  [[nodiscard]] agent::setup::Finding call(const agent::config::Config& config, const std::string& number, const std::function<void()>& on_ready) override;
  [[nodiscard]] bool is_interrupted() override;

 private:
  /// Waits until `condition` is true. Returns false after `limit`, or after an interruption.
  bool wait(base::Duration limit, const std::function<bool()>& condition);

  agent::net::ProxyRules proxies_;
  bool is_interrupted_ = false;
};

}  // namespace offhook::tools
