#include <offhook/rtp/srtp/srtp_error.hpp>

namespace offhook::inline v0::rtp {

std::string_view to_string(SrtpError error) {
  switch (error) {
    case SrtpError::BadPacket: return "not a whole packet";
    case SrtpError::NoRoom: return "no room for the authentication tag";
    case SrtpError::BadMki: return "unknown master key identifier";
    case SrtpError::NotEncrypted: return "RTCP is not encrypted";
    case SrtpError::Replayed: return "replayed or too old";
    case SrtpError::BadTag: return "wrong authentication tag";
    case SrtpError::TooManySources: return "too many sources";
    case SrtpError::KeyUsedUp: return "the key has protected as many packets as it may";
    case SrtpError::Crypto: return "OpenSSL refused a cipher";
  }
  return "unknown";
}

}  // namespace offhook::inline v0::rtp
