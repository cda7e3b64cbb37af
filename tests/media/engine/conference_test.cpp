#include <offhook/media/engine/conference_registry.hpp>
#include <offhook/media/engine/engine.hpp>

#include <offhook/base/random.hpp>
#include <offhook/media/conference/conference.hpp>
#include <offhook/media/engine/leg_rows.hpp>
#include <offhook/media/engine/paced_queue.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/rtcp.hpp>

#include "talker.hpp"

#include <doctest/doctest.h>

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

// Tests of conferences through real sockets. A second engine acts as the telephones.
using namespace offhook_test;
using media::DatagramPath;
using media::EngineError;

namespace {

/// number of conferences with 500 slots each that fit one worker
constexpr std::size_t kMostConferences = media::ConferenceRegistry::kMaxSlotsPerWorker / 500;

std::shared_ptr<media::AudioPort> quiet_port(std::uint32_t rate_hz = 16000) {
  auto port = std::make_shared<media::AudioPort>();
  port->rate_hz = rate_hz;
  port->guards_echo = false;  // The guard would take the similar tones for echo.
  return port;
}

/// A telephone in one engine, which talks to a leg of another engine.
struct Phone {
  Talker talker;
  std::shared_ptr<media::AudioPort> port = quiet_port();
  media::LegId leg;

  Phone(media::Engine& phones, media::Engine& engine, double hz, media::AudioCodec codec) : talker(phones, hz) {
    talker.port->guards_echo = false;
    const auto opened = engine.open(kLoopback, port);
    REQUIRE(opened);
    leg = opened->id;
    REQUIRE(engine.start(leg, plan_to(talker.leg.rtp_port, codec)));
    REQUIRE(phones.start(talker.leg.id, plan_to(opened->rtp_port, codec)));
  }
  /// Returns true if the last second of heard audio contains each of `tones`, and does not contain the telephone's own tone.
  [[nodiscard]] bool hears(const std::vector<double>& tones, double own) const {
    const double least = 0.75 / static_cast<double>(tones.size());
    return std::all_of(tones.begin(), tones.end(), [&](double hz) { return talker.share_of(hz) > least; }) && talker.share_of(own) < 0.01;
  }
};

media::ConferenceId confer(media::Engine& engine, std::size_t members, std::uint32_t rate_hz = 16000) {
  const auto id = engine.confer({.rate_hz = rate_hz, .max_members = members});
  REQUIRE(id);
  return *id;
}

bool has_members(const media::Engine& engine, media::ConferenceId id, std::uint32_t count) {
  return wait_until([&] { return engine.conference(id)->members == count; });
}

/// Returns the number of BYE packets that wait at the socket.
std::size_t goodbyes_at(const media::UdpSocket& rtcp) {
  media::ReceiveBatch batch;
  batch.receive(rtcp.fd());
  std::size_t count = 0;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    auto reader = rtp::CompoundReader::open(batch.bytes(i));
    REQUIRE(reader);
    while (const auto packet = reader->next()) count += std::holds_alternative<rtp::Bye>(*packet);
  }
  return count;
}

/// A simulated telephone. run() sends a packet, except when the leg is so late that its socket might lose the packet. It counts the gaps in
/// the sequence numbers and timestamps of received packets.
struct Counter {
  media::UdpSocket socket = any_socket();
  media::UdpSocket rtcp = any_socket();
  std::shared_ptr<media::AudioPort> port = quiet_port();
  media::OpenLeg leg;
  std::uint16_t sequence = 100;
  std::uint64_t sent = 0, early = 0, received = 0, jumps = 0;
  std::uint64_t unread = 0;  // upper bound: packets sent since the leg's last packet came. The leg reads and sends in the same tick
  std::uint16_t last_sequence = 0;
  std::uint32_t last_timestamp = 0;
  media::ReceiveBatch batch;
  static constexpr std::uint64_t kMostUnread = 40;  // A socket holds about 90 packets. Up to 40 more may come before this side learns that the worker has read.

