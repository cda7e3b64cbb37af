#include <offhook/rtp/ice/ice_event.hpp>

namespace offhook::inline v0::rtp {

std::string_view to_string(IceFailure failure) {
  switch (failure) {
    case IceFailure::NoRemoteCandidates: return "the peer has sent no usable candidate";
    case IceFailure::NoPairs: return "no candidate of the peer fits a local candidate";
    case IceFailure::ChecksTimedOut: return "no check got an answer";
    case IceFailure::CredentialsRefused: return "the peer refuses the credentials that its own description gave";
    case IceFailure::ChecksRefused: return "the peer refuses the checks";
    case IceFailure::NominationFailed: return "the nomination got no answer";
    case IceFailure::NotNominated: return "the peer has nominated no pair";
  }
  return "unknown";
}

}  // namespace offhook::inline v0::rtp
