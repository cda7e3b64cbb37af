#include "talker.hpp"

#include <offhook/media/engine/engine.hpp>

#include <offhook/media/engine/udp_socket.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/rtcp.hpp>
#include <offhook/rtp/source_policy.hpp>
#include <offhook/rtp/telephone_event.hpp>
#include <offhook/rtp/translator.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <set>
#include <vector>

// Tests two legs that relay packets between two peers. The peers have loopback sockets. The tests run with epoll and, if it is available,
// with io_uring. Each wait is for a condition. Its limit passes only if the engine hangs.
using namespace offhook;
using namespace offhook_test;
using namespace std::chrono_literals;

namespace {

/// A packet that a peer received.
struct Heard {
  bool marker = false;
  std::uint8_t type = 0;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0, ssrc = 0;
  std::vector<std::uint8_t> payload;
};

/// Returns true for mu-law silence. Here it is the only audio that a leg makes by itself.
bool is_silence(const Heard& one) { return !one.payload.empty() && one.payload.front() == 0xFF; }

/// A remote telephone, and the leg that talks with it.
struct Side {
  media::UdpSocket rtp = any_socket(), rtcp = any_socket();
  std::shared_ptr<media::AudioPort> port = std::make_shared<media::AudioPort>();
  media::OpenLeg leg;
  std::uint8_t type = 0;             // payload type of audio; the payload type of events is one higher
  std::uint32_t ssrc = 0;
  std::uint16_t sequence = 100;
  std::uint32_t timestamp = 7000;
  std::vector<Heard> heard;
  std::vector<media::MediaEvent> events;

  Side(media::Engine& engine, std::uint8_t its_type, std::uint32_t its_ssrc, media::LegId beside = {}) : type(its_type), ssrc(its_ssrc) {
    const auto opened = engine.open(kLoopback, port, beside);
    REQUIRE(opened);
    leg = *opened;
  }
  [[nodiscard]] media::MediaPlan plan(media::AudioCodec codec = media::AudioCodec::Pcmu) const {
    media::MediaPlan made;
    made.codec = codec;
    made.send_payload_type = made.receive_payload_type = type;
    made.send_events = made.receive_events = static_cast<std::uint8_t>(type + 1);
    made.remote_rtp = {kLoopback, port_of(rtp)};
    made.remote_rtcp = {kLoopback, port_of(rtcp)};
    return made;
  }
  /// Sends the next packet: audio of `octets` octets with the value `filler`.
  void send(std::uint8_t filler, std::size_t octets = 160) {
    const std::vector<std::uint8_t> payload(octets, filler);
    send(type, timestamp += 160, payload);
  }
  void send(std::uint8_t payload_type, std::uint32_t at, base::Bytes payload) {
    rtp::Packet packet;
    packet.payload_type = payload_type;
    packet.sequence = ++sequence;
    packet.timestamp = at;
    packet.ssrc = ssrc;
    packet.payload = payload;
    std::array<std::uint8_t, 2000> datagram;
    const auto size = rtp::write_packet(packet, datagram);
    REQUIRE(size);
    static_cast<void>(rtp.send(base::Bytes(datagram).first(*size), {kLoopback, leg.rtp_port}));
  }
  void listen() {
    media::ReceiveBatch batch;
    for (bool more = true; more;) {
      batch.receive(rtp.fd());
      for (std::size_t i = 0; i < batch.size(); ++i) {
        const auto packet = rtp::parse_packet(batch.bytes(i));
        REQUIRE(packet);
        heard.push_back({packet->marker, packet->payload_type, packet->sequence, packet->timestamp, packet->ssrc,
                         {packet->payload.begin(), packet->payload.end()}});
      }
      more = batch.size() == media::ReceiveBatch::kMaxDatagrams;
    }
    media::MediaEvent event;
    while (port->events.try_pop(event)) events.push_back(event);
  }
  /// Returns the first received packet whose payload begins with `filler`, or null.
  [[nodiscard]] const Heard* of(std::uint8_t filler) const {
    const auto is_it = [&](const Heard& one) { return !one.payload.empty() && one.payload.front() == filler; };
    const auto found = std::find_if(heard.begin(), heard.end(), is_it);
    return found == heard.end() ? nullptr : &*found;
  }
};

/// Ann and Bob, whose legs are on one worker.
struct Pair {
  media::Engine& engine;
  Side ann{engine, 0, 0xA1}, bob{engine, 96, 0xB1, ann.leg.id};

