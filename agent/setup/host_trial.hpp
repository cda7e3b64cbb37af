#pragma once

#include <offhook/agent/setup/setup.hpp>

#include <functional>
#include <string>

namespace offhook::inline v0::agent::setup {

/// Looks up the host, for at most three seconds. The trial ends early when `is_interrupted` returns true.
[[nodiscard]] Finding try_host(const std::string& host, const std::function<bool()>& is_interrupted);

}  // namespace offhook::inline v0::agent::setup
