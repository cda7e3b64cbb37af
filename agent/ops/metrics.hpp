#pragma once

#include <offhook/agent/ops/call_metrics.hpp>
#include <offhook/agent/ops/conversation_metrics.hpp>
#include <offhook/agent/support/figures.hpp>
#include <offhook/sip/model/events.hpp>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/registry.h>

#include <string>

namespace offhook::inline v0::agent {

/// All metrics of this process, as one page. Any thread may use it.
class Metrics {
 public:
  Metrics();

  [[nodiscard]] CallMetrics& calls() { return calls_; }
  [[nodiscard]] ConversationMetrics& conversations() { return conversations_; }
  void on_registration_failed(sip::RegistrationChanged::Why why);

  /// Returns the page in the text format of Prometheus, version 0.0.4. `now` has the current values.
  [[nodiscard]] std::string page(Figures now) const;

 private:
  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& registration_failures_;
  CallMetrics calls_{registry_};
  ConversationMetrics conversations_{registry_};
};

}  // namespace offhook::inline v0::agent
