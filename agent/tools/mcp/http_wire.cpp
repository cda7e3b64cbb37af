#include <offhook/agent/tools/mcp/http_wire.hpp>

#include <offhook/agent/net/web_socket_url.hpp>
#include <offhook/agent/tools/mcp/rpc_message.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::tools::mcp {

/// One POST and what comes of it, or the server's own stream.
struct HttpWire::Exchange {
  std::uint64_t id = 0;
  bool modern = false;
  bool begins_session = false;  // it is the handshake
  bool had_session = false;     // it was sent in one
  std::string revision;
  std::unique_ptr<net::HttpTransfer> transfer;
  net::HttpHead head;
  bool is_stream = false;
  SseParser events;
  std::string body;
  std::string last_id;  // of an event, in this and in earlier pieces of the stream
  unsigned resumes = 0;
  std::optional<base::Duration> resume_in;
  std::optional<base::TimePoint> resume_at;

  [[nodiscard]] bool good() const { return head.status >= 200 && head.status < 300; }
};

namespace {

constexpr std::size_t kMaxDrained = 4;
constexpr std::size_t kMaxErrorBody = 64U << 10U;
constexpr base::Duration kRequestLimit = std::chrono::minutes(5);  // Beyond any of the client's own.
constexpr base::Duration kStreamLimit = std::chrono::hours(1);     // Then it is opened anew.
constexpr std::size_t kMaxStreamBody = 64U << 20U;
constexpr base::Duration kUsualRetry = std::chrono::seconds(1), kLongestRetry = std::chrono::seconds(60);
constexpr std::int64_t kBadRequest = -32000;
constexpr base::Duration kFarewellLimit = std::chrono::seconds(2);

bool is_loopback(std::string_view host) {
  if (base::iequals(host, "localhost") || host == "::1") return true;
  const bool is_number = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return is_number && host.starts_with("127.") && std::count(host.begin(), host.end(), '.') == 3;
}

bool is_session_id(std::string_view id) {  // MCP 2025-11-25 basic/transports: visible ASCII
  return !id.empty() && id.size() <= kMaxSessionId && std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c <= '~'; });
}

std::string_view media_type(const net::HttpHead& head) {
  std::string_view type = head.header("content-type");
  return base::trim(type.substr(0, type.find(';')));
}

base::Duration retry_of(const SseParser& events) {
  const auto ms = events.retry_ms();
  if (!ms) return kUsualRetry;
  return std::min<base::Duration>(std::chrono::milliseconds(std::min<std::uint64_t>(*ms, 1U << 30U)), kLongestRetry);
}

}  // namespace

std::optional<std::string> fault_of_url(std::string_view url) {
  const bool tls = url.starts_with("https://");
  if (!tls && !url.starts_with("http://")) return "its URL must begin with https://";
  if (url.find('#') != std::string_view::npos || url.substr(0, url.find('/', 8)).find('@') != std::string_view::npos)
    return "its URL must have no user and no fragment in it";
  const auto parts = net::parse_web_socket_url("ws" + std::string(url.substr(4)));  // The same but for the scheme.
  if (!parts) return "its URL cannot be read";
  if (!tls && !is_loopback(parts->host)) return "its URL must begin with https:// (http is for this machine alone: 127.0.0.1, [::1])";
  return std::nullopt;
}

HttpWire::HttpWire(HttpWireOptions options, net::HttpClient& http, WireHandler handler)
    : options_(std::move(options)), http_(http), handler_(std::move(handler)) {}

HttpWire::~HttpWire() = default;

