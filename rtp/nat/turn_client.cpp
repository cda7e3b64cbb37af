#include <offhook/rtp/nat/turn_client.hpp>

#include <offhook/rtp/nat/stun_writer.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace offhook::inline v0::rtp {
namespace {

constexpr int kTryAlternate = 300, kBadRequest = 400, kUnauthenticated = 401, kStaleNonce = 438;
constexpr std::size_t kMaxRequestOctets = 256 + LongTermCredential::kMaxAddedOctets;

/// RFC 8656 section 19.
TurnFailure failure_of(int code) {
  switch (code) {
    case kUnauthenticated:
    case 441: return TurnFailure::WrongCredential;
    case 437: return TurnFailure::AllocationMismatch;
    case kStaleNonce: return TurnFailure::StaleNonce;
    case 440: return TurnFailure::UnsupportedFamily;
    case 442: return TurnFailure::UnsupportedTransport;
    case 486: return TurnFailure::QuotaReached;
    case 508: return TurnFailure::NoCapacity;
    default: return TurnFailure::Refused;
  }
}

/// Returns true if the server will refuse all further requests for the allocation after this failure.
bool ends_allocation(TurnFailure why) {
  return why == TurnFailure::AllocationMismatch || why == TurnFailure::WrongCredential || why == TurnFailure::BadChallenge;
}

bool is_usable(const base::SocketAddress& address) { return address.port != 0 && !address.ip.is_unspecified(); }

/// Returns the error code in ADDRESS-ERROR-CODE, or 0 if the attribute is absent: RFC 8656 section 18.12.
int missing_family_code(const StunMessage& answer) {
  const auto value = answer.find(StunAttribute::AddressErrorCode);
  return value && value->size() >= 4 ? ((*value)[2] & 7) * 100 + (*value)[3] : 0;
}

bool has_wanted_family(const turn::Allocated& allocated, TurnFamily wanted) {
  switch (wanted) {
    case TurnFamily::V4: return allocated.relayed_v4.has_value();
    case TurnFamily::V6: return allocated.relayed_v6.has_value();
    case TurnFamily::Any:
    case TurnFamily::Both: return true;
  }
  return true;
}

}  // namespace

std::string_view to_string(TurnFailure failure) {
  switch (failure) {
    case TurnFailure::NoAnswer: return "the server has not answered";
    case TurnFailure::BadIntegrity: return "the server has not signed its answers";
    case TurnFailure::BadAnswer: return "the server's answer cannot be used";
    case TurnFailure::BadChallenge: return "the client cannot answer the server's challenge";
    case TurnFailure::WrongCredential: return "the server does not accept the username and password";
    case TurnFailure::StaleNonce: return "the server does not accept its own nonce";
    case TurnFailure::AllocationMismatch: return "the server has lost the allocation, or already has an allocation for this port";
    case TurnFailure::UnsupportedFamily: return "the server does not relay this address family";
    case TurnFailure::UnsupportedTransport: return "the server does not relay UDP";
    case TurnFailure::QuotaReached: return "the username has too many allocations";
    case TurnFailure::NoCapacity: return "the server has no capacity";
    case TurnFailure::TooManyRedirects: return "the server redirected the client too often";
    case TurnFailure::Refused: return "the server has refused the request";
    case TurnFailure::Disconnected: return "the connection to the server has failed";
  }
  return "unknown";
}

TurnClient::TurnClient(TurnOptions options, StunCredential credential, base::Random& random)
    : options_(std::move(options)), credential_(std::move(credential)), random_(random), channels_(options_.transport) {}

void TurnClient::start(base::TimePoint now) {
  if (state_ != State::Idle && state_ != State::Redirected) return;
  if (state_ == State::Idle) redirections_.clear();
  credential_.forget();
  enter(State::Allocating);
  send({}, now);
}

