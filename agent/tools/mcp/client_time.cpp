#include <offhook/agent/tools/mcp/client.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::tools::mcp {

using base::TimePoint;

namespace {
constexpr base::Duration kListenAgain = std::chrono::seconds(30);
}

void Client::on_no_answer(std::uint64_t id, const NoAnswer& why, TimePoint now, Actions& out) {
  const auto at = requests_.find(id);
  if (at == requests_.end()) return;
  const Request request = at->second;
  requests_.erase(at);
  switch (request.what) {
    case Request::What::Probe:
      if (state_ == State::Initializing) return;
      // MCP 2026-07-28 basic/versioning: a legacy server may also send a response without an answer.
      if (why.what == NoAnswer::What::Auth || why.status == 0) return fail(why.why, out);
      return on_probe_failed(why.code, why.data, now, out);
    case Request::What::Initialize:
      if (why.code == kUnsupportedVersion) return on_handshake_refused(why.code, why.data, now, out);
      return fail(why.why, out);
    case Request::What::List:
      if (!why.session_over) on_list_failed(why.why, now, out);
      break;
    case Request::What::Listen:
      if (why.what != NoAnswer::What::Lost && why.status < 500) break;  // The server does not support this request.
      listen_at_ = now + kListenAgain;
      list_again(*listen_at_);  // The client may have missed changes.
      break;
    case Request::What::Call: on_call_lost(request.call, why, now, out); break;
  }
  if (why.session_over) renew(now, out);
}

void Client::on_late(const Request& request, std::uint64_t id, TimePoint now, Actions& out) {
  // A process that is slow to start will answer both the probe and the handshake, the probe first.
  const bool may_come = request.what == Request::What::Probe && !options_.over_http && options_.era == ClientOptions::Era::Auto;
  if (may_come) requests_.emplace(id, Request{Request::What::Probe, std::nullopt, 0});
  if (!may_come) out.emplace_back(Stop{id});
  switch (request.what) {
    case Request::What::Probe: return on_probe_failed(0, {}, now, out);
    case Request::What::Initialize: return fail("it did not answer initialize in time", out);
    case Request::What::List: return on_list_failed("it did not list its tools in time", now, out);
    case Request::What::Listen:
    case Request::What::Call: return;  // Listen has no deadline, and stop_late_calls() handles late tool calls.
  }
}

void Client::listen(Actions& out) {
  listen_at_.reset();
  (void)send({Request::What::Listen, std::nullopt, 0}, "subscriptions/listen", listen_params({true, options_.identity}), out);
}

void Client::on_time(TimePoint now, Actions& out) {
  stop_late_calls(now, out);
  for (auto at = requests_.begin(); at != requests_.end();) {
    const auto [id, request] = *at++;
    if (request.what == Request::What::Call || !request.due || now < *request.due) continue;
    requests_.erase(id);
    on_late(request, id, now, out);
    break;  // on_late() may have changed requests_. The next on_time() handles the other late requests.
  }
  if (state_ != State::Open) return;
  if (listen_at_ && *listen_at_ <= now) listen(out);  // Listen before the list, so that no change between the two is missed.
  if (!list_at_ || now < *list_at_ || listing_) return;
  list_pause_ = now - listed_at_ > kLongestListPause ? kListPause : std::min(2 * list_pause_, kLongestListPause);
  list(now, out);
}

std::optional<TimePoint> Client::next_deadline() const {
  std::optional<TimePoint> next;
  const auto consider = [&next](const std::optional<TimePoint>& at) {
    if (at && (!next || *at < *next)) next = at;
  };
  for (const auto& [id, request] : requests_) consider(request.due);
  for (const auto& [number, call] : calls_) consider(call.hard_due);
  if (state_ == State::Open && !listing_) consider(list_at_);
  if (state_ == State::Open) consider(listen_at_);
  return next;
}

bool Client::is_consistent() const {
  const auto count = [this](Request::What what) {
    return std::count_if(requests_.begin(), requests_.end(), [what](const auto& entry) { return entry.second.what == what; });
  };
  const bool calls_are_known = std::all_of(requests_.begin(), requests_.end(), [this](const auto& entry) {
    if (entry.second.what != Request::What::Call) return true;
    const auto call = calls_.find(entry.second.call);
    return call != calls_.end() && call->second.id == entry.first;
  });
  const bool sent_are_asked = std::all_of(calls_.begin(), calls_.end(), [this](const auto& entry) {
    return entry.second.id == 0 ? state_ != State::Open || listing_ : requests_.contains(entry.second.id);
  });
  if (!calls_are_known || !sent_are_asked || calls_.size() > kMaxCalls) return false;
  switch (state_) {
    case State::Closed: return requests_.empty() && calls_.empty() && !next_deadline() && !list_good_until_;
    case State::Probing: return count(Request::What::Probe) == 1 && count(Request::What::Initialize) == 0;
    case State::Initializing: return count(Request::What::Initialize) == 1 && count(Request::What::Probe) <= 1 && !listing_;
    case State::Open:
      return count(Request::What::Probe) + count(Request::What::Initialize) == 0 &&
             count(Request::What::List) == (listing_ ? 1 : 0) && count(Request::What::Listen) <= 1;
  }
  return false;
}

}  // namespace offhook::inline v0::agent::tools::mcp
