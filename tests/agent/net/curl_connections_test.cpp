#include "curl_net.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <utility>

using namespace offhook;
using namespace offhook::agent::net;
using namespace offhook::test;

TEST_CASE_FIXTURE(Net, "CurlHttpClient reuses a connection, and opens another one if the server has closed the first") {
  answer_with(whole("1"));
  Outcome first, second, third;
  ask(first);
  ask(second);
  CHECK(server.accepted == 1);
  server.connections.at(0)->close();
  run_until([&] { return server.ended == 1; });
  ask(third);
  CHECK(third.body == "1");
  CHECK(server.accepted == 2);
}

TEST_CASE_FIXTURE(Net, "warm() opens a connection, and the first request uses this connection") {
  answer_with("HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\n\r\n");  // The response to a HEAD has no body.
  client->warm(server.url("/v1/chat"));
  client->warm(server.url("/v1/audio"));
  run_until([&] { return server.requests.size() == 1; });
  settle();
  CHECK(server.requests[0].starts_with("HEAD / HTTP/1.1\r\n"));
  answer_with(whole("ok"));
  Outcome outcome;
  ask(outcome);
  CHECK(outcome.body == "ok");
  CHECK(server.accepted == 1);
  CHECK(server.requests.size() == 2);
  client->warm("nonsense");
  settle();
}

TEST_CASE_FIXTURE(Net, "warm() does nothing if the client has just sent a request to the same host") {
  answer_with(whole("ok"));
  Outcome outcome;
  ask(outcome);
  client->warm(server.url("/v1/chat"));
  settle();
  Outcome next;
  ask(next);
  CHECK(server.requests.size() == 2);
  CHECK(server.requests[1].starts_with("POST "));
}

TEST_CASE_FIXTURE(Net, "CurlHttpClient uses the proxy in its options, and ignores the proxy in the environment variables") {
  test::RawServer proxy(io);
  proxy.answer = [](test::RawServer::Connection& connection, const std::string&) { connection.write(whole("by proxy")); };
  const auto body_by = [&](ProxyRules rules) {
    CurlOptions options;
    options.proxies = std::move(rules);
    client.emplace(io, std::move(options));
    Outcome outcome;
    ask(outcome, request(kNoHost + ":80/x"));
    return outcome.error ? "error" : outcome.body;
  };
  setenv("http_proxy", proxy.url("").c_str(), 1);
  setenv("no_proxy", "*", 1);
  CHECK(body_by({}) == "error");
  ProxyRules rules;
  rules.for_http = *parse_proxy(proxy.url(""));
  CHECK(body_by(rules) == "by proxy");
  unsetenv("http_proxy");
  unsetenv("no_proxy");
  CHECK(proxy.requests.back().starts_with("POST " + kNoHost + "/x HTTP/1.1\r\n"));
  rules.direct = {kNoHost.substr(7)};
  CHECK(body_by(rules) == "error");
  client.reset();
}

TEST_CASE_FIXTURE(Net, "A client for the local network reuses its connections, and follows no redirect to an address outside the local network") {
  CurlOptions options;
  options.local_only = true;
  client.emplace(io, std::move(options));
  answer_with("HTTP/1.1 307 Elsewhere\r\nLocation: http://192.0.2.66/\r\nContent-Length: 0\r\n\r\n");
  for (int i = 0; i < 2; ++i) {
    Outcome outcome;
    ask(outcome);
    CHECK_FALSE(outcome.error);
    CHECK(outcome.head.status == 307);
  }
  CHECK(server.accepted == 1);
}

TEST_CASE_FIXTURE(Net, "If a reused connection closes, CurlHttpClient sends the request again, unless the request has at_most_once") {
  for (const bool at_most_once : {false, true}) {
    server.requests.clear();
    answer_with(whole("kept"));
    Outcome first;
    ask(first);
    server.answer = [](test::RawServer::Connection& connection, const std::string&) { connection.close(); };
    Outcome second;
    auto what = request(server.url("/pay"), "{}");
    what.at_most_once = at_most_once;
    ask(second, std::move(what));
    CHECK(second.error);
    CHECK(server.requests.size() == (at_most_once ? 2 : 3));
  }
}
