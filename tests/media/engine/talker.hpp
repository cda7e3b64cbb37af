#pragma once

#include "loopback.hpp"

#include <offhook/media/dsp/tones.hpp>
#include <offhook/media/engine/engine.hpp>
#include <offhook/media/engine/udp_socket.hpp>
#include <offhook/media/files/recording_tap.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/tests/media/event_kind.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numbers>
#include <thread>
#include <utility>
#include <vector>

// These helpers use only real loopback sockets, and assert no times. Each wait is for a condition. Its limit passes only if the engine hangs.
namespace offhook_test {

using namespace offhook;
using namespace std::chrono_literals;

/// Returns the share of the energy of the last second that is a sine of `hz`, 0..1. Returns 0 for less than a second of audio.
inline double share_of(const std::vector<std::int16_t>& pcm, double hz, std::uint32_t rate_hz) {
  if (pcm.size() < rate_hz) return 0;
  double energy = 1, re = 0, im = 0;
  for (std::size_t i = pcm.size() - rate_hz; i < pcm.size(); ++i) {
    const double angle = 2 * std::numbers::pi * hz * static_cast<double>(i) / rate_hz;
    energy += static_cast<double>(pcm[i]) * pcm[i];
    re += pcm[i] * std::cos(angle);
    im += pcm[i] * std::sin(angle);
  }
  return 2 * (re * re + im * im) / (rate_hz * energy);
}

/// The conversation's side of a leg. It plays a tone, and keeps the heard audio and the events.
struct Talker {
  std::shared_ptr<media::AudioPort> port = std::make_shared<media::AudioPort>();
  media::OpenLeg leg;
  media::SineSource tone;
  std::vector<std::int16_t> heard;
  std::vector<media::MediaEvent> events;

  Talker(media::Engine& engine, double hz, std::uint32_t rate_hz = 16000, std::shared_ptr<media::RecordingTap> tap = nullptr,
         std::unique_ptr<media::PacketPath> path = nullptr)
      : tone(hz, rate_hz, 8000) {
    port->recording = std::move(tap);
    port->gives_way = false;  // All talkers speak at once.
    port->rate_hz = rate_hz;
    const auto opened = engine.open(kLoopback, port, {}, std::move(path));
    REQUIRE(opened);
    leg = *opened;
  }
  void run() {
    while (port->playout.size() < 5) {
      media::PlayoutFrame frame;
      frame.utterance = 1;
      frame.samples = static_cast<std::uint16_t>(port->frame_samples());
      tone.fill(std::span(frame.pcm).first(frame.samples));
      static_cast<void>(port->playout.try_push(frame));
    }
    media::HeardFrame frame;
    while (port->heard.try_pop(frame)) heard.insert(heard.end(), frame.pcm.begin(), frame.pcm.begin() + frame.samples);
    media::MediaEvent event;
    while (port->events.try_pop(event)) events.push_back(event);
  }
  [[nodiscard]] double share_of(double hz) const { return offhook_test::share_of(heard, hz, port->rate_hz); }
};

inline media::MediaPlan plan_to(std::uint16_t port, media::AudioCodec codec = media::AudioCodec::Pcmu) {
  media::MediaPlan plan;
  plan.codec = codec;
  constexpr std::array<std::uint8_t, media::kAudioCodecs.size()> kNumbers{0, 8, 9, 111, 119, 118};
  plan.send_payload_type = plan.receive_payload_type = kNumbers.at(static_cast<std::size_t>(codec));
  plan.event_clock_hz = media::rtp_clock_hz(codec);
  plan.send_events = plan.receive_events = 101;
  plan.remote_rtp = {kLoopback, port};
  plan.remote_rtcp = {kLoopback, static_cast<std::uint16_t>(port + 1)};
  return plan;
}

/// A leg to which no peer sends. Its heard frames count the ticks of its worker, so that a test can wait for ticks at any speed of the machine.
class TickWitness {
 public:
  explicit TickWitness(media::Engine& engine, media::LegId beside = {}) {
    const auto opened = engine.open(kLoopback, port_, beside);
    REQUIRE(opened);
    REQUIRE(engine.start(opened->id, plan_to(9)));
  }
  /// Waits for `ticks` ticks from now on. Returns false if they do not come.
  [[nodiscard]] bool see(std::size_t ticks) {
    static_cast<void>(heard());
    std::size_t seen = 0;
    return wait_until([&] { return (seen += heard()) >= ticks; });
  }

 private:
  std::size_t heard() {
    std::size_t count = 0;
    media::HeardFrame frame;
    while (port_->heard.try_pop(frame)) ++count;
    return count;
  }

  std::shared_ptr<media::AudioPort> port_ = std::make_shared<media::AudioPort>();
};

inline media::EngineOptions options(unsigned workers, media::DatagramPath path = media::DatagramPath::Best) {
  media::EngineOptions made;
  made.workers = workers;
  made.datagrams = path;
  made.late_limit = 1;  // Other programs on this machine may delay the workers.
  return made;
}

inline std::vector<std::uint8_t> rtp_packet(std::uint32_t ssrc, std::uint16_t sequence) {
  const std::vector<std::uint8_t> payload(160, 0x02);  // The payload is a loud square wave. A test notices if a leg plays it.
  rtp::Packet packet;
  packet.sequence = sequence;
  packet.timestamp = sequence * 160U;
  packet.ssrc = ssrc;
  packet.payload = payload;
  std::vector<std::uint8_t> out(200);
  out.resize(*rtp::write_packet(packet, out));
  return out;
}

/// Sends RTP packets to each port in `targets` and the same to the next port, which is for RTCP, without end until the destructor runs.
template <std::size_t kTargets>
struct Flood {
  std::array<std::atomic<std::uint16_t>, kTargets> targets{};

  /// With a pause of 0, sends as fast as possible.
  explicit Flood(std::chrono::milliseconds pause) : thread_([this, pause] { run(pause); }) {}
  ~Flood() {
    stop_.store(true, std::memory_order_relaxed);
    thread_.join();
  }
  Flood(const Flood&) = delete;
  Flood& operator=(const Flood&) = delete;

 private:
  void run(std::chrono::milliseconds pause) {
    std::uint16_t sequence = 0;
    while (!stop_.load(std::memory_order_relaxed)) {
      for (const auto& target : targets) {
        const std::uint16_t port = target.load(std::memory_order_relaxed);
        if (port == 0) continue;
        static_cast<void>(socket_.send(rtp_packet(1, sequence++), {kLoopback, port}));
        static_cast<void>(socket_.send(rtp_packet(1, sequence), {kLoopback, static_cast<std::uint16_t>(port + 1)}));
      }
      pause == 0ms ? std::this_thread::yield() : std::this_thread::sleep_for(pause);  // the pace of the flood
    }
  }

  media::UdpSocket socket_ = any_socket();
  std::atomic<bool> stop_{false};
  std::thread thread_;  // This is the last member. Therefore the thread starts when all other members exist.
};

}  // namespace offhook_test
