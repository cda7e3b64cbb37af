#include <offhook/agent/tools/mcp/http_wire.hpp>

#include <offhook/agent/support/http_text.hpp>
#include <offhook/agent/tools/mcp/http_exchange.hpp>
#include <offhook/agent/tools/mcp/rpc_message.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::tools::mcp {

namespace {

constexpr std::size_t kMaxDrained = 4;
constexpr std::size_t kMaxErrorBody = 64U << 10U;
constexpr base::Duration kRequestLimit = std::chrono::minutes(5);  // Longer than any limit of the client.
constexpr std::int64_t kBadRequest = -32000;
constexpr base::Duration kFarewellLimit = std::chrono::seconds(2);

bool is_session_id(std::string_view id) {  // MCP 2025-11-25 basic/transports: visible ASCII
  return !id.empty() && id.size() <= kMaxSessionId && std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace

HttpWire::HttpWire(HttpWireOptions options, net::HttpClient& http, WireHandler handler, Authorizer* authorizer)
    : options_(std::move(options)), http_(http), authorizer_(authorizer), handler_(std::move(handler)) {}

HttpWire::~HttpWire() = default;

net::HttpRequest HttpWire::request(std::string method, const std::string& revision, const std::string& session) const {
  net::HttpRequest made;
  made.method = std::move(method);
  made.url = options_.url;
  made.connect_limit = options_.connect_limit;
  for (const auto& [name, value] : options_.headers) made.headers.emplace_back(name, value.reveal());
  if (!options_.token.empty()) made.headers.emplace_back("authorization", "Bearer " + options_.token.reveal());
  if (!revision.empty()) made.headers.emplace_back("mcp-protocol-version", revision);
  if (!session.empty()) made.headers.emplace_back("mcp-session-id", session);
  return made;
}

void HttpWire::send(Outgoing message) {
  if (over_) return;
  auto exchange = std::make_shared<Exchange>();
  exchange->id = message.id;
  exchange->modern = message.modern;
  exchange->begins_session = message.method == "initialize";
  exchange->revision = message.revision;
  if (exchange->begins_session) session_.clear();
  exchange->session = session_;

  auto made = request("POST", message.revision, session_);
  made.headers.emplace_back("content-type", "application/json");
  made.headers.emplace_back("accept", "application/json, text/event-stream");
  if (message.modern && !message.method.empty()) {
    made.headers.emplace_back("mcp-method", message.method);
    if (!message.name.empty()) made.headers.emplace_back("mcp-name", encode_header_value(message.name));
    for (const HeaderValue& header : message.headers) made.headers.emplace_back(header.header, header.value);
  }
  made.at_most_once = message.method == "tools/call";  // Without this, libcurl could repeat a tool call, such as a payment, after a kept connection breaks.
  made.body = std::move(message.body);
  made.total_limit = message.long_lived ? kStreamLimit : kRequestLimit;
  made.max_body = message.long_lived ? kMaxStreamBody : 4 * kMaxMessageBytes;
  if (message.id != 0) {
    exchanges_[message.id] = exchange;
  } else if (unanswered_.size() < kMaxUnanswered) {
    unanswered_.push_back(exchange);
  } else {
    return;
  }
  start(exchange, std::move(made));
}

void HttpWire::begin(const std::shared_ptr<Exchange>& exchange, net::HttpRequest request) {
  const std::weak_ptr<Exchange> weak = exchange;  // Weak: the exchange owns the transfer, which owns these handlers.
  net::HttpHandler handler;
  handler.on_head = [this, weak](const net::HttpHead& head) {
    if (const auto held = weak.lock()) on_head(*held, head);
  };
  handler.on_body = [this, weak](std::string_view bytes) {
    if (const auto held = weak.lock()) on_body(held, bytes);
  };
  handler.on_end = [this, weak](std::optional<net::NetError> error) {
    if (const auto held = weak.lock()) on_end(held, error);
  };
  exchange->transfer = http_.start(std::move(request), std::move(handler));
}

bool HttpWire::is_current(const std::shared_ptr<Exchange>& exchange) const {
  const auto at = exchanges_.find(exchange->id);
  return (at != exchanges_.end() && at->second == exchange) || listening_ == exchange;
}

void HttpWire::on_head(Exchange& exchange, const net::HttpHead& head) {
  exchange.head = head;
  exchange.accepted = exchange.accepted || exchange.good();
  if (exchange.good()) exchange.renewed_token = false;  // A new token may be needed again when the wire resumes the stream.
  exchange.is_stream = exchange.good() && base::iequals(media_type(head.header("content-type")), "text/event-stream");
  if (!exchange.good() || !exchange.begins_session) return;
  if (const auto id = head.header("mcp-session-id"); is_session_id(id)) session_ = id;
}

void HttpWire::on_body(const std::shared_ptr<Exchange>& exchange, std::string_view bytes) {
  if (!is_current(exchange)) return;
  if (!exchange->is_stream) {
    const std::size_t most = exchange->good() ? kMaxMessageBytes + 1 : kMaxErrorBody;  // The additional octet shows that the body is too long.
    exchange->body += bytes.substr(0, most - std::min(most, exchange->body.size()));
    return;
  }
  std::vector<SseEvent> events;
  const bool fits = exchange->events.feed(bytes, events);
  if (!exchange->events.last_id().empty()) exchange->last_id = exchange->events.last_id();
  for (const SseEvent& event : events) {
    if (base::trim(event.data).empty()) continue;  // This event only sets the id of the stream.
    if (exchange != listening_) exchange->resumes = 0;
    handler_.on_text(event.data);
    if (!is_current(exchange)) return;
  }
  if (fits) return;
  exchange->last_id.clear();
  exchange->transfer.reset();
  on_end(exchange, net::NetError{net::NetError::What::TooLarge, "an event is too long"});
}

void HttpWire::on_end(const std::shared_ptr<Exchange>& exchange, const std::optional<net::NetError>& error) {
  exchange->transfer.reset();
  if (!error && is_held(exchange) && wants_token(*exchange)) return fetch_token(exchange, challenges_of(exchange->head));
  std::erase(unanswered_, exchange);
  std::erase(drained_, exchange);
  if (!is_current(exchange)) return;
  if (exchange == listening_) return on_listening_end(error);
  if (!error && exchange->good() && !exchange->is_stream && !exchange->body.empty()) {
    handler_.on_text(exchange->body);
    if (!is_current(exchange)) return;
  }
  if (resume(exchange)) return;
  const NoAnswer why = failure_of(*exchange, error);
  exchanges_.erase(exchange->id);
  if (why.session_over) {
    session_.clear();
    listening_.reset();
  }
  handler_.on_no_answer(exchange->id, why);
}

/// Returns true if the server does not know the session: it answered 404, or, like servers made from the library's examples, 400 with an error without
/// a request id.
bool HttpWire::is_session_unknown(const Exchange& exchange, bool says_so) {
  const int status = exchange.head.status;
  return !exchange.session.empty() && (status == 404 || (status == 400 && says_so));
}

NoAnswer HttpWire::failure_of(const Exchange& exchange, const std::optional<net::NetError>& error) const {
  using What = NoAnswer::What;
  if (error) return {What::Lost, 0, 0, {}, "no answer came: " + error->detail};
  const int status = exchange.head.status;
  if (exchange.good()) return {What::Lost, status, 0, {}, "its response contains no answer"};
  NoAnswer why{What::Refused, status, 0, {}, "it answered " + std::to_string(status)};
  const auto messages = read_messages(exchange.body);
  bool is_of_none = false;  // true: the error answers no request, so the server carried out none.
  if (messages && !messages->empty() && messages->front().kind == RpcMessage::Kind::Error) {
    is_of_none = messages->front().id.empty();
    why.code = messages->front().code;
    why.data = messages->front().body;
    why.why += " (" + std::to_string(why.code) + ")";
  }
  const bool is_unknown = is_session_unknown(exchange, is_of_none && why.code == kBadRequest);
  why.session_over = is_unknown && exchange.session == session_;
  if (exchange.accepted) {
    why.what = What::Lost;
  } else if (is_unknown) {
    why.what = What::SessionGone;
  } else if (status == 401 || status == 403) {
    why.what = What::Auth;
    why.why += ": check the token, and its permissions";
  } else if (status >= 300 && status < 400) {
    why.why += ": Offhook follows no redirects; name the final URL";
  }
  return why;
}

void HttpWire::settled(std::uint64_t id) {
  const auto at = exchanges_.find(id);
  if (at == exchanges_.end()) return;
  if (at->second->transfer) drained_.push_back(at->second);
  exchanges_.erase(at);
  if (drained_.size() > kMaxDrained) drained_.pop_front();
}

void HttpWire::stop(std::uint64_t id) { exchanges_.erase(id); }

void HttpWire::on_opened(std::string_view revision, bool modern) {
  revision_ = revision;
  listening_.reset();
  if (!modern) listen();
}

/// Ends the session by DELETE: MCP 2025-11-25 basic/transports, "Session Management".
void HttpWire::shut_down(std::function<void()> done) {
  over_ = true;
  exchanges_.clear();
  unanswered_.clear();
  drained_.clear();
  listening_.reset();
  if (session_.empty()) return done();
  auto made = request("DELETE", revision_, session_);
  if (const auto token = authorizer_ == nullptr ? Secret() : authorizer_->token(); !token.empty())
    made.headers.emplace_back("authorization", "Bearer " + token.reveal());
  made.total_limit = kFarewellLimit;
  net::HttpHandler handler;
  handler.on_end = [done = std::move(done)](const std::optional<net::NetError>&) { done(); };
  farewell_ = http_.start(std::move(made), std::move(handler));
}

}  // namespace offhook::inline v0::agent::tools::mcp
