#include "curl_net.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace offhook;
using namespace offhook::agent::net;
using namespace offhook::test;
using What = NetError::What;

TEST_CASE_FIXTURE(Net, "CurlHttpClient sends the request as given, and delivers head, body and end of the response in this order") {
  answer_with(whole("hello", "X-Thing:  some value \r\nx-empty:\r\n"));
  Outcome outcome;
  std::string order;
  auto what = request(server.url("/v1/x?y=z"), "{\"a\":1}");
  what.headers = {{"Content-Type", "application/json"}, {"Authorization", "Bearer k"}, {"x-none", ""}};
  outcome.transfer =
      client->start(std::move(what), {[&](const HttpHead& head) { outcome.head = head, order += 'h'; },
                                      [&](std::string_view bytes) { outcome.body += bytes, order += 'b'; },
                                      [&](std::optional<NetError> error) { outcome.error = std::move(error), order += 'e'; }});
  CHECK(order.empty());
  run_until([&] { return order.ends_with('e'); });
  CHECK(order == "hbe");
  CHECK(outcome.head.status == 200);
  CHECK(outcome.head.header("x-thing") == "some value");
  CHECK(outcome.body == "hello");
  CHECK_FALSE(outcome.error.has_value());
  REQUIRE(server.requests.size() == 1);
  const std::string& sent = server.requests[0];
  CHECK(sent.starts_with("POST /v1/x?y=z HTTP/1.1\r\n"));
  CHECK(sent.find("\r\nContent-Type: application/json\r\n") != std::string::npos);
  CHECK(sent.find("\r\nAuthorization: Bearer k\r\n") != std::string::npos);
  CHECK(sent.find("\r\nUser-Agent: Offhook\r\n") != std::string::npos);
  CHECK(sent.find("Expect") == std::string::npos);
  CHECK(sent.ends_with("\r\n\r\n{\"a\":1}"));
}

TEST_CASE_FIXTURE(Net, "The target of CurlHttpClient's request is the URL's path and query as written, with the path \"/\" if the URL has none [RFC 9112 section 3.2.1]") {
  answer_with(whole("x"));
  const std::string root = server.url("");
  for (const auto& [written, asked] : {std::pair<std::string, std::string>{"", "/"},
                                       {"/", "/"},
                                       {"?a=b&c", "/?a=b&c"},
                                       {"/where?q=now", "/where?q=now"},
                                       {"/a%20b/%2Fc?d=%3F/?e", "/a%20b/%2Fc?d=%3F/?e"},
                                       {"/a#part", "/a"},
                                       {"#part", "/"}}) {
    CAPTURE(written);
    Outcome outcome;
    auto what = request(root + written);
    what.method = "GET";
    ask(outcome, std::move(what));
    const std::string& sent = server.requests.back();
    CHECK(sent.substr(0, sent.find("\r\n")) == "GET " + asked + " HTTP/1.1");
    CHECK(sent.find("\r\nHost: " + root.substr(root.find("://") + 3) + "\r\n") != std::string::npos);
  }
}

TEST_CASE_FIXTURE(Net, "CurlHttpClient reads an interim response, and the head and chunks of the final response, if they arrive octet by octet") {
  answer_with(
      "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 404 Not Found\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nabc\r\n5;ext=1\r\ndefgh\r\n0\r\nTrailer: t\r\n\r\n",
      1);
  Outcome outcome;
  ask(outcome);
  CHECK(outcome.heads == 1);
  CHECK(outcome.head.status == 404);
  CHECK(outcome.head.header("link") == "");
  CHECK(outcome.body == "abcdefgh");
  CHECK_FALSE(outcome.error);
}

TEST_CASE_FIXTURE(Net, "CurlHttpClient delivers the octets of a body when they arrive, before the end of the response") {
  std::shared_ptr<test::RawServer::Connection> open;
  server.answer = [&](test::RawServer::Connection& connection, const std::string&) {
    open = connection.shared_from_this();
    open->write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  };
  Outcome outcome;
  outcome.transfer = client->start(request(server.url()), outcome.handler());
  run_until([&] { return outcome.body == "abc"; });
  CHECK(outcome.ends == 0);
  open->write("1\r\nd\r\n0\r\n\r\n");
  run_until([&] { return outcome.ends == 1; });
  CHECK(outcome.body == "abcd");
}