  explicit Counter(media::Engine& engine) {
    const auto opened = engine.open(kLoopback, port);
    REQUIRE(opened);
    leg = *opened;
    REQUIRE(engine.start(leg.id, plan_to(port_of(socket))));
  }
  void run() {
    if (unread < kMostUnread) {
      REQUIRE(socket.send(rtp_packet(7, sequence++), {kLoopback, leg.rtp_port}));
      ++sent;
      ++unread;
    }
    batch.receive(socket.fd());
    if (batch.size() > 0) unread = 0;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const auto packet = rtp::parse_packet(batch.bytes(i));
      REQUIRE(packet);
      const auto step = static_cast<std::uint16_t>(packet->sequence - last_sequence);
      if (received++ > 0) jumps += step != 1 || packet->timestamp - last_timestamp != 160U;
      last_sequence = packet->sequence;
      last_timestamp = packet->timestamp;
    }
    media::HeardFrame frame;
    while (port->heard.try_pop(frame)) {
    }
  }
};

}  // namespace

TEST_CASE("Callers with PCMU, PCMA and G.722 on two workers hear each other in a conference and not themselves, with each datagram path") {
  using Codec = media::AudioCodec;
  const std::vector<std::pair<Codec, double>> kinds{{Codec::Pcmu, 500}, {Codec::Pcma, 900}, {Codec::G722, 1400}, {Codec::Pcmu, 2000}};
  for (const auto path : {DatagramPath::Best, DatagramPath::Epoll}) {
    CAPTURE(media::to_string(path));
    media::Engine phones(options(1)), engine(options(2, path));
    std::deque<Phone> all;
    for (const auto& [codec, hz] : kinds) all.emplace_back(phones, engine, hz, codec);
    const auto id = confer(engine, 4);
    for (const auto& phone : all) REQUIRE(engine.join(phone.leg, id));
    CHECK(has_members(engine, id, 4));
    for (std::size_t i = 0; i < all.size(); ++i) {
      CAPTURE(i);
      std::vector<double> others;
      for (const auto& kind : kinds) {
        if (kind.second != kinds[i].second) others.push_back(kind.second);
      }
      CHECK(wait_until([&] {
        for (auto& phone : all) phone.talker.run();
        return all[i].hears(others, kinds[i].second);
      }));
    }
    CHECK(engine.conference(id)->speakers == 4);

    // The first member now only listens, and the second member leaves. The other members hear neither of them any more.
    REQUIRE(engine.set_gain(all[0].leg, 0));
    REQUIRE(engine.leave(all[1].leg));
    CHECK(wait_until([&] {
      for (auto& phone : all) phone.talker.run();
      return all[2].hears({2000}, 1400) && all[0].hears({1400, 2000}, 500) && all[2].talker.share_of(500) < 0.01 &&
             all[2].talker.share_of(900) < 0.01;
    }));
    CHECK(engine.conference(id)->members == 3);
    CHECK(engine.statistics(all[1].leg)->packets_received > 0);
  }
}

