#include <offhook/agent/ops/bounded_counters.hpp>

#include <offhook/agent/support/utf8.hpp>

#include <utility>

namespace offhook::inline v0::agent {

BoundedCounters::BoundedCounters(prometheus::Registry& registry, const std::string& name, const std::string& help, std::size_t most)
    : family_(prometheus::BuildCounter().Name(name).Help(help).Register(registry)), most_(most) {}

void BoundedCounters::add(prometheus::Labels labels, double by) {
  for (auto& [name, value] : labels) value = cut_utf8(value, kMaxLabelOctets);
  const std::lock_guard lock(mutex_);
  if (!family_.Has(labels)) {
    if (made_ == most_) {
      for (auto& [name, value] : labels) value = "other";
    } else {
      ++made_;
    }
  }
  family_.Add(labels).Increment(by);
}

}  // namespace offhook::inline v0::agent
