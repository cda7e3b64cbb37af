#include <offhook/rtp/ice/detail/local_candidates.hpp>

#include <offhook/rtp/ice/detail/usable_address.hpp>

#include <algorithm>

namespace offhook::inline v0::rtp {
namespace {

bool fits_its_base(const IceGathered& gathered) {
  switch (gathered.type) {
    case IceCandidateType::Host:
    case IceCandidateType::Relayed: return gathered.base == gathered.address;
    case IceCandidateType::ServerReflexive: return is_usable(gathered.base);
    case IceCandidateType::PeerReflexive: return false;  // Only connectivity checks find peer-reflexive candidates.
  }
  return false;
}

}  // namespace

std::string_view to_string(IceGatherError error) {
  switch (error) {
    case IceGatherError::BadAddress: return "the address of the candidate cannot be used";
    case IceGatherError::BadComponent: return "the component of the candidate is not 1 or 2";
    case IceGatherError::Redundant: return "another candidate has the same address and base";
    case IceGatherError::TooMany: return "there are too many local candidates";
  }
  return "unknown";
}

base::Result<IceCandidate, IceGatherError> IceLocalCandidates::add(const IceGathered& gathered) {
  if (gathered.component < 1 || gathered.component > kMaxIceComponents) return base::fail(IceGatherError::BadComponent);
  if (!is_usable(gathered.address) || !fits_its_base(gathered)) return base::fail(IceGatherError::BadAddress);
  const auto is_same = [&](const IceCandidate& one) { return one.address == gathered.address && one.base == gathered.base; };
  if (std::any_of(candidates_.begin(), candidates_.end(), is_same)) return base::fail(IceGatherError::Redundant);
  if (candidates_.size() == kMaxLocalCandidates) return base::fail(IceGatherError::TooMany);

  if (!first_is_v6_) first_is_v6_ = gathered.base.ip.is_v6();
  IceCandidate candidate;
  candidate.type = gathered.type;
  candidate.component = gathered.component;
  candidate.priority = ice_priority(gathered.type, preference(gathered), gathered.component);
  candidate.foundation = foundation({gathered.type, gathered.base.ip, gathered.server});
  candidate.address = gathered.address;
  candidate.base = gathered.base;
  candidate.related = gathered.type == IceCandidateType::ServerReflexive ? gathered.base : gathered.related;
  candidates_.push_back(candidate);
  return candidate;
}

/// The owner adds its best address first. The preferences of the two address families alternate from 65535 downwards, so that a broken family delays the other
/// only a little (RFC 8421 section 4). The value is unique among the candidates of one type and component (RFC 8445 section 5.1.2.1).
std::uint16_t IceLocalCandidates::preference(const IceGathered& gathered) const {
  const bool is_v6 = gathered.base.ip.is_v6();
  const auto before = std::count_if(candidates_.begin(), candidates_.end(), [&](const IceCandidate& one) {
    return one.type == gathered.type && one.component == gathered.component && one.base.ip.is_v6() == is_v6;
  });
  return static_cast<std::uint16_t>(65535 - 2 * before - (is_v6 == *first_is_v6_ ? 0 : 1));
}

std::string IceLocalCandidates::foundation(const Origin& origin) {
  const auto at = std::find(origins_.begin(), origins_.end(), origin);
  const auto place = at - origins_.begin();
  if (at == origins_.end()) origins_.push_back(origin);
  return std::to_string(place + 1);
}

void IceLocalCandidates::remove_base(const base::SocketAddress& base) {
  std::erase_if(candidates_, [&](const IceCandidate& one) { return one.base == base; });
}

const IceCandidate* IceLocalCandidates::of_base(const base::SocketAddress& base) const {
  const IceCandidate* best = nullptr;
  for (const auto& one : candidates_) {
    if (one.base == base && (best == nullptr || one.priority > best->priority)) best = &one;
  }
  return best;
}

const IceCandidate* IceLocalCandidates::find(std::uint16_t component, const base::SocketAddress& address) const {
  const auto at = std::find_if(candidates_.begin(), candidates_.end(), [&](const auto& one) { return one.component == component && one.address == address; });
  return at == candidates_.end() ? nullptr : &*at;
}

}  // namespace offhook::inline v0::rtp
