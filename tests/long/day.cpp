// offhook_long_day [TICKS]: runs one leg for a day (4,320,000 ticks of 20 ms) on virtual time, as fast as possible. Sequence numbers wrap 66 times.
// The timestamps of both sides wrap once in the first quarter of an hour, and the 32 bits of wall time in reports after five hours. One packet in
// 997 is lost. The program fails if a frame, a packet or a report is wrong, if a counter disagrees with the events, if the stream allocates memory
// after its first minute, or if memory grows.
#include "samples.hpp"

#include <offhook/media/send/packetizer.hpp>
#include <offhook/media/stream/stream.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/rtcp.hpp>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace {
std::uint64_t allocated = 0;
}

// Without noinline, g++ reports malloc with delete, or new with free, as a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocated;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  std::abort();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

using namespace offhook;
using namespace std::chrono_literals;

constexpr std::uint64_t kDay = 4'320'000, kLostEach = 997, kWarm = 3000;
constexpr std::uint32_t kPeer = 77;

const base::SocketAddress kRtp{base::IpAddress::v4({192, 0, 2, 2}), 5000}, kRtcp{base::IpAddress::v4({192, 0, 2, 2}), 5001};

media::MediaPlan plan() {
  media::MediaPlan made;
  made.codec = media::AudioCodec::Pcmu;
  made.remote_rtp = kRtp;
  made.remote_rtcp = kRtcp;
  return made;
}

/// Returns a seed for our side. With this seed, our first timestamp is so high that the timestamps wrap between the ticks 3,000 and 30,000.
std::uint64_t seed_of_our_end() {
  for (std::uint64_t seed = 1;; ++seed) {
    base::SeededRandom random(seed);
    (void)random.next_u64();  // The stream draws the seed for the times of its reports before its first timestamp.
    const std::uint32_t left = ~media::Packetizer(random).timestamp();
    if (left > 160 * kWarm && left < 160 * 10 * kWarm) return seed;
  }
}

/// A sent report: the middle 32 bits of its wall time, which the other side repeats in LSR, and its time on our clock.
struct Reported {
  std::uint32_t middle = 0;
  base::TimePoint at{};
};

class Day {
 public:
  explicit Day(std::uint64_t ticks) : ticks_(ticks) {
    port_->rate_hz = 8000;
    port_->gives_way = false;
    stream_ = std::make_unique<media::Stream>(media::StreamOptions{10s, "day"}, *port_, random_);
    (void)stream_->start(plan(), media::Stream::make_chain(plan(), 8000), false, now());
    for (std::size_t i = 0; i < voice_.size(); ++i) voice_[i] = static_cast<std::uint8_t>(0x80 | (i * 37 % 96));
  }

  void live() {
    const std::uint64_t step = std::max<std::uint64_t>(ticks_ / 64, 1);
    for (tick_ = 0; tick_ < ticks_; ++tick_) {
      if (tick_ == kWarm) allocated_before_ = allocated;
      hear();
      speak();
      sendout_.clear();
      stream_->tick({tick_, now(), wall_at(now())}, voice_bank_, sendout_);
      for (const auto& datagram : sendout_.all()) look_at(datagram);
      take_heard();
      if (tick_ % step != step - 1 || tick_ < kWarm) continue;
      const auto allocated_now = allocated;  // The test makes the allocations for the samples, so they do not count.
      samples_.push_back({static_cast<double>(tick_) / 3000, offhook_test::resident_kb(), 0, 0});
      allocated_before_ += allocated - allocated_now;
    }
    allocated_after_ = allocated;
  }

