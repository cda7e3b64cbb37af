#include <offhook/rtp/ice/detail/checklist.hpp>

#include <offhook/rtp/ice/detail/usable_address.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::rtp {

using State = IcePair::State;

IcePair* IceChecklist::add(const IceCandidate& local, const IceCandidate& remote, bool heard) {
  if (local.component != remote.component || !may_reach(local.base.ip, remote.address.ip)) return nullptr;
  if (local.base == remote.address) return nullptr;  // Both hosts may have the same private address; a check to it would reach only this host.
  if (IcePair* const same = find(local.base, remote.address)) {  // Redundant: RFC 8445 section 6.1.2.4.
    same->heard = same->heard || heard;
    return same;
  }
  IcePair pair;
  const IcePairId id = pair.id = ++last_id_;
  pair.local = local;
  pair.remote = remote;
  pair.priority = priority_of(local, remote);
  pair.heard = heard;
  set_initial_state(pair);
  const auto lower = std::find_if(pairs_.begin(), pairs_.end(), [&](const IcePair& other) { return other.priority < pair.priority; });
  pairs_.insert(lower, std::move(pair));
  trim();
  return find(id);
}

/// Among the pairs with one foundation, only one is Waiting at first: the pair with the lowest component and, within it, the highest priority
/// (RFC 8445 section 6.1.2.6). A pair that is added later is Waiting at once if a pair with its foundation has succeeded (RFC 8838 section 12).
void IceChecklist::set_initial_state(IcePair& added) {
  added.state = State::Waiting;
  const auto works = [&](const IcePair& other) { return other.state == State::Succeeded && other.has_foundation_of(added); };
  if (std::any_of(pairs_.begin(), pairs_.end(), works)) return;
  for (IcePair& other : pairs_) {
    if (!other.has_foundation_of(added) || other.state == State::Failed) continue;
    const bool is_first = added.component() < other.component() || (added.component() == other.component() && added.priority > other.priority);
    if (is_first && other.state == State::Waiting && !other.heard) other.state = State::Frozen;
    if (!is_first || other.state != State::Frozen) added.state = State::Frozen;
  }
}

/// RFC 8445 section 6.1.2.5.
void IceChecklist::trim() {
  if (pairs_.size() <= max_pairs_) return;
  const auto may_go = [](const IcePair& pair) { return !pair.heard && pair.state != State::InProgress && pair.state != State::Succeeded; };
  const auto at = std::find_if(pairs_.rbegin(), pairs_.rend(), may_go);
  const auto newest = std::find_if(pairs_.rbegin(), pairs_.rend(), [this](const IcePair& pair) { return pair.id == last_id_; });
  pairs_.erase(std::next(at != pairs_.rend() ? at : newest).base());
  forget_removed();
}

std::uint64_t IceChecklist::priority_of(const IceCandidate& local, const IceCandidate& remote) const {
  return controlling_ ? pair_priority(local.priority, remote.priority) : pair_priority(remote.priority, local.priority);
}

std::uint64_t IceChecklist::valid_priority(const IcePair& pair) const { return priority_of(pair.mapped.value_or(pair.local), pair.remote); }

void IceChecklist::sort() {
  std::stable_sort(pairs_.begin(), pairs_.end(), [](const IcePair& a, const IcePair& b) { return a.priority > b.priority; });
}

void IceChecklist::forget_removed() {
  std::erase_if(triggered_, [this](IcePairId id) { return find(id) == nullptr; });
}

void IceChecklist::update(const IceCandidate& remote) {
  for (IcePair& pair : pairs_) {
    if (pair.remote.component != remote.component || pair.remote.address != remote.address) continue;
    pair.remote = remote;
    pair.priority = priority_of(pair.local, remote);
  }
  sort();
}

void IceChecklist::set_controlling(bool controlling) {
  controlling_ = controlling;
  for (IcePair& pair : pairs_) {
    pair.priority = priority_of(pair.local, pair.remote);
    pair.nominating = pair.nominated_by_peer = false;
  }
  sort();
}

