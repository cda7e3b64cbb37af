#include <offhook/agent/ops/detail/health_exchange.hpp>

#include <offhook/base/socket_address.hpp>
#include <offhook/base/text.hpp>

#include <openssl/crypto.h>

#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace offhook::inline v0::agent::detail {

namespace http = boost::beast::http;

namespace {

/// Returns the page for a target and ignores its query (RFC 9112 section 3.2.1); nullopt if there is no such page. `in_full` includes the parts that
/// only the operator may read.
std::optional<HealthResponse> page(std::string_view target, const HealthPages& pages, bool in_full) {
  target = target.substr(0, target.find('?'));
  HealthResponse response;
  response.set(http::field::content_type, "application/json");
  if (target == "/healthz") {
    response.body() = R"({"status":"alive"})";
  } else if (target == "/readyz") {
    Health health = pages.ready();
    if (!health.ready) response.result(http::status::service_unavailable);
    response.body() = in_full ? std::move(health.text) : health.ready ? R"({"ready":true})" : R"({"ready":false})";
  } else if (target == "/calls" && pages.calls) {
    response.body() = pages.calls();
  } else if (target == "/metrics" && pages.metrics) {
    response.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
    response.body() = pages.metrics();
    return response;  // The page already ends with a line feed.
  } else {
    return std::nullopt;
  }
  response.body() += "\n";
  return response;
}

HealthResponse json(http::status status, std::string body) {
  HealthResponse response;
  response.result(status);
  response.set(http::field::content_type, "application/json");
  response.body() = std::move(body) + "\n";
  return response;
}

struct PauseOrder {
  std::string call;
  bool paused = false;
};

/// Parses "/calls/k3x9/recording/pause" or "/calls/k3x9/recording/resume". Returns nullopt for any other target.
std::optional<PauseOrder> pause_order(std::string_view target) {
  constexpr std::string_view kBefore = "/calls/", kPause = "/recording/pause", kResume = "/recording/resume";
  const bool paused = target.ends_with(kPause);
  const std::size_t behind = paused ? kPause.size() : kResume.size();
  if (!target.starts_with(kBefore) || !(paused || target.ends_with(kResume)) || target.size() <= kBefore.size() + behind) return std::nullopt;
  const auto call = target.substr(kBefore.size(), target.size() - kBefore.size() - behind);
  if (call.find_first_of("/?#%") != std::string_view::npos) return std::nullopt;
  return PauseOrder{std::string(call), paused};
}

/// Carries out the order, but refuses requests from browsers: a browser sends an Origin header with each POST of a page, and programs such as curl send none.
HealthResponse apply(const PauseOrder& order, const HealthRequest& request, const HealthPages& pages) {
  if (request.method() != http::verb::post) {
    HealthResponse response = json(http::status::method_not_allowed, R"({"error":"use POST"})");
    response.set(http::field::allow, "POST");
    return response;
  }
  if (request.count(http::field::origin) != 0) return json(http::status::forbidden, R"({"error":"this port refuses requests from pages in browsers"})");
  HealthReply reply = pages.pause_recording(order.call, order.paused);
  return json(static_cast<http::status>(reply.status), std::move(reply.text));
}

HealthResponse read(const HealthRequest& request, const HealthPages& pages, bool in_full) {
  const auto target = request.target();
  const bool reads = request.method() == http::verb::get || request.method() == http::verb::head;
  auto found = page({target.data(), target.size()}, pages, in_full);
  HealthResponse response = !found  ? json(http::status::not_found, R"({"error":"this port answers GET /healthz, /readyz, /calls and /metrics, and POST )"
                                                             R"(/calls/ID/recording/pause and resume"})")
                      : reads ? std::move(*found)
                              : json(http::status::method_not_allowed, R"({"error":"use GET"})");
  if (found && !reads) response.set(http::field::allow, "GET, HEAD");
  return response;
}

HealthResponse too_large() { return json(http::status::payload_too_large, R"({"error":"send no body: the path is the whole request"})"); }

