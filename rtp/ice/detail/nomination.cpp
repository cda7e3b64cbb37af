#include <offhook/rtp/ice/detail/nomination.hpp>

#include <algorithm>

namespace offhook::inline v0::rtp {
namespace {

const IcePair* best_valid(const IceChecklist& checklist, std::uint16_t component) {
  const IcePair* best = nullptr;
  for (const IcePair& pair : checklist.pairs()) {
    if (!pair.is_valid() || pair.component() != component) continue;
    if (best == nullptr || checklist.valid_priority(pair) > checklist.valid_priority(*best)) best = &pair;
  }
  return best;
}

bool may_be_beaten(const IceChecklist& checklist, const IcePair& best) {
  return std::any_of(checklist.pairs().begin(), checklist.pairs().end(), [&](const IcePair& pair) {
    return pair.component() == best.component() && !pair.is_finished() && pair.priority > best.priority;
  });
}

bool is_relayed(const IcePair& pair) { return pair.local.type == IceCandidateType::Relayed || pair.remote.type == IceCandidateType::Relayed; }

}  // namespace

std::optional<IcePairId> IceNomination::choose(const IceChecklist& checklist, std::uint16_t component, base::TimePoint now) {
  auto& [is_made, make_at] = choices_[component - 1U];
  const IcePair* const best = best_valid(checklist, component);
  if (is_made || best == nullptr) {
    make_at.reset();
    return std::nullopt;
  }
  if (!make_at) make_at = now + (is_relayed(*best) ? kWaitForRelayed : kWait);
  if (may_be_beaten(checklist, *best) && now < *make_at) return std::nullopt;
  is_made = true;
  make_at.reset();
  return best->id;
}

std::optional<base::TimePoint> IceNomination::next_deadline() const {
  std::optional<base::TimePoint> first;
  for (const auto& choice : choices_) {
    if (choice.make_at && (!first || *choice.make_at < *first)) first = choice.make_at;
  }
  return first;
}

}  // namespace offhook::inline v0::rtp
