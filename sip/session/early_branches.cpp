#include <offhook/sip/session/early_branches.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip::session {

EarlyBranch* EarlyBranches::find(std::string_view tag) {
  const auto at = std::find_if(branches_.begin(), branches_.end(), [&](const EarlyBranch& one) { return one.tag == tag; });
  return at == branches_.end() ? nullptr : &*at;
}

EarlyBranch& EarlyBranches::find_or_make(const std::string& tag) {
  if (EarlyBranch* known = find(tag)) return *known;
  EarlyBranch& made = branches_.emplace_back();
  made.tag = tag;
  return made;
}

void EarlyBranches::offer(SessionId session, EarlyBranch& branch, EarlyBranch::Offer offer, Actions& out) {
  offer.told = ++told_;
  out.push_back(Emit{OfferReceived{session, offer.body, branch.tag}});
  branch.offer = std::move(offer);
}

EarlyBranch* EarlyBranches::waiting(std::string_view tag) {
  EarlyBranch* first = nullptr;
  for (EarlyBranch& one : branches_) {
    if (!one.offer || (!tag.empty() && one.tag != tag)) continue;
    if (first == nullptr || one.offer->told < first->offer->told) first = &one;
  }
  return first;
}

void EarlyBranches::drop_offers(int status, Actions& out) {
  while (EarlyBranch* branch = waiting("")) {
    const auto offer = std::exchange(branch->offer, std::nullopt);
    if (offer->update) out.push_back(Respond{*offer->update, status, {}, {}});
  }
  for (EarlyBranch& branch : branches_) {
    branch.ours.reset();
    branch.glare.reset();
  }
}

EarlyBranch* EarlyBranches::open(std::string_view tag) {
  const auto at = std::find_if(branches_.begin(), branches_.end(), [&](const EarlyBranch& one) {
    return one.may_offer() && (tag.empty() || one.tag == tag);
  });
  return at == branches_.end() ? nullptr : &*at;
}

std::optional<base::TimePoint> EarlyBranches::next_deadline() const {
  std::optional<base::TimePoint> first;
  for (const EarlyBranch& branch : branches_) {
    const auto due = branch.glare.next_deadline();
    if (due && (!first || *due < *first)) first = due;
  }
  return first;
}

EarlyBranch* EarlyBranches::take_due(base::TimePoint now) {
  const auto at = std::find_if(branches_.begin(), branches_.end(), [&](EarlyBranch& one) { return one.glare.take_due(now); });
  return at == branches_.end() ? nullptr : &*at;
}

void EarlyBranches::clear(SessionId session, int status, Actions& out) {
  for (const EarlyBranch& branch : branches_) {
    if (branch.ours) out.push_back(Emit{OfferRefused{session, status, branch.tag}});
  }
  drop_offers(status, out);
  branches_.clear();
}

bool EarlyBranches::is_waiting() const {
  return std::any_of(branches_.begin(), branches_.end(), [](const EarlyBranch& one) { return one.offer.has_value(); });
}

}  // namespace offhook::inline v0::sip::session
