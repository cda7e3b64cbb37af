#include <offhook/sdp/agreement.hpp>

namespace offhook::inline v0::sdp {

std::string_view to_string(NegotiationError error) {
  switch (error) {
    case NegotiationError::WrongState: return "no exchange is open that this would fit";
    case NegotiationError::NoAudio: return "no audio stream";
    case NegotiationError::UnsupportedProfile: return "audio by an unsupported profile only";
    case NegotiationError::NoCommonCodec: return "no common codec";
    case NegotiationError::BadAddress: return "no usable media address";
    case NegotiationError::AnswerMismatch: return "the answer's streams are not those of the offer";
  }
  return "unknown";
}

}  // namespace offhook::inline v0::sdp
