#pragma once

#include "event_kind.hpp"
#include "sounds.hpp"

#include <offhook/media/dsp/tones.hpp>
#include <offhook/media/stream/stream.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/rtcp.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

/// Tools to test two streams that talk with each other in virtual time.
namespace offhook_test {

using namespace offhook;
using namespace std::chrono_literals;

inline base::SocketAddress at(const char* ip, std::uint16_t port) { return {*base::IpAddress::parse(ip), port}; }
inline const base::SocketAddress kA = at("192.0.2.1", 4000), kB = at("192.0.2.2", 5000), kStranger = at("203.0.113.9", 6000);
inline base::SocketAddress next_port(base::SocketAddress address) {
  ++address.port;
  return address;
}

/// Returns the payload type for a codec. The numbers of dynamic payload types are arbitrary.
inline std::uint8_t number_of(media::AudioCodec codec) {
  constexpr std::array<std::uint8_t, media::kAudioCodecs.size()> kNumbers{0, 8, 9, 111, 119, 118};
  return kNumbers.at(static_cast<std::size_t>(codec));
}

/// Puts the samples of `voice` into the port's playout ring, up to three frames ahead. `spoken` is the number of samples that were already put there.
inline void give(media::AudioPort& port, const std::vector<std::int16_t>& voice, std::size_t& spoken) {
  for (; port.playout.size() < 3 && spoken + 160 <= voice.size(); spoken += 160) {
    media::PlayoutFrame frame;
    frame.utterance = 9;
    frame.samples = 160;
    std::copy_n(voice.begin() + static_cast<std::ptrdiff_t>(spoken), 160, frame.pcm.begin());
    REQUIRE(port.playout.try_push(frame));
  }
}

/// One end of a call: a stream, its port, and everything that the stream sent and reported so far.
struct End {
  base::SocketAddress here;
  base::SeededRandom random;
  std::unique_ptr<media::AudioPort> port = std::make_unique<media::AudioPort>();
  std::unique_ptr<media::Stream> stream;
  media::VoiceBank voice{1};
  std::vector<media::Datagram> sent;              // all datagrams that the stream sent
  std::vector<std::vector<std::int16_t>> heard;   // samples by tick
  std::vector<media::HeardFrame> frames;
  std::vector<media::MediaEvent> events;

  End(base::SocketAddress address, std::uint32_t port_rate_hz, std::uint64_t seed) : here(address), random(seed) {
    port->rate_hz = port_rate_hz;
    stream = std::make_unique<media::Stream>(media::StreamOptions{}, *port, random);
  }
  std::size_t count(EventKind kind) const {
    return static_cast<std::size_t>(std::count_if(events.begin(), events.end(), [kind](const auto& e) { return e.kind == kind; }));
  }
  const media::MediaEvent* first(EventKind kind) const {
    const auto found = std::find_if(events.begin(), events.end(), [kind](const auto& e) { return e.kind == kind; });
    return found == events.end() ? nullptr : &*found;
  }
  std::vector<rtp::Packet> rtp() const {
    std::vector<rtp::Packet> packets;
    for (const auto& datagram : sent) {
      if (datagram.channel == media::Channel::Rtp) packets.push_back(*rtp::parse_packet(datagram.bytes()));
    }
    return packets;
  }
  std::vector<std::int16_t> heard_between(std::size_t first, std::size_t last) const {
    std::vector<std::int16_t> all;
    for (std::size_t i = first; i < last; ++i) all.insert(all.end(), heard.at(i).begin(), heard.at(i).end());
    return all;
  }
};

/// Two streams in virtual time, with a wire of fixed delay between them.
struct Call {
  media::MediaPlan plan;
  End a, b;
  base::TimePoint origin{std::chrono::hours(5)};
  std::uint64_t tick = 0;
  base::Duration delay = 5ms;
  bool a_is_heard = true, b_is_heard = true;   // false: the wire drops all packets of that end
  std::function<bool(const End& from, const media::Datagram& datagram)> loses;   // returns true: the wire drops this datagram
  struct InFlight {
    base::TimePoint at;
    media::Datagram datagram;
    base::SocketAddress from;
  };
  std::deque<InFlight> wire;
  std::vector<std::int16_t> a_says;            // audio that a plays as one utterance, at the rate of its port
  std::size_t said = 0;
  media::Sendout sendout;