base::Result<void, TurnPeerError> TurnClient::permit(const base::SocketAddress& peer, base::TimePoint now) {
  if (state_ != State::Allocated) return base::fail(TurnPeerError::NotAllocated);
  if (!(peer.ip.is_v6() ? relays_v6_ : relays_v4_)) return base::fail(TurnPeerError::WrongFamily);
  auto permitted = peers_.permit(peer, now);
  send_due(now);
  return permitted;
}

base::Result<void, TurnPeerError> TurnClient::bind(const base::SocketAddress& peer, base::TimePoint now) {
  if (auto permitted = permit(peer, now); !permitted) return permitted;
  auto bound = peers_.bind(peer, now);
  update_channels(now);
  send_due(now);
  return bound;
}

void TurnClient::forget(const base::IpAddress& peer, base::TimePoint now) {
  peers_.forget(peer);
  update_channels(now);
}

void TurnClient::release(base::TimePoint now) {
  const bool may_be_allocated = state_ == State::Allocated || (state_ == State::Allocating && pending_.front().is_signed);
  if (may_be_allocated) return give_back(now);
  if (state_ == State::Releasing) return;
  enter(State::Idle);
  events_.emplace_back(turn::Released{});
}

void TurnClient::on_disconnected() {
  const State before = state_;
  if (before == State::Redirected) return;  // The owner closes the connection to the former server.
  enter(State::Idle);
  switch (before) {
    case State::Idle:
    case State::Redirected: return;
    case State::Allocating: events_.emplace_back(turn::Failed{TurnFailure::Disconnected, 0, {}}); return;
    case State::Allocated: events_.emplace_back(turn::Lost{TurnFailure::Disconnected, 0, {}}); return;
    case State::Releasing: events_.emplace_back(turn::Released{}); return;
  }
}

void TurnClient::send(const Request& request, base::TimePoint now) {
  std::vector<std::uint8_t> octets(kMaxRequestOctets);
  const StunId id = random_stun_id(random_);
  StunWriter writer(octets, request.method, StunClass::Request, id);
  add_attributes(writer, request);
  const bool is_signed = credential_.is_challenged();
  if (is_signed) credential_.sign(writer);
  const auto size = writer.finish();
  assert(size);
  octets.resize(size.value_or(0));
  pending_.push_back({StunTransaction(std::move(octets), request.method, id, options_.transport, options_.timers, now), request, is_signed, false});
}

void TurnClient::add_attributes(StunWriter& writer, const Request& request) const {
  constexpr std::uint32_t kUdp = 17U << 24;
  constexpr std::size_t kMaxSoftware = 127;
  if (request.method == StunMethod::Allocate) {
    writer.add_number(StunAttribute::RequestedTransport, kUdp);
    add_families(writer);
  }
  if (request.method == StunMethod::Allocate || request.method == StunMethod::Refresh) {
    const bool ends = state_ == State::Releasing;
    if (ends || options_.lifetime.count() > 0) writer.add_number(StunAttribute::Lifetime, ends ? 0 : static_cast<std::uint32_t>(options_.lifetime.count()));
    if (!options_.software.empty()) writer.add(StunAttribute::Software, std::string_view(options_.software).substr(0, kMaxSoftware));
    return;
  }
  if (request.peer.channel != 0) writer.add_number(StunAttribute::ChannelNumber, static_cast<std::uint32_t>(request.peer.channel) << 16);
  writer.add_address(StunAttribute::XorPeerAddress, request.peer.peer);
}

void TurnClient::add_families(StunWriter& writer) const {
  constexpr std::uint32_t kV4 = 1U << 24, kV6 = 2U << 24;
  switch (options_.family) {
    case TurnFamily::Any: return;
    case TurnFamily::V4: return writer.add_number(StunAttribute::RequestedAddressFamily, kV4);
    case TurnFamily::V6: return writer.add_number(StunAttribute::RequestedAddressFamily, kV6);
    case TurnFamily::Both: return writer.add_number(StunAttribute::AdditionalAddressFamily, kV6);
  }
}

