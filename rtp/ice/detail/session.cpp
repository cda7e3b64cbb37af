#include <offhook/rtp/ice/detail/session.hpp>

#include <offhook/rtp/ice/detail/usable_address.hpp>
#include <offhook/rtp/ice/limits.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::rtp {
namespace {

bool contains(const std::vector<IceRoute>& routes, const IceRoute& route) { return std::find(routes.begin(), routes.end(), route) != routes.end(); }

/// Appends the route if it is new, in place of the oldest one if there are kMaxProvenSources.
void remember_route(std::vector<IceRoute>& routes, const IceRoute& route) {
  if (contains(routes, route)) return;
  if (routes.size() == kMaxProvenSources) routes.erase(routes.begin());
  routes.push_back(route);
}

}  // namespace

IceSession::IceSession(IceContext& context, IceCredentials ours, const IceRole& role)
    : context_(context), ours_(std::move(ours)), role_(role), checker_(context, role_), connection_(context, role_) {}

std::uint16_t IceSession::components() const { return peer_ ? std::min(context_.options.components, peer_->components) : context_.options.components; }

void IceSession::set_peer(const IcePeer& peer, base::TimePoint now) {
  peer_ = peer;
  started_ = now;
  follow_role();
  patience_at_ = now + context_.options.patience;
  checker_.begin(now);
  for (const auto& early : std::exchange(early_, {})) on_request(early.request, early.sender, early.route, now);
}

void IceSession::add_local(const IceCandidate& candidate) {
  if (context_.options.lite || state_ != IceState::Running || candidate.component > components()) return;
  for (const auto& remote : remote_.all()) {
    if (!IceRemoteCandidates::is_learnt(remote)) checker_.checklist().add(candidate, remote);
  }
}

bool IceSession::add_remote(const IceCandidate& candidate, base::TimePoint now) {
  const auto added = remote_.add(candidate);
  if (added == IceRemoteCandidates::Added::Refused) {
    ++context_.counters.ignored_candidates;
    return false;
  }
  if (added == IceRemoteCandidates::Added::Known || state_ != IceState::Running) return true;
  if (context_.options.lite) {
    select_as_lite(now);
    return true;
  }
  if (added == IceRemoteCandidates::Added::Signalled) checker_.checklist().update(candidate);
  if (candidate.component > components()) return true;
  for (const auto& local : context_.local.all()) checker_.checklist().add(local, candidate);
  return true;
}

void IceSession::end_of_remote(base::TimePoint now) {
  if (!peer_) return;
  peer_->trickle = false;
  give_up(now);
}

void IceSession::remove_base(const base::SocketAddress& base, base::TimePoint now) {
  checker_.checklist().remove_base(base);
  checker_.forget_removed();
  connection_.remove_base(base);
  give_up(now);
}

/// Adapts the checklist and the nomination if a role conflict has changed this agent's role.
void IceSession::follow_role() {
  if (checker_.checklist().is_controlling() == role_.is_controlling()) return;
  checker_.checklist().set_controlling(role_.is_controlling());
  nomination_ = {};
}

bool IceSession::handles_checks() const {
  switch (state_) {
    case IceState::Running: return true;
    // Deviation: the agent does not stop after 3 s (RFC 8445 section 8.3.1), because browsers nominate another pair whenever their network changes.
    case IceState::Completed: return !peer_->ice2;
    case IceState::Failed: return false;
  }
  return false;
}

void IceSession::on_request(const IceRequest& request, std::string_view sender, const IceRoute& route, base::TimePoint now) {
  if (!peer_) return remember(request, sender, route);
  // Another username fragment belongs to another fork of the call, which has its own agent: RFC 8445 section 7.3.1.4.
  if (sender != peer_->credentials.ufrag) return;
  connection_.on_heard(route, now);
  if (handles_checks()) on_checked_by_peer(request, route, now);
}

void IceSession::remember(const IceRequest& request, std::string_view sender, const IceRoute& route) {
  const auto known = std::find_if(early_.begin(), early_.end(), [&](const EarlyCheck& one) { return one.route == route && one.sender == sender; });
  if (known != early_.end()) {
    known->request.use_candidate = known->request.use_candidate || request.use_candidate;
    return;
  }
  if (early_.size() < kMaxEarlyChecks) early_.push_back({request, std::string(sender), route});
}

