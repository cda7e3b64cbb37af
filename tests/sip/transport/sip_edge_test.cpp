// Real sockets on loopback, no timed assertion: every wait ends when the awaited thing is there, or fails after a generous limit.
#include <offhook/sip/transport/sip_edge.hpp>

#include <offhook/base/random.hpp>

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace offhook;

namespace {

/// A peer's socket.
class Socket {
 public:
  explicit Socket(int type) : fd_(::socket(AF_INET, type, 0)) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  /// So that the peer is another source.
  void bind(const std::string& ip) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    REQUIRE(::inet_pton(AF_INET, ip.c_str(), &address.sin_addr) == 1);
    REQUIRE(::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  void connect(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  /// Where others may connect to.
  std::uint16_t listen() {
    bind("127.0.0.1");
    sockaddr_in address{};
    socklen_t size = sizeof address;
    REQUIRE(::listen(fd_, 1) == 0);
    REQUIRE(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    return ntohs(address.sin_port);
  }
  Socket accept() {
    pollfd entry{fd_, POLLIN, 0};
    REQUIRE(::poll(&entry, 1, 10000) == 1);
    Socket taken;
    taken.fd_ = ::accept(fd_, nullptr, nullptr);
    return taken;
  }
  void send(std::string_view text) { REQUIRE(::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size())); }
  /// Reads until `wanted` is in what came, the peer closed, or 10 s have passed.
  std::string receive(std::string_view wanted) {
    std::string all;
    while (all.find(wanted) == std::string::npos) {
      pollfd entry{fd_, POLLIN, 0};
      if (::poll(&entry, 1, 10000) != 1) break;
      char buffer[4096];
      const auto got = ::recv(fd_, buffer, sizeof buffer, 0);
      if (got <= 0) break;
      all.append(buffer, static_cast<std::size_t>(got));
    }
    return all;
  }
  bool closed_by_peer() {
    pollfd entry{fd_, POLLIN, 0};
    char c = 0;
    return ::poll(&entry, 1, 10000) == 1 && ::recv(fd_, &c, 1, 0) <= 0;
  }

 private:
  Socket() = default;
  int fd_ = -1;
};

struct RunningEdge {
  base::SystemRandom random;
  sip::Stack stack{{}, random};
  std::unique_ptr<sip::SipEdge> edge;
  std::thread thread;

  explicit RunningEdge(base::Duration message_time = std::chrono::seconds(10),
                       base::Duration idle_time = std::chrono::seconds(180)) {
    auto opened = sip::SipEdge::open({*base::IpAddress::parse("127.0.0.1"), 0, true, message_time, idle_time}, stack);
    REQUIRE(opened.has_value());
    edge = std::move(*opened);
    edge->on_event([this](const sip::Event& event) {
      if (const auto* call = std::get_if<sip::IncomingCall>(&event)) (void)stack.ring(call->session, base::Clock::now());
    });
    thread = std::thread([this] { edge->run(); });
  }
  /// What `read` says on the edge's thread.
  template <class Read>
  auto on_edge(Read read) {
    std::promise<decltype(read())> said;
    edge->post([&] { said.set_value(read()); });
    return said.get_future().get();
  }
  sip::EdgeCounters counters() {
    return on_edge([&] { return edge->counters(); });
  }
  ~RunningEdge() {
    edge->stop();
    thread.join();
  }
};

std::string options(std::string_view transport, int number) {
  const std::string n = std::to_string(number);
  return "OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/" + std::string(transport) + " 127.0.0.1:9;branch=z9hG4bKedge" + n +
         ";rport\r\nMax-Forwards: 70\r\nFrom: <sip:peer@127.0.0.1>;tag=a" + n + "\r\nTo: <sip:127.0.0.1>\r\nCall-ID: edge-" + n +
         "\r\nCSeq: " + n + " OPTIONS\r\nContent-Length: 0\r\n\r\n";
}

std::string invite(std::string_view transport, int number) {
  std::string text = options(transport, number);
  for (auto at = text.find("OPTIONS"); at != std::string::npos; at = text.find("OPTIONS")) text.replace(at, 7, "INVITE");
  return text.insert(text.find("Call-ID"), "Contact: <sip:peer@127.0.0.1:9>\r\n");
}

}  // namespace

TEST_CASE_FIXTURE(RunningEdge, "A datagram is answered to where it came from [RFC 3581 section 4]") {
  Socket peer(SOCK_DGRAM);
  peer.connect(edge->port());
  peer.send(options("UDP", 1));
  const std::string answer = peer.receive("\r\n\r\n");
  CHECK(answer.starts_with("SIP/2.0 200 "));
  CHECK(answer.find(";rport=") != std::string::npos);
}

TEST_CASE_FIXTURE(RunningEdge, "A stream is cut into messages wherever its segments end [RFC 3261 section 18.3]") {
  Socket peer(SOCK_STREAM);
  peer.connect(edge->port());
  const std::string two = options("TCP", 1) + options("TCP", 2);
  for (const char c : two) peer.send({&c, 1});
  const std::string answers = peer.receive("CSeq: 2 OPTIONS");
  CHECK(answers.find("CSeq: 1 OPTIONS") != std::string::npos);
  CHECK(answers.find("CSeq: 2 OPTIONS") != std::string::npos);
}

TEST_CASE_FIXTURE(RunningEdge, "A keep-alive ping is answered with a pong [RFC 5626 section 4.4.1]") {
  Socket peer(SOCK_STREAM);
  peer.connect(edge->port());
  peer.send("\r\n\r\n");
  CHECK(peer.receive("\r\n") == "\r\n");
}

namespace {

/// An account that is registered over TCP, and its registrar's end of the connection.
struct RegisteredEdge : RunningEdge {
  Socket registrar{SOCK_STREAM};
  Socket line = connect();

