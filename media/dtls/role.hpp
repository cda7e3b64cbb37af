#pragma once

#include <cstdint>

namespace offhook::inline v0::media {

/// The role of one side in a DTLS handshake. The client is the side with a=setup:active, and sends the first message: RFC 5763 section 5.
enum class DtlsRole : std::uint8_t { Client, Server };

}  // namespace offhook::inline v0::media