  explicit Pair(media::Engine& its_engine) : engine(its_engine) {
    for (Side* side : {&ann, &bob}) REQUIRE(engine.start(side->leg.id, side->plan()));
  }
  void listen() {
    ann.listen();
    bob.listen();
  }
  /// Requests a relay. Sends packets until one comes through each way, because the relay starts only in the next phase.
  void relay() {
    REQUIRE(engine.relay(ann.leg.id, bob.leg.id));
    REQUIRE(wait_until([&] {
      ann.send(0x11);
      bob.send(0x12);
      listen();
      return bob.of(0x11) && ann.of(0x12);
    }));
  }
  bool crosses(Side& from, Side& to, std::uint8_t filler) {
    from.send(filler);
    return wait_until([&] {
      listen();
      return to.of(filler) != nullptr;
    });
  }
};

template <class Test>
void with_engine_of_each_path(Test test, unsigned workers = 1) {
  for (const auto path : {media::DatagramPath::Epoll, media::DatagramPath::Uring}) {
    CAPTURE(media::to_string(path));
    media::EngineOptions options;
    options.workers = workers;
    options.datagrams = path;
    media::Engine engine(options);
    if (engine.status().workers == 0) {
      MESSAGE("not tested: " << engine.status().refused);
      REQUIRE(path == media::DatagramPath::Uring);
      continue;
    }
    REQUIRE(engine.status().datagrams == path);
    test(engine);
  }
}

/// Checks that from `begin` on no sequence number is missing or repeated, and that the SSRC stays the same.
void check_numbers(const std::vector<Heard>& heard, std::size_t begin = 0) {
  for (std::size_t i = begin + 1; i < heard.size(); ++i) {
    CHECK(heard[i].sequence == static_cast<std::uint16_t>(heard[i - 1].sequence + 1));
    CHECK(heard[i].ssrc == heard[begin].ssrc);
    CHECK(static_cast<std::int32_t>(heard[i].timestamp - heard[i - 1].timestamp) >= 0);
  }
}

}  // namespace

TEST_CASE("Relayed packets pass through two legs in both directions, as one stream with the payload types of each side") {
  with_engine_of_each_path([](media::Engine& engine) {
    Pair pair(engine);
    REQUIRE(wait_until([&] {
      pair.listen();
      return pair.ann.heard.size() > 3 && pair.bob.heard.size() > 3;
    }));
    pair.relay();
    for (std::uint8_t filler = 0x20; filler < 0x50; ++filler) {
      REQUIRE(pair.crosses(pair.ann, pair.bob, filler));
      REQUIRE(pair.crosses(pair.bob, pair.ann, filler));
    }
    CHECK(pair.bob.of(0x20)->type == 96);
    CHECK(pair.ann.of(0x20)->type == 0);
    check_numbers(pair.ann.heard);  // The check includes the packets from before the relay.
    check_numbers(pair.bob.heard);
    CHECK(pair.ann.heard.front().ssrc != pair.bob.ssrc);
    CHECK(wait_until([&] { return engine.statistics(pair.bob.leg.id)->packets_passed >= 48; }));
    CHECK(engine.statistics(pair.bob.leg.id)->packets_unpassed == 0);
    CHECK(engine.statistics(pair.bob.leg.id)->send_failed == 0);
  });
}

TEST_CASE("If another source sends on one side of a relay, its packets continue the same stream on the other side") {
  with_engine_of_each_path([](media::Engine& engine) {
    Pair pair(engine);
    pair.relay();
    REQUIRE(pair.crosses(pair.ann, pair.bob, 0x30));
    pair.ann.ssrc = 0xA2;
    pair.ann.sequence = 30000;
    pair.ann.timestamp = 0xFFFFFF00;
    for (int i = 1; i < rtp::kSsrcPackets; ++i) pair.ann.send(0x31);
    for (std::uint8_t filler = 0x32; filler < 0x40; ++filler) REQUIRE(pair.crosses(pair.ann, pair.bob, filler));
    CHECK(pair.bob.of(0x31) == nullptr);
    CHECK(pair.bob.of(0x32)->marker);
    check_numbers(pair.bob.heard);
  });
}

