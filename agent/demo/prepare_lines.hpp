#pragma once

#include <offhook/agent/demo/scripted_caller.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::demo {

/// Speaks each text with the voice, at 16 kHz. Blocks until all are done.
[[nodiscard]] base::Result<std::vector<Line>, base::Error> prepare_lines(const std::vector<std::string>& texts, std::string_view voice);

}  // namespace offhook::inline v0::agent::demo
