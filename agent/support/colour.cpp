#include <offhook/agent/support/colour.hpp>

#include <fmt/format.h>

namespace offhook::inline v0::agent {

namespace {

unsigned sgr_of(Colour colour) {
  switch (colour) {
    case Colour::Caller: return 36;  // Cyan.
    case Colour::Agent: return 32;   // Green.
    case Colour::Warning: return 33;  // Yellow.
    case Colour::Error: return 31;   // Red.
  }
  return 0;
}

}  // namespace

std::string painted(std::string_view text, Colour colour, bool colours) {
  return colours ? fmt::format("\x1b[{}m{}\x1b[0m", sgr_of(colour), text) : std::string(text);
}

}  // namespace offhook::inline v0::agent
