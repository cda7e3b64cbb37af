#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace offhook::inline v0::agent {

/// A stage of a turn that the conversation watches.
enum class Stage : std::uint8_t { Listen, Think, Speak };
inline constexpr std::size_t kStages = 3;
[[nodiscard]] std::string_view to_string(Stage stage);

}  // namespace offhook::inline v0::agent
