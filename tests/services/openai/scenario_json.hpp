#pragma once

#include <offhook/tests/services/openai/scenario.hpp>

#include <nlohmann/json.hpp>

#include <initializer_list>
#include <string_view>

/// For those who read a scenario of their own with such faults in it. What is wrong is thrown as std::invalid_argument.
namespace offhook::services::openai {

/// A typing error in a scenario shall not become a test that tests nothing.
void only(const nlohmann::json& object, std::string_view where, std::initializer_list<std::string_view> names);
/// The member `name`, which may be missing.
[[nodiscard]] Endpoint read_endpoint(const nlohmann::json& object, std::string_view name);

}  // namespace offhook::services::openai
