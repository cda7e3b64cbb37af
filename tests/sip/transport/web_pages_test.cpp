#include <offhook/tests/sip/transport/web_socket_peer.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <offhook/sip/transport/web_pages.hpp>

using namespace offhook;
using namespace offhook::transport_test;
using offhook_test::wait_until;

namespace {

sip::WebPages two_pages() {
  return {.pages = {{"/", "text/html", "<p>a telephone</p>"}, {"/phone.js", "text/javascript", "call()"}},
          .hosts = {"127.0.0.1:8443", "localhost:8443"},
          .fields = {{"Cache-Control", "no-store"}, {"Content-Security-Policy", "default-src 'none'"}}};
}

sip::EdgeOptions serving(sip::WebPages pages) {
  sip::WebSocketOptions options;
  options.origins = {"https://127.0.0.1:8443"};
  options.pages = std::make_shared<const sip::WebPages>(std::move(pages));
  return web(options);
}

std::string get(const std::string& target, const std::string& host = "Host: 127.0.0.1:8443\r\n", const std::string& method = "GET") {
  return method + " " + target + " HTTP/1.1\r\n" + host + "\r\n";
}

/// Returns the whole response, up to the end of the connection.
std::string answer_to(const WebSocketEdge& server, const std::string& request) {
  Browser browser(server.port());
  browser.socket.send(request);
  return browser.socket.receive("\xff");  // never sent: reads up to the end
}

bool is_openable(sip::WebPages pages) {
  base::SystemRandom random;
  sip::Stack stack({}, random);
  auto options = serving(std::move(pages));
  options.listeners = {{sip::Transport::Ws, *base::IpAddress::parse("127.0.0.1"), 0}};
  return sip::SipEdge::open(options, stack).has_value();
}

}  // namespace

TEST_CASE("A listener with pages answers GET with the page and the header fields of its owner, and closes the connection") {
  WebSocketEdge server(serving(two_pages()));
  const std::string answer = answer_to(server, get("/"));
  CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(answer.ends_with("\r\n\r\n<p>a telephone</p>"));
  for (const char* field : {"Content-Type: text/html", "Content-Length: 18", "Cache-Control: no-store", "Content-Security-Policy: default-src 'none'", "Connection: close"})
    CHECK_MESSAGE(has(answer, std::string("\r\n") + field + "\r\n"), field);
  CHECK(answer_to(server, get("/phone.js?v=1")).ends_with("\r\n\r\ncall()"));
  CHECK(answer_to(server, get("/", "Host: LOCALHOST:8443\r\n")).starts_with("HTTP/1.1 200 "));
  CHECK(wait_until([&] { return server.counters().half_open == 0; }));
  CHECK(server.counters().handshakes_failed == 0);
}

