#include <offhook/sdp/agreement.hpp>

namespace offhook::inline v0::sdp {

std::string_view to_string(NegotiationError error) {
  switch (error) {
    case NegotiationError::WrongState: return "the offer or answer does not fit the state of this session";
    case NegotiationError::NoAudio: return "it has no audio stream with a port";
    case NegotiationError::UnsupportedProfile: return "it has audio only in profiles that this side does not accept";
    case NegotiationError::NoCommonCrypto: return "it has no key for SRTP that this side can use";
    case NegotiationError::NotSecure: return "it has no SRTP, which this side requires";
    case NegotiationError::NoCommonCodec: return "it lists no audio codec that this side has";
    case NegotiationError::BadAddress: return "its c= line has no address that this side can send to";
    case NegotiationError::AnswerMismatch: return "the streams of the answer do not match those of the offer";
  }
  return "unknown";
}

}  // namespace offhook::inline v0::sdp
