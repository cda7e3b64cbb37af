#include <offhook/tests/sip/transport/running_edge.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <doctest/doctest.h>

#include <netinet/tcp.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::transport_test;
using offhook_test::wait_until;

namespace {

/// An edge with an account that is registered over TCP, and the registrar's end of the connection.
struct RegisteredEdge : RunningEdge {
  Socket registrar{SOCK_STREAM};
  std::uint16_t registrar_port = 0;
  Socket line = connect();

  Socket connect() {
    sip::AccountOptions account;
    account.address_of_record = "sip:bot@127.0.0.1";
    registrar_port = registrar.listen();
    account.registrar = "sip:127.0.0.1:" + std::to_string(registrar_port) + ";transport=tcp";
    account.expires = std::chrono::hours(2);
    edge->post([this, account] { stack.accounts().add(account, base::Clock::now()); });
    Socket taken = registrar.accept();
    const std::string request = taken.receive("\r\n\r\n");
    REQUIRE(request.starts_with("REGISTER "));
    std::string answer = "SIP/2.0 200 OK\r\n";
    for (const std::string name : {"Via: ", "From: ", "To: ", "Call-ID: ", "CSeq: ", "Contact: "}) {
      const auto at = request.find("\r\n" + name) + 2;
      answer += request.substr(at, request.find("\r\n", at) + 2 - at);
    }
    const auto none = due();
    taken.send(answer + "Content-Length: 0\r\n\r\n");
    CHECK(due_after(none));
    return taken;
  }
  std::optional<base::TimePoint> due() {
    return on_edge([&] { return stack.next_deadline(); });
  }
  /// Waits until the deadline differs from `before`. Returns the new deadline, or nullopt if it does not change.
  std::optional<base::TimePoint> due_after(std::optional<base::TimePoint> before) {
    std::optional<base::TimePoint> now;
    const bool is_another = wait_until([&] {
      now = due();
      return now && now != before;
    });
    return is_another ? now : std::nullopt;
  }
};

/// Returns the TCP user timeouts in ms of all connections of this process that have this port at one end. Sockets without this
/// timeout, which are those of the test's peers, are left out.
std::vector<int> limits_of_sockets(std::uint16_t port) {
  std::vector<int> limits;
  for (int fd = 0; fd < 1024; ++fd) {
    sockaddr_in own{}, other{};
    socklen_t size = sizeof own, other_size = sizeof other, limit_size = sizeof(int);
    int limit = 0;
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&own), &size) != 0 || own.sin_family != AF_INET) continue;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&other), &other_size) != 0) continue;
    if (ntohs(own.sin_port) != port && ntohs(other.sin_port) != port) continue;
    if (::getsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit, &limit_size) == 0 && limit != 0) limits.push_back(limit);
  }
  return limits;
}

}  // namespace

