#pragma once

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include <string>

namespace offhook::inline v0::agent {

/// Registers the counter `name` with these labels and returns it; the registry owns it.
inline prometheus::Counter& counter(prometheus::Registry& registry, const std::string& name, const std::string& help,
                                    const prometheus::Labels& labels = {}) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add(labels);
}

}  // namespace offhook::inline v0::agent
