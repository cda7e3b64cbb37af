#pragma once

#include <cstdint>

namespace offhook::inline v0::sip::session {

/// What a dialog that an INVITE with Replaces names is to us.
enum class Standing : std::uint8_t {
  Unknown,
  EarlyOurs,    ///< We called, and it is not answered.
  EarlyTheirs,  ///< They called, and we have not answered.
  Up,
  Ended,  ///< Over, but not forgotten yet.
};

/// The response that an INVITE with Replaces gets; 0: it may take that call's place. RFC 3891 section 3
[[nodiscard]] constexpr int refusal_of_replacement(Standing standing, bool early_only) {
  switch (standing) {
    case Standing::Unknown:
    case Standing::EarlyTheirs:
      return 481;
    case Standing::Ended:
      return 603;
    case Standing::EarlyOurs:
      return 0;
    case Standing::Up:
      return early_only ? 486 : 0;
  }
  return 481;
}

}  // namespace offhook::inline v0::sip::session
