#include <offhook/sip/stack/hop.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using sip::Hop;
using sip::hop_of;
using sip::Transport;

TEST_CASE("hop_of reads host, port, transport and security from a URI. A maddr parameter replaces the host [RFC 3263 section 4]") {
  CHECK(hop_of("sip:a@pbx.example") == Hop{"pbx.example", {}, {}, false});
  CHECK(hop_of("sip:pbx.example:5070;transport=TCP") == Hop{"pbx.example", 5070, Transport::Tcp, false});
  CHECK(hop_of("sips:[2001:db8::1];transport=tcp") == Hop{"2001:db8::1", {}, Transport::Tcp, true});
  CHECK(hop_of("sip:a@pbx.example;maddr=192.0.2.7;transport=udp") == Hop{"192.0.2.7", {}, Transport::Udp, false});
  CHECK(hop_of("sip:a@pbx.example;maddr=[2001:db8::7]") == Hop{"2001:db8::7", {}, {}, false});
  CHECK(hop_of("sip:a@pbx.example;transport=sctp") == std::nullopt);
  CHECK(hop_of("tel:+491234") == std::nullopt);
  CHECK(hop_of("sip:") == std::nullopt);
}
