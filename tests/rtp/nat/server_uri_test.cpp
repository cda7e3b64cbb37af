#include <offhook/rtp/nat/server_uri.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook;
using rtp::NatServerUri;
using rtp::StunTransport;

TEST_CASE("URIs of STUN and TURN servers are read with their transports and default ports [RFC 7064 section 3.1, RFC 7065 section 3.1]") {
  const auto read = [](const char* text) {
    CAPTURE(text);
    const auto uri = rtp::parse_nat_server_uri(text);
    REQUIRE(uri);
    return *uri;
  };
  CHECK(read("stun:stun.example.org") == NatServerUri{false, StunTransport::Udp, "stun.example.org", 3478});
  CHECK(read("STUN:192.0.2.1:1") == NatServerUri{false, StunTransport::Udp, "192.0.2.1", 1});
  CHECK(read("stun:[2001:db8::1]:65535") == NatServerUri{false, StunTransport::Udp, "2001:db8::1", 65535});
  CHECK(read("turn:turn.example.org") == NatServerUri{true, StunTransport::Udp, "turn.example.org", 3478});
  CHECK(read("turn:turn.example.org?transport=udp") == NatServerUri{true, StunTransport::Udp, "turn.example.org", 3478});
  CHECK(read("turn:turn.example.org:80?transport=TCP") == NatServerUri{true, StunTransport::Tcp, "turn.example.org", 80});
  CHECK(read("turns:turn.example.org") == NatServerUri{true, StunTransport::Tls, "turn.example.org", 5349});
  CHECK(read("turns:turn.example.org:443?transport=tcp") == NatServerUri{true, StunTransport::Tls, "turn.example.org", 443});
  CHECK(read(("stun:" + std::string(253, 'a')).c_str()).host.size() == 253);
}

TEST_CASE("parse_nat_server_uri() refuses text that is not a server URI, and servers that this side cannot use") {
  for (const std::string& text : {std::string(), std::string("stun"), std::string("stun:"), std::string("stun.example.org"), std::string("sip:example.org"),
                                  std::string("stuns:example.org"), std::string("stun:example.org?transport=tcp"), std::string("turns:example.org?transport=udp"),
                                  std::string("turn:example.org?transport=sctp"), std::string("turn:example.org?transport="), std::string("turn:example.org?x=1"),
                                  std::string("stun:example.org:"), std::string("stun:example.org:0"), std::string("stun:example.org:65536"), std::string("stun:example.org:1x"),
                                  std::string("stun://example.org"), std::string("stun:user@example.org"), std::string("stun:[192.0.2.1]"), std::string("stun:[2001:db8::1"),
                                  std::string("stun:[]"), std::string("stun:2001:db8::1"), std::string("stun:a b"), "stun:" + std::string(254, 'a')}) {
    CAPTURE(text);
    CHECK_FALSE(rtp::parse_nat_server_uri(text));
  }
}
