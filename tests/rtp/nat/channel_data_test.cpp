#include <offhook/rtp/nat/channel_data.hpp>
#include <offhook/tests/rtp/allocations.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

using namespace offhook;
using Octets = std::vector<std::uint8_t>;

TEST_CASE("ChannelData of each size has a header before its data, and over a stream padding to a multiple of four octets [RFC 8656 section 12.5]") {
  for (std::size_t size = 0; size <= 9; ++size) {
    for (const bool pads : {false, true}) {
      Octets room(size + rtp::kMaxChannelDataAdded, 0xee);
      for (std::size_t i = 0; i < size; ++i) room[i] = static_cast<std::uint8_t>(i + 1);
      const std::size_t before = offhook_test::allocations();
      const auto whole = rtp::wrap_as_channel_data(0x4abc, pads, room, size);
      CHECK(offhook_test::allocations() == before);
      REQUIRE(whole);
      CHECK(*whole == 4 + (pads ? (size + 3) / 4 * 4 : size));
      const auto data = rtp::read_channel_data(base::Bytes(room).first(*whole));
      REQUIRE(data);
      CHECK(data->number == 0x4abc);
      REQUIRE(data->octets.size() == size);
      for (std::size_t i = 0; i < size; ++i) CHECK(data->octets[i] == i + 1);
      for (std::size_t i = 4 + size; i < *whole; ++i) CHECK(room[i] == 0);
    }
  }
}

TEST_CASE("wrap_as_channel_data() refuses a buffer that is too small, and more than 65535 octets") {
  Octets room(4 + 5 + 3);
  CHECK(rtp::wrap_as_channel_data(0x4000, true, room, 5) == 12);
  CHECK_FALSE(rtp::wrap_as_channel_data(0x4000, true, std::span(room).first(11), 5));
  CHECK(rtp::wrap_as_channel_data(0x4000, false, std::span(room).first(9), 5) == 9);
  CHECK_FALSE(rtp::wrap_as_channel_data(0x4000, false, std::span(room).first(8), 5));
  Octets large(4 + 65536);
  CHECK(rtp::wrap_as_channel_data(0x4000, false, large, 65535) == 65539);
  CHECK_FALSE(rtp::wrap_as_channel_data(0x4000, false, large, 65536));
}

TEST_CASE("read_channel_data() refuses a message that is shorter than its length field says") {
  const Octets whole{0x40, 0x01, 0, 3, 1, 2, 3};
  CHECK(rtp::read_channel_data(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) CHECK_FALSE(rtp::read_channel_data(base::Bytes(whole).first(size)));
}
