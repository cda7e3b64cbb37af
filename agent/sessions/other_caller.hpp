#pragma once

#include <offhook/agent/call/incoming.hpp>

#include <string>

namespace offhook::inline v0::agent {

/// Returns the name and number of `party` for a model, marked as data: "<data>Anna Meyer, 4711</data>".
[[nodiscard]] std::string named_for_model(const call::Party& party);

}  // namespace offhook::inline v0::agent
