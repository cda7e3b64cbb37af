#include <offhook/tests/media/stream_call.hpp>

#include <doctest/doctest.h>

#include <array>
#include <random>

using namespace offhook;
using namespace offhook_test;

namespace {

constexpr int kTicks = 300;

/// An ordinary call and an attacked stream. The same thread ticks both, with the same buffer for the packets that they send.
struct SideBySide : Call {
  End victim{at("192.0.2.77", 7000), 16000, 7};
  const base::SocketAddress tormentor = at("198.51.100.1", 8000);
  media::MediaPlan victims_plan;
  std::mt19937 random{99};
  std::vector<media::Datagram> from_victim;

  SideBySide() {
    a_says = sine(440, 8000, 5);
    begin();
    victims_plan.receive_events = victims_plan.send_events = 101;
    victims_plan.remote_rtp = tormentor;
    victims_plan.remote_rtcp = next_port(tormentor);
    start(victim, victims_plan, now());
  }
  void change_plan(const media::MediaPlan& changed) {
    victims_plan = changed;
    start(victim, changed, now());
  }
  void torment(std::span<const std::uint8_t> octets) { victim.stream->on_packet(media::Channel::Rtp, tormentor, octets, now()); }
  /// Sends an RTP packet with the next sequence number. `marker_and_type` is its second octet. The payload may have any size.
  void torment(std::uint8_t marker_and_type, std::size_t size, std::uint32_t timestamp) {
    std::vector<std::uint8_t> datagram(12 + size, static_cast<std::uint8_t>(random()));
    const auto sequence = ++sequence_;
    const std::array<std::uint8_t, 12> header{0x80, marker_and_type, static_cast<std::uint8_t>(sequence >> 8), static_cast<std::uint8_t>(sequence),
                                              static_cast<std::uint8_t>(timestamp >> 24), static_cast<std::uint8_t>(timestamp >> 16),
                                              static_cast<std::uint8_t>(timestamp >> 8), static_cast<std::uint8_t>(timestamp), 0, 0, 0, 9};
    std::copy(header.begin(), header.end(), datagram.begin());
    torment(datagram);
  }
  void run_with(const std::function<void(int)>& cruelty) {
    for (int i = 0; i < kTicks; ++i) {
      run(1);
      cruelty(i);
      tick_end(victim, true);
      for (const auto& datagram : sendout.all()) from_victim.push_back(datagram);
    }
  }
  /// Checks that all packets of the attacked stream are valid, whatever its plan is.
  void check_victim() const {
    for (const auto& datagram : from_victim) {
      if (datagram.channel == media::Channel::Rtcp) {
        REQUIRE(rtp::CompoundReader::open(datagram.bytes()));
        continue;
      }
      const auto packet = rtp::parse_packet(datagram.bytes());
      REQUIRE(packet);
      REQUIRE(packet->payload.size() <= media::Packetizer::kMaxPayload);
    }
    for (const auto& frame : victim.frames) REQUIRE(frame.samples == 320);
    REQUIRE(victim.frames.size() == kTicks);
  }

 private:
  std::uint16_t sequence_ = 0;
};

/// All octets that a and b sent, all samples that they heard, and some counts.
struct Trace {
  std::vector<std::vector<std::uint8_t>> sent;
  std::vector<std::vector<std::int16_t>> heard;
  std::uint64_t lost = 0, concealed = 0, refused = 0;
  friend bool operator==(const Trace&, const Trace&) = default;
};
Trace trace_of(const Call& call) {
  Trace trace;
  for (const End* end : {&call.a, &call.b}) {
    for (const auto& datagram : end->sent) trace.sent.emplace_back(datagram.bytes().begin(), datagram.bytes().end());
    trace.heard.insert(trace.heard.end(), end->heard.begin(), end->heard.end());
    const auto all = end->stream->statistics();
    trace.lost += all.packets_lost;
    trace.concealed += all.frames_concealed;
    trace.refused += all.refused_payload + all.refused_source + all.malformed;
  }
  return trace;
}
/// Returns the trace of the ordinary call while the other stream is not attacked.
const Trace& undisturbed() {
  static const Trace trace = [] {
    SideBySide calls;
    calls.run_with([](int) {});
    REQUIRE(calls.b.heard.size() == kTicks);
    return trace_of(calls);
  }();
  return trace;
}

}  // namespace

TEST_CASE_FIXTURE(SideBySide, "If a peer sends one stream packets with payload types 0 to 255 and 1, 160 and 1500 octets, another call does not change") {
  run_with([&](int turn) {
    for (const std::size_t size : {1u, 160u, 1500u}) torment(static_cast<std::uint8_t>(turn), size, static_cast<std::uint32_t>(turn) * 160);
  });
  CHECK(trace_of(*this) == undisturbed());
  CHECK(victim.stream->statistics().refused_payload > 0);
  check_victim();
}

