// Tests with real sockets on loopback, without timed assertions: each wait ends when the expected event comes, or fails after a
// long limit.
#include <offhook/tests/sip/transport/running_edge.hpp>
#include <offhook/tests/testkit/descriptor_limit.hpp>
#include <offhook/tests/testkit/skip.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <net/if.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/ioctl.h>

#include <cstring>
#include <future>
#include <initializer_list>
#include <optional>
#include <vector>

using namespace offhook;
using namespace offhook::transport_test;
using offhook_test::wait_until;

TEST_CASE_FIXTURE(RunningEdge, "The edge sends the response to a datagram to the source address of the datagram [RFC 3581 section 4]") {
  Socket peer(SOCK_DGRAM);
  peer.connect(edge->port());
  peer.send(options("UDP", 1));
  const std::string answer = peer.receive("\r\n\r\n");
  CHECK(answer.starts_with("SIP/2.0 200 "));
  CHECK(answer.find(";rport=") != std::string::npos);
}

TEST_CASE_FIXTURE(RunningEdge, "The edge finds the messages of a stream at any division into segments [RFC 3261 section 18.3]") {
  Socket peer(SOCK_STREAM);
  peer.connect(edge->port());
  const std::string two = options("TCP", 1) + options("TCP", 2);
  for (const char c : two) peer.send({&c, 1});
  const std::string answers = peer.receive("CSeq: 2 OPTIONS");
  CHECK(answers.find("CSeq: 1 OPTIONS") != std::string::npos);
  CHECK(answers.find("CSeq: 2 OPTIONS") != std::string::npos);
}

TEST_CASE_FIXTURE(RunningEdge, "A keep-alive ping gets a pong [RFC 5626 section 4.4.1]") {
  Socket peer(SOCK_STREAM);
  peer.connect(edge->port());
  peer.send("\r\n\r\n");
  CHECK(peer.receive("\r\n") == "\r\n");
}

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

