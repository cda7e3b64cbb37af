#include <offhook/rtp/nat/demultiplex.hpp>

#include <doctest/doctest.h>

#include <array>

using namespace offhook;
using rtp::DatagramKind;

TEST_CASE("kind_of distinguishes datagrams by each value of their first octet [RFC 7983 section 7]") {
  for (unsigned first = 0; first < 256; ++first) {
    CAPTURE(first);
    const std::array<std::uint8_t, 1> datagram{static_cast<std::uint8_t>(first)};
    const DatagramKind expected = first < 4                     ? DatagramKind::Stun
                                  : first >= 16 && first < 20   ? DatagramKind::Zrtp
                                  : first >= 20 && first < 64   ? DatagramKind::Dtls
                                  : first >= 64 && first < 80   ? DatagramKind::TurnChannel
                                  : first >= 128 && first < 192 ? DatagramKind::RtpOrRtcp
                                                                : DatagramKind::Unknown;
    CHECK(rtp::kind_of(datagram) == expected);
  }
  CHECK(rtp::kind_of({}) == DatagramKind::Unknown);
}
