#include <offhook/agent/tools/http/http_source.hpp>

#include <offhook/agent/tools/http/answer.hpp>

#include <utility>

namespace offhook::inline v0::agent::tools::http {

/// One request and the data of its response so far.
struct HttpSource::Exchange {
  std::uint64_t number = 0;
  net::HttpRequest request;
  std::unique_ptr<net::HttpTransfer> transfer;
  Exchanged so_far;
  bool repeated = false;
};

HttpSource::HttpSource(std::shared_ptr<const Service> service, net::HttpClient& http) : service_(std::move(service)), http_(http) {}
HttpSource::~HttpSource() = default;

void HttpSource::start(const SourceCall& call) {
  const Operation* const operation = service_->find(call.tool);
  if (operation == nullptr || exchanges_.contains(call.number)) return results_.push_back({call.number, false, "There is no such tool. Nothing was done.", "there is no such tool"});
  const auto bound = bind_arguments(*operation, call.arguments);
  if (!bound) return results_.push_back({call.number, false, "Nothing was done: " + bound.error(), "the arguments do not fit into a request"});
  auto exchange = std::make_shared<Exchange>();
  exchange->number = call.number;
  exchange->request = request_of(*bound);
  exchanges_.emplace(call.number, exchange);
  send(exchange);
}

net::HttpRequest HttpSource::request_of(const BoundRequest& bound) const {
  const ServiceOptions& options = service_->options();
  net::HttpRequest request;
  request.method = bound.method;
  request.url = options.url;
  if (request.url.ends_with('/')) request.url.pop_back();  // Each path begins with a slash.
  request.url += bound.target;
  request.headers.emplace_back("accept", "application/json, text/*;q=0.5");
  if (!options.token.empty()) request.headers.emplace_back("authorization", "Bearer " + options.token.reveal());
  for (const auto& [name, value] : options.headers) request.headers.emplace_back(name, value.reveal());
  for (const auto& [name, value] : bound.headers) request.headers.emplace_back(name, value);
  if (bound.has_body) request.headers.emplace_back("content-type", "application/json");
  request.body = bound.body;
  request.connect_limit = options.connect_limit;
  request.total_limit = options.answer_limit;
  request.max_body = kMaxAnswerBytes;
  request.at_most_once = bound.method != "GET";
  return request;
}

void HttpSource::send(const std::shared_ptr<Exchange>& exchange) {
  exchange->so_far = {};
  exchange->so_far.method = exchange->request.method;
  const std::weak_ptr<Exchange> weak = exchange;  // Weak: the exchange owns the transfer, which owns these handlers.
  net::HttpHandler handler;
  handler.on_head = [weak](const net::HttpHead& head) {
    const auto held = weak.lock();
    if (!held) return;
    held->so_far.status = head.status;
    held->so_far.content_type = head.header("content-type");
  };
  handler.on_body = [weak](std::string_view bytes) {
    if (const auto held = weak.lock()) held->so_far.body += bytes;
  };
  handler.on_end = [this, weak](std::optional<net::NetError> error) {
    if (const auto held = weak.lock()) on_end(held, std::move(error));
  };
  exchange->transfer = http_.start(exchange->request, std::move(handler));
}

void HttpSource::on_end(const std::shared_ptr<Exchange>& exchange, std::optional<net::NetError> error) {
  const bool is_lost = error && error->what == net::NetError::What::Closed && exchange->so_far.status == 0;
  if (is_lost && !exchange->request.at_most_once && !std::exchange(exchange->repeated, true)) return send(exchange);
  exchange->so_far.error = std::move(error);
  Answer answer = read_answer(exchange->so_far, service_->secrets());
  std::string why = exchange->repeated ? "the request was repeated, because the first connection was closed without an answer" : "";
  if (!answer.why.empty()) why += (why.empty() ? "" : "; ") + answer.why;
  results_.push_back({exchange->number, answer.ok, std::move(answer.text), std::move(why)});
  exchanges_.erase(exchange->number);
}

void HttpSource::abandon(std::uint64_t number) { exchanges_.erase(number); }

std::optional<SourceResult> HttpSource::poll() {
  if (results_.empty()) return std::nullopt;
  std::optional<SourceResult> result(std::move(results_.front()));
  results_.pop_front();
  return result;
}

}  // namespace offhook::inline v0::agent::tools::http
