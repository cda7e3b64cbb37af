#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent {

/// The meanings of colours on a terminal.
enum class Colour : std::uint8_t { Caller, Agent, Warning, Error };

/// `text` between the escape sequences of its colour (SGR, ECMA-48 section 8.3.117); without them where `colours` is false: in a pipe, in a file, or
/// for a person who has refused colours. `text` is a word of ours, or printable: nothing is escaped here.
[[nodiscard]] std::string painted(std::string_view text, Colour colour, bool colours);

}  // namespace offhook::inline v0::agent
