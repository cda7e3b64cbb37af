#include <offhook/tests/sip/transport/running_edge.hpp>
#include <offhook/tests/testkit/descriptor_limit.hpp>
#include <offhook/tests/testkit/skip.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <doctest/doctest.h>

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace offhook;
using namespace offhook::transport_test;
using offhook_test::wait_until;

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
