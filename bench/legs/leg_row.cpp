#include <offhook/bench/legs/leg_row.hpp>

#include <offhook/bench/harness.hpp>
#include <offhook/bench/legs/voice.hpp>
#include <offhook/rtp/packet.hpp>

#include <algorithm>
#include <chrono>
#include <span>
#include <utility>

namespace offhook::bench {

namespace {

constexpr base::Duration kTick = std::chrono::milliseconds(20);
const base::SocketAddress kPeer{base::IpAddress::v4({127, 0, 0, 1}), 9};

std::uint8_t number_of(media::AudioCodec codec) {
  if (codec == media::AudioCodec::Pcmu) return 0;
  return codec == media::AudioCodec::G722 ? 9 : 96;
}

base::TimePoint at(std::size_t turn) { return base::TimePoint(kTick * (static_cast<std::int64_t>(turn) + 50)); }

}  // namespace

std::shared_ptr<const LegSounds> LegSounds::make(const LegKind& kind) {
  const auto said = voice_like(kind.port_rate_hz);
  const auto music = media::Prompt::make({kind.port_rate_hz, said}, {.loops = true});
  return std::make_shared<const LegSounds>(LegSounds{said, voice_packets(kind.codec), music});
}

OneRow::OneRow(const LegKind& kind, std::shared_ptr<const LegSounds> sounds)
    : payload_type_(number_of(kind.codec)), units_(media::rtp_clock_hz(kind.codec) / 50), sounds_(std::move(sounds)) {
  media::MediaPlan plan;
  plan.codec = kind.codec;
  plan.send_payload_type = plan.receive_payload_type = payload_type_;
  plan.remote_rtp = plan.remote_rtcp = kPeer;
  std::size_t number = 0;
  for (auto& leg : legs_) {
    leg.port->rate_hz = kind.port_rate_hz;
    leg.port->gives_way = false;
    leg.port->guards_echo = kind.guards_echo;
    if (kind.waits) leg.port->music = sounds_->music;
    leg.port->waits = kind.waits;
    leg.spoken = number++ * 7 * kind.port_rate_hz / 50;
    leg.stream = std::make_unique<media::Stream>(media::StreamOptions{std::chrono::seconds(10), "bench"}, *leg.port, leg.random);
    (void)leg.stream->start(plan, media::Stream::make_chain(plan, kind.port_rate_hz, kind.guards_echo), false, at(0));
    if (kind.relays) leg.stream->take(std::make_unique<rtp::Translator>());
  }
  for (std::size_t i = 0; kind.relays && i < kLegs; i += 2) media::Stream::join(*legs_[i].stream, *legs_[i + 1].stream, at(0));
}

void OneRow::tick(std::size_t turn) {
  std::array<media::CodecChain::Frame, kLegs> frames;
  std::array<std::span<const std::int16_t>, kLegs> heard;
  const media::TickTime time{.tick = turn, .now = at(turn), .wall = {}};
  for (std::size_t i = 0; i < kLegs; ++i) {
    speak(legs_[i]);
    send(legs_[i], turn);
    heard[i] = legs_[i].stream->hear(time, frames[i]);
    if (!legs_[i].stream->is_relayed()) voice_.hear(i, heard[i], legs_[i].stream->sent_line());
  }
  voice_.run();
  for (std::size_t i = 0; i < kLegs; ++i) {
    sendout_.clear();
    legs_[i].stream->go_on(time, heard[i], voice_.found(i), sendout_);
    keep(sendout_);
    take_away(legs_[i]);
  }
}

void OneRow::send(Leg& leg, std::size_t turn) {
  rtp::Packet packet;
  packet.payload_type = payload_type_;
  packet.sequence = static_cast<std::uint16_t>(turn);
  packet.timestamp = static_cast<std::uint32_t>(turn) * units_;
  packet.ssrc = 7;
  packet.payload = sounds_->packets[turn % sounds_->packets.size()];
  std::array<std::uint8_t, media::kMaxDatagramOctets> datagram;
  const auto size = rtp::write_packet(packet, datagram).value_or(0);
  const auto onward = leg.stream->on_packet(media::Channel::Rtp, kPeer, base::Bytes(datagram).first(size), at(turn) - std::chrono::milliseconds(3));
  if (onward) (void)rtp::write_packet(onward->packet, datagram);
  keep(datagram);
}

void OneRow::speak(Leg& leg) {
  const auto& said = sounds_->said;
  while (!leg.port->waits && leg.port->playout.size() < 2) {
    media::PlayoutFrame* const frame = leg.port->playout.claim();
    frame->utterance = 1;
    frame->word = 0;
    frame->last = false;
    frame->samples = static_cast<std::uint16_t>(leg.port->frame_samples());
    if (leg.spoken + frame->samples > said.size()) leg.spoken = 0;
    std::copy_n(said.begin() + static_cast<std::ptrdiff_t>(leg.spoken), frame->samples, frame->pcm.begin());
    leg.spoken += frame->samples;
    leg.port->playout.publish();
  }
}

void OneRow::take_away(Leg& leg) {
  while (leg.port->heard.try_pop(heard_)) {
  }
  media::MediaEvent event;
  while (leg.port->events.try_pop(event)) {
  }
}

}  // namespace offhook::bench