TEST_CASE("A relay does not pass on packets from an unknown source, but counts them") {
  with_engine_of_each_path([](media::Engine& engine) {
    Pair pair(engine);
    pair.relay();
    const auto stranger = any_socket();
    for (std::uint16_t sequence = 0; sequence < 40; ++sequence) {
      const std::vector<std::uint8_t> payload(160, 0x66);
      rtp::Packet packet;
      packet.sequence = sequence;
      packet.ssrc = 0xBAD;
      packet.payload = payload;
      std::array<std::uint8_t, 172> datagram;
      REQUIRE(rtp::write_packet(packet, datagram));
      REQUIRE(stranger.send(datagram, {kLoopback, pair.ann.leg.rtp_port}));
    }
    CHECK(wait_until([&] { return engine.statistics(pair.ann.leg.id)->refused_source == 40; }));
    REQUIRE(pair.crosses(pair.ann, pair.bob, 0x33));
    CHECK(pair.bob.of(0x66) == nullptr);
  });
}

TEST_CASE("A relay passes on a packet of the maximum length completely, and does not pass on a packet with one octet more") {
  with_engine_of_each_path([](media::Engine& engine) {
    Pair pair(engine);
    pair.relay();
    constexpr std::size_t kLongest = rtp::kMaxPassedOctets - rtp::kFixedHeaderOctets;
    pair.ann.send(0x41, kLongest);
    pair.ann.send(0x42, kLongest + 1);
    REQUIRE(pair.crosses(pair.ann, pair.bob, 0x43));
    REQUIRE(pair.bob.of(0x41) != nullptr);
    CHECK(pair.bob.of(0x41)->payload.size() == kLongest);
    CHECK(pair.bob.of(0x42) == nullptr);
    CHECK(wait_until([&] { return engine.statistics(pair.bob.leg.id)->packets_unpassed == 1; }));
  });
}

TEST_CASE("A relay passes on a burst in order and completely, even if one read and one tick cannot hold it") {
  with_engine_of_each_path([](media::Engine& engine) {
    Pair pair(engine);
    pair.relay();
    for (int i = 0; i < 150; ++i) pair.ann.send(0x46);
    const auto is_of_burst = [](const Heard& one) { return one.payload.front() == 0x46; };
    CHECK(wait_until([&] {
      pair.listen();
      return std::count_if(pair.bob.heard.begin(), pair.bob.heard.end(), is_of_burst) == 150;
    }));
    check_numbers(pair.bob.heard);
  });
}

TEST_CASE("A relay passes on a digit that comes as events, and the port gets the digit once") {
  with_engine_of_each_path([](media::Engine& engine) {
    Pair pair(engine);
    pair.relay();
    pair.ann.timestamp += 160;
    for (const std::uint16_t duration : std::array<std::uint16_t, 5>{160, 320, 480, 480, 480}) {
      const auto payload = rtp::write_telephone_event({.event = 7, .end = duration == 480, .duration = duration});
      pair.ann.send(1, pair.ann.timestamp, payload);
    }
    REQUIRE(pair.crosses(pair.ann, pair.bob, 0x44));
    CHECK(std::count_if(pair.bob.heard.begin(), pair.bob.heard.end(), [](const Heard& one) { return one.type == 97; }) == 5);
    const auto digits = [](const Side& side) {
      const auto is_digit = [](const auto& event) { return event.kind == media::MediaEvent::Kind::Digit; };
      return std::count_if(side.events.begin(), side.events.end(), is_digit);
    };
    CHECK(wait_until([&] { pair.listen(); return digits(pair.ann) == 1; }));
    REQUIRE(pair.crosses(pair.ann, pair.bob, 0x45));
    CHECK(digits(pair.ann) == 1);
    CHECK(digits(pair.bob) == 0);
    const auto is_start = [](const auto& event) { return event.kind == media::MediaEvent::Kind::MediaStarted; };
    CHECK(std::any_of(pair.ann.events.begin(), pair.ann.events.end(), is_start));
  });
}

