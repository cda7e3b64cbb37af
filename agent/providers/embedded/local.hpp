#pragma once

#include <offhook/agent/providers/provider.hpp>

#include <string>
#include <string_view>

namespace offhook::inline v0::agent::embedded {

/// The kind "local": recogniser, guided dialogue and voice in this process.
extern const Provider kLocal;

/// Returns `wanted` if it is an embedded voice; otherwise the embedded voice of the same sex.
[[nodiscard]] std::string nearest_voice(std::string_view wanted, bool is_man);

}  // namespace offhook::inline v0::agent::embedded
