// Plays the traces of tests/rtp with a voice in the packets. The player of tests/rtp only counts samples. Here the samples are really stretched.
#include <offhook/bench/jitter_log.hpp>
#include <offhook/media/codec/g711.hpp>
#include <offhook/media/receive/conceal.hpp>
#include <offhook/media/receive/time_stretch.hpp>

#include <offhook/tests/media/allocations.hpp>
#include <offhook/tests/media/sounds.hpp>
#include <offhook/tests/media/synthetic_voice.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::bench;
using offhook_test::kFrame;

namespace {

class TraceListener {
 public:
  explicit TraceListener(const JitterTrace& trace) : trace_(&trace), log_(trace), voice_(offhook_test::SyntheticVoice(8000, 12).speak(20)) {
    coded_.resize(voice_.size());
    static_cast<void>(media::encode_mulaw(voice_, coded_));
  }
  Playing listen() {
    Arrivals arrivals(*trace_);
    const auto before = offhook_test::allocations();
    for (double now = 7; now < trace_->packets.back().sent_ms; now += 20) {
      while (const auto number = arrivals.next(now)) put(*number);
      tick(now);
    }
    // In this loop, only the log's list of played packets may allocate.
    CHECK(offhook_test::allocations() - before < 40);
    return log_.finish();
  }
  [[nodiscard]] rtp::JitterStatistics counts() const { return buffer_->statistics(); }
  [[nodiscard]] int worst_step() const { return worst_step_; }
  [[nodiscard]] int worst_said() const {
    int worst = 0;
    for (std::size_t i = 1; i < voice_.size(); ++i) worst = std::max(worst, std::abs(voice_[i] - voice_[i - 1]));
    return worst;
  }

 private:
  static base::TimePoint time_at(double ms) {
    return base::TimePoint{} + std::chrono::hours(1) + std::chrono::microseconds(static_cast<std::int64_t>(ms * 1000));
  }
  void put(std::size_t number) {
    const TracePacket& packet = trace_->packets[number];
    rtp::Packet made;
    made.sequence = static_cast<std::uint16_t>(number);
    made.timestamp = packet.timestamp;
    made.ssrc = 1;
    made.payload = base::Bytes(coded_).subspan(packet.timestamp % coded_.size(), kFrame);
    static_cast<void>(buffer_->put(made, time_at(packet.arrives_ms)));
  }
  void tick(double now) {
    std::array<std::int16_t, kFrame> pcm{};
    while (line_.waiting() < kFrame) {
      const auto pull = buffer_->pull(time_at(now), static_cast<std::int64_t>(line_.waiting()));
      const auto part = std::span(pcm).first(static_cast<std::size_t>(pull.units));
      if (pull.kind == rtp::Pull::Kind::Frame) {
        log_.frame(pull.timestamp, now + static_cast<double>(line_.waiting()) / 8);
        static_cast<void>(media::decode_mulaw(pull.payload, part));
        concealer_.good(part, pull.seam);
      } else if (pull.kind == rtp::Pull::Kind::Conceal) {
        log_.concealed(pull.units);
        concealer_.conceal(part);
      } else {
        log_.silence(pull.units);
        std::fill(part.begin(), part.end(), std::int16_t{0});
      }
      line_.push(part);
      if (pull.stretch != 0) buffer_->on_stretched(line_.stretch(static_cast<int>(pull.stretch), pull.urgent));
    }
    line_.take(pcm);
    for (const auto sample : pcm) {
      worst_step_ = std::max(worst_step_, std::abs(sample - last_));
      last_ = sample;
    }
  }

  const JitterTrace* trace_;
  PlayingLog log_;
  std::vector<std::int16_t> voice_;
  std::vector<std::uint8_t> coded_;
  std::unique_ptr<rtp::JitterBuffer> buffer_ = std::make_unique<rtp::JitterBuffer>();
  media::Concealer concealer_{8000};
  media::TimeStretch line_{8000};
  int worst_step_ = 0, last_ = 0;
};

}  // namespace

TEST_CASE("A player with real audio needs hardly more delay and concealment than one that only counts samples. It makes no clicks, and does not allocate") {
  for (const std::string name : {"T1", "T2", "T3", "T6", "T7"}) {
    CAPTURE(name);
    const JitterTrace trace = jitter_trace(name, 10);
    const Playing promised = play(trace, rtp::kCallProfile, 7);
    TraceListener listener(trace);
    const Playing heard = listener.listen();
    const auto counts = listener.counts();
    MESSAGE(name << ": concealed " << heard.concealed_percent << " % (" << promised.concealed_percent << "), delay " << heard.mean_delay_ms << " ms ("
                 << promised.mean_delay_ms << "), inserted " << counts.inserted_samples_for_deceleration << " removed "
                 << counts.removed_samples_for_acceleration << ", worst step " << listener.worst_step() << " of " << listener.worst_said());
    CHECK(heard.concealed_percent <= promised.concealed_percent + 0.1);
    CHECK(heard.mean_delay_ms <= promised.mean_delay_ms + 5);
    CHECK(heard.out_of_order == 0);
    CHECK(listener.worst_step() <= listener.worst_said() * 1.5);
  }
}