void IceSession::on_checked_by_peer(const IceRequest& request, const IceRoute& route, base::TimePoint now) {
  follow_role();
  const IceCandidate* const local = context_.local.of_base(route.base);
  if (local == nullptr || local->component > components()) return;
  const IceCandidate* const remote = remote_.learn(local->component, route.from, request.priority);
  if (remote == nullptr) return;
  remember_route(heard_, route);
  if (context_.options.lite) {  // RFC 8445 section 7.3.2
    if (request.use_candidate) select(local->component, {*local, *remote, pair_priority(remote->priority, local->priority)}, now);
    return;
  }
  IceOutcomes outcomes;
  checker_.on_check_of_peer(*local, *remote, request.use_candidate, outcomes);
  apply(outcomes, now);
}

bool IceSession::on_response(const StunMessage& message, const IceRoute& route, base::TimePoint now) {
  if (!peer_) return false;
  IceOutcomes outcomes;
  const bool is_ours = checker_.on_response(message, route, {ours_, *peer_}, now, outcomes) || connection_.on_response(message, route, peer_->credentials, now);
  apply(outcomes, now);
  return is_ours;
}

void IceSession::on_time(base::TimePoint now) {
  if (!peer_) return;
  const auto last = started_ + 2 * context_.options.patience;
  if (patience_at_ && now >= *patience_at_) patience_at_ = now < last ? std::optional(last) : std::nullopt;
  IceOutcomes outcomes;
  if (state_ != IceState::Failed) checker_.on_time(now, outcomes);
  apply(outcomes, now);
  if (state_ != IceState::Failed) checker_.begin_next({ours_, *peer_}, now);
  connection_.on_time(ours_, peer_->credentials, now);
}

std::optional<base::TimePoint> IceSession::next_deadline() const {
  std::optional<base::TimePoint> first = connection_.next_deadline();
  const auto consider = [&](const std::optional<base::TimePoint>& due) {
    if (due && (!first || *due < *first)) first = due;
  };
  if (!peer_) return first;
  if (state_ != IceState::Failed) consider(checker_.next_deadline());
  if (state_ != IceState::Running) return first;
  consider(nomination_.next_deadline());
  consider(patience_at_);
  return first;
}

void IceSession::apply(const IceOutcomes& outcomes, base::TimePoint now) {
  follow_role();
  for (const auto& [what, id] : outcomes) {
    const IcePair* const pair = checker_.checklist().find(id);
    if (pair != nullptr && pair->is_valid()) remember_route(proven_, {pair->local.base, pair->remote.address});
    switch (what) {
      case IceOutcome::What::Valid: break;
      case IceOutcome::What::Nominated: conclude(id, now); break;
      case IceOutcome::What::NominationFailed: fail(IceFailure::NominationFailed); break;
    }
  }
  if (state_ != IceState::Running) return;
  if (!was_connected_ && has_all_valid()) {
    was_connected_ = true;
    context_.events.push_back(IceConnected{});
  }
  nominate(now);
  give_up(now);
}

void IceSession::nominate(base::TimePoint now) {
  if (!role_.is_controlling()) return;
  for (std::uint16_t component = 1; component <= components(); ++component) {
    const auto id = nomination_.choose(checker_.checklist(), component, now);
    if (!id) continue;
    IcePair& pair = *checker_.checklist().find(*id);
    pair.nominating = true;
    checker_.checklist().trigger(pair);
  }
}

void IceSession::conclude(IcePairId id, base::TimePoint now) {
  const IcePair* const pair = checker_.checklist().find(id);
  if (state_ == IceState::Failed || pair == nullptr || !pair->is_valid()) return;
  select(pair->component(), {*pair->mapped, pair->remote, checker_.checklist().valid_priority(*pair)}, now);
  const IceSelectedPair* const selected = connection_.selected(pair->component());
  if (selected->path() != IcePath{pair->local.base, pair->remote.address}) return;
  checker_.checklist().keep_only(*pair);
  checker_.forget_removed();
}

void IceSession::select(std::uint16_t component, const IceSelectedPair& pair, base::TimePoint now) {
  const auto before = connection_.path(component);
  if (!connection_.select(component, pair, now)) return;
  if (!connection_.is_complete(components()) || (state_ == IceState::Completed && connection_.path(component) == before)) return;
  state_ = IceState::Completed;
  context_.events.push_back(IceCompleted{});
}

/// Two lite agents send no checks. Each side selects the pair with the highest priority, which is the same pair on both sides: RFC 8445 section 8.2.
void IceSession::select_as_lite(base::TimePoint now) {
  if (!peer_->lite) return;
  for (const auto& local : context_.local.all()) {
    for (const auto& remote : remote_.all()) {
      if (local.component != remote.component || local.component > components() || !may_reach(local.base.ip, remote.address.ip)) continue;
      const bool is_controlling = role_.is_controlling();
      const auto priority = is_controlling ? pair_priority(local.priority, remote.priority) : pair_priority(remote.priority, local.priority);
      select(local.component, {local, remote, priority}, now);
    }
  }
}

