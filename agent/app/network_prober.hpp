#pragma once

#include <offhook/agent/app/agent.hpp>
#include <offhook/agent/net/proxy.hpp>
#include <offhook/agent/setup/setup.hpp>
#include <offhook/base/time.hpp>

#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace offhook::inline v0::agent {

/// Tests the answers of setup. It looks up names, registers a telephone for a moment, requests the models of the provider, and holds a test call with
/// an agent.
class NetworkProber final : public setup::Prober {
 public:
  struct Tools {
    net::ProxyRules proxies;       ///< the proxies to the providers
    std::string default_dialogue;  ///< path of the dialogue of an agent whose configuration names none
    /// Starts the agent of the test call. Returns null if it cannot start.
    std::function<std::unique_ptr<Agent>(const config::Config&, std::shared_ptr<const AgentDirectory>, std::function<void(AgentEvent)> watch)> start;
    /// Waits up to `limit`. Returns true as soon as the person interrupts the test, such as with Ctrl-C.
    std::function<bool(base::Duration limit)> wait_for_interruption;
  };
  explicit NetworkProber(Tools tools) : tools_(std::move(tools)) {}

  [[nodiscard]] setup::Finding resolve(const std::string& host) override;
  [[nodiscard]] setup::Finding register_at(const config::Config& config) override;
  [[nodiscard]] setup::Finding try_key(const ProviderProfile& provider) override;
  [[nodiscard]] setup::Finding call(const config::Config& config, const std::string& number, const std::function<void()>& on_ready) override;
  [[nodiscard]] bool is_interrupted() override;

 private:
  /// Waits until `condition` is true. Returns false after `limit`, or after an interruption.
  bool wait(base::Duration limit, const std::function<bool()>& condition);

  Tools tools_;
  bool is_interrupted_ = false;
};

}  // namespace offhook::inline v0::agent
