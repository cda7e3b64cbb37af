#include <offhook/rtp/srtp/srtp_error.hpp>

namespace offhook::inline v0::rtp {

std::string_view to_string(SrtpError error) {
  switch (error) {
    case SrtpError::BadPacket: return "the datagram is not a complete RTP or RTCP packet of version 2";
    case SrtpError::NoRoom: return "the buffer has no space for the authentication tag";
    case SrtpError::BadMki: return "the packet has an unknown master key identifier";
    case SrtpError::NotEncrypted: return "the RTCP packet is not encrypted";
    case SrtpError::Replayed: return "a packet with this index was already received or sent, or the index is too old";
    case SrtpError::BadTag: return "the packet has a wrong authentication tag";
    case SrtpError::TooManySources: return "there are more than 512 sources under one key, or the source was replaced by newer sources";
    case SrtpError::KeyUsedUp: return "the key has protected the largest allowed number of packets";
    case SrtpError::Crypto: return "OpenSSL refused a cipher";
  }
  return "unknown";
}

}  // namespace offhook::inline v0::rtp