bool IceSession::has_valid(std::uint16_t component) const {
  const auto pairs = checker_.checklist().pairs();
  return std::any_of(pairs.begin(), pairs.end(), [&](const IcePair& pair) { return pair.component() == component && pair.is_valid(); });
}

bool IceSession::has_all_valid() const {
  for (std::uint16_t component = 1; component <= components(); ++component) {
    if (!has_valid(component)) return false;
  }
  return true;
}

/// Fails if no further candidate, check or nomination can lead to a path: RFC 8445 section 7.2.5.4, RFC 8838 section 8, RFC 8863 section 4.
void IceSession::give_up(base::TimePoint now) {
  const bool may_change = context_.is_gathering || !peer_ || peer_->trickle || now < started_ + context_.options.patience;
  if (state_ != IceState::Running || may_change) return;
  const auto pairs = checker_.checklist().pairs();
  const auto without_pairs = remote_.all().empty() ? IceFailure::NoRemoteCandidates : IceFailure::NoPairs;
  if (context_.options.lite && peer_->lite) return fail(without_pairs);
  for (std::uint16_t component = 1; component <= components() && !context_.options.lite; ++component) {
    const auto is_of = [&](const IcePair& pair) { return pair.component() == component; };
    if (has_valid(component)) continue;
    if (std::any_of(pairs.begin(), pairs.end(), [&](const IcePair& pair) { return is_of(pair) && !pair.is_finished(); })) return;
    return fail(std::none_of(pairs.begin(), pairs.end(), is_of) ? without_pairs : checker_.reason());
  }
  // The controlling peer gets `patience` for its checks, and as much again for its nomination.
  const bool waits_for_peer = context_.options.lite || !role_.is_controlling();
  if (waits_for_peer && now >= started_ + 2 * context_.options.patience) fail(IceFailure::NotNominated);
}

void IceSession::fail(IceFailure reason) {
  state_ = IceState::Failed;
  context_.events.push_back(IceFailed{reason});
}

std::optional<IcePath> IceSession::path(std::uint16_t component, base::TimePoint now) const {
  if (state_ == IceState::Failed) return std::nullopt;
  if (connection_.selected(component) != nullptr) return connection_.path(component);
  const IcePair* best = nullptr;
  for (const IcePair& pair : checker_.checklist().pairs()) {
    if (pair.component() != component || !pair.is_valid() || now >= pair.confirmed_at + kValidFor) continue;
    if (best == nullptr || checker_.checklist().valid_priority(pair) > checker_.checklist().valid_priority(*best)) best = &pair;
  }
  return best == nullptr ? std::nullopt : std::optional(IcePath{best->local.base, best->remote.address});
}

std::optional<base::SocketAddress> IceSession::present_address(std::uint16_t component) const {
  const IcePair* best = nullptr;
  const auto rank = [](const IcePair& pair) { return std::pair(pair.nominated_by_peer, pair.priority); };
  for (const IcePair& pair : checker_.checklist().pairs()) {
    const bool is_in_use = pair.component() == component && (pair.nominated_by_peer || pair.is_valid());
    if (is_in_use && (best == nullptr || rank(pair) > rank(*best))) best = &pair;
  }
  if (best == nullptr) return std::nullopt;
  return best->mapped ? best->mapped->address : best->local.address;
}

bool IceSession::has_heard(const IceRoute& route) const {
  for (std::uint16_t component = 1; component <= kMaxIceComponents; ++component) {
    if (connection_.path(component) == IcePath{route.base, route.from}) return true;
  }
  if (contains(heard_, route) || contains(proven_, route)) return true;
  const auto pairs = checker_.checklist().pairs();
  return std::any_of(pairs.begin(), pairs.end(), [&](const IcePair& pair) {
    return pair.local.base == route.base && pair.remote.address == route.from && (pair.heard || pair.is_valid());
  });
}

void IceSession::list_proven(ProvenSources& list) const {
  const auto add = [&](const base::SocketAddress& address) {
    const auto place = std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.port == 0 || one == address; });
    if (place != list.end()) *place = address;
  };
  for (std::uint16_t component = 1; component <= kMaxIceComponents; ++component) {
    if (const auto path = connection_.path(component)) add(path->to);
  }
  for (const IceRoute& route : proven_) add(route.from);
}

bool IceSession::is_consistent() const {
  const auto pairs = checker_.checklist().pairs();
  if (pairs.size() > context_.options.max_pairs || early_.size() > kMaxEarlyChecks) return false;
  if (!peer_) return state_ == IceState::Running && pairs.empty();
  return state_ != IceState::Completed || connection_.is_complete(components());
}

}  // namespace offhook::inline v0::rtp