TEST_CASE("Each side of a relay gets its own reports, about the packets that it receives and about its own losses") {
  with_engine_of_each_path([](media::Engine& engine) {
    Pair pair(engine);
    pair.relay();
    const auto report_for = [&](Side& side) -> std::optional<rtp::SenderReport> {
      media::ReceiveBatch batch;
      batch.receive(side.rtcp.fd());
      for (std::size_t i = 0; i < batch.size(); ++i) {
        auto reader = rtp::CompoundReader::open(batch.bytes(i));
        REQUIRE(reader);
        const auto packet = reader->next();
        if (std::holds_alternative<rtp::SenderReport>(*packet)) return std::get<rtp::SenderReport>(*packet);
      }
      return std::nullopt;
    };
    std::optional<rtp::SenderReport> for_ann, for_bob;
    CHECK(wait_until([&] {
      ++pair.ann.sequence;  // Ann's packet with this number is lost. This happens to every second packet.
      pair.ann.send(0x51);
      pair.bob.send(0x52);
      pair.listen();
      if (!for_ann) for_ann = report_for(pair.ann);
      if (!for_bob) for_bob = report_for(pair.bob);
      return for_ann && for_bob;
    }));
    REQUIRE(for_ann);
    REQUIRE(for_bob);
    CHECK(for_ann->ssrc == pair.ann.heard.back().ssrc);
    REQUIRE(for_ann->blocks.count == 1);
    CHECK(for_ann->blocks.items[0].ssrc == pair.ann.ssrc);
    CHECK(for_ann->blocks.items[0].fraction_lost > 64);
    REQUIRE(for_bob->blocks.count == 1);
    CHECK(for_bob->blocks.items[0].ssrc == pair.bob.ssrc);
    CHECK(for_bob->blocks.items[0].fraction_lost == 0);
  });
}

TEST_CASE("A relay can end and start again while packets come. In between the legs send their own audio, and no sequence number is repeated") {
  with_engine_of_each_path([](media::Engine& engine) {
    Pair pair(engine);
    for (int round = 0; round < 8; ++round) {
      pair.ann.heard.clear();
      pair.bob.heard.clear();
      pair.relay();
      for (int i = 0; i < 10; ++i) pair.ann.send(0x61);
      REQUIRE(engine.end_relay((round % 2 == 0 ? pair.ann : pair.bob).leg.id));
      const auto begin = pair.bob.heard.size();
      REQUIRE(wait_until([&] {
        pair.ann.send(0x62);
        pair.listen();
        return std::count_if(pair.bob.heard.begin() + static_cast<std::ptrdiff_t>(begin), pair.bob.heard.end(), is_silence) > 5;
      }));
      std::set<std::uint16_t> numbers;
      for (const auto& one : pair.bob.heard) CHECK(numbers.insert(one.sequence).second);
      check_numbers(pair.bob.heard);
      REQUIRE(engine.end_relay(pair.ann.leg.id));  // The second request does nothing.
    }
  });
}

TEST_CASE("When one of two relayed legs closes, the other leg sends its own audio, and can be relayed with a third leg") {
  with_engine_of_each_path([](media::Engine& engine) {
    Pair pair(engine);
    pair.relay();
    REQUIRE(engine.close(pair.bob.leg.id));
    CHECK(engine.end_relay(pair.bob.leg.id) == base::fail(media::EngineError::UnknownLeg));
    const auto own = [&] {
      return std::count_if(pair.ann.heard.begin(), pair.ann.heard.end(), is_silence);
    };
    const auto before = own();
    CHECK(wait_until([&] {
      pair.ann.send(0x71);
      pair.bob.send(0x72);
      pair.listen();
      return own() > before + 5;
    }));
    Side cy(engine, 8, 0xC1, pair.ann.leg.id);
    CHECK(engine.relay(pair.ann.leg.id, cy.leg.id) == base::fail(media::EngineError::OtherCodec));  // The leg has not started.
    REQUIRE(engine.start(cy.leg.id, cy.plan()));
    REQUIRE(engine.relay(pair.ann.leg.id, cy.leg.id));
    CHECK(wait_until([&] {
      pair.ann.send(0x73);
      cy.send(0x74);
      cy.listen();
      pair.listen();
      return cy.of(0x73) && pair.ann.of(0x74);
    }));
    check_numbers(pair.ann.heard);
  });
}

