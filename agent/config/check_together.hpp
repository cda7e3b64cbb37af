#pragma once

#include <offhook/agent/config/config.hpp>

namespace offhook::inline v0::agent::config {

/// Settings that are well each for itself, and not together.
void check_together(Effective& effective);

}  // namespace offhook::inline v0::agent::config
