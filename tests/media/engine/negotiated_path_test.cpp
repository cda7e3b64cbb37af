#include <offhook/media/engine/negotiated_path.hpp>

#include <offhook/rtp/packet.hpp>

#include <doctest/doctest.h>

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

  Verdict receive(std::uint8_t first, std::size_t size = 100) {
    std::vector<std::uint8_t> datagram(size, first);
    return path.on_datagram(media::Channel::Rtp, kPeer, datagram, now).verdict;
  }
};

}  // namespace

TEST_CASE_FIXTURE(PathAndMail, "NegotiatedPath passes STUN, DTLS and TURN channels to the negotiating thread, and refuses other kinds [RFC 7983 section 7]") {
  for (const unsigned first : {0U, 3U, 20U, 63U, 64U, 79U}) {
    CAPTURE(first);
    CHECK(receive(static_cast<std::uint8_t>(first)) == Verdict::Consumed);
    media::PathDatagram got;
    REQUIRE(mail->received.try_pop(got));
    CHECK(got.peer == kPeer);
    CHECK(got.arrival == now);
    CHECK(got.channel == media::Channel::Rtp);
    CHECK(std::vector<std::uint8_t>(got.bytes().begin(), got.bytes().end()) == std::vector<std::uint8_t>(100, static_cast<std::uint8_t>(first)));
  }
  for (const unsigned first : {4U, 15U, 16U, 19U, 80U, 127U, 192U, 255U}) CHECK(receive(static_cast<std::uint8_t>(first)) == Verdict::Refused);
  CHECK(mail->received.size() == 0);
}

TEST_CASE_FIXTURE(PathAndMail, "NegotiatedPath lets no media pass before the negotiation has given keys, or has said that the media are plain") {
  CHECK(receive(0x80) == Verdict::Refused);
  std::vector<std::uint8_t> room(300, 0x80);
  CHECK_FALSE(path.protect(media::Channel::Rtp, room, 172));
  keys->put(std::make_unique<media::SrtpKeyOrder>());
  CHECK(receive(0x80) == Verdict::Rtp);
  CHECK(path.protect(media::Channel::Rtp, room, 172) == 172);
}

TEST_CASE_FIXTURE(PathAndMail, "NegotiatedPath drops and counts datagrams that do not fit: the 17th that nobody reads, and one of 1501 octets") {
  CHECK(receive(0, media::PathDatagram::kMaxOctets) == Verdict::Consumed);
  CHECK(mail->dropped == 0);
  CHECK(receive(0, media::PathDatagram::kMaxOctets + 1) == Verdict::Consumed);
  CHECK(mail->dropped == 1);
  for (std::size_t i = 1; i < media::PathMail::kCapacity; ++i) (void)receive(0);
  CHECK(mail->dropped == 1);
  CHECK(receive(0) == Verdict::Consumed);
  CHECK(mail->dropped == 2);
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