TEST_CASE("A relay needs two started legs on one worker with the same codec. open() beside a leg uses the worker of this leg") {
  with_engine_of_each_path([](media::Engine& engine) {
    Side ann(engine, 0, 1), far(engine, 0, 2), near(engine, 0, 3, ann.leg.id), third(engine, 0, 4, ann.leg.id);
    const auto open = [&](media::LegId beside) { return engine.open(kLoopback, std::make_shared<media::AudioPort>(), beside); };
    CHECK(open(media::LegId{999}) == base::fail(media::EngineError::UnknownLeg));
    CHECK(engine.relay(ann.leg.id, near.leg.id) == base::fail(media::EngineError::OtherCodec));
    for (const Side* side : {&ann, &far, &near, &third}) REQUIRE(engine.start(side->leg.id, side->plan()));
    CHECK(engine.relay(ann.leg.id, far.leg.id) == base::fail(media::EngineError::Apart));
    CHECK(engine.relay(ann.leg.id, ann.leg.id) == base::fail(media::EngineError::UnknownLeg));
    CHECK(engine.relay(ann.leg.id, media::LegId{999}) == base::fail(media::EngineError::UnknownLeg));
    REQUIRE(engine.start(third.leg.id, third.plan(media::AudioCodec::Pcma)));
    CHECK(engine.relay(ann.leg.id, third.leg.id) == base::fail(media::EngineError::OtherCodec));
    REQUIRE(engine.relay(ann.leg.id, near.leg.id));
    CHECK(engine.relay(near.leg.id, ann.leg.id));  // The second request does nothing.
    REQUIRE(engine.start(third.leg.id, third.plan()));
    CHECK(engine.relay(third.leg.id, near.leg.id) == base::fail(media::EngineError::Relayed));
    CHECK(engine.relay(ann.leg.id, third.leg.id) == base::fail(media::EngineError::Relayed));
    REQUIRE(engine.end_relay(near.leg.id));
    CHECK(engine.relay(ann.leg.id, third.leg.id));
    REQUIRE(engine.close(third.leg.id));
    CHECK(open(third.leg.id) == base::fail(media::EngineError::UnknownLeg));
  }, 2);
}

TEST_CASE("A leg can be in a conference or in a relay, but not in both") {
  with_engine_of_each_path([](media::Engine& engine) {
    Side ann(engine, 0, 1), bob(engine, 0, 2, ann.leg.id);
    for (const Side* side : {&ann, &bob}) REQUIRE(engine.start(side->leg.id, side->plan()));
    const auto conference = engine.confer({.rate_hz = 16000, .max_members = 2});
    REQUIRE(conference);
    REQUIRE(engine.relay(ann.leg.id, bob.leg.id));
    CHECK(engine.join(ann.leg.id, *conference) == base::fail(media::EngineError::Relayed));
    REQUIRE(engine.end_relay(ann.leg.id));
    CHECK(wait_until([&] { return engine.join(ann.leg.id, *conference).has_value(); }));  // This succeeds as soon as the worker has parted the legs.
    CHECK(engine.relay(ann.leg.id, bob.leg.id) == base::fail(media::EngineError::Conferring));
    REQUIRE(engine.leave(ann.leg.id));
  }, 2);
}

