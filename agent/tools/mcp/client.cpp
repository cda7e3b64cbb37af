#include <offhook/agent/tools/mcp/client.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::tools::mcp {

using base::TimePoint;

namespace {

bool is_modern_error(std::int64_t code) {
  return code == kUnsupportedVersion || code == kMissingClientCapability || code == kHeaderMismatch;
}

std::string no_common_revision(const std::string& said) {
  return "it speaks no revision of the protocol that we do" + (said.empty() ? std::string() : " (it says " + said + ")");
}

}  // namespace

std::string_view to_string(Client::State state) {
  switch (state) {
    case Client::State::Closed: return "closed";
    case Client::State::Probing: return "probing";
    case Client::State::Initializing: return "initializing";
    case Client::State::Open: return "open";
  }
  return "?";
}

/// `of`: the call that is sent.
std::uint64_t Client::send(Request request, std::string_view method, const std::string& params, Actions& out, const Call* of) {
  const std::uint64_t id = ++last_id_;
  Outgoing message;
  message.id = id;
  message.method = method;
  message.revision = facts_.revision;
  message.modern = facts_.modern;
  message.long_lived = request.what == Request::What::Listen;
  if (of != nullptr) message.name = of->request.tool;
  if (of != nullptr && facts_.modern && options_.over_http) message.headers = header_values(of->request.headers, of->request.arguments);
  message.body = write_request(id, method, params);
  requests_.emplace(id, request);
  out.emplace_back(std::move(message));
  return id;
}

void Client::notify(std::string_view method, const std::string& params, Actions& out) const {
  Outgoing message;
  message.method = method;
  message.revision = facts_.revision;
  message.modern = facts_.modern;
  message.body = write_notification(method, params);
  out.emplace_back(std::move(message));
}

void Client::open(TimePoint now, Actions& out) {
  if (state_ != State::Closed) return;
  facts_ = {};
  renewed_ = false;
  listing_.reset();
  list_at_.reset();
  listen_at_.reset();
  probed_again_ = false;
  if (options_.era == ClientOptions::Era::Legacy) return initialize(now, out);
  probe(now, out);
}

void Client::probe(TimePoint now, Actions& out) {
  state_ = State::Probing;
  facts_.modern = true;
  facts_.revision = kModernRevision;
  (void)send({Request::What::Probe, now + options_.probe_limit, 0}, "server/discover", plain_params({true, options_.identity}), out);
}

void Client::initialize(TimePoint now, Actions& out) {
  state_ = State::Initializing;
  facts_ = {};
  (void)send({Request::What::Initialize, now + options_.handshake_limit, 0}, "initialize", initialize_params(options_.identity), out);
}

void Client::on_discovered(std::string_view result, TimePoint now, Actions& out) {
  const auto facts = read_discovery(result);
  if (!facts) return on_probe_failed(0, {}, now, out);  // It answers whatever it is asked.
  if (facts->modern) return become_open(*facts, now, out);
  if (facts->revision.empty() || options_.era == ClientOptions::Era::Modern) return fail(no_common_revision(facts->said), out);
  initialize(now, out);
}

/// MCP 2026-07-28 basic/versioning, "Backward Compatibility": what is no error of the modern era comes from a server of the other.
void Client::on_probe_failed(std::int64_t code, std::string_view data, TimePoint now, Actions& out) {
  if (is_modern_error(code)) {
    const ServerFacts facts = code == kUnsupportedVersion ? read_supported(data) : ServerFacts{};
    if (code != kUnsupportedVersion) return fail("it refuses a request as the protocol has it (" + std::to_string(code) + ")", out);
    if (facts.revision.empty() || (facts.modern && std::exchange(probed_again_, true))) return fail(no_common_revision(facts.said), out);
    if (facts.modern) return probe(now, out);  // It names the very revision that it refused: once more, and no more.
  }
  if (options_.era == ClientOptions::Era::Modern) return fail("it does not speak revision " + std::string(kModernRevision), out);
  initialize(now, out);
}

void Client::on_initialized(std::string_view result, TimePoint now, Actions& out) {
  const auto facts = read_initialization(result);
  if (!facts) return fail("its answer to initialize is none", out);
  if (facts->revision.empty()) return fail(no_common_revision(facts->said), out);
  become_open(*facts, now, out);
}