TEST_CASE("A leg that moves between workers many times loses no packet and skips no sequence number, with each datagram path") {
  for (const auto path : {DatagramPath::Best, DatagramPath::Epoll}) {
    CAPTURE(media::to_string(path));
    media::Engine engine(options(2, path));
    std::vector<media::ConferenceId> ids;  // Each conference goes to the worker with fewer promised slots, so that each worker gets half.
    for (std::size_t i = 0; i < 2 * kMostConferences; ++i) ids.push_back(confer(engine, 500));
    MESSAGE("packets go by " << media::to_string(engine.status().datagrams));
    std::array<Counter, 3> counters{Counter(engine), Counter(engine), Counter(engine)};
    auto next = base::Clock::now();
    // A packet comes every millisecond. Therefore some packets come during each step of a move.
    const auto run = [&](std::uint64_t milliseconds) {
      for (std::uint64_t i = 0; i < milliseconds; ++i) {
        for (auto& counter : counters) counter.run();
        std::this_thread::sleep_until(next += 1ms);
      }
    };
    const auto received = [&](const Counter& counter) { return engine.statistics(counter.leg.id)->packets_received; };
    const auto all_received = [&] {
      const auto has_all = [&](const Counter& counter) { return received(counter) == counter.sent - counter.early; };
      return wait_until([&] { return std::all_of(counters.begin(), counters.end(), has_all); });
    };
    // Packets that came before the leg had its plan, and the first packet of a source, do not count.
    REQUIRE(wait_until([&] {
      run(20);
      return std::all_of(counters.begin(), counters.end(), [&](const auto& counter) { return received(counter) > 20; });
    }));
    // The worker renews the statistics of all legs together, several times a second. The second renewal from now on counts the last packet.
    for (const int times : {1, 2}) {
      CAPTURE(times);
      for (const auto& counter : counters) {
        const auto sent = [&] { return engine.statistics(counter.leg.id)->packets_sent; };
        REQUIRE(wait_until([&sent, before = sent()] { return sent() != before; }));
      }
    }
    for (auto& counter : counters) counter.early = counter.sent - received(counter);
    next = base::Clock::now();
    base::SeededRandom random(3);
    for (std::size_t round = 0; round < 100; ++round) {
      for (auto& counter : counters) REQUIRE(engine.join(counter.leg.id, ids[random.below(ids.size())]));
      run(1 + random.below(60));
      if (round % 5 == 4) static_cast<void>(engine.leave(counters[0].leg.id));
    }
    for (const auto id : {ids[1], ids[18], ids[3]}) {
      for (auto& counter : counters) REQUIRE(engine.join(counter.leg.id, id));
      CHECK(has_members(engine, id, 3));
    }
    run(40);
    CHECK(all_received());
    for (auto& counter : counters) {
      const auto statistics = engine.statistics(counter.leg.id);
      CHECK(statistics->packets_received == counter.sent - counter.early);
      CHECK(statistics->packets_lost == 0);
      CHECK(statistics->malformed == 0);
      CHECK(statistics->send_failed == 0);
      CHECK(counter.received > 20);
      // If the host stalls for 200 ms, the engine leaves out ticks, and the sequence numbers may have a gap. This test does not cover that.
      if (engine.status().phases_left_out == 0) CHECK(counter.jumps == 0);
    }
  }
}

TEST_CASE("Engine refuses a conference of fewer than 2 or more than 500 members, with an unsupported rate, or if no phase has free slots") {
  media::Engine engine(options(1));
  CHECK(engine.confer({.max_members = 1}) == offhook::base::fail(EngineError::WrongSize));
  CHECK(engine.confer({.max_members = 501}) == offhook::base::fail(EngineError::WrongSize));
  CHECK(engine.confer({.rate_hz = 48000}) == offhook::base::fail(EngineError::WrongRate));
  std::vector<media::ConferenceId> all;
  for (std::size_t i = 0; i < kMostConferences; ++i) all.push_back(confer(engine, 500, 8000));
  CHECK(engine.confer({.max_members = 2}) == offhook::base::fail(EngineError::Busy));
  REQUIRE(engine.end(all.back()));
  CHECK(engine.end(all.back()) == offhook::base::fail(EngineError::UnknownConference));
  CHECK_FALSE(engine.conference(all.back()).has_value());
  CHECK(wait_until([&] { return engine.confer({.max_members = 500}).has_value(); }));

  auto made = options(1);
  made.load_limit = -1;  // The load of any worker is above this limit.
  media::Engine busy(made);
  CHECK(busy.confer({}) == offhook::base::fail(EngineError::Busy));
}