TEST_CASE("During a relay, both legs can change to a codec with another clock rate. Their sequence numbers continue after the relay") {
  with_engine_of_each_path([](media::Engine& engine) {
    Pair pair(engine);
    pair.relay();
    for (Side* side : {&pair.ann, &pair.bob}) REQUIRE(engine.start(side->leg.id, side->plan(media::AudioCodec::Opus)));
    for (std::uint8_t filler = 0x20; filler < 0x28; ++filler) REQUIRE(pair.crosses(pair.ann, pair.bob, filler));
    REQUIRE(engine.end_relay(pair.ann.leg.id));
    const auto passed = pair.bob.heard.size();
    CHECK(wait_until([&] {
      pair.listen();
      return pair.bob.heard.size() > passed + 5;
    }));
    check_numbers(pair.bob.heard);
    REQUIRE(engine.relay(pair.ann.leg.id, pair.bob.leg.id));
    for (int i = 0; i < 5; ++i) CHECK(wait_until([&] { pair.ann.send(0x30); pair.listen(); return pair.bob.of(0x30) != nullptr; }));
    check_numbers(pair.bob.heard);
  });
}

TEST_CASE("A leg that left a conference can be relayed: it then sends no audio of its own, and no sequence number is repeated") {
  with_engine_of_each_path([](media::Engine& engine) {
    Pair pair(engine);
    const auto conference = engine.confer({.rate_hz = 16000, .max_members = 2});
    REQUIRE(conference);
    REQUIRE(engine.join(pair.ann.leg.id, *conference));
    CHECK(wait_until([&] { return engine.conference(*conference)->members == 1; }));
    REQUIRE(engine.leave(pair.ann.leg.id));
    REQUIRE(wait_until([&] { return engine.relay(pair.ann.leg.id, pair.bob.leg.id).has_value(); }));
    CHECK(wait_until([&] {
      pair.ann.send(0x73);
      pair.bob.send(0x74);
      pair.listen();
      return pair.bob.of(0x73) && pair.ann.of(0x74);
    }));
    pair.listen();
    pair.ann.heard.clear();
    TickWitness witness(engine, pair.ann.leg.id);
    for (int i = 0; i < 25; ++i) {  // Without the relay, the leg would send in each of these ticks.
      pair.bob.send(0x75);
      REQUIRE(witness.see(1));
      pair.listen();
    }
    for (const auto& packet : pair.ann.heard) CHECK((packet.payload.front() == 0x74 || packet.payload.front() == 0x75));
    check_numbers(pair.ann.heard);
  });
}

TEST_CASE("Relays can start and end and legs can close in any order during a flood, and then the engine can be destroyed") {
  with_engine_of_each_path([](media::Engine& engine) {
    for (int round = 0; round < 25; ++round) {
      Pair pair(engine);
      Side cy(engine, 96, 0xC1, pair.ann.leg.id);
      REQUIRE(engine.start(cy.leg.id, cy.plan()));
      REQUIRE(engine.relay(pair.ann.leg.id, pair.bob.leg.id));
      for (std::uint8_t i = 0; i < 100; ++i) pair.ann.send(i);
      if (round % 2 == 0) REQUIRE(engine.end_relay(pair.bob.leg.id));
      if (round % 3 == 0) REQUIRE(engine.close(pair.bob.leg.id));
      cy.listen();
      const auto of_cy = cy.heard.size();
      REQUIRE(wait_until([&] {  // In most rounds this waits for a tick, so that the worker has carried out the orders.
        cy.listen();
        return round % 6 == 1 || cy.heard.size() > of_cy;
      }));
      if (round % 2 == 0 || round % 3 == 0) REQUIRE(engine.relay(pair.ann.leg.id, cy.leg.id));
      for (std::uint8_t i = 0; i < 100; ++i) (i % 2 == 0 ? pair.ann : cy).send(i);
      for (const Side* side : {&pair.ann, &pair.bob, &cy}) static_cast<void>(engine.close(side->leg.id));
    }
    CHECK(engine.legs() == 0);
    CHECK(wait_until([&] {  // The worker gives all legs back, and they are freed.
      const auto leg = engine.open(kLoopback, std::make_shared<media::AudioPort>());
      return leg && engine.close(leg->id) && !engine.statistics(media::LegId{1});
    }));
    Pair last(engine);
    REQUIRE(engine.relay(last.ann.leg.id, last.bob.leg.id));
  });
}