// The system itself ends such a connection. This test checks the option on an accepted and on an opened connection.
TEST_CASE_FIXTURE(RegisteredEdge, "A connection fails if the peer acknowledges nothing for 20 s, whether the peer or the edge opened it") {
  const std::vector<int> asked{20'000};
  Socket caller(SOCK_STREAM);
  caller.connect(edge->port());
  caller.send(options("TCP", 1));
  REQUIRE(caller.receive("\r\n\r\n").starts_with("SIP/2.0 200 "));
  CHECK(limits_of_sockets(edge->port()) == asked);
  CHECK(limits_of_sockets(registrar_port) == asked);
}

TEST_CASE_FIXTURE(RegisteredEdge, "The edge recognises each pong of the registrar, even after earlier pongs [RFC 5626 section 4.4.1]") {
  for (int i = 0; i < 4; ++i) {
    const auto ping = due();
    REQUIRE(ping);
    edge->post([&] { stack.handle_timeout(*ping); });
    REQUIRE(line.receive("\r\n\r\n") == "\r\n\r\n");  // The edge has sent no pong before this ping.
    const auto limit = due();
    line.send("\r\n");
    if (i > 0) {
      REQUIRE(due_after(limit));
    } else {  // The first pong shows that the registrar answers pings. It changes no deadline.
      line.send(options("TCP", 1));
      REQUIRE(line.receive("\r\n\r\n").starts_with("SIP/2.0 200 "));
    }
  }
}

TEST_CASE("The edge closes a connection whose message takes too long, but not a busy stream whose segments all end within messages") {
  RunningEdge running(std::chrono::seconds(2));
  bool outlived = false;  // On a host that stalls, the next try must succeed.
  for (std::uint64_t tries = 0; tries < 20 && !outlived; ++tries) {
    const auto before = running.counters().slow_senders;
    Socket slow(SOCK_STREAM), busy(SOCK_STREAM);
    slow.connect(running.edge->port());
    busy.connect(running.edge->port());
    // Each part ends within a message. The loop ends when the edge has closed the slow connection.
    std::string part = options("TCP", 1);
    int number = 1;
    do {
      busy.try_send(part.substr(0, part.size() - 10));
      part = part.substr(part.size() - 10) + options("TCP", ++number);
      if (number == 2) slow.send("OPTIONS sip:x SIP/2.0\r\n");
    } while (!slow.closed_by_peer(50));
    busy.try_send(part);
    const std::string last = "CSeq: " + std::to_string(number) + " OPTIONS";
    outlived = busy.receive(last).find(last) != std::string::npos && running.counters().slow_senders == before + 1;
  }
  CHECK(outlived);
}

TEST_CASE("The edge closes a connection that was idle for idle_time, but not a connection with a call") {
  RunningEdge running(std::chrono::seconds(10), std::chrono::seconds(2));  // Longer than a busy host stalls.
  Socket calling(SOCK_STREAM), idle(SOCK_STREAM);
  calling.connect(running.edge->port());
  calling.send(invite("TCP", 1));
  CHECK(calling.receive("SIP/2.0 180").find("SIP/2.0 180") != std::string::npos);
  idle.connect(running.edge->port());
  idle.send(options("TCP", 2));
  CHECK(idle.receive("\r\n\r\n").starts_with("SIP/2.0 200 "));
  CHECK(idle.closed_by_peer());  // The connection with the call, which is still open, was silent for longer.
  calling.send(options("TCP", 3));
  CHECK(calling.receive("CSeq: 3 OPTIONS").find("CSeq: 3 OPTIONS") != std::string::npos);
  CHECK(running.counters().idle_closed == 1);
}

namespace {

/// An edge with few connections, for which only 127.0.0.1 is a known peer.
struct SmallEdge : RunningEdge {
  SmallEdge() : RunningEdge(limits(), knows_one()) {}

  static sip::EdgeOptions limits() {
    sip::EdgeOptions options;
    options.connections = {.most = 10, .for_own = 2, .for_known = 3, .per_source = 4, .stranger_time = std::chrono::hours(1)};
    return options;
  }
  static sip::StackOptions knows_one() {
    sip::StackOptions options;
    options.admission.peers = {{*base::IpAddress::parse("127.0.0.1"), 32}};
    return options;
  }
  /// Connects, sends a request and waits for the response, which shows that the edge has accepted the connection.
  Socket taken(const std::string& from, const std::string& request = options("TCP", 1)) {
    Socket peer = connected(from);
    peer.send(request);
    CHECK(peer.receive("SIP/2.0 ").starts_with("SIP/2.0 "));
    return peer;
  }
  Socket connected(const std::string& from) {
    Socket peer(SOCK_STREAM);
    peer.bind(from);
    peer.connect(edge->port());
    return peer;
  }
};

std::string stranger(int number) { return "127.0.1." + std::to_string(number); }

}  // namespace

TEST_CASE_FIXTURE(SmallEdge, "If unknown peers use all their connections, a new one replaces the connection that was unused for longest") {
  std::vector<Socket> strangers;
  for (int i = 1; i <= 5; ++i) strangers.push_back(taken(stranger(i)));
  CHECK(counters().connections_evicted == 0);
  strangers.push_back(taken(stranger(6)));
  CHECK(strangers[0].closed_by_peer());
  for (std::size_t i = 1; i < strangers.size(); ++i) {
    strangers[i].send("\r\n\r\n");
    CHECK(strangers[i].receive("\r\n") == "\r\n");
  }
  CHECK(counters().connections_evicted == 1);
  CHECK(counters().connections_refused == 0);
}

TEST_CASE_FIXTURE(SmallEdge, "Unknown peers leave connections for known peers, and known peers leave connections that the edge opens itself") {
  std::vector<Socket> strangers, known;
  for (int i = 1; i <= 5; ++i) strangers.push_back(taken(stranger(i)));
  for (int i = 0; i < 4; ++i) known.push_back(taken("127.0.0.1"));  // The last connection replaces that of an unknown peer.
  CHECK(strangers[0].closed_by_peer());
  CHECK(counters().connections_evicted == 1);
  CHECK(connected("127.0.0.1").closed_by_peer());  // This exceeds the limit per address by one.
  CHECK(counters().connections_refused == 1);
  Socket registrar(SOCK_STREAM);
  sip::AccountOptions account;
  account.address_of_record = "sip:bot@127.0.0.1";
  account.registrar = "sip:127.0.0.1:" + std::to_string(registrar.listen()) + ";transport=tcp";
  edge->post([&] { stack.accounts().add(account, base::Clock::now()); });
  CHECK(registrar.accept().receive("\r\n\r\n").starts_with("REGISTER "));
}

TEST_CASE_FIXTURE(SmallEdge, "The edge does not close a connection with a call for a new unknown peer") {
  std::vector<Socket> strangers;
  for (int i = 1; i <= 5; ++i) strangers.push_back(taken(stranger(i), invite("TCP", i)));
  CHECK(connected(stranger(6)).closed_by_peer());
  CHECK(counters().connections_refused == 1);
  CHECK(counters().connections_evicted == 0);
}

TEST_CASE("The edge closes the connection of an unknown peer after stranger_time even if the peer sends, and keeps that of a known peer [RFC 5626 section 4.4.1]") {
  auto limits = SmallEdge::limits();
  limits.connections.stranger_time = std::chrono::seconds(1);
  RunningEdge running(limits, SmallEdge::knows_one());
  Socket known(SOCK_STREAM), unknown(SOCK_STREAM);
  unknown.bind(stranger(1));
  known.connect(running.edge->port());
  unknown.connect(running.edge->port());
  while (!unknown.closed_by_peer(50)) unknown.try_send("\r\n");  // A single CRLF is not a ping, so the edge sends no pong that the peer must read.
  known.send("\r\n\r\n");
  CHECK(known.receive("\r\n") == "\r\n");
  CHECK(running.counters().idle_closed == 1);
}

TEST_CASE("open() refuses limits that leave no connection for one kind of peer") {
  base::SystemRandom random;
  sip::Stack stack({}, random);
  const auto opens = [&](sip::ConnectionLimits limits) {
    sip::EdgeOptions options{*base::IpAddress::parse("127.0.0.1"), 0, true};
    options.connections = limits;
    const auto edge = sip::SipEdge::open(options, stack);
    if (!edge) CHECK(edge == base::fail(sip::EdgeError::BadLimits));
    return edge.has_value();
  };
  CHECK(opens({.most = 3, .for_own = 1, .for_known = 1, .per_source = 1}));
  CHECK_FALSE(opens({.most = 2, .for_own = 1, .for_known = 1, .per_source = 1}));
  CHECK_FALSE(opens({.most = 3, .for_own = 1, .for_known = 1, .per_source = 0}));
  CHECK(opens({.most = 65536}));
  CHECK_FALSE(opens({.most = 65537}));
}

TEST_CASE_FIXTURE(RunningEdge, "The edge accepts `per_source` connections of one source, and refuses one more") {
  std::vector<Socket> sockets;
  for (std::size_t i = 0; i <= sip::ConnectionLimits{}.per_source; ++i) {
    sockets.emplace_back(SOCK_STREAM);
    sockets.back().connect(edge->port());
    if (i < sip::ConnectionLimits{}.per_source) {
      sockets.back().send(options("TCP", static_cast<int>(i)));  // The response shows that the edge has accepted this connection before the next one comes.
      CHECK(sockets.back().receive("\r\n\r\n").starts_with("SIP/2.0 200 "));
    }
  }
  CHECK(sockets.back().closed_by_peer());
}
