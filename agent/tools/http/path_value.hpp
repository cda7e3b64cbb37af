#pragma once

#include <string_view>

namespace offhook::inline v0::agent::tools::http {

/// True when `value` may stand in a path, percent-encoded: it is not empty, has no control character, and is no step within the
/// tree (`.`, `..`) to anybody on the way who decodes it once more, or twice, or takes a backslash or a `;` for an end.
[[nodiscard]] bool is_path_value(std::string_view value);

}  // namespace offhook::inline v0::agent::tools::http
