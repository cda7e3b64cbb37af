#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::tools::mcp {

/// Why a server at `url` may not be asked: a sentence, or nothing. https, or http to this very machine; no user, no fragment.
[[nodiscard]] std::optional<std::string> fault_of_url(std::string_view url);

/// A name or number of this very machine.
[[nodiscard]] bool is_loopback(std::string_view host);

}  // namespace offhook::inline v0::agent::tools::mcp
