#pragma once

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::rtp {

enum class SrtpError : std::uint8_t {
  BadPacket,        ///< the packet is no RTP or RTCP of version 2, or is shorter than its header and the authentication
  NoRoom,           ///< the buffer has no space for the authentication
  BadMki,           ///< the packet has another master key identifier than the key, or the identifier is too long
  NotEncrypted,     ///< the E flag of SRTCP is 0
  Replayed,         ///< the packet was received or sent before, or is too old for the IndexWindow
  BadTag,           ///< the authentication tag is wrong
  TooManySources,   ///< more sources under one key than SourceTable keeps and refuses, or a source that it has forgotten
  KeyUsedUp,        ///< the key has protected as many packets as it may (RFC 3711 section 9.2)
  Crypto,           ///< OpenSSL refused a cipher or a digest
};
[[nodiscard]] std::string_view to_string(SrtpError error);

}  // namespace offhook::inline v0::rtp