TEST_CASE("If Engine cannot join a leg, attend or let a leg leave, it returns the reason and changes nothing") {
  media::Engine engine(options(2));
  const auto open = [&](std::uint32_t rate_hz) {
    const auto leg = engine.open(kLoopback, quiet_port(rate_hz));
    REQUIRE(leg);
    return leg->id;
  };
  const auto id = confer(engine, 2), other = confer(engine, 2);
  const auto a = open(16000), b = open(16000), c = open(16000), narrow = open(8000);
  CHECK(engine.join({99}, id) == offhook::base::fail(EngineError::UnknownLeg));
  CHECK(engine.join(a, {99}) == offhook::base::fail(EngineError::UnknownConference));
  CHECK(engine.join(narrow, id) == offhook::base::fail(EngineError::WrongRate));
  CHECK(engine.attend({99}, quiet_port()) == offhook::base::fail(EngineError::UnknownConference));
  CHECK(engine.attend(id, quiet_port(8000)) == offhook::base::fail(EngineError::WrongRate));
  CHECK(engine.leave(a) == offhook::base::fail(EngineError::UnknownLeg));
  CHECK(engine.set_gain(a, 1) == offhook::base::fail(EngineError::UnknownLeg));
  REQUIRE(engine.join(a, id));
  REQUIRE(engine.join(b, id));
  CHECK(engine.join(c, id) == offhook::base::fail(EngineError::Full));
  CHECK(engine.attend(id, quiet_port()) == offhook::base::fail(EngineError::Full));
  REQUIRE(engine.join(a, id, 0.5F));  // The leg is already a member.
  REQUIRE(engine.join(a, other));
  REQUIRE(engine.join(c, id));        // This succeeds at once, even if the worker has not removed leg a yet.
  CHECK(has_members(engine, other, 1));
  CHECK(has_members(engine, id, 2));
  REQUIRE(engine.close(b));
  const auto guest = engine.attend(id, quiet_port());
  REQUIRE(guest);
  CHECK(engine.close(*guest) == offhook::base::fail(EngineError::UnknownLeg));
  REQUIRE(engine.end(id));
  CHECK(engine.leave(c) == offhook::base::fail(EngineError::UnknownLeg));
  CHECK(engine.leave(*guest) == offhook::base::fail(EngineError::UnknownLeg));
  CHECK(engine.join(c, id) == offhook::base::fail(EngineError::UnknownConference));
  REQUIRE(engine.join(c, other));
  CHECK(has_members(engine, other, 2));
  CHECK(engine.legs() == 3);
}

TEST_CASE("A conference holds 500 members, legs and agents without an RTP leg, and accepts another one only after a member has left") {
  media::Engine phones(options(1)), engine(options(2));
  Phone speaker(phones, engine, 700, media::AudioCodec::Pcmu), listener(phones, engine, 1100, media::AudioCodec::Pcma);
  const auto id = confer(engine, media::Conference::kMaxMembers);
  std::vector<media::LegId> legs;
  for (int i = 0; i < 40; ++i) {  // These legs receive no packets and only listen. They share one encoding.
    const auto leg = engine.open(kLoopback, quiet_port());
    REQUIRE(leg);
    REQUIRE(engine.start(leg->id, plan_to(9)));
    legs.push_back(leg->id);
    REQUIRE(engine.join(leg->id, id));
  }
  REQUIRE(engine.join(speaker.leg, id));
  REQUIRE(engine.join(listener.leg, id, 0));
  const auto idle = quiet_port();
  media::LegId last{};
  for (int i = 0; i < 458; ++i) {
    const auto member = engine.attend(id, idle, 0);
    REQUIRE(member);
    last = *member;
  }
  CHECK(engine.attend(id, idle) == offhook::base::fail(EngineError::Full));
  CHECK(engine.join(engine.open(kLoopback, quiet_port())->id, id) == offhook::base::fail(EngineError::Full));
  CHECK(has_members(engine, id, 500));
  REQUIRE(engine.leave(last));
  CHECK(engine.attend(id, idle).has_value());
  CHECK(has_members(engine, id, 500));
  // A leg that has not learnt a source sends to the address in its plan.
  CHECK(wait_until([&] { return engine.conference(id)->encodings_shared > 1000; }));
}

TEST_CASE("If many legs of a conference close in one tick, more than one phase can end, all of them send BYE and are freed") {
  constexpr std::size_t kLegs = 2 * media::PacedQueue<media::LegRow>::kMostAtOnce + 1;
  for (const auto path : {DatagramPath::Best, DatagramPath::Epoll}) {
    CAPTURE(media::to_string(path));
    media::Engine engine(options(1, path));
    const auto rtcp = any_socket();
    const int room = 1 << 20;
    REQUIRE(::setsockopt(rtcp.fd(), SOL_SOCKET, SO_RCVBUF, &room, sizeof room) == 0);
    const auto id = confer(engine, kLegs);
    std::vector<media::LegId> legs;
    for (std::size_t i = 0; i < kLegs; ++i) {
      const auto leg = engine.open(kLoopback, quiet_port());
      REQUIRE(leg);
      auto plan = plan_to(9);
      plan.remote_rtcp = {kLoopback, port_of(rtcp)};
      REQUIRE(engine.start(leg->id, plan));
      REQUIRE(engine.join(leg->id, id));
      legs.push_back(leg->id);
    }
    CHECK(has_members(engine, id, kLegs));
    REQUIRE(wait_until([&] { return engine.statistics(legs.back())->packets_sent > 3; }));
    for (const auto leg : legs) REQUIRE(engine.close(leg));
    CHECK(has_members(engine, id, 0));
    std::size_t goodbyes = 0;
    CHECK(wait_until([&] { return (goodbyes += goodbyes_at(rtcp)) == kLegs; }));
    CHECK(wait_until([&] {  // open() frees closed legs after the worker has released them.
      const auto next = engine.open(kLoopback, quiet_port());
      if (next) REQUIRE(engine.close(next->id));
      return std::none_of(legs.begin(), legs.end(), [&](const auto leg) { return engine.statistics(leg).has_value(); });
    }));
  }
}