/// Returns true if the request has one Host header, or none in HTTP/1.0: RFC 9112 section 3.2.
bool names_one_host(const HealthRequest& request) {
  constexpr unsigned kHttp11 = 11;
  const auto hosts = request.count(http::field::host);
  return hosts == 1 || (hosts == 0 && request.version() < kHttp11);
}

HealthResponse no_one_host() { return json(http::status::bad_request, R"({"error":"the request needs exactly one Host: RFC 9112 section 3.2"})"); }

/// Returns true for a loopback host: "localhost:8080", "localhost.", "127.0.0.1", "[::1]:8080".
bool names_loopback(std::string_view host) {
  const auto colon = host.rfind(':');
  if (colon != std::string_view::npos && !host.ends_with(']')) host = host.substr(0, colon);
  if (host.ends_with('.')) host.remove_suffix(1);  // A name may end with the dot of the root: RFC 3986 section 3.2.2.
  const auto ip = base::IpAddress::parse(host);
  return ip ? ip->is_loopback() : base::iequals(host, "localhost");
}

/// Returns true if the request's host is a loopback name, or is missing. This prevents DNS rebinding: a foreign site gives its own host name
/// our address, so that a browser loads our pages for that site. The browser then sends the foreign name as host. A request without a host
/// does not come from a browser.
bool is_meant_for_us(const HealthRequest& request) {
  const auto host = request.find(http::field::host);
  return host == request.end() || names_loopback({host->value().data(), host->value().size()});
}

/// Returns true if the request has the bearer token: RFC 6750 section 2.1. The name of the scheme is case-insensitive: RFC 9110 section 11.1.
bool bears(const HealthRequest& request, const std::string& token) {
  constexpr std::string_view kScheme = "Bearer ";
  const auto fields = request.equal_range(http::field::authorization);
  if (std::distance(fields.first, fields.second) != 1) return false;
  const std::string_view value(fields.first->value().data(), fields.first->value().size());
  if (value.size() != kScheme.size() + token.size() || !base::iequals(value.substr(0, kScheme.size()), kScheme)) return false;
  return CRYPTO_memcmp(value.data() + kScheme.size(), token.data(), token.size()) == 0;
}

/// Returns true for the pages that need no token.
bool is_open_to_all(std::string_view target) {
  target = target.substr(0, target.find('?'));
  return target == "/healthz" || target == "/readyz";
}

HealthResponse unauthorized() {
  HealthResponse response = json(http::status::unauthorized, R"({"error":"this request needs the token of /health/token: Authorization: Bearer TOKEN"})");
  response.set(http::field::www_authenticate, "Bearer");
  return response;
}

HealthResponse misdirected() { return json(http::status::misdirected_request, R"({"error":"use localhost, 127.0.0.1 or [::1] as the host of the request"})"); }

}  // namespace

void set_limits(HealthParser& parser) {
  parser.header_limit(kMaxHeaderBytes);
  parser.body_limit(0);
}

HealthResponse respond(const HealthRequest& request, bool has_body, const HealthPages& pages, bool on_loopback) {
  const std::string_view target(request.target().data(), request.target().size());
  const auto order = pages.pause_recording ? pause_order(target) : std::nullopt;
  const bool has_token = !pages.token.empty() && bears(request, pages.token);
  const bool in_full = has_token || pages.token.empty();
  HealthResponse response = !names_one_host(request)                                 ? no_one_host()
                      : on_loopback && !has_token && !is_meant_for_us(request) ? misdirected()
                      : !in_full && !is_open_to_all(target)                    ? unauthorized()
                      : has_body                                               ? too_large()
                      : order                                                  ? apply(*order, request, pages)
                                                                               : read(request, pages, in_full);
  response.version(request.version());
  response.set(http::field::cache_control, "no-store");
  response.keep_alive(false);
  response.prepare_payload();
  if (request.method() == http::verb::head) response.body().clear();  // RFC 9110 section 9.3.2; Content-Length is the same as for GET.
  return response;
}

}  // namespace offhook::inline v0::agent::detail
