#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/registry.h>

#include <cstddef>
#include <mutex>
#include <string>

namespace offhook::inline v0::agent {

/// Counters of one name with labels whose values come from a configuration, a model or a peer. At most `most` combinations of labels have counters of
/// their own. Every further combination is counted in one counter, in which every label has the value "other". Without this bound the series would
/// fill the memory of the monitoring server. Any thread may use it.
class BoundedCounters {
 public:
  static constexpr std::size_t kMaxLabelOctets = 64;  ///< octets of a label's value; the rest is cut off

  BoundedCounters(prometheus::Registry& registry, const std::string& name, const std::string& help, std::size_t most);
  void add(prometheus::Labels labels, double by = 1);

 private:
  prometheus::Family<prometheus::Counter>& family_;
  const std::size_t most_;
  std::mutex mutex_;
  std::size_t made_ = 0;
};

}  // namespace offhook::inline v0::agent
