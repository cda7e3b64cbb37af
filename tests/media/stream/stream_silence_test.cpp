#include <offhook/tests/media/stream_call.hpp>

#include <offhook/media/files/hold_music.hpp>
#include <offhook/media/receive/comfort_noise.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

using namespace offhook;
using namespace offhook_test;

namespace {

/// A call in which a says something for a second and then nothing. The peer accepts comfort noise, and a may leave out silence.
struct SilenceLeftOut : Call {
  SilenceLeftOut() {
    plan.send_comfort_noise = true;
    a.port->leaves_out_silence = true;
    a_says = sine(440, 8000, 1.0);
  }
  [[nodiscard]] std::vector<rtp::Packet> noise() const {
    auto packets = a.rtp();
    std::erase_if(packets, [](const auto& packet) { return packet.payload_type != media::kComfortNoiseType; });
    return packets;
  }
};

}  // namespace

TEST_CASE_FIXTURE(SilenceLeftOut,
    "If the option and the peer allow it, a stream leaves out silence after 200 ms, and describes it then and every second [RFC 3389 section 4]") {
  begin();
  run(550);
  const auto packets = a.rtp();
  const auto described = noise();
  CHECK(packets.size() - described.size() <= 65);
  CHECK(packets.size() - described.size() >= 60);
  CHECK(described.size() >= 9);
  CHECK(described.size() <= 11);
  // The sequence numbers have no gap. The timestamps follow the time.
  for (std::size_t i = 1; i < packets.size(); ++i) CHECK(static_cast<std::uint16_t>(packets[i].sequence - packets[i - 1].sequence) == 1);
  CHECK(described[2].timestamp - described[1].timestamp == 50 * 160);
  const auto first = std::find_if(packets.begin(), packets.end(), [](const auto& packet) { return packet.payload_type == media::kComfortNoiseType; });
  CHECK(first->timestamp - std::prev(first)->timestamp == 160);
  for (const auto& packet : described) {
    CHECK(packet.payload.size() == 1);
    CHECK(packet.payload[0] == 127);  // The synthetic audio has no background noise.
    CHECK_FALSE(packet.marker);
  }
}

TEST_CASE_FIXTURE(SilenceLeftOut, "The peer of a stream that leaves out silence hears silence, loses nothing, and hears all audio that follows") {
  begin();
  run(300);
  const auto before = b.stream->statistics();
  CHECK(before.played.concealed_samples == 0);
  CHECK(before.packets_lost == 0);
  CHECK(b.count(EventKind::MediaLost) == 0);
  CHECK(b.frames.at(290).level_dbov < -90);
  a_says = sine(440, 8000, 1.0);
  said = 0;
  run(100);
  const auto packets = a.rtp();
  const auto marked = std::find_if(packets.begin() + 1, packets.end(), [](const auto& packet) { return packet.marker; });
  REQUIRE(marked != packets.end());
  CHECK(marked->payload_type == 0);
  CHECK(std::prev(marked)->payload_type == media::kComfortNoiseType);
  CHECK(b.frames.at(340).level_dbov > -18);
  CHECK(b.stream->statistics().played.concealed_samples == 0);
}

TEST_CASE_FIXTURE(SilenceLeftOut, "A stream sends silence as audio if leaving it out is disabled, or if the peer does not accept comfort noise") {
  const bool wished = false;
  SUBCASE("leaving out silence is disabled") { a.port->leaves_out_silence = wished; }
  SUBCASE("the peer does not accept comfort noise") { plan.send_comfort_noise = false; }
  begin();
  run(300);
  CHECK(noise().empty());
  CHECK(a.rtp().size() >= 299);
}

