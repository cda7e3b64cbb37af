#pragma once

#include <cstdint>

namespace offhook::inline v0::agent::demo {

/// Returns a UDP port of 127.0.0.1 that was free a moment ago; 0 when there is none.
[[nodiscard]] std::uint16_t free_udp_port();

}  // namespace offhook::inline v0::agent::demo