TEST_CASE_FIXTURE(SideBySide, "If a peer sends one stream packets of the agreed codec with 0 to 2000 octets, another call does not change") {
  run_with([&](int turn) {
    for (int i = 0; i < 7; ++i) torment(0, static_cast<std::size_t>(turn * 7 + i) % 2001, static_cast<std::uint32_t>(turn) * 160);
  });
  CHECK(trace_of(*this) == undisturbed());
  CHECK(victim.stream->statistics().refused_payload > 390);  // The stream refuses all payloads of more than 200 ms, and the empty payload.
  check_victim();
}

TEST_CASE_FIXTURE(SideBySide, "If a peer floods one stream with packets of one octet and different timestamps, another call does not change") {
  run_with([&](int turn) {
    for (std::uint32_t i = 0; i < 160; ++i) torment(0, 1, static_cast<std::uint32_t>(turn) * 160 + i);
  });
  CHECK(trace_of(*this) == undisturbed());
  check_victim();
}

TEST_CASE_FIXTURE(SideBySide, "If a peer sends one stream packets with random timestamps, another call does not change") {
  run_with([&](int) {
    for (int i = 0; i < 8; ++i) torment(static_cast<std::uint8_t>(random() % 2 == 0 ? 0 : 101), random() % 200, static_cast<std::uint32_t>(random()));
  });
  CHECK(trace_of(*this) == undisturbed());
  check_victim();
}

TEST_CASE_FIXTURE(SideBySide, "If a peer sends one stream random octets of every size up to 1500 as RTP and RTCP, another call does not change") {
  run_with([&](int turn) {
    for (std::size_t size = static_cast<std::size_t>(turn); size <= 1500; size += kTicks) {
      std::vector<std::uint8_t> octets(size);
      for (auto& octet : octets) octet = static_cast<std::uint8_t>(random());
      if (size > 0) octets[0] = static_cast<std::uint8_t>(0x80 | (octets[0] & 0x3F));
      victim.stream->on_packet(random() % 2 == 0 ? media::Channel::Rtp : media::Channel::Rtcp, tormentor, octets, now());
    }
  });
  CHECK(trace_of(*this) == undisturbed());
  CHECK(victim.stream->statistics().malformed > 0);
  check_victim();
}

TEST_CASE_FIXTURE(SideBySide, "If one stream gets plans with extreme ptimes and all payload types, one in each tick, another call does not change") {
  constexpr std::array<std::uint16_t, 14> kPtimes{0, 1, 9, 10, 19, 20, 30, 59, 60, 61, 1000, 51712, 65534, 65535};  // 51712 is 10^9, cut to 16 bits.
  run_with([&](int turn) {
    auto changed = victims_plan;
    changed.ptime_ms = kPtimes[static_cast<std::size_t>(turn) % kPtimes.size()];
    changed.send_payload_type = static_cast<std::uint8_t>(turn);
    changed.receive_payload_type = static_cast<std::uint8_t>(turn * 7);
    changed.receive_events = static_cast<std::uint8_t>(turn * 5);
    changed.send_events = static_cast<std::uint8_t>(turn * 3);
    changed.codec = media::kAudioCodecs[static_cast<std::size_t>(turn) % media::kAudioCodecs.size()];
    change_plan(changed);
    torment(static_cast<std::uint8_t>(turn * 7), 160, static_cast<std::uint32_t>(turn) * 160);
    (void)victim.port->commands.try_push({media::PlayoutCommand::Kind::Digits, 0, '5'});
  });
  CHECK(trace_of(*this) == undisturbed());
  check_victim();
}

TEST_CASE_FIXTURE(SideBySide, "A stream limits the ptime to its range, and sends packets on time with any plan") {
  for (const auto& [ptime, octets] : std::initializer_list<std::pair<std::uint16_t, std::size_t>>{{0, 80}, {9, 80}, {10, 80}, {19, 80}, {61, 480}, {65535, 480}}) {
    auto changed = victims_plan;
    changed.ptime_ms = ptime;
    change_plan(changed);
    from_victim.clear();
    const auto before = victim.stream->statistics().packets_sent;
    for (int i = 0; i < 60; ++i) {
      ++tick;
      tick_end(victim, true);
      for (const auto& datagram : sendout.all()) from_victim.push_back(datagram);
    }
    for (const auto& datagram : from_victim) {
      if (datagram.channel == media::Channel::Rtp) CHECK(rtp::parse_packet(datagram.bytes())->payload.size() == octets);
    }
    CHECK(victim.stream->statistics().packets_sent - before == 60 * 160 / octets);
  }
}
