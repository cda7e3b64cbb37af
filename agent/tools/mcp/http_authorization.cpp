#include <offhook/agent/tools/mcp/http_exchange.hpp>
#include <offhook/agent/tools/mcp/http_wire.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::tools::mcp {

std::string challenges_of(const net::HttpHead& head) {
  std::string all;
  for (const auto& [name, value] : head.headers) {
    if (name == "www-authenticate") all.append(all.empty() ? "" : ", ").append(value);
  }
  return all;
}

bool HttpWire::is_held(const std::shared_ptr<Exchange>& exchange) const {
  return is_current(exchange) || std::find(unanswered_.begin(), unanswered_.end(), exchange) != unanswered_.end();
}

/// Sends the request. With an Authorizer, the request carries a token; if there is no token yet, the request waits for it.
void HttpWire::start(const std::shared_ptr<Exchange>& exchange, net::HttpRequest request) {
  if (authorizer_ == nullptr) return begin(exchange, std::move(request));
  exchange->request = std::move(request);
  if (authorizer_->token().empty() && authorizer_->can_ask_first()) return fetch_token(exchange, {});
  start_authorized(exchange);
}

void HttpWire::start_authorized(const std::shared_ptr<Exchange>& exchange) {
  net::HttpRequest request = exchange->request;
  exchange->token = authorizer_->token();
  if (!exchange->token.empty()) request.headers.emplace_back("authorization", "Bearer " + exchange->token.reveal());
  exchange->head = {};
  exchange->body.clear();
  begin(exchange, std::move(request));
}

/// Returns true if the response refuses the token because it is missing, expired or insufficient: MCP 2025-11-25 basic/authorization. Returns true at
/// most once for each request.
bool HttpWire::wants_token(Exchange& exchange) const {
  if (authorizer_ == nullptr || exchange.renewed_token) return false;
  const int status = exchange.head.status;
  if (status != 401 && status != 403) return false;
  const auto challenge = status == 403 ? read_bearer_challenge(challenges_of(exchange.head)) : std::nullopt;
  exchange.renewed_token = status == 401 || (challenge && challenge->error == "insufficient_scope" && !challenge->scope.empty());
  return exchange.renewed_token;
}

void HttpWire::fetch_token(const std::shared_ptr<Exchange>& exchange, std::string_view www_authenticate) {
  const std::weak_ptr<Exchange> weak = exchange;  // Weak, because the wire owns the exchange, and may be destroyed.
  authorizer_->fetch(exchange->token, www_authenticate, [this, weak](const std::string& why) {
    const auto held = weak.lock();
    if (!held || !is_held(held)) return;
    if (why.empty()) return start_authorized(held);
    on_no_token(held, why);
  });
}

void HttpWire::on_no_token(const std::shared_ptr<Exchange>& exchange, const std::string& why) {
  std::erase(unanswered_, exchange);
  if (exchange == listening_) return on_listening_end(net::NetError{net::NetError::What::Refused, why});
  if (!is_current(exchange)) return;
  exchanges_.erase(exchange->id);
  handler_.on_no_answer(exchange->id, {NoAnswer::What::Auth, 401, 0, {}, "it requires a token, and Offhook got none: " + why});
}

}  // namespace offhook::inline v0::agent::tools::mcp