void Client::become_open(const ServerFacts& facts, TimePoint now, Actions& out) {
  state_ = State::Open;
  facts_ = facts;
  out.emplace_back(Opened{facts.revision, facts.modern});
  if (!facts.modern) notify("notifications/initialized", {}, out);
  if (facts.has_tools) {
    list(now, out);
  } else {
    out.emplace_back(Note{"it has no tools"});
    out.emplace_back(Listed{});
  }
  if (facts.modern && facts.tells_changes) listen_at_ = now;
  send_waiting(now, out);
}

/// The server has forgotten the session, and did nothing of what it was asked in it: MCP 2025-11-25 basic/transports, "Session
/// Management". Once: a server that forgets the next one, too, is broken.
void Client::renew(TimePoint now, Actions& out) {
  if (state_ != State::Open) return;
  if (std::exchange(renewed_, true)) return fail("it forgets its sessions", out);
  out.emplace_back(Note{"its session is gone: begun anew"});
  listing_.reset();
  std::erase_if(requests_, [&out](const auto& entry) {
    if (entry.second.what != Request::What::List) return false;
    out.emplace_back(Stop{entry.first});
    return true;
  });
  initialize(now, out);
}

void Client::fail(std::string why, Actions& out) {
  state_ = State::Closed;
  requests_.clear();
  listing_.reset();
  list_at_.reset();
  listen_at_.reset();
  for (const auto& [number, call] : std::exchange(calls_, {})) {
    out.emplace_back(Answered{number, {false, call.id == 0 ? "The tool is not available at the moment. Nothing was done."
                                                           : "The tool's server broke off. Whether the tool did its work is not known."}});
  }
  out.emplace_back(Broken{std::move(why)});
}

void Client::on_closed(std::string why, Actions& out) {
  if (state_ != State::Closed) fail(std::move(why), out);
}

void Client::on_no_answer(std::uint64_t id, const NoAnswer& why, TimePoint now, Actions& out) {
  const auto at = requests_.find(id);
  if (at == requests_.end()) return;
  const Request request = at->second;
  requests_.erase(at);
  const bool is_gone = why.what == NoAnswer::What::SessionGone;
  switch (request.what) {
    case Request::What::Probe:
      if (why.what == NoAnswer::What::Refused) return on_probe_failed(why.code, why.data, now, out);
      return fail(why.why, out);
    case Request::What::Initialize: return fail(why.why, out);
    case Request::What::List:
      if (is_gone) return renew(now, out);
      return on_list_failed(why.why, now, out);
    case Request::What::Listen:
      if (why.what == NoAnswer::What::Lost) listen_at_ = now + std::chrono::seconds(30);
      return;
    case Request::What::Call: return on_call_lost(request.call, why, now, out);
  }
}

void Client::on_late(const Request& request, std::uint64_t id, TimePoint now, Actions& out) {
  out.emplace_back(Stop{id});
  switch (request.what) {
    case Request::What::Probe: return on_probe_failed(0, {}, now, out);
    case Request::What::Initialize: return fail("it did not answer initialize in time", out);
    case Request::What::List: return on_list_failed("it did not list its tools in time", now, out);
    case Request::What::Listen:
    case Request::What::Call: return;  // The one has no end, the other's is stop_late_calls().
  }
}

void Client::on_time(TimePoint now, Actions& out) {
  stop_late_calls(now, out);
  for (auto at = requests_.begin(); at != requests_.end();) {
    const auto [id, request] = *at++;
    if (request.what == Request::What::Call || !request.due || now < *request.due) continue;
    requests_.erase(id);
    on_late(request, id, now, out);
    break;  // What comes of it may have changed everything; the rest is due at once.
  }
  if (state_ != State::Open) return;
  if (list_at_ && *list_at_ <= now && !listing_) list(now, out);
  if (listen_at_ && *listen_at_ <= now) {
    listen_at_.reset();
    (void)send({Request::What::Listen, std::nullopt, 0}, "subscriptions/listen", listen_params({true, options_.identity}), out);
  }
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
    return entry.second.id == 0 ? state_ != State::Open : requests_.contains(entry.second.id);
  });
  if (!calls_are_known || !sent_are_asked || calls_.size() > kMaxCalls) return false;
  switch (state_) {
    case State::Closed: return requests_.empty() && calls_.empty() && !next_deadline();
    case State::Probing: return count(Request::What::Probe) == 1 && count(Request::What::Initialize) == 0;
    case State::Initializing: return count(Request::What::Initialize) == 1 && count(Request::What::Probe) == 0 && !listing_;
    case State::Open: return count(Request::What::List) == (listing_ ? 1 : 0) && count(Request::What::Listen) <= 1;
  }
  return false;
}

}  // namespace offhook::inline v0::agent::tools::mcp