void TurnClient::send_due(base::TimePoint now) {
  if (state_ != State::Allocated) return;
  if (refresh_at_ && *refresh_at_ <= now) {
    refresh_at_.reset();
    send({.method = StunMethod::Refresh}, now);
  }
  while (pending_.size() < kMaxPending - 1) {  // One of kMaxPending stays free for the Refresh.
    const auto due = peers_.next_due(now);
    if (!due) return;
    send({.method = due->channel != 0 ? StunMethod::ChannelBind : StunMethod::CreatePermission, .peer = *due}, now);
  }
}

void TurnClient::on_message(base::Bytes message, const base::SocketAddress& from, base::TimePoint now) {
  if (from != options_.server) return;
  const auto answer = StunMessage::parse(message);
  if (!answer) return;
  const auto found = std::find_if(pending_.begin(), pending_.end(), [&](const Pending& pending) { return pending.transaction.is_answered_by(*answer); });
  if (found == pending_.end()) return;
  const Verdict verdict = verdict_of(*found, *answer);
  if (verdict == Verdict::Forged) found->has_forged_answer = true;
  const bool ends = verdict == Verdict::Genuine || (verdict == Verdict::Forged && is_stream(options_.transport));
  if (!ends) return;
  const Pending pending = std::move(*found);
  pending_.erase(found);
  if (verdict == Verdict::Forged) {
    on_failure(pending.request, {TurnFailure::BadIntegrity, 0, {}}, now);
  } else {
    on_answer(pending, *answer, now);
  }
  send_due(now);
}

/// RFC 8489 section 9.2.5. A 401 or 438 counts even without a signature, because servers may leave a challenge unsigned.
TurnClient::Verdict TurnClient::verdict_of(const Pending& pending, const StunMessage& answer) const {
  const auto error = answer.error();
  const int code = error ? error->code : 0;
  if (code == kUnauthenticated || code == kStaleNonce) return Verdict::Genuine;
  if (LongTermCredential::is_bid_down(answer)) return Verdict::Ignored;
  if (!pending.is_signed || credential_.has_signed(answer)) return Verdict::Genuine;
  return code == kBadRequest ? Verdict::Ignored : Verdict::Forged;
}

void TurnClient::on_answer(const Pending& pending, const StunMessage& answer, base::TimePoint now) {
  const auto error = answer.error();
  const bool has_error = answer.kind() == StunClass::Error;
  if (answer.has_unknown() || (has_error && !error)) return on_failure(pending.request, {TurnFailure::BadAnswer, 0, {}}, now);
  if (!has_error) return on_success(pending.request, answer, now);
  if (error->code == kUnauthenticated || error->code == kStaleNonce) return on_challenge(pending, answer, error->code, now);
  const Failure failure{failure_of(error->code), error->code, error->reason};
  if (error->code == kTryAlternate && pending.request.method == StunMethod::Allocate) return on_redirect(answer, failure, now);
  on_failure(pending.request, failure, now);
}

void TurnClient::on_challenge(const Pending& pending, const StunMessage& answer, int code, base::TimePoint now) {
  const bool is_stale = code == kStaleNonce;
  const bool was_answered = pending.request.has_new_nonce || (!is_stale && pending.is_signed);
  if (was_answered) return on_failure(pending.request, {failure_of(code), code, answer.error()->reason}, now);
  const auto read = credential_.on_challenge(answer);
  if (!read) return on_failure(pending.request, {TurnFailure::BadChallenge, code, to_string(read.error())}, now);
  Request again = pending.request;
  again.has_new_nonce = is_stale;
  send(again, now);
}

void TurnClient::on_redirect(const StunMessage& answer, const Failure& failure, base::TimePoint now) {
  const auto server = redirections_.follow(answer, options_.server);
  if (!server) {
    const bool names_none = server == base::fail(StunRedirections::Error::NoServer);
    return on_failure({}, {names_none ? TurnFailure::BadAnswer : TurnFailure::TooManyRedirects, failure.code, failure.reason}, now);
  }
  options_.server = *server;
  enter(State::Redirected);
  if (!is_stream(options_.transport)) return start(now);
  events_.emplace_back(turn::Redirected{*server, std::string(answer.text(StunAttribute::AlternateDomain))});
}

