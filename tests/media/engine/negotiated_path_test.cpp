#include <offhook/media/engine/negotiated_path.hpp>

#include <offhook/rtp/packet.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

using namespace offhook;

namespace {

using Verdict = media::PacketPath::Verdict;
const base::SocketAddress kPeer{*base::IpAddress::parse("192.0.2.7"), 4000};

struct PathAndMail {
  std::shared_ptr<media::PathMail> mail = std::make_shared<media::PathMail>();
  std::shared_ptr<media::SrtpKeyBox> keys = std::make_shared<media::SrtpKeyBox>();
  std::shared_ptr<media::SrtpKeyBox> rtcp_keys = std::make_shared<media::SrtpKeyBox>();
  media::NegotiatedPath path{mail, keys, rtcp_keys};
  base::TimePoint now{std::chrono::seconds(9)};

  Verdict receive(std::vector<std::uint8_t> datagram) { return path.on_datagram(media::Channel::Rtp, kPeer, datagram, now).verdict; }
  Verdict receive(std::uint8_t first) { return receive(std::vector<std::uint8_t>(100, first)); }
  void order(const media::PathOrder::Hop& hop) {
    auto ordered = std::make_unique<media::PathOrder>();
    ordered->hops[0] = hop;
    mail->paths.put(std::move(ordered));
    path.on_time(now);
  }

  static std::vector<std::uint8_t> stun(std::size_t size = 100) {
    std::vector<std::uint8_t> message(size);
    message[2] = static_cast<std::uint8_t>((size - 20) >> 8);
    message[3] = static_cast<std::uint8_t>(size - 20);
    const std::array<std::uint8_t, 4> cookie{0x21, 0x12, 0xa4, 0x42};
    std::copy(cookie.begin(), cookie.end(), message.begin() + 4);
    return message;
  }
  static std::vector<std::uint8_t> dtls(std::uint8_t type = 22, std::size_t size = 100) {
    std::vector<std::uint8_t> record(size, 0xfe);
    record[0] = type;
    return record;
  }
};

}  // namespace

TEST_CASE_FIXTURE(PathAndMail, "NegotiatedPath passes STUN and DTLS to the negotiating thread, and refuses other kinds [RFC 7983 section 7]") {
  for (const auto& datagram : {stun(), stun(20), dtls(20), dtls(63), dtls(22, 13)}) {
    CAPTURE(datagram.size());
    CHECK(receive(datagram) == Verdict::Consumed);
    media::PathDatagram got;
    REQUIRE(mail->received.try_pop(got));
    CHECK(got.peer == kPeer);
    CHECK(got.arrival == now);
    CHECK(got.channel == media::Channel::Rtp);
    CHECK(std::vector<std::uint8_t>(got.bytes().begin(), got.bytes().end()) == datagram);
  }
  for (const unsigned first : {4U, 15U, 16U, 19U, 64U, 79U, 80U, 127U, 192U, 255U}) CHECK(receive(static_cast<std::uint8_t>(first)) == Verdict::Refused);
  CHECK(mail->received.size() == 0);
}

TEST_CASE_FIXTURE(PathAndMail, "NegotiatedPath refuses STUN messages with a wrong cookie or length, and records that are too short or not of DTLS") {
  auto without_cookie = stun(), longer = stun(), shorter = stun(), of_tls = dtls();
  without_cookie[7] = 0x43;
  longer.push_back(0);
  shorter.pop_back();
  of_tls[1] = 3;
  for (const auto& datagram : {without_cookie, longer, shorter, std::vector<std::uint8_t>(20), std::vector<std::uint8_t>{0}, of_tls, dtls(22, 12), std::vector<std::uint8_t>{22}}) {
    CHECK(receive(datagram) == Verdict::Refused);
  }
  CHECK(mail->received.size() == 0);
}

TEST_CASE_FIXTURE(PathAndMail, "Datagrams from the selected path have their own ring, which datagrams from other sources cannot fill") {
  order({.remote = {kPeer.ip, 9}});
  for (std::size_t i = 0; i < media::PathMail::kCapacity; ++i) CHECK(receive(stun()) == Verdict::Consumed);
  CHECK(receive(stun()) == Verdict::Refused);
  order({.remote = kPeer});
  for (std::size_t i = 0; i < media::PathMail::kCapacityOfPath; ++i) CHECK(receive(stun()) == Verdict::Consumed);
  CHECK(receive(stun()) == Verdict::Refused);
  CHECK(mail->received_on_path.size() == media::PathMail::kCapacityOfPath);
}