net::HttpRequest HttpWire::request(std::string method, std::string_view revision) const {
  net::HttpRequest made;
  made.method = std::move(method);
  made.url = options_.url;
  made.connect_limit = options_.connect_limit;
  for (const auto& [name, value] : options_.headers) made.headers.emplace_back(name, value.reveal());
  if (!options_.token.empty()) made.headers.emplace_back("authorization", "Bearer " + options_.token.reveal());
  if (!revision.empty()) made.headers.emplace_back("mcp-protocol-version", revision);
  if (!session_.empty()) made.headers.emplace_back("mcp-session-id", session_);
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
  exchange->had_session = !session_.empty();

  auto made = request("POST", message.revision);
  made.headers.emplace_back("content-type", "application/json");
  made.headers.emplace_back("accept", "application/json, text/event-stream");
  if (message.modern && !message.method.empty()) {
    made.headers.emplace_back("mcp-method", message.method);
    if (!message.name.empty()) made.headers.emplace_back("mcp-name", encode_header_value(message.name));
    for (const HeaderValue& header : message.headers) made.headers.emplace_back(header.header, header.value);
  }
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

void HttpWire::start(const std::shared_ptr<Exchange>& exchange, net::HttpRequest request) {
  const std::weak_ptr<Exchange> weak = exchange;  // It holds the transfer, and that these.
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
  exchange.is_stream = exchange.good() && base::iequals(media_type(head), "text/event-stream");
  if (!exchange.good() || !exchange.begins_session) return;
  if (const auto id = head.header("mcp-session-id"); is_session_id(id)) session_ = id;
}

void HttpWire::on_body(const std::shared_ptr<Exchange>& exchange, std::string_view bytes) {
  if (!is_current(exchange)) return;
  if (!exchange->is_stream) {
    const std::size_t most = exchange->good() ? kMaxMessageBytes + 1 : kMaxErrorBody;  // One octet too many is seen to be so.
    exchange->body += bytes.substr(0, most - std::min(most, exchange->body.size()));
    return;
  }
  std::vector<SseEvent> events;
  const bool fits = exchange->events.feed(bytes, events);
  if (!exchange->events.last_id().empty()) exchange->last_id = exchange->events.last_id();
  for (const SseEvent& event : events) {
    exchange->resumes = 0;
    if (base::trim(event.data).empty()) continue;  // An event that only gives the stream an id.
    handler_.on_text(event.data);
    if (!is_current(exchange)) return;
  }
  if (fits) return;
  exchange->last_id.clear();
  exchange->transfer.reset();
  on_end(exchange, net::NetError{net::NetError::What::TooLarge, "an event is too long"});
}

void HttpWire::on_end(const std::shared_ptr<Exchange>& exchange, const std::optional<net::NetError>& error) {
  std::erase(unanswered_, exchange);
  std::erase(drained_, exchange);
  exchange->transfer.reset();
  if (!is_current(exchange)) return;
  if (exchange == listening_) return on_listening_end(error);
  if (!error && exchange->good() && !exchange->is_stream && !exchange->body.empty()) {
    handler_.on_text(exchange->body);
    if (!is_current(exchange)) return;
  }
  if (resume(exchange)) return;
  const NoAnswer why = failure_of(*exchange, error);
  exchanges_.erase(exchange->id);
  if (why.what == NoAnswer::What::SessionGone) session_.clear();
  handler_.on_no_answer(exchange->id, why);
}

/// MCP 2025-11-25 basic/transports, "Resumability and Redelivery": also when a server ends a stream before the answer.
bool HttpWire::resume(const std::shared_ptr<Exchange>& exchange) {
  if (exchange->modern || !exchange->is_stream || exchange->last_id.empty() || exchange->resumes >= kMaxResumes) return false;
  ++exchange->resumes;
  exchange->resume_in = retry_of(exchange->events);
  if (handler_.on_deadline) handler_.on_deadline();
  return true;
}

void HttpWire::get(const std::shared_ptr<Exchange>& exchange) {
  auto made = request("GET", exchange->revision);
  made.headers.emplace_back("accept", "text/event-stream");
  if (!exchange->last_id.empty()) made.headers.emplace_back("last-event-id", exchange->last_id);
  made.total_limit = kStreamLimit;
  made.max_body = kMaxStreamBody;
  exchange->head = {};
  exchange->body.clear();
  exchange->events = {};
  start(exchange, std::move(made));
}

NoAnswer HttpWire::failure_of(const Exchange& exchange, const std::optional<net::NetError>& error) const {
  using What = NoAnswer::What;
  if (error) return {What::Lost, 0, 0, {}, "no answer came: " + error->detail};
  const int status = exchange.head.status;
  if (exchange.good()) return {What::Lost, status, 0, {}, "its answer has no answer in it"};
  const std::string words = "it answered " + std::to_string(status);
  if (status == 404 && exchange.had_session) return {What::SessionGone, status, 0, {}, words};
  if (status == 401 || status == 403) return {What::Auth, status, 0, {}, words + ": check the token, and what it may do"};
  NoAnswer why{What::Refused, status, 0, {}, words};
  if (status >= 300 && status < 400) why.why += ": redirects are not followed, name the right URL";
  const auto messages = read_messages(exchange.body);
  if (!messages || messages->empty() || messages->front().kind != RpcMessage::Kind::Error) return why;
  why.code = messages->front().code;
  why.data = messages->front().body;
  // What servers made after the library's examples say of a session that they do not know.
  if (status == 400 && exchange.had_session && why.code == kBadRequest) why.what = What::SessionGone;
  why.why += " (" + std::to_string(why.code) + ")";
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

/// What the server says by itself, where it offers to: whatever else it answers means that it does not.
void HttpWire::listen() {
  listening_ = std::make_shared<Exchange>();
  listening_->revision = revision_;
  get(listening_);
}

void HttpWire::on_listening_end(const std::optional<net::NetError>& error) {
  if (error && error->what == net::NetError::What::Timeout) listening_->resumes = 0;  // Our own limit: it lasted.
  if (!listening_->is_stream || listening_->resumes++ >= kMaxResumes) return listening_.reset();
  listening_->resume_in = retry_of(listening_->events) * listening_->resumes;
  if (handler_.on_deadline) handler_.on_deadline();
}

void HttpWire::on_time(base::TimePoint now) {
  now_ = now;
  const auto look = [&](const std::shared_ptr<Exchange>& exchange) {
    if (exchange->resume_in) exchange->resume_at = now + *std::exchange(exchange->resume_in, std::nullopt);
    if (!exchange->resume_at || now < *exchange->resume_at) return;
    exchange->resume_at.reset();
    get(exchange);
  };
  for (const auto& [id, exchange] : exchanges_) look(exchange);
  if (listening_) look(listening_);
}

std::optional<base::TimePoint> HttpWire::next_deadline() const {
  std::optional<base::TimePoint> next;
  const auto consider = [&](const Exchange& exchange) {
    const auto at = exchange.resume_in ? std::optional(now_) : exchange.resume_at;
    if (at && (!next || *at < *next)) next = at;
  };
  for (const auto& [id, exchange] : exchanges_) consider(*exchange);
  if (listening_) consider(*listening_);
  return next;
}

/// MCP 2025-11-25 basic/transports, "Session Management": a session that is needed no more is ended by DELETE.
void HttpWire::shut_down(std::function<void()> done) {
  over_ = true;
  exchanges_.clear();
  unanswered_.clear();
  drained_.clear();
  listening_.reset();
  if (session_.empty()) return done();
  auto made = request("DELETE", revision_);
  made.total_limit = kFarewellLimit;
  net::HttpHandler handler;
  handler.on_end = [done = std::move(done)](const std::optional<net::NetError>&) { done(); };
  farewell_ = http_.start(std::move(made), std::move(handler));
}

}  // namespace offhook::inline v0::agent::tools::mcp
