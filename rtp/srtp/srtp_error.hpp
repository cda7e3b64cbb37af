#pragma once

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::rtp {

enum class SrtpError : std::uint8_t {
  BadPacket,        ///< no RTP or RTCP of version 2, or shorter than its own header and the authentication
  NoRoom,           ///< the buffer has no space for the authentication
  BadMki,           ///< the master key identifier is not that of the key
  NotEncrypted,     ///< the E flag of SRTCP is 0
  Replayed,         ///< the packet was received before, or is too old to know
  BadTag,           ///< the authentication tag is wrong
  TooManySources,   ///< more than SourceTable::kMaxSources sources under one key
  KeyUsedUp,        ///< the key has protected as many packets as it may (RFC 3711 section 9.2)
  Crypto,           ///< OpenSSL refused a cipher or a digest
};
[[nodiscard]] std::string_view to_string(SrtpError error);

}  // namespace offhook::inline v0::rtp
