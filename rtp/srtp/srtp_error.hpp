#pragma once

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::rtp {

enum class SrtpError : std::uint8_t {
  BadPacket,        ///< the packet is not RTP or RTCP of version 2, or is too short for its header, the tag and the other added octets
  NoRoom,           ///< the buffer has no space for the octets that protection adds
  BadMki,           ///< the packet's master key identifier is not that of the key; for make(): the identifier is too long
  NotEncrypted,     ///< the E flag of SRTCP is 0
  Replayed,         ///< the packet was received or sent before, or is too old for the IndexWindow
  BadTag,           ///< the authentication tag is wrong
  TooManySources,   ///< more than kMaxSources + kMaxForgotten sources under one key (SourceTable), or a source whose window was dropped
  KeyUsedUp,        ///< the key has protected the largest allowed number of packets (RFC 3711 section 9.2)
  Crypto,           ///< OpenSSL refused a cipher or a digest
};
[[nodiscard]] std::string_view to_string(SrtpError error);

}  // namespace offhook::inline v0::rtp