TEST_CASE("An agent that joins a conference without an RTP leg hears the callers and speaks to them. The callers stay connected when the agent leaves") {
  media::Engine phones(options(1)), engine(options(2));
  Phone one(phones, engine, 700, media::AudioCodec::Pcmu), two(phones, engine, 1100, media::AudioCodec::G722);
  const auto id = confer(engine, 8);
  REQUIRE(engine.join(one.leg, id));
  REQUIRE(engine.join(two.leg, id));
  const auto port = quiet_port();
  port->gives_way = false;
  port->recording = std::make_shared<media::RecordingTap>();
  const auto agent = engine.attend(id, port);
  REQUIRE(agent);
  media::SineSource voice(1900, 16000, 8000);
  std::vector<std::int16_t> heard;
  const auto run = [&] {
    one.talker.run();
    two.talker.run();
    while (port->playout.size() < 5) {
      media::PlayoutFrame frame;
      frame.utterance = 1;
      frame.samples = 320;
      voice.fill(std::span(frame.pcm).first(320));
      static_cast<void>(port->playout.try_push(frame));
    }
    media::HeardFrame frame;
    while (port->heard.try_pop(frame)) heard.insert(heard.end(), frame.pcm.begin(), frame.pcm.begin() + frame.samples);
  };
  CHECK(wait_until([&] {
    run();
    return share_of(heard, 700, 16000) > 0.4 && share_of(heard, 1100, 16000) > 0.4 && share_of(heard, 1900, 16000) < 0.01 &&
           one.hears({1100, 1900}, 700) && two.hears({700, 1900}, 1100);
  }));
  REQUIRE(engine.leave(*agent));
  CHECK(wait_until([&] { return port->recording->is_finished(); }));
  CHECK(wait_until([&] {
    one.talker.run();
    two.talker.run();
    return one.hears({1100}, 700) && two.hears({700}, 1100) && one.talker.share_of(1900) < 0.01;
  }));
  REQUIRE(engine.end(id));
  const auto marked = engine.statistics(one.leg)->packets_sent;
  CHECK(wait_until([&] {  // Each leg is alone again, and its call continues.
    one.talker.run();
    two.talker.run();
    return engine.statistics(one.leg)->packets_sent > marked + 20 && one.talker.share_of(1100) < 0.01 && two.talker.share_of(700) < 0.01;
  }));
}

