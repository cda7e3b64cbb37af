#include <offhook/rtp/ice/detail/checker.hpp>

#include <offhook/rtp/ice/detail/binding.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::rtp {

using What = IceOutcome::What;

base::Duration ice_pacing(const IceOptions& options, const IcePeer& peer) {
  return std::clamp(std::max(options.pacing, peer.pacing), kMinIcePacing, kMaxIcePacing);
}

void IceChecker::on_check_of_peer(const IceCandidate& local, const IceCandidate& remote, bool use_candidate, IceOutcomes& out) {
  IcePair* const pair = checklist_.add(local, remote, true);
  if (pair == nullptr) return;
  if (use_candidate && !role_.is_controlling()) pair->nominated_by_peer = true;
  switch (pair->state) {
    case IcePair::State::Succeeded:
      if (pair->nominated_by_peer) out.push_back({What::Nominated, pair->id});
      return;
    case IcePair::State::InProgress: transactions_.cancel(pair->id); break;
    case IcePair::State::Frozen:
    case IcePair::State::Waiting:
    case IcePair::State::Failed: break;
  }
  checklist_.trigger(*pair);
}

bool IceChecker::on_response(const StunMessage& message, const IceRoute& route, const IceParties& parties, base::TimePoint now, IceOutcomes& out) {
  const IceTransaction* const asked = transactions_.find(message.id());
  if (asked == nullptr) return false;
  const bool is_symmetric = asked->base == route.base && asked->to == route.from;
  const int code = message.kind() == StunClass::Error ? message.error().value_or(StunMessage::ErrorReply{}).code : 0;
  if (!message.is_signed_with(parties.peer.credentials.key())) {
    // A peer with another password cannot sign its 401, so an attacker can forge a 401. Therefore it does not end the check; it only names the cause of a
    // later timeout.
    if (is_symmetric && code == 401) reason_ = IceFailure::CredentialsRefused;
    ++context_.counters.ignored_responses;
    return true;
  }
  const IceTransaction check = *transactions_.take(message.id());
  IcePair* const pair = checklist_.find(check.pair);
  if (pair == nullptr) return true;
  const auto mapped = message.address(StunAttribute::XorMappedAddress);
  if (message.kind() == StunClass::Error)
    on_error(*pair, check, code, out);
  else if (!is_symmetric || !mapped || !message.unknown().empty())  // RFC 8445 section 7.2.5.2.1, RFC 8489 section 6.3.3
    on_failure(*pair, check, out);
  else
    on_success(*pair, check, *mapped, now, out);
  return true;
}

void IceChecker::on_success(IcePair& pair, const IceTransaction& check, const base::SocketAddress& mapped, base::TimePoint now, IceOutcomes& out) {
  const IceCandidate* const known = context_.local.find(pair.component(), mapped);
  IceCandidate seen = known != nullptr ? *known : pair.local;
  if (known == nullptr) {  // RFC 8445 section 7.2.5.3.1
    seen.type = IceCandidateType::PeerReflexive;
    seen.priority = check.priority;
    seen.address = mapped;
    seen.related = pair.local.base;
  }
  // Deviation: media leaves from the base of this check, which works, even if the mapped address is another host candidate (RFC 8445 section 7.2.5.3.2).
  seen.base = pair.local.base;
  pair.mapped = std::move(seen);
  pair.confirmed_at = now;
  checklist_.succeed(pair);
  if (!pair.nominating || check.nominates) transactions_.cancel(pair.id);
  const bool is_controlling = role_.is_controlling();
  const bool nominated = is_controlling ? pair.nominating && check.nominates : pair.nominated_by_peer;
  out.push_back({nominated ? What::Nominated : What::Valid, pair.id});
}

void IceChecker::on_error(IcePair& pair, const IceTransaction& check, int code, IceOutcomes& out) {
  if (code == 487) {  // RFC 8445 section 7.2.5.1
    role_.on_conflict(check.claim, context_.random);
    checklist_.trigger(pair);
    return;
  }
  reason_ = IceFailure::ChecksRefused;
  on_failure(pair, check, out);
}

void IceChecker::on_failure(IcePair& pair, const IceTransaction& check, IceOutcomes& out) {
  if (check.cancelled) return;
  const bool was_nominating = check.nominates && pair.nominating && role_.is_controlling();
  checklist_.fail(pair);
  if (was_nominating) out.push_back({What::NominationFailed, pair.id});
}

void IceChecker::begin_check(IcePair& pair, const IceParties& parties, base::TimePoint now) {
  IceTransaction check;
  check.id = context_.new_id();
  check.pair = pair.id;
  check.base = pair.local.base;
  check.to = pair.remote.address;
  check.priority = check_priority(pair.local.priority);
  check.claim = role_.claim();
  check.nominates = pair.nominating && check.claim.controlling;
  check.persists = pair.heard || pair.nominating || parties.peer.lite;
  check.octets = write_check({check.id, check.priority, check.claim, check.nominates}, parties.ours, parties.peer.credentials);
  context_.transmits.push_back({check.base, check.to, check.octets});
  // The RTO is long enough to send the first request of every pair before any repetition. N of RFC 8445 section 14.3 is 1, because N is the number of
  // checklists in RFC 5245 section 16.1.
  const auto for_all = ice_pacing(context_.options, parties.peer) * static_cast<base::Duration::rep>(checklist_.unfinished());
  const bool is_known_path = pair.heard || pair.nominating;
  transactions_.begin(std::move(check), is_known_path ? IceTransactions::kMinRto : std::max(IceTransactions::kMinRto, for_all), now);
}

void IceChecker::on_time(base::TimePoint now, IceOutcomes& out) {
  while (const IceTransaction* const due = transactions_.next_due(now)) context_.transmits.push_back({due->base, due->to, due->octets});
  while (const auto ended = transactions_.next_ended(now)) {
    if (IcePair* const pair = checklist_.find(ended->pair)) on_failure(*pair, *ended, out);
  }
}

void IceChecker::begin_next(const IceParties& parties, base::TimePoint now) {
  if (now < next_check_at_ || !checklist_.has_check()) return;
  if (IcePair* const pair = checklist_.next_check()) {
    begin_check(*pair, parties, now);
    next_check_at_ = now + ice_pacing(context_.options, parties.peer);
  }
}

std::optional<base::TimePoint> IceChecker::next_deadline() const {
  const auto due = transactions_.next_deadline();
  if (!checklist_.has_check()) return due;
  return due ? std::min(*due, next_check_at_) : next_check_at_;
}

void IceChecker::forget_removed() {
  transactions_.forget_if([this](IcePairId id) { return checklist_.find(id) == nullptr; });
}

}  // namespace offhook::inline v0::rtp
