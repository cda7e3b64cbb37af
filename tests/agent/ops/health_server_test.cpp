// A real socket on loopback, without timed assertions.
#include <offhook/agent/ops/health_server.hpp>

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

using namespace offhook;

namespace {

struct Server {
  std::atomic<bool> ready{false};
  std::string ordered;  // the orders so far; the server writes it before the response leaves, and the test reads it after the response
  std::unique_ptr<agent::HealthServer> server;
  bool sent_whole = false;

  explicit Server(std::chrono::milliseconds header_limit = agent::kHeaderLimit, const std::string& token = {}, const char* address = "127.0.0.1") {
    auto opened = agent::HealthServer::open({*base::IpAddress::parse(address), 0},
                                            {[this] { return agent::Health{ready, ready ? R"({"ready":true})" : R"({"ready":false})"}; },
                                             [] { return std::string(R"({"calls":[]})"); }, [] { return std::string("offhook_calls 0\n"); },
                                             [this](const std::string& call, bool paused) {
                                               ordered += call + (paused ? " paused;" : " resumed;");
                                               return agent::HealthReply{call == "none" ? 404U : 200U, R"({"id":"x"})"};
                                             }, token}, header_limit);
    REQUIRE(opened.has_value());
    server = std::move(*opened);
  }

  int connect() const {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server->port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    return fd;
  }

  std::string ask(const std::string& request) { return ask_on(connect(), request); }