TEST_CASE("Legs can join, leave and close, and conferences can end, at any time and in any order, while packets arrive") {
  media::Engine engine(options(2));
  Flood<6> flood(1ms);
  base::SeededRandom random(11);
  std::array<media::ConferenceId, 3> halls{};
  std::array<media::LegId, 6> legs{};
  std::vector<media::LegId> guests;
  std::array<TickWitness, 2> witnesses{TickWitness(engine), TickWitness(engine)};  // one for each worker
  std::size_t joined = 0, refused = 0;
  const auto note = [&](const auto& result) { ++(result ? joined : refused); };
  for (int turn = 0; turn < 1500; ++turn) {
    const auto i = random.below(legs.size());
    const auto conferences = random.below(halls.size());
    switch (random.below(10)) {
      case 0:
        if (legs[i]) REQUIRE(engine.close(std::exchange(legs[i], {})));
        break;
      case 1:
        if (const auto ended = std::exchange(halls[conferences], {})) REQUIRE(engine.end(ended));
        guests.clear();
        break;
      case 2: {
        const auto guest = engine.attend(halls[conferences], quiet_port());
        if (guest) guests.push_back(*guest);
        note(guest);
        break;
      }
      case 3:
        if (!guests.empty()) static_cast<void>(engine.leave(guests[random.below(guests.size())]));
        break;
      case 4: static_cast<void>(engine.leave(legs[i])); break;
      case 5: static_cast<void>(engine.set_gain(legs[i], 0.5F)); break;
      default: note(engine.join(legs[i], halls[conferences]));
    }
    for (std::size_t k = 0; k < legs.size(); ++k) {
      if (legs[k]) continue;
      const auto opened = engine.open(kLoopback, quiet_port());
      REQUIRE(opened);
      legs[k] = opened->id;
      flood.targets[k].store(opened->rtp_port, std::memory_order_relaxed);
      REQUIRE(engine.start(opened->id, plan_to(9, k % 2 == 0 ? media::AudioCodec::Pcmu : media::AudioCodec::G722)));
    }
    for (auto& each : halls) {
      if (each) continue;
      const auto made = engine.confer({.max_members = 4});
      if (made) each = *made;
    }
    if (turn % 16 == 0) REQUIRE(witnesses.at(static_cast<std::size_t>(turn) / 16 % 2).see(1));
  }
  CHECK(joined > 300);
  CHECK(engine.legs() == legs.size() + witnesses.size());
  // At the end, only the open legs are left, and each is in its last conference.
  for (auto& each : halls) REQUIRE(engine.end(std::exchange(each, {})));
  const auto last = confer(engine, 6);
  for (const auto leg : legs) REQUIRE(engine.join(leg, last));
  CHECK(has_members(engine, last, 6));
  for (const auto leg : legs) REQUIRE(engine.close(leg));
  CHECK(has_members(engine, last, 0));
}

TEST_CASE("If the engine is destroyed just after a member attended, the member's recording ends, even in a new conference") {
  for (int round = 0; round < 10; ++round) {
    const auto port = quiet_port();
    port->recording = std::make_shared<media::RecordingTap>();
    {
      media::Engine engine(options(1));
      for (std::size_t phase = 0; phase < media::kPhases / 2; ++phase) static_cast<void>(confer(engine, 250));
      const auto id = confer(engine, 4);  // The phase of this conference comes only after the worker knows that it must stop.
      if (round % 2 == 0) {
        REQUIRE(engine.attend(id, quiet_port()));
        CHECK(has_members(engine, id, 1));
      }
      REQUIRE(engine.attend(id, port));
    }
    CHECK(port->recording->is_finished());
  }
}

TEST_CASE("If an engine is destroyed while legs move between its workers, it ends the recordings of the legs") {
  for (std::size_t round = 0; round < 8; ++round) {
    std::vector<std::shared_ptr<media::RecordingTap>> taps;
    {
      media::Engine engine(options(2));
      const std::array ids{confer(engine, 500), confer(engine, 500)};
      std::vector<media::LegId> legs;
      for (int i = 0; i < 6; ++i) {
        const auto port = quiet_port();
        port->recording = taps.emplace_back(std::make_shared<media::RecordingTap>());
        const auto leg = engine.open(kLoopback, port);
        REQUIRE(leg);
        REQUIRE(engine.start(leg->id, plan_to(9)));
        legs.push_back(leg->id);
      }
      const auto guest = quiet_port();
      guest->recording = taps.emplace_back(std::make_shared<media::RecordingTap>());
      REQUIRE(engine.attend(ids[0], guest));
      REQUIRE(wait_until([&] { return engine.statistics(legs.back())->packets_sent > 0 && engine.conference(ids[0])->members == 1; }));
      for (std::size_t turn = 0; turn <= round; ++turn) {
        const auto id = ids[turn % 2];
        for (const auto leg : legs) REQUIRE(engine.join(leg, id));
        // The other legs are still moving.
        REQUIRE(wait_until([&] { return engine.conference(id)->members >= std::min(round, legs.size()); }));
      }
    }
    for (const auto& tap : taps) CHECK(tap->is_finished());
  }
}
