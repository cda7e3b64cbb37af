#include <offhook/rtp/ice/ice_agent.hpp>

#include <offhook/rtp/ice/detail/binding.hpp>
#include <offhook/rtp/ice/detail/context.hpp>
#include <offhook/rtp/ice/detail/session.hpp>
#include <offhook/rtp/ice/limits.hpp>
#include <offhook/rtp/nat/stun_message.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::rtp {
namespace {

IceOptions within_bounds(IceOptions options) {
  options.components = std::clamp<std::uint16_t>(options.components, 1, kMaxIceComponents);
  options.max_pairs = std::clamp<std::size_t>(options.max_pairs, 1, kMaxIcePairs);
  return options;
}

IcePeer within_bounds(IcePeer peer) {
  peer.components = std::clamp<std::uint16_t>(peer.components, 1, kMaxIceComponents);
  return peer;
}

void count(IceCounters& counters, int code) {
  switch (code) {
    case 400: ++counters.refused_malformed; break;
    case 401: ++counters.refused_credentials; break;
    case 420: ++counters.refused_attributes; break;
    case 487: ++counters.role_conflicts; break;
    default: break;
  }
}

}  // namespace

IceAgent::IceAgent(const IceOptions& options, base::Random& random)
    : context_(std::make_unique<IceContext>(within_bounds(options), random)) {
  const IceRole role(options.controlling, random);
  session_ = std::make_unique<IceSession>(*context_, IceCredentials::make(random), role);
}

IceAgent::~IceAgent() = default;

const IceCredentials& IceAgent::credentials() const { return session_->ours(); }
bool IceAgent::is_controlling() const { return session_->role().is_controlling(); }
IceState IceAgent::state() const { return session_->state(); }
const IceCounters& IceAgent::counters() const { return context_->counters; }
std::span<const IceCandidate> IceAgent::local_candidates() const { return context_->local.all(); }
const IceSelectedPair* IceAgent::selected(std::uint16_t component) const {
  return component - 1U < kMaxIceComponents ? session_->selected(component) : nullptr;
}

base::Result<IceCandidate, IceGatherError> IceAgent::add_local(const IceGathered& gathered) {
  auto added = context_->local.add(gathered);
  if (added) session_->add_local(*added);
  return added;
}

void IceAgent::remove_base(const base::SocketAddress& base, base::TimePoint now) {
  context_->local.remove_base(base);
  session_->remove_base(base, now);
  if (former_) former_->remove_base(base, now);
}

void IceAgent::set_gathering(bool is_gathering, base::TimePoint now) {
  context_->is_gathering = is_gathering;
  session_->on_time(now);
}

bool IceAgent::set_peer(const IcePeer& peer, base::TimePoint now) {
  if (!peer.credentials.is_valid()) return false;
  const IcePeer* const known = session_->peer();
  if (known != nullptr && known->credentials != peer.credentials) restart();
  begin_with(peer, now);
  return true;
}

bool IceAgent::set_answerer(const IcePeer& peer, base::TimePoint now) {
  if (!peer.credentials.is_valid()) return false;
  begin_with(peer, now);
  return true;
}

/// Continues the session if it is with this peer and has not failed. Otherwise begins ICE with this peer, under the present credentials of this side.
void IceAgent::begin_with(const IcePeer& peer, base::TimePoint now) {
  if (const IcePeer* const known = session_->peer()) {
    if (known->credentials == peer.credentials && session_->state() != IceState::Failed) return;
    session_ = std::make_unique<IceSession>(*context_, session_->ours(), session_->role());
  }
  if (peer.lite != context_->options.lite) session_->role().set(peer.lite);  // The full agent is controlling: RFC 8445 section 6.1.1.
  session_->set_peer(within_bounds(peer), now);
}

bool IceAgent::add_remote(const IceCandidate& candidate, base::TimePoint now) { return session_->peer() != nullptr && session_->add_remote(candidate, now); }

void IceAgent::end_of_remote(base::TimePoint now) { session_->end_of_remote(now); }

void IceAgent::restart() {
  auto next = std::make_unique<IceSession>(*context_, IceCredentials::make(context_->random), session_->role());
  if (session_->state() == IceState::Completed) former_ = std::move(session_);
  session_ = std::move(next);
}

void IceAgent::reset(bool keeps_credentials) {
  auto ours = keeps_credentials ? session_->ours() : IceCredentials::make(context_->random);
  session_ = std::make_unique<IceSession>(*context_, std::move(ours), session_->role());
  former_.reset();
  context_->events.clear();
  context_->transmits.clear();
}

bool IceAgent::cancel_restart() {
  if (!former_) return false;
  session_ = std::move(former_);
  return true;
}