  [[nodiscard]] std::string wrong() {
    const auto all = stream_->statistics();
    const std::uint64_t lost_at_the_end = (ticks_ - 1) % kLostEach == 0 ? 1 : 0;  // The stream cannot detect the loss of the last packet yet.
    check(all.packets_sent == ticks_, "packets_sent", all.packets_sent);
    // packets_received excludes the first packet, because the stream has not accepted its source yet.
    check(all.packets_received + 1 == ticks_ - lost_, "packets_received", all.packets_received);
    check(all.packets_lost + lost_at_the_end == lost_, "packets_lost", all.packets_lost);
    check(all.packets_late + all.packets_duplicate + all.malformed + all.refused_payload == 0, "packets refused", all.packets_late);
    check(all.refused_source <= 1, "refused_source", all.refused_source);  // This may count the first packet.
    check(all.frames_played + all.frames_concealed <= ticks_ + 4, "frames", all.frames_played + all.frames_concealed);
    check(all.frames_concealed >= lost_ / 2 && all.frames_concealed <= 2 * lost_ + 20, "frames_concealed", all.frames_concealed);
    check(all.heard_dropped + all.events_dropped + all.send_failed == 0, "drops", all.heard_dropped);
    check(all.jitter_us < 1000 && all.jitter_buffer_ms <= 60, "jitter_buffer_ms", all.jitter_buffer_ms);
    check(heard_ == ticks_, "frames heard", heard_);
    // One report every 2.5 to 7.5 s, divided by 1.21828: RFC 3550 section 6.2.
    check(reports_ * 5 * 50 >= ticks_ / 2 && reports_ * 2 * 50 <= ticks_ + 200, "reports", reports_);
    check(our_timestamp_rounds_ == (ticks_ >= 10 * kWarm ? 1u : our_timestamp_rounds_), "wraps of our timestamp", our_timestamp_rounds_);
    if (ticks_ > kWarm) check(allocated_after_ == allocated_before_, "allocations", allocated_after_ - allocated_before_);
    if (const auto grown = offhook_test::growth_of(samples_); ticks_ >= kDay && !grown.empty()) wrong_ += grown + "; ";
    return wrong_;
  }
  void print() const {
    const auto number = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
    std::printf("%llu ticks, %.2f hours, %llu packets lost, %llu reports\n", number(ticks_), static_cast<double>(ticks_) / 180000,
                number(lost_), number(reports_));
    std::printf("wraps: our sequence numbers %llu, the peer's %llu; our timestamps %llu, the peer's %llu\n", number(our_rounds_),
                number((65000 + ticks_) >> 16), number(our_timestamp_rounds_), number((kFirstTimestamp + 160 * ticks_) >> 32));
    if (samples_.empty()) return;
    std::printf("memory %.0f kB in the first sample, %.0f kB in the last\n", samples_.front().memory_kb, samples_.back().memory_kb);
  }

 private:
  static constexpr std::uint64_t kFirstTimestamp = 0xffffffff - std::uint64_t{8000} * 840;  // The peer's timestamps wrap after 14 minutes.
  static constexpr std::uint64_t kReportEach = 250, kReportAt = 100;
  static constexpr base::Duration kRoundTrip = 30ms;

