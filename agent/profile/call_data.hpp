#pragma once

#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent {

inline constexpr std::size_t kMaxCallDataBytes = 64U << 10U;

/// Returns the values of a call's context: the members of one JSON object that are strings, numbers or booleans. Skips all other
/// members, names longer than prompts::kMaxContextName octets, and everything after prompts::kMaxContextValues values. Errors: too
/// large, not JSON, not an object. The sentence of an error names `source`.
[[nodiscard]] base::Result<std::vector<std::pair<std::string, std::string>>, base::Error> parse_call_data(std::string_view json,
                                                                                                         std::string_view source);

}  // namespace offhook::inline v0::agent