  /// Sends the request on `fd`, returns the response and closes `fd`.
  std::string ask_on(int fd, const std::string& request) {
    const auto sent = ::send(fd, request.data(), request.size(), MSG_NOSIGNAL);
    sent_whole = sent == static_cast<ssize_t>(request.size());
    std::string answer;
    for (pollfd entry{fd, POLLIN, 0}; ::poll(&entry, 1, 10000) == 1;) {
      char buffer[2048];
      const auto got = ::recv(fd, buffer, sizeof buffer, 0);
      if (got <= 0) break;
      answer.append(buffer, static_cast<std::size_t>(got));
    }
    ::close(fd);
    return answer;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Server, "/healthz answers 200 while /readyz still answers 503") {
  CHECK(ask("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").starts_with("HTTP/1.1 200 "));
  CHECK(ask("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n").starts_with("HTTP/1.1 503 "));
  ready = true;
  const std::string answer = ask("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(answer.starts_with("HTTP/1.1 200 "));
  CHECK(answer.find(R"({"ready":true})") != std::string::npos);
}

TEST_CASE_FIXTURE(Server, "An unknown path gets 404, and a wrong method gets 405") {
  CHECK(ask("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").starts_with("HTTP/1.1 404 "));
  CHECK(ask("DELETE /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").starts_with("HTTP/1.1 405 "));
}

TEST_CASE_FIXTURE(Server, "A path names a page, and a query after it has no effect [RFC 9112 section 3.2.1]") {
  const auto asked = [this](const std::string& target) { return ask("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n").substr(9, 3); };
  for (const char* target : {"/healthz?", "/healthz?verbose", "/calls?a=/readyz", "/metrics?name[]=x&b"}) {
    CAPTURE(target);
    CHECK(asked(target) == "200");
  }
  for (const char* target : {"/healthz/", "/healthz%3F", "//healthz", "/health?z", "?/healthz", "healthz", "*"}) {
    CAPTURE(target);
    CHECK(asked(target) == "404");
  }
}

TEST_CASE_FIXTURE(Server, "/calls shows the current calls, and /metrics the metrics of all calls") {
  const std::string calls = ask("GET /calls HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(calls.starts_with("HTTP/1.1 200 "));
  CHECK(calls.find("application/json") != std::string::npos);
  CHECK(calls.ends_with("\r\n\r\n{\"calls\":[]}\n"));
  const std::string metrics = ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(metrics.starts_with("HTTP/1.1 200 "));
  CHECK(metrics.find("text/plain; version=0.0.4") != std::string::npos);
  CHECK(metrics.ends_with("\r\n\r\noffhook_calls 0\n"));
  CHECK(ask("POST /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").starts_with("HTTP/1.1 405 "));
}

TEST_CASE_FIXTURE(Server, "A POST pauses or resumes a recording, and the response has the status and the text from the owner of the call") {
  const std::string paused = ask("POST /calls/k3x9/recording/pause HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
  CHECK(paused.starts_with("HTTP/1.1 200 "));
  CHECK(paused.ends_with("\r\n\r\n{\"id\":\"x\"}\n"));
  CHECK(ask("POST /calls/k3x9/recording/resume HTTP/1.1\r\nHost: localhost\r\n\r\n").starts_with("HTTP/1.1 200 "));
  CHECK(ask("POST /calls/none/recording/pause HTTP/1.1\r\nHost: localhost\r\n\r\n").starts_with("HTTP/1.1 404 "));
  CHECK(ordered == "k3x9 paused;k3x9 resumed;none paused;");
}

TEST_CASE_FIXTURE(Server, "A GET, a request from a web page, or a wrong path does not pause a recording") {
  const std::string got = ask("GET /calls/k3x9/recording/pause HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(got.starts_with("HTTP/1.1 405 "));
  CHECK(got.find("Allow: POST\r\n") != std::string::npos);
  CHECK(ask("POST /calls/k3x9/recording/pause HTTP/1.1\r\nHost: localhost\r\nOrigin: http://a.example\r\n\r\n").starts_with("HTTP/1.1 403 "));
  for (const std::string path : {"/calls//recording/pause", "/calls/recording/pause", "/calls/recording/resume", "/recording/pause", "/calls/a/b/recording/pause",
                                 "/calls/%41/recording/pause", "/calls/a?/recording/pause", "/calls/a/recording/pauses", "/calls/a/recording"}) {
    CAPTURE(path);
    CHECK(ask("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").starts_with("HTTP/1.1 404 "));
  }
  CHECK(ordered.empty());
}

TEST_CASE_FIXTURE(Server, "A request with a body gets 413 and has no effect") {
  const std::string order = "POST /calls/k3x9/recording/pause HTTP/1.1\r\nHost: localhost\r\n";
  const std::string told = ask(order + "Content-Length: 2\r\n\r\n{}");
  CHECK(told.starts_with("HTTP/1.1 413 "));
  CHECK(told.find("send no body: the path is the whole request") != std::string::npos);
  CHECK(ask(order + "Content-Length: 99999999999\r\n\r\n").starts_with("HTTP/1.1 413 "));
  CHECK(ordered.empty());
}

TEST_CASE_FIXTURE(Server, "The server reads and drops a long body before its response, up to a limit") {
  const auto post = [](std::size_t octets) {
    return "POST /calls/k3x9/recording/pause HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(octets) + "\r\n\r\n" + std::string(octets, 'x');
  };
  CHECK(ask(post(15'000'000)).starts_with("HTTP/1.1 413 "));  // The body is larger than the buffers of both sides.
  CHECK(sent_whole);
  (void)ask(post(64'000'000));
  CHECK_FALSE(sent_whole);
}

TEST_CASE_FIXTURE(Server, "A request must name exactly one host. Only an HTTP/1.0 request may omit the host [RFC 9112 section 3.2]") {
  ready = true;
  CHECK(ask("GET /readyz HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 400 "));
  for (const std::string second : {"localhost", "a.example", ""}) {
    CAPTURE(second);
    for (const std::string version : {"1.1", "1.0"}) {
      CHECK(ask("GET /readyz HTTP/" + version + "\r\nHost: localhost\r\nHost: " + second + "\r\n\r\n").starts_with("HTTP/" + version + " 400 "));
    }
    CHECK(ask("GET /readyz HTTP/1.1\r\nHost: " + second + "\r\nHost: localhost\r\n\r\n").starts_with("HTTP/1.1 400 "));
  }
  CHECK(ask("POST /calls/k3x9/recording/pause HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 400 "));
  CHECK(ordered.empty());
  CHECK(ask("GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n").starts_with("HTTP/1.0 200 "));
}

TEST_CASE_FIXTURE(Server, "A request is answered only if its host names this machine, which protects against DNS rebinding [RFC 9110 section 7.4]") {
  ready = true;
  const auto asked = [this](const std::string& host) { return ask("GET /readyz HTTP/1.1\r\nHost: " + host + "\r\n\r\n"); };
  for (const char* ours : {"localhost", "LocalHost:8080", "localhost.", "localhost.:8080", "127.0.0.1.", "127.0.0.1", "127.0.0.1:8080", "127.8.9.1", "[::1]", "[::1]:8080"}) {
    CAPTURE(ours);
    CHECK(asked(ours).starts_with("HTTP/1.1 200 "));
  }
  for (const char* other : {"a.example", "a.example:8080", "127.0.0.1.a.example", "localhost.a.example", "192.0.2.1", "a.example.", "localhost..", ".", "[::1].a.example", "[2001:db8::1]:8080", "[", ""}) {
    CAPTURE(other);
    CHECK(asked(other).starts_with("HTTP/1.1 421 "));
  }
  CHECK(ask("POST /calls/k3x9/recording/pause HTTP/1.1\r\nHost: a.example:8080\r\n\r\n").starts_with("HTTP/1.1 421 "));
  CHECK(ordered.empty());
  CHECK(ask("GET /readyz HTTP/1.0\r\n\r\n").starts_with("HTTP/1.0 200 "));
}

TEST_CASE("A request without the token learns only whether the agent is alive and ready [RFC 6750 section 2.1]") {
  for (const char* address : {"127.0.0.1", "0.0.0.0"}) {
    CAPTURE(address);
    Server guarded(agent::kHeaderLimit, "0123456789abcdef", address);
    const auto asked = [&guarded](const std::string& first, const std::string& fields) { return guarded.ask(first + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n"); };
    const std::string good = "Authorization: Bearer 0123456789abcdef\r\n";
    CHECK(asked("GET /healthz", "").starts_with("HTTP/1.1 200 "));
    const std::string unready = asked("GET /readyz", "");
    CHECK(unready.starts_with("HTTP/1.1 503 "));
    CHECK(unready.ends_with("\r\n\r\n{\"ready\":false}\n"));
    for (const std::string fields : {"", "Authorization: Bearer 0123456789abcdeg\r\n", "Authorization: Bearer 0123456789abcde\r\n", "Authorization: Bearer 0123456789abcdef0\r\n",
                                     "Authorization: Basic 0123456789abcdef\r\n", "Authorization: 0123456789abcdef\r\n", "Authorization: Bearer\r\n", "Authorization: \r\n"}) {
      CAPTURE(fields);
      const std::string refused = asked("GET /calls", fields);
      CHECK(refused.starts_with("HTTP/1.1 401 "));
      CHECK(refused.find("WWW-Authenticate: Bearer\r\n") != std::string::npos);
      CHECK(asked("GET /metrics", fields).starts_with("HTTP/1.1 401 "));
      CHECK(asked("GET /nowhere", fields).starts_with("HTTP/1.1 401 "));
      CHECK(asked("POST /calls/k3x9/recording/pause", fields).starts_with("HTTP/1.1 401 "));
    }
    CHECK(asked("GET /calls", good + good).starts_with("HTTP/1.1 401 "));
    CHECK(guarded.ordered.empty());
    CHECK(asked("GET /calls", good).ends_with("\r\n\r\n{\"calls\":[]}\n"));
    CHECK(asked("GET /metrics?x", "authorization: bearer 0123456789abcdef\r\n").starts_with("HTTP/1.1 200 "));
    CHECK(asked("POST /calls/k3x9/recording/pause", good).starts_with("HTTP/1.1 200 "));
    CHECK(asked("POST /calls/k3x9/recording/pause", good + "Origin: http://a.example\r\n").starts_with("HTTP/1.1 403 "));
    CHECK(guarded.ordered == "k3x9 paused;");
  }
}

TEST_CASE_FIXTURE(Server, "The response to HEAD equals the response to GET without the content [RFC 9110 section 9.3.2]") {
  const std::string got = ask("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"), head = ask("HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(head.ends_with("\r\n\r\n"));
  CHECK(got.starts_with(head));
}

TEST_CASE("The server answers a probe that names the pod's address as host. On a loopback address, the probe needs the token") {
  const std::string probe = "GET /readyz HTTP/1.1\r\nHost: 192.0.2.7:8080\r\n", good = "Authorization: Bearer 0123456789abcdef\r\n";
  Server everywhere(agent::kHeaderLimit, "0123456789abcdef", "0.0.0.0"), here(agent::kHeaderLimit, "0123456789abcdef");
  everywhere.ready = here.ready = true;
  CHECK(everywhere.ask(probe + "\r\n").ends_with("\r\n\r\n{\"ready\":true}\n"));
  CHECK(here.ask(probe + "\r\n").starts_with("HTTP/1.1 421 "));
  CHECK(here.ask(probe + good + "\r\n").starts_with("HTTP/1.1 200 "));
}

TEST_CASE("If the server has no source for a page, a request for the page gets 404") {
  Server bare;
  bare.server = *agent::HealthServer::open({*base::IpAddress::parse("127.0.0.1"), 0}, {[] { return agent::Health{}; }});
  CHECK(bare.ask("GET /calls HTTP/1.1\r\nHost: localhost\r\n\r\n").starts_with("HTTP/1.1 404 "));
  CHECK(bare.ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").starts_with("HTTP/1.1 404 "));
  CHECK(bare.ask("POST /calls/a/recording/pause HTTP/1.1\r\nHost: localhost\r\n\r\n").starts_with("HTTP/1.1 404 "));
}

TEST_CASE_FIXTURE(Server, "The server drops garbage and a header without end, and answers the next request") {
  CHECK(ask("\x16\x03\x01 garbage\r\n\r\n").empty());
  CHECK(ask("GET /healthz HTTP/1.1\r\nX: " + std::string(20000, 'a') + "\r\n\r\n").empty());
  CHECK(ask("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").starts_with("HTTP/1.1 200 "));
}

TEST_CASE("The health port keeps 16 connections, and a 17th connection closes the oldest connection") {
  Server patient(std::chrono::minutes(1));
  const std::string request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
  std::vector<int> silent;
  while (silent.size() < 15) silent.push_back(patient.connect());
  CHECK(patient.ask(request).starts_with("HTTP/1.1 200 "));  // the 16th connection
  CHECK(patient.ask_on(silent[0], request).starts_with("HTTP/1.1 200 "));
  silent[0] = patient.connect();
  const int sixteenth = patient.connect();
  CHECK(patient.ask(request).starts_with("HTTP/1.1 200 "));  // the 17th connection
  CHECK(patient.ask_on(silent[1], request).empty());
  silent[1] = sixteenth;
  CHECK(patient.ask_on(silent[2], request).starts_with("HTTP/1.1 200 "));
  silent.erase(silent.begin() + 2);
  for (const int fd : silent) ::close(fd);
}

TEST_CASE_FIXTURE(Server, "A header that arrives octet by octet is dropped after a second") {
  const int fd = connect();
  bool closed = false;
  for (int octets = 0; octets < 150 && !closed; ++octets) {  // 3 s or more
    (void)::send(fd, "a", 1, MSG_NOSIGNAL);
    pollfd entry{fd, POLLIN, 0};
    closed = ::poll(&entry, 1, 20) == 1;
  }
  ::close(fd);
  CHECK(closed);
}

TEST_CASE_FIXTURE(Server, "The error for a port in use names the port and the remedy") {
  const auto second = agent::HealthServer::open({*base::IpAddress::parse("127.0.0.1"), server->port()}, {[] { return agent::Health{}; }});
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().detail.find(std::to_string(server->port())) != std::string::npos);
}
