#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/registry.h>

#include <cstddef>
#include <mutex>
#include <string>

namespace offhook::inline v0::agent {

/// Counters of one name by labels whose values others choose: a configuration, a model, a peer. There are at most `most` of them, and
/// one more in which every label says "other": what is new counts there from then on. Series without end would fill the memory of
/// whoever collects them. Any thread.
class BoundedCounters {
 public:
  static constexpr std::size_t kMaxLabelOctets = 64;  ///< of a value, the rest is cut off

  BoundedCounters(prometheus::Registry& registry, const std::string& name, const std::string& help, std::size_t most);
  void add(prometheus::Labels labels, double by = 1);

 private:
  prometheus::Family<prometheus::Counter>& family_;
  const std::size_t most_;
  std::mutex mutex_;
  std::size_t made_ = 0;
};

}  // namespace offhook::inline v0::agent