  explicit Call(media::AudioCodec codec = media::AudioCodec::Pcmu, std::uint32_t port_rate_hz = 8000)
      : a(kA, port_rate_hz, 1), b(kB, port_rate_hz, 2) {
    plan.codec = codec;
    plan.send_payload_type = plan.receive_payload_type = number_of(codec);
    plan.send_events = plan.receive_events = 101;
    plan.event_clock_hz = media::rtp_clock_hz(codec);
  }
  base::TimePoint now() const { return origin + static_cast<std::int64_t>(tick) * 20ms; }
  media::MediaPlan towards(const End& end) const {
    auto result = plan;
    result.remote_rtp = end.here;
    result.remote_rtcp = next_port(end.here);
    return result;
  }
  static std::unique_ptr<media::CodecChain> start(End& end, const media::MediaPlan& its_plan, base::TimePoint now, bool relearn = false) {
    end.voice.reset(0);
    return end.stream->start(its_plan, media::Stream::make_chain(its_plan, end.port->rate_hz), relearn, now);
  }
  void begin() {
    start(a, towards(b), now());
    start(b, towards(a), now());
  }
  void feed() { feed(a, said); }
  void feed(End& end, std::size_t& given) const {  // given: number of samples of a_says
    const auto samples = end.port->frame_samples();
    while (given < a_says.size() && end.port->playout.size() < 4) {
      media::PlayoutFrame frame;
      frame.utterance = 1;
      frame.word = static_cast<std::uint32_t>(given / samples);
      frame.samples = static_cast<std::uint16_t>(std::min<std::size_t>(samples, a_says.size() - given));
      std::copy_n(a_says.begin() + static_cast<std::ptrdiff_t>(given), frame.samples, frame.pcm.begin());
      given += frame.samples;
      frame.last = given == a_says.size();
      REQUIRE(end.port->playout.try_push(frame));
    }
  }
  void deliver() {
    while (!wire.empty() && wire.front().at <= now()) {
      const auto& flight = wire.front();
      End& to = flight.datagram.to.ip == kA.ip ? a : b;
      to.stream->on_packet(flight.datagram.channel, flight.from, flight.datagram.bytes(), flight.at);
      wire.pop_front();
    }
  }
  void tick_end(End& end, bool is_heard) {
    sendout.clear();
    end.stream->tick({tick, now(), rtp::NtpTime::from_unix(1'700'000'000s + (now() - origin))}, end.voice, sendout);
    for (const auto& datagram : sendout.all()) {
      end.sent.push_back(datagram);
      const auto from = datagram.channel == media::Channel::Rtp ? end.here : next_port(end.here);
      if (is_heard && !(loses && loses(end, datagram)) && (datagram.to.ip == kA.ip || datagram.to.ip == kB.ip)) wire.push_back({now() + delay, datagram, from});
    }
    media::HeardFrame frame;
    while (end.port->heard.try_pop(frame)) {
      end.frames.push_back(frame);
      end.heard.emplace_back(frame.pcm.begin(), frame.pcm.begin() + frame.samples);
    }
    media::MediaEvent event;
    while (end.port->events.try_pop(event)) end.events.push_back(event);
  }
  void run(int ticks, const std::function<void()>& each = {}) {
    for (int i = 0; i < ticks; ++i, ++tick) {
      deliver();
      feed();
      if (each) each();
      tick_end(a, a_is_heard);
      tick_end(b, b_is_heard);
    }
  }
  /// Makes an RTP packet with these fields.
  static std::vector<std::uint8_t> packet(std::uint32_t ssrc, std::uint16_t sequence, std::uint8_t payload_type, std::uint8_t filler = 0x20) {
    const std::vector<std::uint8_t> payload(160, filler);
    rtp::Packet made;
    made.payload_type = payload_type;
    made.sequence = sequence;
    made.timestamp = sequence * 160U;
    made.ssrc = ssrc;
    made.payload = payload;
    std::vector<std::uint8_t> out(200);
    out.resize(*rtp::write_packet(made, out));
    return out;
  }
};

}  // namespace offhook_test
