#pragma once

#include "raw_server.hpp"

#include <offhook/agent/net/curl_http_client.hpp>

#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// A CurlHttpClient and a server whose octets the test sets, on one io_context.
namespace offhook::test {

using namespace agent::net;
using namespace std::chrono_literals;

inline constexpr auto kPatience = 20s;  // Long enough for a loaded machine. A successful test needs much less time.
inline const std::string kNoHost = "http://" + std::string(64, 'a') + ".invalid";  // The label is too long for a DNS query.

inline std::string whole(std::string_view body, std::string_view headers = "") {
  return "HTTP/1.1 200 OK\r\n" + std::string(headers) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

/// The result of one request.
struct Outcome {
  HttpHead head;
  std::string body;
  std::optional<NetError> error;
  int heads = 0, bodies = 0, ends = 0;
  std::unique_ptr<HttpTransfer> transfer;

  HttpHandler handler() {
    return {[this](const HttpHead& got) { head = got, ++heads; }, [this](std::string_view bytes) { body += bytes, ++bodies; },
            [this](std::optional<NetError> got) { error = std::move(got), ++ends; }};
  }
};

struct Net {
  template <class Done>
  void run_until(Done done) {
    io.restart();
    const auto give_up = std::chrono::steady_clock::now() + kPatience;
    while (!done() && std::chrono::steady_clock::now() < give_up) {
      if (io.stopped()) io.restart();
      io.run_one_for(100ms);
    }
    REQUIRE(done());
  }
  /// Runs the event loop until no handler is ready.
  void settle() {
    io.restart();
    while (io.poll() > 0) {}
  }
  HttpRequest request(std::string url, std::string body = "") {
    HttpRequest made;
    made.url = std::move(url);
    made.body = std::move(body);
    return made;
  }
  void ask(Outcome& outcome, HttpRequest what) {
    outcome.transfer = client->start(std::move(what), outcome.handler());
    run_until([&] { return outcome.ends > 0; });
  }
  void ask(Outcome& outcome, std::string path = "/") { ask(outcome, request(server.url(path))); }
  void answer_with(std::string bytes, std::size_t step = std::string::npos, bool close = false) {
    server.answer = [bytes, step, close](RawServer::Connection& connection, const std::string&) {
      connection.write(bytes, step);
      if (close) connection.close();
    };
  }

  boost::asio::io_context io;
  RawServer server{io};
  std::optional<CurlHttpClient> client{std::in_place, io};
};

}  // namespace offhook::test
