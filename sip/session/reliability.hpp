#pragma once

#include <cstdint>

namespace offhook::inline v0::sip {

/// Selects whether provisional responses to INVITE are acknowledged: RFC 3262.
enum class Reliability : std::uint8_t {
  Off,        ///< behave as without this extension; an INVITE that requires it gets 420
  Supported,  ///< use it if the peer supports it, for responses with a session description
  Required,   ///< our INVITE requires it; a caller without it gets 421
};

}  // namespace offhook::inline v0::sip