TEST_CASE_FIXTURE(SilenceLeftOut, "If digits interrupt a left-out silence, the stream describes the silence again before it stops sending") {
  begin();
  run(150);
  const auto before = a.rtp().size();
  for (const char digit : {'4', ',', '2'}) REQUIRE(a.port->commands.try_push({media::PlayoutCommand::Kind::Digits, 0, digit}));
  run(200);
  const auto packets = a.rtp();
  std::size_t left_out = 0, audio = 0;
  for (std::size_t i = before; i < packets.size(); ++i) {
    audio += packets[i].payload_type == 0;
    if (packets[i].payload_type != 0 || packets[i - 1].payload_type != 0 || packets[i].timestamp - packets[i - 1].timestamp == 160) continue;
    ++left_out;  // Here the stream left out silence between two audio packets without a description.
  }
  CHECK(left_out == 0);
  CHECK(audio >= media::DiscontinuousSender::kHangoverFrames);
  for (std::size_t i = before; i + 1 < packets.size(); ++i) {
    if (packets[i].payload_type != 0 || packets[i + 1].payload_type == 0) continue;
    CHECK(packets[i + 1].timestamp - packets[i].timestamp == 160);  // The digit or description follows the audio without a gap.
  }
  CHECK(packets.back().payload_type == media::kComfortNoiseType);
  CHECK(b.count(EventKind::Digit) == 2);
}

TEST_CASE_FIXTURE(SilenceLeftOut, "If a hold interrupts a left-out silence, the stream sends audio after it without delay, and then the description") {
  begin();
  run(150);
  const auto before = a.rtp().size();
  auto held = towards(b);
  held.send = false;
  a.stream->start(held, nullptr, false, now());
  run(20);
  CHECK(a.rtp().size() == before);
  a.stream->start(towards(b), nullptr, false, now());
  run(media::DiscontinuousSender::kHangoverFrames + 1);
  const auto packets = a.rtp();
  REQUIRE(packets.size() == before + media::DiscontinuousSender::kHangoverFrames + 1);
  CHECK(packets[before].payload_type == 0);
  CHECK(packets[before].marker);
  CHECK(packets.back().payload_type == media::kComfortNoiseType);
}

TEST_CASE_FIXTURE(SilenceLeftOut, "If the peer stops and starts to accept comfort noise, the stream sends audio before the next description") {
  begin();
  run(150);
  const auto change = [&](bool takes) {
    plan.send_comfort_noise = takes;
    a.stream->start(towards(b), nullptr, false, now());
  };
  change(false);
  run(20);
  change(true);
  const auto before = a.rtp().size();
  run(media::DiscontinuousSender::kHangoverFrames + 1);
  const auto packets = a.rtp();
  REQUIRE(packets.size() == before + media::DiscontinuousSender::kHangoverFrames + 1);
  CHECK(packets.back().payload_type == media::kComfortNoiseType);
}

TEST_CASE("Packetizer sends waiting audio before a description of silence, and marks the next audio packet") {
  base::SeededRandom random(3);
  media::Packetizer packetizer(random);
  packetizer.configure(0, 60);
  media::Sendout out;
  const std::array<std::uint8_t, 160> audio{};
  const std::array<std::uint8_t, 1> description{127};
  packetizer.audio(audio, kB, out);
  packetizer.end_tick();
  packetizer.silence(description, media::kComfortNoiseType, kB, out);
  packetizer.end_tick();
  for (int tick = 0; tick < 3; ++tick, packetizer.end_tick()) packetizer.audio(audio, kB, out);
  REQUIRE(out.all().size() == 3);
  std::vector<rtp::Packet> packets;
  for (const auto& datagram : out.all()) packets.push_back(*rtp::parse_packet(datagram.bytes()));
  CHECK(packets[0].payload.size() == 160);
  CHECK(packets[1].payload_type == media::kComfortNoiseType);
  CHECK(packets[1].timestamp - packets[0].timestamp == 160);
  CHECK_FALSE(packets[1].marker);
  CHECK(packets[2].payload.size() == 480);
  CHECK(packets[2].timestamp - packets[1].timestamp == 160);
  CHECK(packets[2].marker);
}

TEST_CASE_FIXTURE(SilenceLeftOut, "A stream does not leave out the music for a waiting call as silence") {
  a_says.clear();
  a.port->music = media::Prompt::make(media::quiet_hold_music(), {.loops = true});
  a.port->waits = true;
  begin();
  run(300);
  CHECK(noise().empty());
  CHECK(a.rtp().size() >= 298);
  a.port->waits = false;
  run(100);
  CHECK_FALSE(noise().empty());
}