TEST_CASE_FIXTURE(Net, "CurlHttpClient sends forms with binary content") {
  answer_with(whole(""));
  auto what = request(server.url());
  what.form = {{"file", std::string("RI\0FF\r\n", 7), "turn.wav", "audio/wav"}, {"model", "whisper", "", ""}};
  Outcome outcome;
  ask(outcome, std::move(what));
  const std::string& sent = server.requests.at(0);
  CHECK(sent.find("Content-Type: multipart/form-data; boundary=") != std::string::npos);
  CHECK(sent.find("form-data; name=\"file\"; filename=\"turn.wav\"\r\nContent-Type: audio/wav\r\n\r\n" +
                  std::string("RI\0FF\r\n", 7)) != std::string::npos);
  CHECK(sent.find("form-data; name=\"model\"\r\n\r\nwhisper\r\n") != std::string::npos);
}

TEST_CASE_FIXTURE(Net, "CurlHttpClient runs a hundred requests at the same time") {
  server.answer = [](test::RawServer::Connection& connection, const std::string& request) {
    connection.write(whole(request.substr(0, request.find(" HTTP"))), 7);
  };
  std::vector<Outcome> outcomes(100);
  for (std::size_t i = 0; i < outcomes.size(); ++i)
    outcomes[i].transfer = client->start(request(server.url("/" + std::to_string(i))), outcomes[i].handler());
  run_until(
      [&] { return std::all_of(outcomes.begin(), outcomes.end(), [](const Outcome& outcome) { return outcome.ends > 0; }); });
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    CHECK(outcomes[i].body == "POST /" + std::to_string(i));
    CHECK(outcomes[i].ends == 1);
  }
}

TEST_CASE_FIXTURE(Net, "After a transfer is destroyed, in any state, CurlHttpClient calls none of its handlers") {
  answer_with("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc");
  SUBCASE("the transfer is destroyed immediately after start()") {
    Outcome outcome;
    outcome.transfer = client->start(request(server.url()), outcome.handler());
    outcome.transfer.reset();
    settle();
    CHECK(outcome.heads + outcome.bodies + outcome.ends == 0);
    CHECK(server.accepted == 0);
  }
  SUBCASE("the transfer is destroyed while it waits for the response") {
    server.answer = [](test::RawServer::Connection&, const std::string&) {};
    Outcome outcome;
    outcome.transfer = client->start(request(server.url()), outcome.handler());
    run_until([&] { return server.requests.size() == 1; });
    outcome.transfer.reset();
    run_until([&] { return server.ended == 1; });  // The server sees that the connection ends.
    CHECK(outcome.heads + outcome.bodies + outcome.ends == 0);
  }
  SUBCASE("the transfer is destroyed in on_head") {
    Outcome outcome;
    auto handler = outcome.handler();
    handler.on_head = [&](const HttpHead&) {
      ++outcome.heads;
      outcome.transfer.reset();
    };
    outcome.transfer = client->start(request(server.url()), std::move(handler));
    run_until([&] { return server.ended == 1; });
    CHECK(outcome.heads == 1);
    CHECK(outcome.bodies + outcome.ends == 0);
  }
  SUBCASE("the transfer is destroyed in on_body") {
    Outcome outcome;
    auto handler = outcome.handler();
    handler.on_body = [&](std::string_view) {
      ++outcome.bodies;
      outcome.transfer.reset();
    };
    outcome.transfer = client->start(request(server.url()), std::move(handler));
    run_until([&] { return server.ended == 1; });
    CHECK(outcome.bodies == 1);
    CHECK(outcome.ends == 0);
  }
  SUBCASE("the transfer is destroyed in on_end, which starts the next request") {
    answer_with(whole("x"));
    Outcome outcome, next;
    auto handler = outcome.handler();
    handler.on_end = [&](std::optional<NetError>) {
      outcome.transfer = client->start(request(server.url("/next")), next.handler());
    };
    outcome.transfer = client->start(request(server.url()), std::move(handler));
    run_until([&] { return next.ends == 1; });
    CHECK(next.body == "x");
  }
  SUBCASE("the transfer is destroyed in on_head of another transfer") {
    Outcome first, second;
    const auto stop_all = [&](const HttpHead&) {
      first.transfer.reset();
      second.transfer.reset();
    };
    auto one = first.handler(), two = second.handler();
    one.on_head = two.on_head = stop_all;
    first.transfer = client->start(request(server.url()), std::move(one));
    second.transfer = client->start(request(server.url()), std::move(two));
    run_until([&] { return !first.transfer && !second.transfer; });
    settle();
    CHECK(first.bodies + first.ends + second.bodies + second.ends == 0);
  }
}