void TurnClient::on_success(const Request& request, const StunMessage& answer, base::TimePoint now) {
  if (request.method == StunMethod::Allocate) return on_allocated(answer, now);
  if (request.method == StunMethod::Refresh) {
    if (state_ == State::Allocated) return on_refreshed(std::chrono::seconds(answer.number(StunAttribute::Lifetime).value_or(0)), now);
    enter(State::Idle);
    events_.emplace_back(turn::Released{});
    return;
  }
  if (peers_.on_granted(request.peer, now) == TurnPeers::Outcome::Ready) {
    events_.emplace_back(turn::PeerReady{request.peer.peer, request.peer.channel != 0});
    update_channels(now);
  }
}

void TurnClient::on_allocated(const StunMessage& answer, base::TimePoint now) {
  turn::Allocated allocated;
  for (const auto& relayed : answer.addresses(StunAttribute::XorRelayedAddress)) {
    if (is_usable(relayed)) (relayed.ip.is_v6() ? allocated.relayed_v6 : allocated.relayed_v4) = relayed;
  }
  const auto mapped = answer.address(StunAttribute::XorMappedAddress);
  const std::chrono::seconds lifetime(answer.number(StunAttribute::Lifetime).value_or(0));
  const bool is_complete = mapped && lifetime >= kMinLifetime && (allocated.relayed_v4 || allocated.relayed_v6);
  if (!is_complete || !has_wanted_family(allocated, options_.family)) {
    events_.emplace_back(turn::Failed{is_complete ? TurnFailure::UnsupportedFamily : TurnFailure::BadAnswer, 0, {}});
    return give_back(now);  // RFC 8656 section 7.3
  }
  allocated.mapped = *mapped;
  allocated.missing_family_code = missing_family_code(answer);
  enter(State::Allocated);
  relays_v4_ = allocated.relayed_v4.has_value();
  relays_v6_ = allocated.relayed_v6.has_value();
  if (!is_stream(options_.transport)) keep_alive_at_ = now + kKeepAlive;
  events_.emplace_back(allocated);
  on_refreshed(lifetime, now);
}

void TurnClient::on_refreshed(std::chrono::seconds lifetime, base::TimePoint now) {
  if (lifetime < kMinLifetime) return lose({TurnFailure::BadAnswer, 0, {}});
  constexpr std::chrono::minutes kMargin(1);  // RFC 8656 section 8
  lifetime = std::min(lifetime, kMaxLifetime);
  expire_at_ = now + lifetime;
  refresh_at_ = now + std::max(lifetime - kMargin, lifetime / 2);
}

void TurnClient::on_failure(const Request& request, const Failure& failure, base::TimePoint now) {
  if (request.method == StunMethod::Allocate) {
    enter(State::Idle);
    events_.emplace_back(turn::Failed{failure.why, failure.code, std::string(failure.reason)});
  } else if (state_ == State::Releasing) {  // The allocation also ends without an answer, or with a 437: RFC 8656 section 8.3.
    enter(State::Idle);
    events_.emplace_back(turn::Released{});
  } else if (request.method == StunMethod::Refresh) {
    on_refresh_failure(failure, now);
  } else {
    on_peer_failure(request, failure, now);
  }
}

void TurnClient::on_refresh_failure(const Failure& failure, base::TimePoint now) {
  if (ends_allocation(failure.why) || now + kRetry >= expire_at_) return lose(failure);
  refresh_at_ = now + kRetry;
}

void TurnClient::on_peer_failure(const Request& request, const Failure& failure, base::TimePoint now) {
  if (ends_allocation(failure.why)) return lose(failure);
  const bool is_final = failure.code >= kBadRequest && failure.code < 500 && failure.why != TurnFailure::StaleNonce;
  if (peers_.on_refused(request.peer, is_final, now) != TurnPeers::Outcome::Lost) return;
  events_.emplace_back(turn::PeerRefused{request.peer.peer, request.peer.channel != 0, failure.code});
  update_channels(now);
}

