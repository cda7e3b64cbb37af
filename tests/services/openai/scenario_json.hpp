#pragma once

#include <offhook/tests/services/openai/scenario.hpp>

#include <nlohmann/json.hpp>

#include <initializer_list>
#include <string_view>

/// Helpers to read a scenario that contains faults. They throw std::invalid_argument for invalid members.
namespace offhook::services::openai {

/// Throws for an unknown member, because a typing error in a scenario could make a test meaningless.
void only(const nlohmann::json& object, std::string_view where, std::initializer_list<std::string_view> names);
/// Reads the member `name`, which may be missing.
[[nodiscard]] Endpoint read_endpoint(const nlohmann::json& object, std::string_view name);

}  // namespace offhook::services::openai