/// Returns the result of `act` for the former session, or false if there is none. Once the peer has described the new session, a loss of consent in the
/// former session is not reported, because the new session decides whether media can pass.
template <class Act>
bool IceAgent::with_former(Act act) {
  if (!former_) return false;
  const auto events = static_cast<std::ptrdiff_t>(context_->events.size());
  const bool result = act(*former_);
  if (session_->peer() != nullptr) context_->events.erase(context_->events.begin() + events, context_->events.end());
  return result;
}

bool IceAgent::on_datagram(const base::SocketAddress& base, const base::SocketAddress& from, base::Bytes datagram, base::TimePoint now) {
  const auto message = StunMessage::parse(datagram);
  if (!message || !message->is(StunMethod::Binding) || context_->local.of_base(base) == nullptr) {
    ++context_->counters.ignored_datagrams;
    return false;
  }
  const IceRoute route{base, from};
  bool is_ours = true;
  switch (message->kind()) {
    case StunClass::Request: on_request(*message, route, now); break;
    case StunClass::Indication: break;  // RFC 8445 section 11: it only keeps the bindings of NATs alive.
    case StunClass::Success:
    case StunClass::Error: {
      const auto answers = [&](IceSession& session) { return session.on_response(*message, route, now); };
      is_ours = answers(*session_) || with_former(answers);
      break;
    }
  }
  leave_former();
  return is_ours;
}

void IceAgent::on_request(const StunMessage& message, const IceRoute& route, base::TimePoint now) {
  if (!message.has_fingerprint()) {  // RFC 8445 section 7.3
    ++context_->counters.ignored_datagrams;
    return;
  }
  const auto username = username_of(message);
  const bool is_former = former_ && username && username->receiver == former_->ours().ufrag;
  IceSession& session = is_former ? *former_ : *session_;
  auto request = verify_request(message, session.ours());
  if (!request) return refuse(message, request.error(), session.ours(), route);
  ++context_->counters.requests;
  const bool conflicts = request->claim && !context_->options.lite && !session.role().accepts(*request->claim);
  if (conflicts)
    refuse(message, {487}, session.ours(), route);
  else
    context_->transmits.push_back({route.base, route.from, write_success(message.id(), route.from, session.ours())});
  // Deviation: a request that this side answers with 487 triggers a check too (RFC 8445 section 7.3.1.1): the path works, and if the 487 is lost, our check
  // resolves the conflict.
  request->use_candidate = request->use_candidate && !conflicts;
  session.on_request(*request, username->sender, route, now);
}

void IceAgent::refuse(const StunMessage& message, const IceRefusal& refusal, const IceCredentials& ours, const IceRoute& route) {
  count(context_->counters, refusal.code);
  context_->transmits.push_back({route.base, route.from, write_refusal(message.id(), refusal, &ours)});
}

void IceAgent::on_time(base::TimePoint now) {
  session_->on_time(now);
  (void)with_former([now](IceSession& former) { return former.on_time(now), true; });
  leave_former();
}

/// Deletes the session from before the restart when the new session has completed.
void IceAgent::leave_former() {
  if (session_->state() == IceState::Completed) former_.reset();
}

std::optional<base::TimePoint> IceAgent::next_deadline() const {
  const auto due = session_->next_deadline();
  const auto former_due = former_ ? former_->next_deadline() : std::nullopt;
  return due && former_due ? std::min(due, former_due) : due ? due : former_due;
}

std::optional<IceTransmit> IceAgent::poll_transmit() {
  if (context_->transmits.empty()) return std::nullopt;
  auto first = std::move(context_->transmits.front());
  context_->transmits.pop_front();
  return first;
}

std::optional<IceEvent> IceAgent::poll_event() {
  if (context_->events.empty()) return std::nullopt;
  const IceEvent first = context_->events.front();
  context_->events.pop_front();
  return first;
}

std::optional<IcePath> IceAgent::path(std::uint16_t component, base::TimePoint now) const {
  if (component < 1 || component > kMaxIceComponents) return std::nullopt;
  const bool restarts = former_ && session_->state() == IceState::Running;
  const auto former_path = restarts ? former_->path(component, now) : std::nullopt;
  return former_path ? former_path : session_->path(component, now);
}

std::optional<base::SocketAddress> IceAgent::present_address(std::uint16_t component) const {
  if (const IceSelectedPair* const pair = selected(component)) return pair->local.address;
  return session_->present_address(component);
}

bool IceAgent::has_heard(const base::SocketAddress& base, const base::SocketAddress& from) const {
  return session_->has_heard({base, from}) || (former_ && former_->has_heard({base, from}));
}

ProvenSources IceAgent::proven_sources() const {
  ProvenSources proven{};
  session_->list_proven(proven);
  if (former_) former_->list_proven(proven);
  return proven;
}

bool IceAgent::is_consistent() const { return session_->is_consistent() && (!former_ || former_->is_consistent()); }

}  // namespace offhook::inline v0::rtp
