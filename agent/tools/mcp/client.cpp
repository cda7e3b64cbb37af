#include <offhook/agent/tools/mcp/client.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace offhook::inline v0::agent::tools::mcp {

using base::TimePoint;

namespace {

bool is_modern_error(std::int64_t code) {
  return code == kUnsupportedVersion || code == kMissingClientCapability || code == kHeaderMismatch;
}

std::string no_common_revision(const std::string& said) {
  return "it supports no revision of the protocol that Offhook supports" + (said.empty() ? std::string() : " (it named " + said + ")");
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

/// Sends a request. `of` is the tool call if this is a tools/call. A message must not contain a line feed: over stdio it would become two messages.
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
  assert(message.body.find_first_of("\r\n") == std::string::npos);
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
  probed_again_ = false;
  if (options_.era == ClientOptions::Era::Legacy || legacy_first_) return initialize(now, out);
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
  if (state_ == State::Initializing) {  // The answer to the probe came late. The handshake that is in progress decides, unless the answer is modern.
    if (facts && facts->modern) become_open(*facts, now, out);
    return;
  }
  if (!facts) return on_probe_failed(0, {}, now, out);  // The result is no discovery: some legacy servers answer any request with a result.
  if (facts->modern) return become_open(*facts, now, out);
  if (facts->revision.empty() || options_.era == ClientOptions::Era::Modern) return fail(no_common_revision(facts->said), out);
  initialize(now, out);
}

/// Handles a failed probe. MCP 2026-07-28 basic/versioning, "Backward Compatibility": any error that the modern protocol does not define comes from a
/// legacy server.
void Client::on_probe_failed(std::int64_t code, std::string_view data, TimePoint now, Actions& out) {
  if (is_modern_error(code)) {
    const ServerFacts facts = code == kUnsupportedVersion ? read_supported(data) : ServerFacts{};
    if (code != kUnsupportedVersion) return fail("it refuses a valid request (" + std::to_string(code) + ")", out);
    if (facts.revision.empty() || (facts.modern && std::exchange(probed_again_, true))) return fail(no_common_revision(facts.said), out);
    if (facts.modern) return probe(now, out);  // The server names the same revision that it has refused: probe once more.
  }
  if (options_.era == ClientOptions::Era::Modern) return fail("it does not support revision " + std::string(kModernRevision), out);
  initialize(now, out);
}

void Client::on_initialized(std::string_view result, TimePoint now, Actions& out) {
  const auto facts = read_initialization(result);
  if (!facts) return fail("its answer to initialize is not valid", out);
  if (facts->revision.empty()) return fail(no_common_revision(facts->said), out);
  become_open(*facts, now, out);
}

/// Handles a refused handshake. If the server names the modern revision, or was too slow for the first probe, probes once more.
void Client::on_handshake_refused(std::int64_t code, std::string_view data, TimePoint now, Actions& out) {
  const bool is_modern = code == kUnsupportedVersion && read_supported(data).modern;
  const bool was_slow = forget(Request::What::Probe);
  if ((is_modern || was_slow) && !std::exchange(probed_again_, true)) return probe(now, out);
  fail("it refuses the handshake (" + std::to_string(code) + ")", out);
}

void Client::become_open(const ServerFacts& facts, TimePoint now, Actions& out) {
  state_ = State::Open;
  facts_ = facts;
  (void)forget(Request::What::Probe);
  (void)forget(Request::What::Initialize);
  if (options_.era == ClientOptions::Era::Auto) legacy_first_ = !facts.modern;
  out.emplace_back(Opened{facts.revision, facts.modern});
  if (!facts.modern) notify("notifications/initialized", {}, out);
  list_pause_ = kListPause;
  if (facts.modern && facts.tells_changes) listen_at_ = now;
  if (facts.has_tools) return list(now, out);
  out.emplace_back(Note{"it has no tools"});
  out.emplace_back(Listed{});
  refuse_waiting(out);
}

/// Begins a new session after the server has lost the old one, and did nothing in it: MCP 2025-11-25 basic/transports, "Session Management". If the
/// server also loses the new session, the client fails.
void Client::renew(TimePoint now, Actions& out) {
  if (state_ != State::Open) return;
  if (std::exchange(renewed_, true)) return fail("it ends each new session at once", out);
  out.emplace_back(Note{"its session has ended: Offhook began a new one"});
  listing_.reset();
  list_at_.reset();
  list_good_until_.reset();
  std::erase_if(requests_, [&out](const auto& entry) {
    if (entry.second.what != Request::What::List) return false;
    out.emplace_back(Stop{entry.first});
    return true;
  });
  initialize(now, out);
}

std::optional<std::uint64_t> Client::id_of(Request::What what) const {
  const auto at = std::find_if(requests_.begin(), requests_.end(), [what](const auto& entry) { return entry.second.what == what; });
  return at == requests_.end() ? std::nullopt : std::optional(at->first);
}

/// Removes the requests of this kind. Returns false if there were none.
bool Client::forget(Request::What what) {
  return std::erase_if(requests_, [what](const auto& entry) { return entry.second.what == what; }) > 0;
}

void Client::fail(std::string why, Actions& out, bool at_once) {
  if (state_ == State::Initializing && !at_once) legacy_first_ = false;
  state_ = State::Closed;
  requests_.clear();
  listing_.reset();
  list_at_.reset();
  listen_at_.reset();
  list_good_until_.reset();
  for (const auto& [number, call] : std::exchange(calls_, {})) {
    out.emplace_back(Answered{number, {false, call.id == 0 ? "The tool is not available at the moment. Nothing was done."
                                                           : "The tool's server closed the connection. Whether the tool did its work is not known."}});
  }
  out.emplace_back(Broken{std::move(why), at_once});
}

/// Handles a closed connection. MCP 2026-07-28 basic/versioning: any answer that is not modern comes from a legacy server. Many legacy servers close
/// the connection if the first message is not a handshake. Therefore the next open() begins with a handshake.
void Client::on_closed(std::string why, Actions& out) {
  if (state_ == State::Closed) return;
  const bool was_asked = forget(Request::What::Probe) && options_.era == ClientOptions::Era::Auto;
  const bool at_once = was_asked && !std::exchange(legacy_first_, true);
  fail(std::move(why), out, at_once);
}

}  // namespace offhook::inline v0::agent::tools::mcp