TEST_CASE_FIXTURE(PathAndMail, "NegotiatedPath lets no media pass before it gets an SrtpKeyOrder. An order without keys lets plain media pass") {
  CHECK(receive(0x80) == Verdict::Refused);
  std::vector<std::uint8_t> room(300, 0x80);
  CHECK_FALSE(path.protect(media::Channel::Rtp, room, 172));
  keys->put(std::make_unique<media::SrtpKeyOrder>());
  CHECK(receive(0x80) == Verdict::Rtp);
  CHECK(path.protect(media::Channel::Rtp, room, 172) == 172);
}

TEST_CASE_FIXTURE(PathAndMail, "NegotiatedPath passes on a datagram of 1500 octets, and refuses a datagram of 1501 octets") {
  CHECK(receive(dtls(22, media::PathDatagram::kMaxOctets)) == Verdict::Consumed);
  CHECK(receive(dtls(22, media::PathDatagram::kMaxOctets + 1)) == Verdict::Refused);
  CHECK(mail->received.size() == 1);
}

TEST_CASE_FIXTURE(PathAndMail, "NegotiatedPath sends the datagrams of the negotiating thread in their order, unprotected") {
  for (const std::uint8_t octet : {std::uint8_t{1}, std::uint8_t{2}}) {
    media::PathDatagram letter{media::Channel::Rtcp, kPeer};
    REQUIRE(letter.set(std::vector<std::uint8_t>(30, octet)));
    REQUIRE(mail->to_send.try_push(letter));
  }
  for (const std::uint8_t octet : {std::uint8_t{1}, std::uint8_t{2}}) {
    const auto own = path.poll_transmit();
    REQUIRE(own);
    CHECK(own->to == kPeer);
    CHECK(own->channel == media::Channel::Rtcp);
    CHECK(std::vector<std::uint8_t>(own->octets.begin(), own->octets.end()) == std::vector<std::uint8_t>(30, octet));
  }
  CHECK_FALSE(path.poll_transmit());
}

namespace {

struct RelayedPath : PathAndMail {
  const base::SocketAddress server{*base::IpAddress::parse("192.0.2.9"), 3478};

  RelayedPath() {
    keys->put(std::make_unique<media::SrtpKeyOrder>());
    order({server, 0x4001, false});
  }
  media::PacketPath::Received receive_from(const base::SocketAddress& from, std::vector<std::uint8_t>& datagram, media::Channel channel = media::Channel::Rtp) {
    return path.on_datagram(channel, from, datagram, now);
  }
  static std::vector<std::uint8_t> channel_data(std::uint8_t number, std::uint8_t first) { return {0x40, number, 0, 5, first, 1, 2, 3, 4}; }
};

}  // namespace

TEST_CASE_FIXTURE(RelayedPath, "NegotiatedPath wraps sent packets in the TURN server's channel, and unwraps received packets [RFC 8656 section 12]") {
  std::vector<std::uint8_t> room(300, 0x80);
  CHECK(path.protect(media::Channel::Rtp, room, 10) == 14);
  CHECK(std::vector<std::uint8_t>(room.begin(), room.begin() + 5) == std::vector<std::uint8_t>{0x40, 1, 0, 10, 0x80});
  auto datagram = channel_data(1, 0x80);
  const auto received = receive_from(server, datagram);
  CHECK(received.verdict == Verdict::Rtp);
  CHECK(std::vector<std::uint8_t>(received.packet.begin(), received.packet.end()) == std::vector<std::uint8_t>{0x80, 1, 2, 3, 4});
  CHECK(path.protect(media::Channel::Rtcp, room, 10) == 10);  // RTCP has no relay.
  order({server, 0x4001, true});
  CHECK(path.protect(media::Channel::Rtp, room, 10) == 16);
  order({});
  CHECK(path.protect(media::Channel::Rtp, room, 10) == 10);
  CHECK(receive_from(server, datagram).verdict == Verdict::Refused);
}

TEST_CASE_FIXTURE(RelayedPath, "NegotiatedPath does not unwrap ChannelData of another number, host or socket, or with another protocol inside") {
  auto other_channel = channel_data(2, 0x80), good = channel_data(1, 0x80), stun = channel_data(1, 0), dtls = channel_data(1, 22), nested = channel_data(1, 0x40);
  CHECK(receive_from(kPeer, good).verdict == Verdict::Refused);
  CHECK(receive_from(server, good, media::Channel::Rtcp).verdict == Verdict::Refused);
  std::vector<std::uint8_t> cut{0x40, 1, 0, 6, 0x80, 1, 2, 3, 4}, empty{0x40, 1, 0, 0};
  for (auto* datagram : {&other_channel, &stun, &dtls, &nested, &cut, &empty}) CHECK(receive_from(server, *datagram).verdict == Verdict::Consumed);
  CHECK(mail->received_on_path.size() == 6);  // The negotiating thread handles all other channels.
}
