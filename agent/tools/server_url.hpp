#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::tools {

/// Why a server of tools at `url` may not be asked: a sentence, or nothing. https, or http to this very machine; no user, no
/// fragment.
[[nodiscard]] std::optional<std::string> fault_of_url(std::string_view url);

}  // namespace offhook::inline v0::agent::tools
