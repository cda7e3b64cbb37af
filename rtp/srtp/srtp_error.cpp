#include <offhook/rtp/srtp/srtp_error.hpp>

namespace offhook::inline v0::rtp {

std::string_view to_string(SrtpError error) {
  switch (error) {
    case SrtpError::BadPacket: return "the datagram is not a whole packet of RTP or RTCP";
    case SrtpError::NoRoom: return "the buffer has no space for the authentication tag";
    case SrtpError::BadMki: return "the packet has an unknown master key identifier";
    case SrtpError::NotEncrypted: return "the packet of RTCP is not encrypted";
    case SrtpError::Replayed: return "the packet came before, or is too old";
    case SrtpError::BadTag: return "the packet has a wrong authentication tag";
    case SrtpError::TooManySources: return "one key has more than 512 sources, or the source is an old one of them";
    case SrtpError::KeyUsedUp: return "the key has protected as many packets as it may";
    case SrtpError::Crypto: return "OpenSSL refused a cipher";
  }
  return "unknown";
}

}  // namespace offhook::inline v0::rtp
