#include <offhook/agent/providers/deepgram/server.hpp>

#include <offhook/agent/support/json_text.hpp>
#include <offhook/agent/support/url_text.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::deepgram {

namespace {

/// Returns Deepgram's code at the beginning of a close frame's reason, such as NET-0001; "" if there is none.
std::string_view code_in(std::string_view reason) {
  constexpr std::size_t kLongest = 24, kDigits = 4;
  const std::size_t dash = reason.substr(0, kLongest).find('-');
  if (dash == std::string_view::npos || dash == 0 || reason.size() < dash + 1 + kDigits) return {};
  const std::string_view code = reason.substr(0, dash + 1 + kDigits);
  const std::string_view name = code.substr(0, dash), digits = code.substr(dash + 1);
  const bool named = std::all_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  return named && std::all_of(digits.begin(), digits.end(), base::is_digit) ? code : std::string_view{};
}

/// Describes a handshake whose answer has a status other than 101. The body of that answer is not available, but its header field
/// `dg-error` has the same content, and is parsed like the body of an HTTP error.
RequestFailure refusal(std::string_view whom, const net::WebSocketClosed& closed) {
  const net::HttpHead head{closed.status, closed.headers};
  JsonText named;
  named.open("", '{').text("code", head.header("dg-error")).text("param", head.header("dg-request-id")).close('}');
  RequestFailure failure = agent::failure_of(whom, head, named.str());
  failure.retry_in.reset();  // Do not retry: the caller is speaking, and another listener takes over faster than a second handshake.
  return failure;
}

}  // namespace

Query& Query::add(std::string_view name, std::string_view value) {
  if (!text_.empty()) text_ += '&';
  text_ += name;
  text_ += '=';
  text_ += percent_encoded(value);
  return *this;
}

std::string url_of(const Server& server, std::string_view path, const Query& query) {
  std::string url = server.base_url;
  while (url.ends_with('/')) url.pop_back();
  url += path;
  return query.text().empty() ? url : url + '?' + query.text();
}

net::HttpRequest request_to(const Server& server, std::string_view path, const Query& query) {
  net::HttpRequest request;
  request.url = url_of(server, path, query);
  request.connect_limit = server.connect_limit;
  if (!server.key.empty()) {
    const std::string scheme = server.auth == Server::Auth::Token ? "Token " : "Bearer ";
    request.headers.emplace_back("authorization", scheme + server.key.reveal());
  }
  return request;
}

net::WebSocketRequest socket_to(const Server& server, std::string_view path, const Query& query) {
  const net::HttpRequest http = request_to(server, path, query);
  net::WebSocketRequest request;
  request.url = socket_url(http.url);
  request.headers = http.headers;
  request.connect_limit = server.connect_limit;
  request.max_message = kMaxFrame;
  return request;
}

RequestFailure failure_of(std::string_view whom, const net::WebSocketClosed& closed) {
  if (closed.status != 0) return refusal(whom, closed);
  if (closed.error && (closed.code == 0 || closed.code == 1006)) return agent::failure_of(whom, *closed.error);
  const std::string_view code = code_in(closed.reason);
  std::string why = std::string(whom) + " closed the connection with " + std::to_string(closed.code);
  if (!code.empty()) why += " (" + std::string(code) + ")";
  // The server refuses the content (DATA-0000, MESSAGE-0000, BIG-...), and the next socket would send the same content.
  const bool refused = closed.code == 1003 || closed.code == 1007 || closed.code == 1008 || closed.code == 1009 || code.starts_with("DATA");
  if (refused) return {FailureKind::Protocol, why + ": it refuses the request", std::nullopt};
  return {closed.code == 1011 && code != "NET-0001" ? FailureKind::Overloaded : FailureKind::Network, std::move(why), kNetworkRetry};
}

}  // namespace offhook::inline v0::agent::deepgram
