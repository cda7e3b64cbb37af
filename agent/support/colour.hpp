#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent {

/// The meanings of colours on a terminal.
enum class Colour : std::uint8_t { Caller, Agent, Warning, Error };

/// Returns `text` between the escape sequences of its colour (SGR, ECMA-48 section 8.3.117). Returns it without them if `colours` is false: in a
/// pipe, in a file, or when the user has disabled colours. `text` must be printable: this function escapes nothing.
[[nodiscard]] std::string painted(std::string_view text, Colour colour, bool colours);

}  // namespace offhook::inline v0::agent
