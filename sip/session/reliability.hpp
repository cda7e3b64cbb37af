#pragma once

#include <cstdint>

namespace offhook::inline v0::sip {

/// Whether provisional responses to INVITE are acknowledged: RFC 3262.
enum class Reliability : std::uint8_t {
  Off,        ///< as if we had never heard of it; who requires it gets 420
  Supported,  ///< where the other side can; what carries a description of the session is then sent so
  Required,   ///< our INVITE requires it, and who calls without it gets 421
};

}  // namespace offhook::inline v0::sip