TEST_CASE_FIXTURE(Net, "CurlHttpClient may be destroyed while transfers run, even in a handler") {
  answer_with("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc");
  Outcome outcome, other;
  SUBCASE("the client is destroyed outside of handlers") {
    outcome.transfer = client->start(request(server.url()), outcome.handler());
    run_until([&] { return outcome.heads == 1; });
    client.reset();
    settle();
    CHECK(outcome.ends == 0);
    outcome.transfer.reset();
  }
  SUBCASE("the client is destroyed in a handler") {
    auto handler = outcome.handler();
    handler.on_head = [&](const HttpHead&) { client.reset(); };
    other.transfer = client->start(request(server.url()), other.handler());
    outcome.transfer = client->start(request(server.url()), std::move(handler));
    run_until([&] { return !client; });
    settle();
    CHECK(outcome.bodies + outcome.ends == 0);
    CHECK(other.ends == 0);
  }
  SUBCASE("the client is destroyed before it reports a refusal") {
    outcome.transfer = client->start(request("file:///etc/passwd"), outcome.handler());
    client.reset();
    settle();
    CHECK(outcome.ends == 0);
  }
}

TEST_CASE_FIXTURE(Net, "CurlHttpClient follows no redirect, so that a key goes only to the requested host") {
  answer_with("HTTP/1.1 302 Found\r\nLocation: " + server.url("/elsewhere") + "\r\nContent-Length: 0\r\n\r\n");
  Outcome outcome;
  ask(outcome);
  CHECK(outcome.head.status == 302);
  CHECK_FALSE(outcome.error);
  CHECK(server.requests.size() == 1);
}

TEST_CASE_FIXTURE(Net, "CurlHttpClient refuses URLs and headers that it does not support, and reports this after start() has returned") {
  const auto refused = [&](HttpRequest what) {
    Outcome outcome;
    outcome.transfer = client->start(std::move(what), outcome.handler());
    CHECK(outcome.ends == 0);
    run_until([&] { return outcome.ends == 1; });
    return outcome.error && outcome.error->what == What::Local;
  };
  CHECK(refused(request("file:///etc/passwd")));
  CHECK(refused(request("ftp://127.0.0.1/x")));
  CHECK(refused(request("")));
  CHECK(refused(request("http://user:word@127.0.0.1/")));
  auto injected = request(server.url());
  injected.headers = {{"x", "y\r\nz: evil"}};
  CHECK(refused(injected));
  injected.headers = {{"x y", "z"}};
  CHECK(refused(injected));
  injected.headers.clear();
  injected.method = "GET / HTTP/1.1\r\nx";
  CHECK(refused(injected));
  CHECK(server.requests.empty());
}

TEST_CASE_FIXTURE(Net, "CurlHttpClient runs at most kMaxTransfers requests") {
  std::vector<Outcome> held(CurlHttpClient::kMaxTransfers);
  for (Outcome& outcome : held) outcome.transfer = client->start(request(server.url()), outcome.handler());
  Outcome beyond;
  beyond.transfer = client->start(request(server.url()), beyond.handler());
  for (Outcome& outcome : held) outcome.transfer.reset();
  run_until([&] { return beyond.ends == 1; });
  REQUIRE(beyond.error);
  CHECK(beyond.error->what == What::Local);
  CHECK(beyond.error->detail == "too many requests run at once");
  for (const Outcome& outcome : held) CHECK(outcome.ends == 0);
}