TEST_CASE_FIXTURE(RunningEdge, "If a stream cannot be framed, the edge responds to the header block and closes the connection") {
  const std::pair<std::string, std::string> cases[] = {{"Content-Length: 99999999", "SIP/2.0 513 "},
                                                       {"Content-Length: x", "SIP/2.0 400 "}};
  for (const auto& [length, status] : cases) {
    Socket peer(SOCK_STREAM);
    peer.connect(edge->port());
    std::string broken = options("TCP", 1);
    const std::string sane = "Content-Length: 0";
    broken.replace(broken.find(sane), sane.size(), length);
    peer.send(broken + "what follows is not read as a message\r\n\r\n" + options("TCP", 2));
    const std::string answer = peer.receive("never");  // Reads until the end of the stream.
    CHECK(answer.starts_with(status));
    CHECK(answer.find("CSeq: 1 OPTIONS") != std::string::npos);
    CHECK(answer.find("CSeq: 2 OPTIONS") == std::string::npos);
  }
  CHECK(counters().framing_errors == 2);
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

TEST_CASE("An edge that is bound to :: uses IPv4 addresses for itself and for an IPv4 peer [RFC 4291 section 2.5.5.2]") {
  base::SystemRandom random;
  sip::Stack stack({}, random);
  const auto edge = sip::SipEdge::open({*base::IpAddress::parse("::"), 0, true}, stack);
  if (!edge) return offhook_test::skip("this machine has no IPv6");
  std::vector<base::SocketAddress> sources;
  (*edge)->on_event([&](const sip::Event& event) {
    const auto* call = std::get_if<sip::IncomingCall>(&event);
    if (call == nullptr) return;
    sources.push_back(call->source);
    (void)stack.calls().ring(call->session, base::Clock::now());
  });
  std::thread thread([&] { (*edge)->run(); });
  int number = 0;
  for (const auto& [type, transport] : {std::pair(SOCK_DGRAM, "UDP"), std::pair(SOCK_STREAM, "TCP")}) {
    Socket peer(type);
    peer.connect((*edge)->port());
    peer.send(invite(transport, ++number));
    const std::string answer = peer.receive("Contact: ");
    CHECK(answer.find("received=127.0.0.1") != std::string::npos);
    CHECK(answer.find("<sip:127.0.0.1:" + std::to_string((*edge)->port())) != std::string::npos);
    CHECK(answer.find("ffff") == std::string::npos);
  }
  (*edge)->stop();
  thread.join();
  REQUIRE(sources.size() == 2);
  for (const auto& source : sources) CHECK(source.ip == *base::IpAddress::parse("127.0.0.1"));
}

TEST_CASE("If the edge is bound to every interface, the Contact has the address to which the caller has sent [RFC 3261 section 12.1.1]") {
  base::SystemRandom random;
  sip::Stack stack({}, random);
  const auto edge = sip::SipEdge::open({*base::IpAddress::parse("0.0.0.0"), 0, true}, stack);
  REQUIRE(edge);
  (*edge)->on_event([&](const sip::Event& event) {
    if (const auto* call = std::get_if<sip::IncomingCall>(&event)) (void)stack.calls().ring(call->session, base::Clock::now());
  });
  Socket peer(SOCK_DGRAM);
  peer.connect((*edge)->port());
  std::thread thread([&] { (*edge)->run(); });
  peer.send(invite("UDP", 1));
  const std::string answer = peer.receive("Contact: ");
  CHECK(answer.find("<sip:127.0.0.1:" + std::to_string((*edge)->port()) + ">") != std::string::npos);
  CHECK(answer.find("0.0.0.0") == std::string::npos);
  (*edge)->stop();
  thread.join();
}

TEST_CASE("If the edge is bound to every interface, it sends a response from the address that got the request [RFC 3581 section 4]") {
  for (const char* any : {"0.0.0.0", "::"}) {
    CAPTURE(any);
    base::SystemRandom random;
    sip::Stack stack({}, random);
    const auto edge = sip::SipEdge::open({*base::IpAddress::parse(any), 0, true}, stack);
    if (!edge) {
      offhook_test::skip("this machine has no IPv6");
      continue;
    }
    std::thread thread([&] { (*edge)->run(); });
    Socket peer(SOCK_DGRAM);
    peer.bind("127.0.0.1");
    peer.connect((*edge)->port(), "127.0.0.2");  // The kernel accepts only datagrams from this address.
    peer.send(options("UDP", 1));
    CHECK(peer.receive("\r\n\r\n").starts_with("SIP/2.0 200 "));
    (*edge)->stop();
    thread.join();
  }
}

namespace {

/// Moves the current thread, and the threads that it starts later, to a new network whose loopback interface also has these
/// addresses. Returns false if the machine does not allow this.
bool enter_network_with(std::initializer_list<const char*> addresses) {
  if (::unshare(CLONE_NEWNET) != 0) return false;
  const int socket = ::socket(AF_INET6, SOCK_DGRAM, 0);
  if (socket < 0) return false;
  ifreq up{};
  std::strcpy(up.ifr_name, "lo");
  up.ifr_flags = IFF_UP;
  bool done = ::ioctl(socket, SIOCSIFFLAGS, &up) == 0;
  for (const char* address : addresses) {
    struct {  // This is in6_ifreq of netdevice(7). Its header conflicts with the included ones.
      in6_addr address;
      std::uint32_t prefix_length;
      int interface;
    } added{{}, 128, static_cast<int>(::if_nametoindex("lo"))};
    done = done && ::inet_pton(AF_INET6, address, &added.address) == 1 && ::ioctl(socket, SIOCSIFADDR, &added) == 0;
    sockaddr_in6 bound{};
    bound.sin6_family = AF_INET6;
    bound.sin6_addr = added.address;
    // A kernel thread searches for duplicates of the address. A program can bind to it only after this search.
    done = done && wait_until([&] {
             const int trial = ::socket(AF_INET6, SOCK_DGRAM, 0);
             const bool is_ready = ::bind(trial, reinterpret_cast<const sockaddr*>(&bound), sizeof bound) == 0;
             ::close(trial);
             return is_ready;
           });
  }
  ::close(socket);
  return done;
}

}  // namespace

TEST_CASE("On a machine with several IPv6 addresses, the edge sends a response from the address that got the request [RFC 3581 section 4]") {
  bool has_network = false;
  std::string answer;
  std::thread([&] {
    has_network = enter_network_with({"fd00::1", "fd00::2"});
    if (!has_network) return;
    base::SystemRandom random;
    sip::Stack stack({}, random);
    const auto edge = sip::SipEdge::open({*base::IpAddress::parse("::"), 0, true}, stack);
    if (!edge) return;
    std::thread thread([&] { (*edge)->run(); });
    Socket peer(SOCK_DGRAM, AF_INET6);
    peer.bind("fd00::1");  // The system would select this source address for the response.
    peer.connect((*edge)->port(), "fd00::2");
    peer.send(options("UDP", 1));
    answer = peer.receive("\r\n\r\n");
    (*edge)->stop();
    thread.join();
  }).join();
  if (!has_network) return offhook_test::skip("this user may not create a network namespace");
  CHECK(answer.starts_with("SIP/2.0 200 "));
}

TEST_CASE_FIXTURE(RunningEdge, "The edge finds its local address towards a peer even if no file descriptor is free") {
  const auto loopback = *base::IpAddress::parse("127.0.0.1");
  const offhook_test::DescriptorLimit none(0);
  for (int i = 0; i < 3; ++i)
    CHECK(on_edge([&] { return edge->local_address_towards(loopback); }) == loopback);
}

TEST_CASE("Without TLS options, the edge refuses a secure transport, and never uses an insecure transport instead [RFC 3261 section 26.2.2]") {
  base::SystemRandom random;
  sip::Stack stack({}, random);
  const auto edge = sip::SipEdge::open({*base::IpAddress::parse("127.0.0.1"), 0, true}, stack);
  REQUIRE(edge);
  std::optional<sip::RegistrationChanged> failed;
  (*edge)->on_event([&](const sip::Event& event) {
    const auto* changed = std::get_if<sip::RegistrationChanged>(&event);
    if (changed == nullptr || changed->state == sip::RegistrationChanged::State::Registering) return;
    failed = *changed;
    (*edge)->stop();
  });
  sip::AccountOptions account;
  account.address_of_record = "sip:bot@127.0.0.1";
  account.registrar = "sip:127.0.0.1:9;transport=tls";
  (*edge)->post([&] { stack.accounts().add(account, base::Clock::now()); });
  (*edge)->run();
  REQUIRE(failed);
  CHECK(failed->why == sip::RegistrationChanged::Why::Unresolvable);
}

TEST_CASE_FIXTURE(RunningEdge, "If the edge closes a stream that cannot be framed, other connections continue") {
  Socket good(SOCK_STREAM), bad(SOCK_STREAM);
  good.connect(edge->port());
  bad.connect(edge->port());
  bad.send("OPTIONS sip:x SIP/2.0\r\nContent-Length: 99999999999999999999\r\n\r\n");
  CHECK(bad.closed_by_peer());
  good.send(options("TCP", 7));
  CHECK(good.receive("CSeq: 7 OPTIONS").starts_with("SIP/2.0 200 "));
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

TEST_CASE_FIXTURE(RunningEdge, "open() reports a port that is in use") {
  base::SystemRandom other_random;
  sip::Stack other({}, other_random);
  const auto second = sip::SipEdge::open({*base::IpAddress::parse("127.0.0.1"), edge->port(), true}, other);
  REQUIRE_FALSE(second.has_value());
  CHECK(second == base::fail(sip::EdgeError::PortInUse));
}

TEST_CASE("open() reports an address that the machine does not have") {
  base::SystemRandom random;
  sip::Stack stack({}, random);
  const auto edge = sip::SipEdge::open({*base::IpAddress::parse("192.0.2.1"), 0, true}, stack);
  REQUIRE_FALSE(edge.has_value());
  CHECK(edge == base::fail(sip::EdgeError::BadAddress));
}

TEST_CASE_FIXTURE(RunningEdge, "post() runs a task on the edge's thread, and post_after() runs a task there after the delay") {
  int order = 0, first = 0, second = 0;
  std::promise<void> done;
  edge->post([&] {
    edge->post_after(std::chrono::milliseconds(1), [&] {
      second = ++order;
      done.set_value();
    });
    first = ++order;
  });
  REQUIRE(done.get_future().wait_for(std::chrono::seconds(30)) == std::future_status::ready);
  CHECK(first == 1);
  CHECK(second == 2);
}

namespace {

/// An edge with these listeners, which stops at the end. `edge` is null if open() fails.
struct ListeningEdge {
  base::SystemRandom random;
  sip::Stack stack{{}, random};
  std::unique_ptr<sip::SipEdge> edge;
  std::thread thread;

  explicit ListeningEdge(const std::vector<sip::Listener>& listeners) {
    sip::EdgeOptions options;
    options.listeners = listeners;
    if (auto opened = sip::SipEdge::open(options, stack)) {
      edge = std::move(*opened);
      thread = std::thread([this] { edge->run(); });
    }
  }
  ~ListeningEdge() {
    if (!edge) return;
    edge->stop();
    thread.join();
  }
};

}  // namespace

TEST_CASE("Several listeners work at the same time, and the edge sends each response from the listener that got the request") {
  const auto v4 = *base::IpAddress::parse("127.0.0.1");
  ListeningEdge running({{sip::Transport::Udp, v4, 0}, {sip::Transport::Udp, v4, 0}, {sip::Transport::Tcp, v4, 0}});
  REQUIRE(running.edge);
  const auto at = running.edge->listeners();
  REQUIRE(at.size() == 3);
  CHECK(at[0].port != at[1].port);
  CHECK(at[2].port == at[0].port);  // The TCP listener has the same port as the first UDP listener.
  CHECK(running.edge->port() == at[0].port);
  for (int i = 0; i < 3; ++i) {
    const bool stream = at[static_cast<std::size_t>(i)].transport == sip::Transport::Tcp;
    Socket peer(stream ? SOCK_STREAM : SOCK_DGRAM);
    peer.connect(at[static_cast<std::size_t>(i)].port);  // A connected socket gets no datagrams from other addresses.
    peer.send(options(stream ? "TCP" : "UDP", i + 1));
    CHECK(peer.receive("\r\n\r\n").starts_with("SIP/2.0 200 "));
  }
}

TEST_CASE("An IPv4 listener and an IPv6 listener can have the same port number") {
  const auto v4 = *base::IpAddress::parse("0.0.0.0"), v6 = *base::IpAddress::parse("::");
  std::uint16_t port = 0;
  {
    ListeningEdge first({{sip::Transport::Udp, v6, 0}, {sip::Transport::Tcp, v6, 0}});
    if (!first.edge) return offhook_test::skip("this machine has no IPv6");
    port = first.edge->port();
  }
  ListeningEdge running({{sip::Transport::Udp, v6, port}, {sip::Transport::Udp, v4, port}, {sip::Transport::Tcp, v6, port},
                         {sip::Transport::Tcp, v4, port}});
  REQUIRE(running.edge);
  int number = 0;
  for (const auto& [type, transport] : {std::pair(SOCK_DGRAM, "UDP"), std::pair(SOCK_STREAM, "TCP")}) {
    Socket peer(type);
    peer.connect(port);
    peer.send(options(transport, ++number));
    CHECK(peer.receive("\r\n\r\n").starts_with("SIP/2.0 200 "));
  }
}

TEST_CASE("open() accepts kMaxListeners listeners, and refuses one more") {
  const auto v4 = *base::IpAddress::parse("127.0.0.1");
  std::vector<sip::Listener> many(sip::SipEdge::kMaxListeners, {sip::Transport::Udp, v4, 0});
  const ListeningEdge most(many);
  CHECK(most.edge != nullptr);
  many.push_back({sip::Transport::Udp, v4, 0});
  const ListeningEdge too_many(many);
  CHECK(too_many.edge == nullptr);
}