  static rtp::NtpTime wall_at(base::TimePoint at) { return rtp::NtpTime::from_unix(1'700'000'000s + (at - base::TimePoint{})); }
  /// Converts a duration to units of 1/65536 s, the unit of delays in reports.
  static std::uint32_t report_units(base::Duration since) { return static_cast<std::uint32_t>(since / 1us * 65536 / 1'000'000); }
  base::TimePoint now() const { return base::TimePoint{} + std::chrono::hours(5) + static_cast<std::int64_t>(tick_) * 20ms; }
  void check(bool good, const char* what, std::uint64_t is) {
    if (good || wrong_.size() > 2000) return;
    wrong_ += std::string(what) + " is " + std::to_string(is) + " at tick " + std::to_string(tick_) + "; ";
  }

  void hear() {
    if (tick_ % kReportEach == kReportAt) report();
    if (tick_ % kLostEach == 0 && tick_ != 0) {
      ++lost_;
      return;
    }
    rtp::Packet packet;
    packet.sequence = static_cast<std::uint16_t>(65000 + tick_);
    packet.timestamp = static_cast<std::uint32_t>(kFirstTimestamp + 160 * tick_);
    packet.ssrc = kPeer;
    packet.payload = base::Bytes(voice_).subspan(tick_ * 160 % 1600, 160);
    const auto size = rtp::write_packet(packet, octets_);
    check(size.has_value(), "a packet", 0);
    if (size) stream_->on_packet(media::Channel::Rtp, kRtp, base::Bytes(octets_).first(*size), now() - 3ms);
  }
  /// Delivers a report of the peer to the stream. The report's delay since our last report is chosen so that the round trip is 30 ms.
  void report() {
    const auto arrival = now() - 3ms;
    peers_report_ = {wall_at(arrival).middle(), arrival};
    rtp::SenderReport made{.ssrc = kPeer, .ntp = wall_at(arrival), .rtp_timestamp = static_cast<std::uint32_t>(kFirstTimestamp + 160 * tick_),
                           .packets = static_cast<std::uint32_t>(tick_)};
    if (our_report_) {
      made.blocks.count = 1;
      made.blocks.items[0] = {.ssrc = last_->ssrc, .last_sr = our_report_->middle,
                              .delay_since_last_sr = report_units(arrival - our_report_->at - kRoundTrip)};
    }
    rtp::CompoundWriter writer(octets_);
    writer.sender_report(made);
    writer.cname(kPeer, "peer");
    stream_->on_packet(media::Channel::Rtcp, kRtcp, base::Bytes(octets_).first(writer.finish().value_or(0)), arrival);
    const auto trip = std::chrono::microseconds(stream_->statistics().round_trip_us.value_or(0));
    if (our_report_) check(trip > kRoundTrip - 1ms && trip < kRoundTrip + 1ms, "the round trip in us", static_cast<std::uint64_t>(trip.count()));
  }
  void look_at_report(base::Bytes octets) {
    auto reader = rtp::CompoundReader::open(octets);
    check(reader.has_value() && last_.has_value(), "a report", reports_);
    const auto first = reader ? reader->next() : std::nullopt;
    const auto* const sender = first ? std::get_if<rtp::SenderReport>(&*first) : nullptr;
    check(sender != nullptr, "a sender report", reports_);
    if (sender == nullptr || !last_) return;
    // This tick's packet has already been sent, so the report has the timestamp of the next packet.
    check(sender->rtp_timestamp == last_->timestamp + 160, "the timestamp of a report", sender->rtp_timestamp);
    check(sender->ntp == wall_at(now()), "the wall time of a report", sender->ntp.value);
    check(sender->packets == tick_ + 1 && sender->octets == 160 * (tick_ + 1), "packets in a report", sender->packets);
    our_report_ = {sender->ntp.middle(), now()};
    if (tick_ < 2) return;  // The stream has not accepted the peer's source yet.
    check(sender->blocks.count == 1, "blocks of a report", sender->blocks.count);
    const auto& block = sender->blocks.items[0];
    const bool lost_now = tick_ % kLostEach == 0;
    check(block.ssrc == kPeer && block.highest_sequence == 65000 + tick_ - lost_now, "highest_sequence", block.highest_sequence);
    check(static_cast<std::uint64_t>(block.cumulative_lost) + lost_now == lost_, "cumulative_lost", static_cast<std::uint64_t>(block.cumulative_lost));
    check(block.fraction_lost <= 4, "fraction_lost", block.fraction_lost);  // At most 4/256. The loss of one packet between two reports gives less.
    if (!peers_report_) return;
    check(block.last_sr == peers_report_->middle, "last_sr", block.last_sr);
    check(block.delay_since_last_sr == report_units(now() - peers_report_->at), "delay_since_last_sr", block.delay_since_last_sr);
  }
  void speak() {
    while (port_->playout.size() < 3) {
      saying_.utterance = 1;
      saying_.samples = 160;
      if (!port_->playout.try_push(saying_)) return;
    }
  }
  void look_at(const media::Datagram& datagram) {
    if (datagram.channel == media::Channel::Rtcp) {
      ++reports_;
      look_at_report(datagram.bytes());
      return;
    }
    const auto packet = rtp::parse_packet(datagram.bytes());
    check(packet.has_value(), "a packet of ours", 0);
    if (!packet) return;
    if (last_) {
      check(packet->sequence == static_cast<std::uint16_t>(last_->sequence + 1), "our sequence number", packet->sequence);
      check(packet->timestamp == last_->timestamp + 160, "our timestamp", packet->timestamp);
      check(packet->ssrc == last_->ssrc, "our SSRC", packet->ssrc);
      our_rounds_ += packet->sequence < last_->sequence;
      our_timestamp_rounds_ += packet->timestamp < last_->timestamp;
    }
    last_ = Sent{packet->sequence, packet->timestamp, packet->ssrc};
  }
  void take_heard() {
    while (port_->heard.try_pop(frame_)) {
      check(frame_.tick == heard_, "the number of a frame", frame_.tick);
      ++heard_;
    }
    media::MediaEvent event;
    while (port_->events.try_pop(event)) check(event.kind != media::MediaEvent::Kind::MediaLost, "media lost", event.tick);
  }

  struct Sent {
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0, ssrc = 0;
  };
  std::uint64_t ticks_, tick_ = 0, lost_ = 0, heard_ = 0, reports_ = 0, our_rounds_ = 0, our_timestamp_rounds_ = 0;
  std::uint64_t allocated_before_ = 0, allocated_after_ = 0;   // the number of allocations at tick kWarm, plus those of the samples; and at the end
  base::SeededRandom random_{seed_of_our_end()};
  std::unique_ptr<media::AudioPort> port_ = std::make_unique<media::AudioPort>();
  std::unique_ptr<media::Stream> stream_;
  media::VoiceBank voice_bank_{1};
  media::Sendout sendout_;
  media::HeardFrame frame_;
  media::PlayoutFrame saying_;
  std::array<std::uint8_t, 1760> voice_{};
  std::array<std::uint8_t, 200> octets_{};
  std::optional<Sent> last_;
  std::optional<Reported> our_report_, peers_report_;
  std::vector<offhook_test::Sample> samples_;
  std::string wrong_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t ticks = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : kDay;
  if (ticks == 0) {
    std::fprintf(stderr, "offhook_long_day: [TICKS] is a number over 0\n");
    return 2;
  }
  Day day(ticks);
  day.live();
  day.print();
  const auto wrong = day.wrong();
  std::printf("%s\n", wrong.empty() ? "PASS" : ("FAIL " + wrong).c_str());
  return wrong.empty() ? 0 : 1;
}
