#pragma once

#include <cstdint>

namespace offhook::inline v0::sip::session {

/// The state of the dialog that an INVITE with Replaces names.
enum class Standing : std::uint8_t {
  Unknown,
  EarlyOurs,    ///< we called, and the peer has not answered
  EarlyTheirs,  ///< the peer called, and we have not answered
  Up,
  Ended,  ///< over, but not yet removed
};

/// Returns the response status for an INVITE with Replaces, or 0 if it may replace the call. RFC 3891 section 3
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
