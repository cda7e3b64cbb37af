#include <offhook/media/send/packetizer.hpp>

#include <offhook/base/random.hpp>

#include <doctest/doctest.h>

using namespace offhook;

TEST_CASE("The first sequence number of an SSRC is below 2^15, so that a receiver of SRTP cannot miss a roll-over [RFC 4568 section 6.4]") {
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    base::SeededRandom random(seed);
    media::Packetizer packets(random);
    CHECK(packets.sequence() < 0x8000);
    packets.go_on(0xFFFF, 0);
    packets.begin_ssrc(1);
    CHECK(packets.sequence() == 0x7FFF);
  }
}
