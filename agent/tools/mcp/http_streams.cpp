#include <offhook/agent/tools/mcp/http_exchange.hpp>
#include <offhook/agent/tools/mcp/http_wire.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::tools::mcp {

namespace {

constexpr base::Duration kUsualRetry = std::chrono::seconds(1), kShortestRetry = std::chrono::milliseconds(500);
constexpr base::Duration kLongestRetry = std::chrono::seconds(60);
constexpr base::Duration kReconnectAfter = std::chrono::minutes(1);
constexpr base::Duration kLasting = std::chrono::seconds(10);  // A server's own stream that lasts this long counts as stable.

/// Returns the server's retry time, within bounds that prevent endless requests and endless waiting.
base::Duration retry_of(const SseParser& events) {
  const auto ms = events.retry_ms();
  if (!ms) return kUsualRetry;
  return std::clamp<base::Duration>(std::chrono::milliseconds(std::min<std::uint64_t>(*ms, 1U << 30U)), kShortestRetry,
                                    kLongestRetry);
}

/// Returns true for a status that means that the server has no own stream: 405 in MCP 2025-11-25 basic/transports, but servers also send others.
bool is_none_offered(int status) { return status < 409 || (status > 409 && status < 429); }

}  // namespace

/// Resumes a stream that broke, or that the server ended before the answer: MCP 2025-11-25 basic/transports, "Resumability and Redelivery".
bool HttpWire::resume(const std::shared_ptr<Exchange>& exchange) {
  if (exchange->modern || !exchange->is_stream || exchange->last_id.empty() || exchange->resumes >= kMaxResumes) return false;
  ++exchange->resumes;
  exchange->broke = true;
  if (handler_.on_deadline) handler_.on_deadline();
  return true;
}

void HttpWire::get(const std::shared_ptr<Exchange>& exchange) {
  auto made = request("GET", exchange->revision, exchange->session);
  made.headers.emplace_back("accept", "text/event-stream");
  if (!exchange->last_id.empty()) made.headers.emplace_back("last-event-id", exchange->last_id);
  made.total_limit = kStreamLimit;
  made.max_body = kMaxStreamBody;
  exchange->head = {};
  exchange->body.clear();
  exchange->events = {};
  start(exchange, std::move(made));
}

/// Opens the server's own stream. If the server answers with anything except a stream, it has no such stream.
void HttpWire::listen() {
  listening_ = std::make_shared<Exchange>();
  listening_->revision = revision_;
  listening_->session = session_;
  get(listening_);
}

void HttpWire::on_listening_end(const std::optional<net::NetError>& error) {
  if (!error && !listening_->is_stream && is_none_offered(listening_->head.status)) return listening_.reset();
  if (listening_->resumes <= kMaxResumes) ++listening_->resumes;
  listening_->broke = true;
  if (handler_.on_deadline) handler_.on_deadline();
}

base::Duration HttpWire::pause_before(Exchange& exchange, base::TimePoint now) const {
  const base::Duration retry = retry_of(exchange.events);
  if (&exchange != listening_.get()) return retry;
  if (exchange.asked_at && now - *exchange.asked_at >= kLasting) exchange.resumes = 1;
  return !exchange.is_stream || exchange.resumes > kMaxResumes ? kReconnectAfter : retry * exchange.resumes;
}

void HttpWire::on_time(base::TimePoint now) {
  now_ = now;
  const auto look = [&](const std::shared_ptr<Exchange>& exchange) {
    if (std::exchange(exchange->broke, false)) exchange->resume_at = now + pause_before(*exchange, now);
    if (!exchange->resume_at || now < *exchange->resume_at) return;
    exchange->resume_at.reset();
    exchange->asked_at = now;
    get(exchange);
  };
  for (const auto& [id, exchange] : exchanges_) look(exchange);
  if (listening_) look(listening_);
}

std::optional<base::TimePoint> HttpWire::next_deadline() const {
  std::optional<base::TimePoint> next;
  const auto consider = [&](const Exchange& exchange) {
    const auto at = exchange.broke ? std::optional(now_) : exchange.resume_at;
    if (at && (!next || *at < *next)) next = at;
  };
  for (const auto& [id, exchange] : exchanges_) consider(*exchange);
  if (listening_) consider(*listening_);
  return next;
}

}  // namespace offhook::inline v0::agent::tools::mcp
