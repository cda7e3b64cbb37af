#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent {

/// The meanings of colours on a terminal.
enum class Colour : std::uint8_t { Caller, Agent, Warning, Error };

/// Returns `text` between the escape sequences of `colour` (SGR, ECMA-48 section 8.3.117), or `text` alone if `colours` is false. Pass false for output
/// to a pipe or a file, and when the user has disabled colours. `text` must be printable: this function escapes nothing.
[[nodiscard]] std::string painted(std::string_view text, Colour colour, bool colours);

}  // namespace offhook::inline v0::agent
