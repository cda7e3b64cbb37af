// Tests with real sockets on loopback, without timed assertions: each wait ends when the expected event comes, or fails after a
// long limit.
#include <offhook/tests/sip/transport/running_edge.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <optional>
#include <string>
#include <utility>

using namespace offhook;
using namespace offhook::transport_test;

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
