#pragma once

#include <offhook/agent/demo/scripted_caller.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::demo {

/// Converts each text to speech at 16 kHz, with the voice `voice`. Blocks until all texts are converted.
[[nodiscard]] base::Result<std::vector<Line>, base::Error> prepare_lines(const std::vector<std::string>& texts, std::string_view voice);

}  // namespace offhook::inline v0::agent::demo
