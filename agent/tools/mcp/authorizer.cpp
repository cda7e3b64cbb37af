#include <offhook/agent/tools/mcp/authorizer.hpp>

#include <offhook/agent/support/url_text.hpp>
#include <offhook/agent/tools/mcp/client_assertion.hpp>

#include <utility>

namespace offhook::inline v0::agent::tools::mcp {

namespace {
constexpr base::Duration kConnectLimit = std::chrono::seconds(5), kAnswerLimit = std::chrono::seconds(10);
}

Authorizer::Authorizer(OauthOptions options, std::string server, net::HttpClient& http, Edge edge)
    : options_(options), http_(http), edge_(std::move(edge)), grant_(std::move(options), std::move(server)) {}

Secret Authorizer::token() const { return good_until_ && edge_.now() >= *good_until_ ? Secret() : token_; }

void Authorizer::fetch(const Secret& refused, std::string_view www_authenticate, Done done) {
  if (const auto held = token(); !held.empty() && held != refused) return done({});  // Another request has already got a new token.
  waiting_.push_back(std::move(done));
  if (waiting_.size() > 1) return;
  token_ = {};
  carry_out(grant_.begin(www_authenticate));
}

void Authorizer::carry_out(GrantStep step) {
  if (auto* request = std::get_if<GrantRequest>(&step)) return ask(*request);
  if (auto* granted = std::get_if<Granted>(&step)) {
    token_ = std::move(granted->token);
    good_until_ = granted->good_until;
    return settle({});
  }
  settle(std::get<Denied>(step).why);
}

void Authorizer::settle(const std::string& why) {
  for (const Done& done : std::exchange(waiting_, {})) done(why);
}

void Authorizer::ask(GrantRequest& request) {
  net::HttpRequest made;
  made.method = std::move(request.method);
  made.url = std::move(request.url);
  made.headers = std::move(request.headers);
  made.body = std::move(request.body);
  if (!request.audience.empty()) {
    const auto assertion =
        client_assertion(options_.private_key, options_.client_id, request.audience, edge_.unix_seconds(), edge_.unique());
    made.body += "&client_assertion_type=" + percent_encoded("urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    made.body += "&client_assertion=" + assertion.value_or("");  // fault_of() has checked the key.
  }
  made.connect_limit = kConnectLimit;
  made.total_limit = kAnswerLimit;
  made.max_body = kMaxOauthDocument;
  status_ = 0;
  body_.clear();
  net::HttpHandler handler;  // This object owns the transfer, which calls no handler after its destruction.
  handler.on_head = [this](const net::HttpHead& head) { status_ = head.status; };
  handler.on_body = [this](std::string_view bytes) { body_ += bytes; };
  handler.on_end = [this](const std::optional<net::NetError>& error) { on_end(error); };
  transfer_ = http_.start(std::move(made), std::move(handler));
}

void Authorizer::on_end(const std::optional<net::NetError>& error) {
  const auto ended = std::exchange(transfer_, nullptr);
  const std::string body = std::exchange(body_, {});
  carry_out(error ? grant_.on_no_answer(error->detail) : grant_.on_answer(status_, body, edge_.now()));
}

}  // namespace offhook::inline v0::agent::tools::mcp