TEST_CASE("A listener with pages answers HEAD with the header fields of GET and without a body [RFC 9110 section 9.3.2]") {
  WebSocketEdge server(serving(two_pages()));
  const auto head = [&](const std::string& target) { return answer_to(server, get(target, "Host: 127.0.0.1:8443\r\n", "HEAD")); };
  CHECK(head("/").starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(has(head("/"), "Content-Length: 18\r\n"));
  CHECK(head("/").ends_with("\r\n\r\n"));
  CHECK(head("/none").starts_with("HTTP/1.1 404 "));
  CHECK(head("/none").ends_with("\r\n\r\n"));
}

TEST_CASE("A listener with pages refuses other methods with 405, and all paths that are not in its table with 404") {
  WebSocketEdge server(serving(two_pages()));
  const std::string answer = answer_to(server, get("/", "Host: 127.0.0.1:8443\r\n", "POST"));
  CHECK(answer.starts_with("HTTP/1.1 405 "));
  CHECK(has(answer, "Allow: GET, HEAD\r\n"));
  CHECK(answer_to(server, get("/../etc/passwd")).starts_with("HTTP/1.1 404 "));
  CHECK(wait_until([&] { return server.counters().handshakes_failed == 2; }));
  const sip::WebPages pages = two_pages();
  const auto status = [&](const char* method, const char* target) { return sip::detail::answer_to(pages, method, target).status; };
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW", "get", ""}) CHECK_MESSAGE(status(method, "/") == 405, method);
  for (const char* target : {"/index.html", "/phone.js/", "//phone.js", "/./phone.js", "/../etc/passwd", "/%2e%2e/phone.js", "/PHONE.JS", "/phone.j", "phone.js", "*",
                             "https://127.0.0.1:8443/phone.js", "?", ""})
    CHECK_MESSAGE(status("GET", target) == 404, target);
}

TEST_CASE("A listener with pages answers 421 if the Host field of a request is not one of its hosts, which protects against DNS rebinding [RFC 9110 section 15.5.20]") {
  WebSocketEdge server(serving(two_pages()));
  for (const char* host : {"Host:\r\n", "Host: 127.0.0.1\r\n", "Host: 127.0.0.1:8444\r\n", "Host: evil.example:8443\r\n", "Host: 127.0.0.1:8443.evil.example\r\n"})
    CHECK_MESSAGE(answer_to(server, get("/", host)).starts_with("HTTP/1.1 421 "), host);
  CHECK(answer_to(server, upgrade()).starts_with("HTTP/1.1 421 "));  // Its Host is "127.0.0.1".
}

TEST_CASE("A WebSocket listener answers 400 to a request without a Host field or with two Host fields [RFC 9112 section 3.2]") {
  WebSocketEdge with_pages(serving(two_pages())), without;
  for (const char* hosts : {"", "Host: 127.0.0.1:8443\r\nHost: 127.0.0.1:8443\r\n", "Host: 127.0.0.1:8443\r\nHost: evil.example\r\n"})
    CHECK_MESSAGE(answer_to(with_pages, get("/", hosts)).starts_with("HTTP/1.1 400 "), hosts);
  CHECK(answer_to(without, upgrade("Sec-WebSocket-Protocol: sip\r\nHost: 127.0.0.1\r\n")).starts_with("HTTP/1.1 400 "));
}

TEST_CASE("The response that refuses a request for a page has the reason as plain text") {
  WebSocketEdge server(serving(two_pages()));
  const auto says = [&](const std::string& request, const std::string& why) {
    const std::string answer = answer_to(server, request);
    CHECK(has(answer, "Content-Type: text/plain\r\nX-Content-Type-Options: nosniff\r\n"));
    CHECK_MESSAGE(answer.ends_with("\r\n\r\n" + why + "\n"), answer);
  };
  says(get("/", "Host: evil.example\r\n"), "This server answers only to: 127.0.0.1:8443, localhost:8443");
  says(get("/none"), "There is no such page");
  says(get("/" + std::string(9000, 'x')), "The HTTP request is too long");
}

TEST_CASE("A listener with pages still accepts a WebSocket, from the page's own origin only [RFC 6455 section 10.2]") {
  WebSocketEdge server(serving(two_pages()));
  const auto handshake = [](const std::string& origin) {
    std::string request = upgrade("Origin: " + origin + "\r\nSec-WebSocket-Protocol: sip\r\n");
    return request.replace(request.find("127.0.0.1\r\n"), 9, "127.0.0.1:8443");
  };
  Browser browser(server.port());
  CHECK(browser.ask(handshake("https://127.0.0.1:8443")).starts_with("HTTP/1.1 101 "));
  browser.socket.send(frame(kFin | kText, transport_test::options("WS", 1)));
  CHECK(has(browser.socket.receive("CSeq: 1 OPTIONS"), "SIP/2.0 200 OK"));
  for (const char* origin : {"https://evil.example", "http://127.0.0.1:8443", "https://127.0.0.1", "null"})
    CHECK_MESSAGE(answer_to(server, handshake(origin)).starts_with("HTTP/1.1 403 "), origin);
}

TEST_CASE("The edge opens with pages up to their bounds, and refuses one more page, one more host, one more octet, and a path without a leading slash") {
  using sip::WebPages;
  WebPages most;
  most.pages.assign(WebPages::kMaxPages, {"/", "text/plain", std::string(WebPages::kMaxBody, 'x')});
  most.hosts.assign(WebPages::kMaxHosts, "127.0.0.1:8443");
  CHECK(is_openable(most));
  WebPages more = most;
  more.pages.push_back({"/", "text/plain", ""});
  CHECK_FALSE(is_openable(more));
  more = most;
  more.hosts.emplace_back("localhost:8443");
  CHECK_FALSE(is_openable(more));
  more = most;
  more.pages.back().body += 'x';
  CHECK_FALSE(is_openable(more));
  more = most;
  more.pages.back().path = "phone.js";
  CHECK_FALSE(is_openable(more));
}

TEST_CASE("A page of kMaxBody octets arrives whole") {
  sip::WebPages pages = two_pages();
  pages.pages.front().body.assign(sip::WebPages::kMaxBody, 'x');
  WebSocketEdge server(serving(std::move(pages)));
  const std::string answer = answer_to(server, get("/"));
  CHECK(answer.size() - answer.find("\r\n\r\n") - 4 == sip::WebPages::kMaxBody);
}
