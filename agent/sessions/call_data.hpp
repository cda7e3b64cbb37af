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

/// The values of a call's context: the members of one JSON object that are texts, numbers or truths; members of another kind
/// are passed over. At most prompts::kMaxContextValues, names of at most prompts::kMaxContextName octets: the rest is passed over.
/// Errors: too large, not JSON, no object; the sentence names `source`.
[[nodiscard]] base::Result<std::vector<std::pair<std::string, std::string>>, base::Error> parse_call_data(std::string_view json,
                                                                                                         std::string_view source);

}  // namespace offhook::inline v0::agent
