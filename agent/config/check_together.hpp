#pragma once

#include <offhook/agent/config/config.hpp>

namespace offhook::inline v0::agent::config {

/// Reports settings that are each valid, but contradict each other.
void check_together(Effective& effective);

}  // namespace offhook::inline v0::agent::config
