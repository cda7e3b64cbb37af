#include <offhook/rtp/nat/turn_framer.hpp>
#include <offhook/tests/rtp/allocations.hpp>
#include <offhook/tests/rtp/nat/scripted_turn_server.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <vector>

using namespace offhook_test;
using rtp::TurnFramer;

namespace {

Octets channel_data(std::size_t length, std::uint16_t channel = 0x4000) {
  Octets out((4 + length + 3) / 4 * 4, 7);
  out[0] = static_cast<std::uint8_t>(channel >> 8);
  out[1] = static_cast<std::uint8_t>(channel);
  out[2] = static_cast<std::uint8_t>(length >> 8);
  out[3] = static_cast<std::uint8_t>(length);
  return out;
}
Octets stun_of(std::size_t length) {
  Octets out = stun(StunMethod::Data, StunClass::Indication, {3});
  out.resize(rtp::kStunHeaderOctets + length);
  out[2] = static_cast<std::uint8_t>(length >> 8);
  out[3] = static_cast<std::uint8_t>(length);
  return out;
}

struct Framed {
  std::vector<Octets> messages;
  bool failed = false;
  friend bool operator==(const Framed&, const Framed&) = default;
};
Framed framed(TurnFramer& framer, const Octets& stream, std::size_t piece_octets) {
  Framed all;
  base::Bytes rest = stream;
  while (!rest.empty()) {
    base::Bytes piece = rest.first(std::min(piece_octets, rest.size()));
    rest = rest.subspan(piece.size());
    for (auto next = framer.next(piece); next != TurnFramer::Next::None; next = framer.next(piece)) {
      if (next == TurnFramer::Next::Message) all.messages.emplace_back(framer.message().begin(), framer.message().end());
      if (next == TurnFramer::Next::Error) all.failed = true;
    }
    CHECK(piece.empty());
  }
  return all;
}

}  // namespace

TEST_CASE("TurnFramer finds STUN messages and ChannelData with padding, however the stream is divided [RFC 8656 sections 3.1 and 12.5]") {
  const std::vector<Octets> messages{stun_of(0), channel_data(0), channel_data(1), stun_of(100), channel_data(160), channel_data(4, 0x4fff), stun_of(8)};
  Octets stream;
  for (const auto& message : messages) stream = joined(stream, message);
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    TurnFramer framer;
    CHECK(framed(framer, stream, piece) == Framed{messages, false});
  }
}

TEST_CASE("TurnFramer accepts messages of the largest length that the length field can have") {
  for (const Octets& longest : {stun_of(65532), channel_data(65535)}) {
    TurnFramer framer;
    CHECK(longest.size() <= TurnFramer::kMaxOctets);
    CHECK(framed(framer, joined(longest, stun_of(0)), 1000) == Framed{{longest, stun_of(0)}, false});
  }
}

TEST_CASE("TurnFramer returns Error once if the stream has octets that are not a message, and reads nothing after them [RFC 8656 section 12.6]") {
  Octets wrong_cookie = stun_of(4);
  wrong_cookie[7] ^= 1;
  const Octets tls{22, 3, 1, 0, 9}, rtp_packet{0x80, 0, 0, 1, 2}, reserved{0xff, 0xff, 0, 0};
  for (const Octets& wrong : {wrong_cookie, stun_of(3), channel_data(4, 0x5000), channel_data(4, 0x3fff), tls, rtp_packet, reserved}) {
    for (const std::size_t piece : {1U, 1000U}) {
      TurnFramer framer;
      CHECK(framed(framer, joined(joined(channel_data(5), wrong), stun_of(0)), piece) == Framed{{channel_data(5)}, true});
      CHECK(framed(framer, stun_of(0), 1000) == Framed{});
    }
  }
}

TEST_CASE("TurnFramer allocates nothing for messages of media [design: no allocation on the path]") {
  TurnFramer framer;
  const Octets packet = channel_data(TurnFramer::kUsualOctets - 4);
  const auto before = allocations();
  std::size_t count = 0;
  for (int i = 0; i < 10; ++i) {
    for (base::Bytes rest = packet; !rest.empty();) {
      base::Bytes piece = rest.first(std::min<std::size_t>(rest.size(), 100));
      rest = rest.subspan(piece.size());
      while (framer.next(piece) == TurnFramer::Next::Message) ++count;
    }
  }
  CHECK(allocations() == before);
  CHECK(count == 10);
}

TEST_CASE("is_turn_message() is true only for exactly one STUN message, or exactly one ChannelData with its padding") {
  const std::vector<std::uint8_t> data{0x40, 1, 0, 3, 1, 2, 3, 0}, empty_data{0x40, 1, 0, 0};
  std::vector<std::uint8_t> stun(24);
  const std::array<std::uint8_t, 8> start{0, 1, 0, 4, 0x21, 0x12, 0xa4, 0x42};
  std::copy(start.begin(), start.end(), stun.begin());
  for (const auto& message : {data, empty_data, stun}) {
    CHECK(rtp::is_turn_message(message));
    for (std::size_t size = 0; size < message.size(); ++size) CHECK_FALSE(rtp::is_turn_message(base::Bytes(message).first(size)));
    auto longer = message;
    longer.push_back(0);
    CHECK_FALSE(rtp::is_turn_message(longer));
  }
  stun[7] = 0x43;
  CHECK_FALSE(rtp::is_turn_message(stun));
  CHECK_FALSE(rtp::is_turn_message(std::vector<std::uint8_t>(172, 0x80)));
}
