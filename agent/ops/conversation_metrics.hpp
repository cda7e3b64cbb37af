#pragma once

#include <offhook/agent/conversation/actions.hpp>
#include <offhook/agent/conversation/service_use.hpp>
#include <offhook/agent/ops/bounded_counters.hpp>
#include <offhook/agent/tools/call_tool_box.hpp>

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace offhook::inline v0::agent {

/// Metrics over all conversations: response times, interruptions, failures and switches of providers, and uses of tools. The number of series with
/// names from outside is bounded. Any thread may use it.
class ConversationMetrics {
 public:
  static constexpr std::size_t kMaxFailures = 256, kMaxSwitches = 128, kMaxTools = 256, kMaxTokens = 160, kMaxUses = 64;  ///< series of each metric

  /// Registers the series in `registry`, which must outlive this object.
  explicit ConversationMetrics(prometheus::Registry& registry);

  void on_action(const ConversationAction& action);
  void on_tool(const tools::ToolEvent& event);
  /// Counts the use of a service, in a call or outside calls.
  void on_use(const ServiceUse& use);
  /// Counts a failure of a provider. `service` is the name of its circuit breaker, "NAME/think".
  void on_provider_failed(std::string_view service, FailureKind kind);

 private:
  void on(const ReplyBegan& began);
  void on(const AgentSaid& said);
  void on(const CallerSaid& said);
  void on(const ProviderSwitched& switched);
  void on(const TokensUsed& used) { on_use(use_of(used)); }
  template <class Other>
  void on(const Other&) {}

  prometheus::Counter& replies_;
  prometheus::Counter& interrupted_;
  prometheus::Counter& understood_;
  prometheus::Counter& not_understood_;
  prometheus::Counter& digits_;
  prometheus::Histogram& reply_seconds_;
  BoundedCounters failures_, switches_, tools_, tokens_, characters_, seconds_;
};

}  // namespace offhook::inline v0::agent
