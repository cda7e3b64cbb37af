#include <offhook/sip/transport/listeners.hpp>

#include <doctest/doctest.h>

#include <map>
#include <string>

using namespace offhook;
using sip::Transport;
using sip::detail::Listeners;

namespace {

base::IpAddress ip(std::string_view text) { return *base::IpAddress::parse(text); }

/// A machine with an address in each of three networks.
struct Machine {
  std::map<std::string, std::string> sources{{"127.0.0.9", "127.0.0.1"}, {"192.0.2.9", "192.0.2.1"}, {"2001:db8::9", "2001:db8::1"}};
  Listeners listeners{[this](const base::IpAddress& remote) -> std::optional<base::IpAddress> {
    const auto at = sources.find(remote.to_string());
    return at == sources.end() ? std::nullopt : std::optional(ip(at->second));
  }};
  void listen(Transport transport, std::string_view address, std::uint16_t port, std::uint64_t socket = 0, bool both = false) {
    listeners.add({transport, {ip(address), port}, sip::FlowId{socket}, both});
  }
  std::string towards(Transport transport, std::string_view remote) {
    const auto way = listeners.towards(transport, ip(remote));
    return way ? way->local.to_string() + "/" + std::to_string(way->socket.value) : "none";
  }
};

}  // namespace

TEST_CASE_FIXTURE(Machine, "towards() returns the listener that has the family and transport of the peer [RFC 3261 section 18.1.1]") {
  listen(Transport::Udp, "0.0.0.0", 5060, 1);
  listen(Transport::Udp, "::", 5060, 2);
  listen(Transport::Tcp, "192.0.2.1", 5070);
  listen(Transport::Tls, "::", 5061, 0, true);
  CHECK(towards(Transport::Udp, "192.0.2.9") == "192.0.2.1:5060/1");
  CHECK(towards(Transport::Udp, "2001:db8::9") == "[2001:db8::1]:5060/2");
  CHECK(towards(Transport::Tcp, "192.0.2.9") == "192.0.2.1:5070/0");
  CHECK(towards(Transport::Tls, "192.0.2.9") == "192.0.2.1:5061/0");
  CHECK(towards(Transport::Tls, "2001:db8::9") == "[2001:db8::1]:5061/0");
}

TEST_CASE_FIXTURE(Machine, "towards() prefers the listener on the source address that the system selects for packets to the peer") {
  listen(Transport::Udp, "0.0.0.0", 5060, 1);
  listen(Transport::Udp, "127.0.0.1", 5070, 2);
  listen(Transport::Udp, "192.0.2.1", 5080, 3);
  CHECK(towards(Transport::Udp, "127.0.0.9") == "127.0.0.1:5070/2");
  CHECK(towards(Transport::Udp, "192.0.2.9") == "192.0.2.1:5080/3");
}

TEST_CASE_FIXTURE(Machine, "Without a listener, towards() returns nothing for UDP, and for a stream it returns the local address with port 0") {
  listen(Transport::Udp, "0.0.0.0", 5070, 1);
  CHECK(towards(Transport::Udp, "2001:db8::9") == "none");
  CHECK(towards(Transport::Tcp, "2001:db8::9") == "[2001:db8::1]:0/0");
  CHECK(towards(Transport::Tls, "192.0.2.9") == "192.0.2.1:0/0");
  CHECK(towards(Transport::Ws, "192.0.2.9") == "192.0.2.1:0/0");
  CHECK(towards(Transport::Wss, "192.0.2.9") == "192.0.2.1:0/0");
  CHECK(towards(Transport::Udp, "198.51.100.1") == "none");
  CHECK(towards(Transport::Tcp, "198.51.100.1") == "none");
}