void IceChecklist::remove_base(const base::SocketAddress& base) {
  std::erase_if(pairs_, [&](const IcePair& pair) { return pair.local.base == base; });
  forget_removed();
}

void IceChecklist::keep_only(const IcePair& nominated) {
  const auto goes = [id = nominated.id, component = nominated.component()](const IcePair& pair) {
    const bool may_be_selected = pair.nominated_by_peer && !pair.is_finished();
    return pair.component() == component && pair.id != id && !may_be_selected;
  };
  std::erase_if(pairs_, goes);
  forget_removed();
}

IcePair* IceChecklist::find(IcePairId id) {
  const auto at = std::find_if(pairs_.begin(), pairs_.end(), [&](const IcePair& pair) { return pair.id == id; });
  return at == pairs_.end() ? nullptr : &*at;
}

IcePair* IceChecklist::find(const base::SocketAddress& base, const base::SocketAddress& remote) {
  const auto is_wanted = [&](const IcePair& pair) { return pair.local.base == base && pair.remote.address == remote; };
  const auto at = std::find_if(pairs_.begin(), pairs_.end(), is_wanted);
  return at == pairs_.end() ? nullptr : &*at;
}

std::size_t IceChecklist::unfinished() const {
  return static_cast<std::size_t>(std::count_if(pairs_.begin(), pairs_.end(), [](const IcePair& pair) { return !pair.is_finished(); }));
}

void IceChecklist::trigger(IcePair& pair) {
  if (pair.state != State::Succeeded) pair.state = State::Waiting;
  if (std::find(triggered_.begin(), triggered_.end(), pair.id) == triggered_.end()) triggered_.push_back(pair.id);
}

/// Returns true if a Waiting pair has the same foundation, so that `frozen` must wait. Deviation: RFC 8445 section 6.1.4.2 makes it wait for an In-Progress
/// pair too. Behind NATs such a check may succeed only after the peer checks the same pair. The peer may keep that pair frozen until another one of its pairs
/// succeeds: then both agents would wait for each other.
bool IceChecklist::is_blocked(const IcePair& frozen) const {
  return std::any_of(pairs_.begin(), pairs_.end(), [&](const IcePair& other) { return other.state == State::Waiting && other.has_foundation_of(frozen); });
}

bool IceChecklist::has_check() const {
  // A Frozen pair counts too: if no pair is Waiting, no Frozen pair is blocked.
  const auto is_unchecked = [](const IcePair& pair) { return pair.state == State::Waiting || pair.state == State::Frozen; };
  return !triggered_.empty() || std::any_of(pairs_.begin(), pairs_.end(), is_unchecked);
}

IcePair* IceChecklist::next_check() {
  const auto begun = [](IcePair* pair) {
    if (pair->state != State::Succeeded) pair->state = State::InProgress;
    return pair;
  };
  if (!triggered_.empty()) {
    const IcePairId first = triggered_.front();
    triggered_.pop_front();
    return begun(find(first));
  }
  const auto waiting = [this] { return std::find_if(pairs_.begin(), pairs_.end(), [](const IcePair& pair) { return pair.state == State::Waiting; }); };
  if (waiting() == pairs_.end()) {
    for (IcePair& pair : pairs_) {
      if (pair.state == State::Frozen && !is_blocked(pair)) pair.state = State::Waiting;
    }
  }
  const auto at = waiting();
  return at == pairs_.end() ? nullptr : begun(&*at);
}

void IceChecklist::succeed(IcePair& pair) {
  pair.state = State::Succeeded;
  if (!pair.nominating) std::erase(triggered_, pair.id);
  for (IcePair& other : pairs_) {
    if (other.state == State::Frozen && other.has_foundation_of(pair)) other.state = State::Waiting;
  }
}

void IceChecklist::fail(IcePair& pair) {
  pair.state = State::Failed;
  pair.mapped.reset();
}

}  // namespace offhook::inline v0::rtp
