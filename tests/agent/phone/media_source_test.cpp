// A peer behind a NAT: its session description has an address that is not reachable.
#include <offhook/media/engine/udp_socket.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/tests/agent/phone/far_end.hpp>
#include <offhook/tests/agent/phone/telephone.hpp>

#include <array>
#include <atomic>
#include <optional>
#include <string>

using namespace offhook;
using namespace std::chrono_literals;
using test::Telephone;

namespace {

/// A peer whose SIP messages come from 127.0.0.1, but whose session description has the address 127.0.0.9.
struct BehindNat {
  std::atomic<std::uint16_t> audio_port{0};  // the caller's port
  test::FarEnd far{[this](sip::Stack& stack, const sip::IncomingCall& call) {
    audio_port = static_cast<std::uint16_t>(std::stoi(call.offer.data.substr(call.offer.data.find("m=audio ") + 8)));
    const std::string answer = "v=0\r\no=- 1 1 IN IP4 127.0.0.9\r\ns=-\r\nc=IN IP4 127.0.0.9\r\nt=0 0\r\nm=audio 30000 RTP/AVP 0\r\n";
    (void)stack.calls().answer(call.session, {"application/sdp", answer}, base::Clock::now());
  }};
};

/// Sends RTP packets in sequence to a leg.
struct Source {
  std::optional<media::UdpSocket> socket;
  std::uint16_t sequence = 0;

  explicit Source(const char* host) {
    auto bound = media::UdpSocket::bind({*base::IpAddress::parse(host), 0});
    REQUIRE(bound.has_value());
    socket.emplace(std::move(*bound));
  }
  void say(std::uint16_t to_port) {
    const std::array<std::uint8_t, 160> payload{};
    std::array<std::uint8_t, 200> datagram{};
    const rtp::Packet packet{.sequence = sequence, .timestamp = sequence * 160U, .ssrc = 7, .payload = payload};
    ++sequence;
    const auto size = rtp::write_packet(packet, datagram);
    REQUIRE(size.has_value());
    (void)socket->send(base::Bytes(datagram).first(*size), {*base::IpAddress::parse("127.0.0.1"), to_port});
  }
};

}  // namespace

TEST_CASE("A leg accepts audio from the source host of the SIP messages, but not from an unrelated host [RTP Bleed]") {
  BehindNat peer;
  Telephone phone("anna");
  phone.dial("desk", peer.far.edge->port());
  REQUIRE(phone.wait_for<phone::CallConnected>());
  std::optional<media::LegId> leg;
  phone.on_thread([&] { leg = phone.call->media_leg(); });
  REQUIRE(leg.has_value());
  Source stranger("127.0.0.3");
  CHECK(offhook_test::wait_until([&] {
    stranger.say(peer.audio_port);
    return phone.engine.statistics(*leg)->refused_source > 20;
  }));
  CHECK_FALSE(phone.engine.statistics(*leg)->source);
  Source natted("127.0.0.1");
  CHECK(offhook_test::wait_until([&] {
    stranger.say(peer.audio_port);
    natted.say(peer.audio_port);
    return phone.engine.statistics(*leg)->source.has_value();
  }));
  CHECK(phone.engine.statistics(*leg)->source->ip == *base::IpAddress::parse("127.0.0.1"));
  phone.on_thread([&] { CHECK(phone.call->hang_up().has_value()); });
  CHECK(phone.wait_for<phone::CallFinished>());
}
