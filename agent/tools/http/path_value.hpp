#pragma once

#include <string_view>

namespace offhook::inline v0::agent::tools::http {

/// Returns true if a path may contain `value` in percent-encoding. The value must not be empty, and must have no control characters. It must not become
/// `.` or `..`, even for a server that decodes it once or twice more, or that treats a backslash or a `;` as a separator.
[[nodiscard]] bool is_path_value(std::string_view value);

}  // namespace offhook::inline v0::agent::tools::http
