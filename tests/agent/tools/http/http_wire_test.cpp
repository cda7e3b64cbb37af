#include "../../net/raw_server.hpp"
#include "document.hpp"

#include <offhook/agent/net/curl_http_client.hpp>
#include <offhook/agent/tools/http/http_source.hpp>

#include <optional>

// Tests of HttpSource with libcurl on loopback. They check the requests on the wire.

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::tools;
using namespace offhook::agent::tools::http;
using namespace std::chrono_literals;

namespace {

constexpr auto kPatience = 20s;  // Long enough for a loaded machine. A successful test needs much less time.

struct Net {
  Net() { ask(server.url("")); }
  void ask(const std::string& url) {
    ServiceOptions options;
    options.label = "shop";
    options.url = url;
    options.token = Secret("t0ken");
    options.operations = {"getOrder", "changeOrder"};
    options.unpinned = Unpinned::TrustFirst;
    std::vector<ServiceNote> notes;
    source = std::make_unique<HttpSource>(*Service::read(std::move(options), test::shop().dump(), notes), client);
  }
  SourceResult call(const std::string& tool, const std::string& arguments) {
    source->start({++number, tool, arguments});
    const auto give_up = std::chrono::steady_clock::now() + kPatience;
    std::optional<SourceResult> result;
    while (!(result = source->poll()) && std::chrono::steady_clock::now() < give_up) {
      io.restart();
      io.run_one_for(100ms);
    }
    REQUIRE(result);
    return *result;
  }
  void answer_with(std::string bytes, bool close = false) {
    server.answer = [bytes, close](test::RawServer::Connection& connection, const std::string&) {
      connection.write(bytes);
      if (close) connection.close();
    };
  }

  boost::asio::io_context io;
  test::RawServer server{io};
  net::CurlHttpClient client{io};
  std::unique_ptr<HttpSource> source;
  std::uint64_t number = 0;
};

std::string first_line(const std::string& request) { return request.substr(0, request.find("\r\n")); }

}  // namespace

TEST_CASE_FIXTURE(Net, "On the wire, a value stays in its path segment, and the request has the token") {
  answer_with("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}");
  CHECK(call("shop__getOrder", R"({"order":"4/7?x#y&z","fields":["state"]})").text == R"({"a":1})");
  REQUIRE(server.requests.size() == 1);
  CHECK(first_line(server.requests[0]) == "GET /orders/4%2F7%3Fx%23y%26z?fields=state HTTP/1.1");
  CHECK(server.requests[0].find("\r\nauthorization: Bearer t0ken\r\n") != std::string::npos);
  call("shop__getOrder", R"({"order":"..."})");
  CHECK(first_line(server.requests[1]) == "GET /orders/... HTTP/1.1");
}

TEST_CASE_FIXTURE(Net, "HttpSource does not follow a redirect, and the answer says that nothing was done") {
  answer_with("HTTP/1.1 307 Temporary Redirect\r\nLocation: " + server.url("/elsewhere") + "\r\nContent-Length: 0\r\n\r\n");
  const auto result = call("shop__changeOrder", R"({"order":"1","state":"paid"})");
  CHECK_FALSE(result.ok);
  CHECK(result.text == "The tool's service redirected the request (307). Offhook does not follow redirects. Nothing was done.");
  CHECK(server.requests.size() == 1);
}

TEST_CASE_FIXTURE(Net, "If the connection closes, HttpSource sends a change only once, even on a reused connection, but sends a GET again") {
  answer_with("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nkept");
  CHECK(call("shop__getOrder", R"({"order":"1"})").text == "kept");
  server.requests.clear();
  answer_with("", true);
  const auto result = call("shop__changeOrder", R"({"order":"1","state":"paid"})");
  CHECK(server.requests.size() == 1);
  CHECK(first_line(server.requests[0]) == "PATCH /orders/1 HTTP/1.1");
  CHECK(result.text == "The tool's service closed the connection too early. Whether the tool did its work is not known.");
  server.requests.clear();
  CHECK(call("shop__getOrder", R"({"order":"1"})").text == "The tool's service closed the connection too early. Nothing was done.");
  CHECK(server.requests.size() >= 2);
}

TEST_CASE_FIXTURE(Net, "If the service is unreachable, the answer says that nothing was done") {
  std::string nowhere;
  {
    test::RawServer gone(io);
    nowhere = gone.url("");
  }
  ask(nowhere);
  CHECK(call("shop__changeOrder", R"({"order":"1","state":"paid"})").text == "The tool is not available at the moment. Nothing was done.");
}