  Socket connect() {
    sip::AccountOptions account;
    account.address_of_record = "sip:bot@127.0.0.1";
    account.registrar = "sip:127.0.0.1:" + std::to_string(registrar.listen()) + ";transport=tcp";
    account.expires = std::chrono::hours(2);
    edge->post([this, account] { stack.add_account(account, base::Clock::now()); });
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
  /// Once the deadline is another one than `before`; nothing when it stays.
  std::optional<base::TimePoint> due_after(std::optional<base::TimePoint> before) {
    for (int i = 0; i < 10000; ++i) {
      if (const auto now = due(); now && now != before) return now;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return std::nullopt;
  }
};

}  // namespace

TEST_CASE_FIXTURE(RegisteredEdge, "Each pong of the registrar is one, however many came before [RFC 5626 section 4.4.1]") {
  for (int i = 0; i < 4; ++i) {
    const auto ping = due();
    REQUIRE(ping);
    edge->post([&] { stack.handle_timeout(*ping); });
    REQUIRE(line.receive("\r\n\r\n") == "\r\n\r\n");  // And no pong of ours before it.
    const auto limit = due();
    line.send("\r\n");
    if (i > 0) {
      REQUIRE(due_after(limit));
    } else {  // The first one only shows that the registrar answers pings, and moves no deadline.
      line.send(options("TCP", 1));
      REQUIRE(line.receive("\r\n\r\n").starts_with("SIP/2.0 200 "));
    }
  }
}

TEST_CASE_FIXTURE(RunningEdge, "A stream that cannot be cut is answered where its header block says who asked, and closed") {
  const std::pair<std::string, std::string> cases[] = {{"Content-Length: 99999999", "SIP/2.0 513 "},
                                                       {"Content-Length: x", "SIP/2.0 400 "}};
  for (const auto& [length, status] : cases) {
    Socket peer(SOCK_STREAM);
    peer.connect(edge->port());
    std::string broken = options("TCP", 1);
    const std::string sane = "Content-Length: 0";
    broken.replace(broken.find(sane), sane.size(), length);
    peer.send(broken + "what follows is not read as a message\r\n\r\n" + options("TCP", 2));
    const std::string answer = peer.receive("never");  // Until the end of the stream.
    CHECK(answer.starts_with(status));
    CHECK(answer.find("CSeq: 1 OPTIONS") != std::string::npos);
    CHECK(answer.find("CSeq: 2 OPTIONS") == std::string::npos);
  }
  CHECK(counters().framing_errors == 2);
}

TEST_CASE("A message that takes too long closes its connection; a busy stream that is always within one does not") {
  RunningEdge running(std::chrono::seconds(2));
  Socket slow(SOCK_STREAM), busy(SOCK_STREAM);
  slow.connect(running.edge->port());
  busy.connect(running.edge->port());
  slow.send("OPTIONS sip:x SIP/2.0\r\n");
  // Every piece ends within a message.
  std::string part = options("TCP", 1);
  for (int i = 2; i <= 26; ++i) {
    busy.send(part.substr(0, part.size() - 10));
    part = part.substr(part.size() - 10) + options("TCP", i);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  busy.send(part);
  CHECK(busy.receive("CSeq: 26 OPTIONS").find("CSeq: 26 OPTIONS") != std::string::npos);
  CHECK(slow.closed_by_peer());
  CHECK(running.counters().slow_senders == 1);
}

TEST_CASE("A connection that nobody needs is closed after a while; one that carries a call stays") {
  RunningEdge running(std::chrono::seconds(10), std::chrono::milliseconds(300));
  Socket calling(SOCK_STREAM), idle(SOCK_STREAM);
  calling.connect(running.edge->port());
  calling.send(invite("TCP", 1));
  CHECK(calling.receive("SIP/2.0 180").find("SIP/2.0 180") != std::string::npos);
  idle.connect(running.edge->port());
  idle.send(options("TCP", 2));
  CHECK(idle.receive("\r\n\r\n").starts_with("SIP/2.0 200 "));
  CHECK(idle.closed_by_peer());  // Silent for shorter than the other one was, which is still there:
  calling.send(options("TCP", 3));
  CHECK(calling.receive("CSeq: 3 OPTIONS").find("CSeq: 3 OPTIONS") != std::string::npos);
  CHECK(running.counters().idle_closed == 1);
}

TEST_CASE_FIXTURE(RunningEdge, "Connections are taken up to what is reserved for our own, and not one more") {
  std::vector<Socket> sockets;
  constexpr std::size_t kMost = sip::SipEdge::kMaxConnections - sip::SipEdge::kReservedConnections;
  for (std::size_t i = 0; i <= kMost; ++i) {
    sockets.emplace_back(SOCK_STREAM);
    sockets.back().bind("127.0.1." + std::to_string(1 + i / sip::SipEdge::kMaxConnectionsPerSource));
    sockets.back().connect(edge->port());
    if (i == kMost) break;
    sockets.back().send(options("TCP", static_cast<int>(i)));
    CHECK(sockets.back().receive("\r\n\r\n").starts_with("SIP/2.0 200 "));
  }
  CHECK(sockets.back().closed_by_peer());
  CHECK(counters().connections_refused == 1);
}

TEST_CASE("Bound to ::, an IPv4 peer has its IPv4 address, and so have we [RFC 4291 section 2.5.5.2]") {
  base::SystemRandom random;
  sip::Stack stack({}, random);
  const auto edge = sip::SipEdge::open({*base::IpAddress::parse("::"), 0, true}, stack);
  if (!edge) {
    MESSAGE("skipped: this machine has no IPv6");
    return;
  }
  std::vector<base::SocketAddress> sources;
  (*edge)->on_event([&](const sip::Event& event) {
    const auto* call = std::get_if<sip::IncomingCall>(&event);
    if (call == nullptr) return;
    sources.push_back(call->source);
    (void)stack.ring(call->session, base::Clock::now());
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

TEST_CASE("Bound to every interface, our Contact is the address that the caller sent to [RFC 3261 section 12.1.1]") {
  base::SystemRandom random;
  sip::Stack stack({}, random);
  const auto edge = sip::SipEdge::open({*base::IpAddress::parse("0.0.0.0"), 0, true}, stack);
  REQUIRE(edge);
  (*edge)->on_event([&](const sip::Event& event) {
    if (const auto* call = std::get_if<sip::IncomingCall>(&event)) (void)stack.ring(call->session, base::Clock::now());
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

TEST_CASE("A secured transport is refused, never replaced by one in clear [RFC 3261 section 26.2.2]") {
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
  (*edge)->post([&] { stack.add_account(account, base::Clock::now()); });
  (*edge)->run();
  REQUIRE(failed);
  CHECK(failed->why == sip::RegistrationChanged::Why::Unresolvable);
}

TEST_CASE_FIXTURE(RunningEdge, "A stream that cannot be cut is closed; others live on") {
  Socket good(SOCK_STREAM), bad(SOCK_STREAM);
  good.connect(edge->port());
  bad.connect(edge->port());
  bad.send("OPTIONS sip:x SIP/2.0\r\nContent-Length: 99999999999999999999\r\n\r\n");
  CHECK(bad.closed_by_peer());
  good.send(options("TCP", 7));
  CHECK(good.receive("CSeq: 7 OPTIONS").starts_with("SIP/2.0 200 "));
}

TEST_CASE_FIXTURE(RunningEdge, "One source gets so many connections and not one more") {
  std::vector<Socket> sockets;
  for (std::size_t i = 0; i <= sip::SipEdge::kMaxConnectionsPerSource; ++i) {
    sockets.emplace_back(SOCK_STREAM);
    sockets.back().connect(edge->port());
    if (i < sip::SipEdge::kMaxConnectionsPerSource) {
      sockets.back().send(options("TCP", static_cast<int>(i)));  // Answered: so it was taken before the next one comes.
      CHECK(sockets.back().receive("\r\n\r\n").starts_with("SIP/2.0 200 "));
    }
  }
  CHECK(sockets.back().closed_by_peer());
}

TEST_CASE_FIXTURE(RunningEdge, "A port that is taken is said so") {
  base::SystemRandom other_random;
  sip::Stack other({}, other_random);
  const auto second = sip::SipEdge::open({*base::IpAddress::parse("127.0.0.1"), edge->port(), true}, other);
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error() == sip::EdgeError::PortInUse);
}

TEST_CASE("An address that is not ours is said so") {
  base::SystemRandom random;
  sip::Stack stack({}, random);
  const auto edge = sip::SipEdge::open({*base::IpAddress::parse("192.0.2.1"), 0, true}, stack);
  REQUIRE_FALSE(edge.has_value());
  CHECK(edge.error() == sip::EdgeError::BadAddress);
}

TEST_CASE_FIXTURE(RunningEdge, "Tasks run on the edge's thread, later ones after their delay") {
  std::atomic<int> order{0};
  std::atomic<int> first{0}, second{0};
  edge->post([&] {
    edge->post_after(std::chrono::milliseconds(1), [&] { second = ++order; });
    first = ++order;
  });
  for (int i = 0; i < 10000 && second == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  CHECK(first == 1);
  CHECK(second == 2);
}
