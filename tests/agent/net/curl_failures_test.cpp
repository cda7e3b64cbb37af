#include "curl_net.hpp"
#include "full_listener.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

using namespace offhook;
using namespace offhook::agent::net;
using namespace offhook::test;
using namespace std::chrono_literals;
using What = NetError::What;

TEST_CASE_FIXTURE(Net, "CurlHttpClient ends a request at its time limit, even if a part of the response has arrived") {
  answer_with("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  auto stalled = request(server.url());
  stalled.total_limit = 1s;
  Outcome half;
  ask(half, std::move(stalled));
  REQUIRE(half.error);
  CHECK(half.error->what == What::Timeout);
  CHECK(half.error->detail == "no complete answer from " + server.url("") + " within 1000 ms");
  CHECK(half.body == "abc");
}

TEST_CASE_FIXTURE(Net, "If CurlHttpClient gets no connection, its error names the shorter of connect_limit and total_limit") {
  const test::FullListener full;
  for (const auto& [connect, total] : {std::pair{30ms, 60'000ms}, std::pair{3000ms, 30ms}}) {
    auto what = request(full.url());
    what.connect_limit = connect;
    what.total_limit = total;
    Outcome outcome;
    ask(outcome, std::move(what));
    REQUIRE(outcome.error);
    CHECK(outcome.error->what == What::Timeout);
    CHECK(outcome.error->detail == "no connection to " + full.url() + " within 30 ms");
  }
}

TEST_CASE_FIXTURE(Net, "CurlHttpClient reports the kind of a server's fault") {
  const auto error_of = [&](const std::string& bytes) {
    answer_with(bytes, std::string::npos, true);
    Outcome outcome;
    ask(outcome);
    return outcome.error;
  };
  SUBCASE("the server closes in the middle of a body with a length") {
    const auto error = error_of("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    REQUIRE(error);
    CHECK(error->what == What::Closed);
  }
  SUBCASE("the server closes in the middle of a chunked body") {
    const auto error = error_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    REQUIRE(error);
    CHECK(error->what == What::Closed);
  }
  SUBCASE("the server closes before a response") {
    answer_with("x");
    server.answer = [](test::RawServer::Connection& connection, const std::string&) { connection.close(); };
    Outcome outcome;
    ask(outcome);
    REQUIRE(outcome.error);
    CHECK(outcome.error->what == What::Closed);
  }
  SUBCASE("the server does not speak HTTP") {
    const auto error = error_of("SSH-2.0-x\r\n");
    REQUIRE(error);
    CHECK(error->what == What::Protocol);
  }
  SUBCASE("a body without a length is complete when the server closes") { CHECK_FALSE(error_of("HTTP/1.1 200 OK\r\n\r\nabc")); }
  SUBCASE("no server listens at the port") {
    std::string url;
    {
      test::RawServer gone(io);
      url = gone.url();
    }
    Outcome outcome;
    ask(outcome, request(url));
    REQUIRE(outcome.error);
    CHECK(outcome.error->what == What::Refused);
    CHECK(outcome.error->detail.find("refuses the connection: check the URL, and that the server runs") != std::string::npos);
  }
  SUBCASE("the host is unknown") {
    Outcome outcome;
    ask(outcome, request(kNoHost + "/"));
    REQUIRE(outcome.error);
    CHECK(outcome.error->what == What::NotFound);
  }
}

TEST_CASE_FIXTURE(Net, "CurlHttpClient limits the size of a body, with and without Content-Length") {
  const auto ask_for = [&](const std::string& bytes) {
    answer_with(bytes);
    auto what = request(server.url());
    what.max_body = 1000;
    Outcome outcome;
    ask(outcome, std::move(what));
    return outcome.error;
  };
  const auto chunked = [](std::size_t octets) {
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string("64\r\n") + std::string(100, 'a') + "\r\n" +
           (octets == 1000 ? "384\r\n" : "385\r\n") + std::string(octets - 100, 'b') + "\r\n0\r\n\r\n";
  };
  CHECK_FALSE(ask_for(whole(std::string(1000, 'a'))));
  CHECK_FALSE(ask_for(chunked(1000)));
  for (const std::string& bytes : {whole(std::string(1001, 'a')), chunked(1001)}) {
    const auto error = ask_for(bytes);
    REQUIRE(error);
    CHECK(error->what == What::TooLarge);
  }
}

TEST_CASE_FIXTURE(Net, "CurlHttpClient limits the headers of a response") {
  const auto with_count = [&](std::size_t count) {
    std::string headers;
    for (std::size_t i = 1; i < count; ++i) headers += "x: y\r\n";
    answer_with(whole("", headers));
    Outcome outcome;
    ask(outcome);
    return outcome.error;
  };
  CHECK_FALSE(with_count(CurlHttpClient::kMaxHeaders));
  auto error = with_count(CurlHttpClient::kMaxHeaders + 1);
  REQUIRE(error);
  CHECK(error->what == What::TooLarge);

  const auto with_octets = [&](std::size_t octets) {
    const std::string rest = whole("");
    std::string headers = "x: " + std::string(octets / 2 - 5, 'y') + "\r\n";
    headers += "x: " + std::string(octets - rest.size() - headers.size() - 5, 'y') + "\r\n";
    answer_with(whole("", headers));
    Outcome outcome;
    ask(outcome);
    return outcome.error;
  };
  CHECK_FALSE(with_octets(CurlHttpClient::kMaxHeaderBytes));
  error = with_octets(CurlHttpClient::kMaxHeaderBytes + 1);
  REQUIRE(error);
  CHECK(error->what == What::TooLarge);
}