void TurnClient::on_time(base::TimePoint now) {
  for (std::size_t i = 0; i < pending_.size();) {
    if (pending_[i].transaction.on_time(now)) {
      ++i;
      continue;
    }
    const Pending overdue = std::move(pending_[i]);
    pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(i));
    on_failure(overdue.request, {overdue.has_forged_answer ? TurnFailure::BadIntegrity : TurnFailure::NoAnswer, 0, {}}, now);
  }
  if (state_ == State::Allocated && expire_at_ <= now) lose({TurnFailure::NoAnswer, 0, {}});
  if (keep_alive_at_ && *keep_alive_at_ <= now) {
    keep_alive_at_ = now + kKeepAlive;
    keep_alive_is_due_ = true;
    (void)StunWriter(keep_alive_, StunMethod::Binding, StunClass::Indication, random_stun_id(random_)).finish();
  }
  send_due(now);
}

std::optional<base::TimePoint> TurnClient::next_deadline() const {
  std::optional<base::TimePoint> first;
  const auto consider = [&first](std::optional<base::TimePoint> time) {
    if (time) first = std::min(*time, first.value_or(*time));
  };
  for (const Pending& pending : pending_) consider(pending.transaction.next_deadline());
  consider(refresh_at_);
  consider(keep_alive_at_);
  if (state_ == State::Allocated) consider(expire_at_);
  if (pending_.size() < kMaxPending - 1) consider(peers_.next_deadline());
  return first;
}

std::optional<turn::Transmit> TurnClient::poll_transmit() {
  for (Pending& pending : pending_) {
    if (const auto octets = pending.transaction.poll_transmit()) return turn::Transmit{options_.server, *octets};
  }
  if (std::exchange(keep_alive_is_due_, false)) return turn::Transmit{options_.server, keep_alive_};
  return std::nullopt;
}

std::optional<turn::Event> TurnClient::poll_event() {
  if (events_.empty()) return std::nullopt;
  turn::Event first = std::move(events_.front());
  events_.pop_front();
  return first;
}

std::optional<TurnChannels> TurnClient::poll_channels() {
  return std::exchange(channels_changed_, false) ? std::optional(channels_) : std::nullopt;
}

void TurnClient::enter(State next) {
  const bool had_peers = state_ == State::Allocated;
  state_ = next;
  pending_.clear();
  refresh_at_.reset();
  keep_alive_at_.reset();
  keep_alive_is_due_ = relays_v4_ = relays_v6_ = false;
  peers_.clear();
  channels_ = TurnChannels(options_.transport);
  channels_changed_ = channels_changed_ || had_peers;
}

void TurnClient::give_back(base::TimePoint now) {
  enter(State::Releasing);
  send({.method = StunMethod::Refresh}, now);
}

void TurnClient::lose(const Failure& failure) {
  enter(State::Idle);
  events_.emplace_back(turn::Lost{failure.why, failure.code, std::string(failure.reason)});
}

void TurnClient::update_channels(base::TimePoint now) {
  channels_ = peers_.channels(options_.transport, now);
  channels_changed_ = true;
}

bool TurnClient::has_pending(StunMethod method) const {
  return std::any_of(pending_.begin(), pending_.end(), [method](const Pending& pending) { return pending.request.method == method; });
}

bool TurnClient::is_consistent() const {
  const bool is_quiet = !refresh_at_ && !keep_alive_at_ && !keep_alive_is_due_ && !peers_.next_deadline();
  switch (state_) {
    case State::Idle:
    case State::Redirected: return pending_.empty() && is_quiet;
    case State::Allocating: return pending_.size() == 1 && has_pending(StunMethod::Allocate) && is_quiet;
    case State::Releasing: return pending_.size() == 1 && has_pending(StunMethod::Refresh) && is_quiet;
    case State::Allocated:
      return pending_.size() <= kMaxPending && !has_pending(StunMethod::Allocate) && refresh_at_.has_value() != has_pending(StunMethod::Refresh);
  }
  return false;
}

}  // namespace offhook::inline v0::rtp
