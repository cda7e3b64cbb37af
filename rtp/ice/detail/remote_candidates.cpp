#include <offhook/rtp/ice/detail/remote_candidates.hpp>

#include <offhook/rtp/ice/detail/usable_address.hpp>

#include <algorithm>
#include <string>

namespace offhook::inline v0::rtp {
IceCandidate* IceRemoteCandidates::find(std::uint16_t component, const base::SocketAddress& address) {
  const auto at = std::find_if(candidates_.begin(), candidates_.end(), [&](const auto& one) { return one.component == component && one.address == address; });
  return at == candidates_.end() ? nullptr : &*at;
}

IceRemoteCandidates::Added IceRemoteCandidates::add(const IceCandidate& candidate) {
  const bool fits = candidate.component >= 1 && candidate.component <= kMaxIceComponents && candidate.priority >= 1 && candidate.priority <= kMaxIcePriority;
  if (!fits || !is_usable(candidate.address)) return Added::Refused;
  IceCandidate* const known = find(candidate.component, candidate.address);
  if (known != nullptr && !is_learnt(*known)) return Added::Known;
  if (signalled_ == kMaxRemoteCandidates) return Added::Refused;
  ++signalled_;
  if (known == nullptr) {
    candidates_.push_back(candidate);
    return Added::New;
  }
  --learnt_;
  *known = candidate;
  return Added::Signalled;
}

const IceCandidate* IceRemoteCandidates::learn(std::uint16_t component, const base::SocketAddress& address, std::uint32_t priority) {
  if (const IceCandidate* const known = find(component, address)) return known;
  if (learnt_ == kMaxPeerReflexive || !is_usable(address)) return nullptr;
  IceCandidate candidate;
  candidate.type = IceCandidateType::PeerReflexive;
  candidate.component = component;
  candidate.priority = priority;
  candidate.foundation = kLearnt + std::to_string(candidates_.size());
  candidate.address = address;
  ++learnt_;
  candidates_.push_back(candidate);
  return &candidates_.back();
}

}  // namespace offhook::inline v0::rtp
