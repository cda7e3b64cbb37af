#pragma once

#include <string>
#include <string_view>

namespace offhook::inline v0::phone {

/// Returns the URI to call: `target` itself when it is a URI of a supported scheme; otherwise the number or user `target` at `host` ("pbx.example:5080").
[[nodiscard]] std::string target_at(std::string_view target, std::string_view host);

}  // namespace offhook::inline v0::phone
