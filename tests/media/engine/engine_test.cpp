#include <offhook/media/engine/engine.hpp>

#include <offhook/media/dsp/tones.hpp>
#include <offhook/media/engine/order_box.hpp>
#include <offhook/media/engine/start_order.hpp>
#include <offhook/media/engine/udp_socket.hpp>
#include <offhook/media/engine/worker.hpp>
#include <offhook/media/files/recording_tap.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/rtcp.hpp>

#include "fake_voice_model.hpp"
#include "talker.hpp"

#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <functional>
#include <memory>
#include <numbers>
#include <string>
#include <thread>
#include <vector>

using namespace offhook_test;

TEST_CASE("Two legs of one engine hear each other's tone with each codec, on one worker with epoll and on two workers with the best path") {
  for (const unsigned workers : {1U, 2U}) {
    for (const auto codec : media::kAudioCodecs) {
      CAPTURE(workers);
      CAPTURE(static_cast<int>(codec));
      media::Engine engine(options(workers, workers == 1 ? media::DatagramPath::Epoll : media::DatagramPath::Best));
      Talker a(engine, 600), b(engine, 1500);
      CHECK(a.leg.rtp_port % 2 == 0);
      CHECK(engine.legs() == 2);
      REQUIRE(engine.start(a.leg.id, plan_to(b.leg.rtp_port, codec)));
      REQUIRE(engine.start(b.leg.id, plan_to(a.leg.rtp_port, codec)));
      CHECK(wait_until([&] {
        a.run();
        b.run();
        return a.share_of(1500) > 0.97 && b.share_of(600) > 0.97;
      }));
      const auto statistics = engine.statistics(a.leg.id);
      REQUIRE(statistics);
      CHECK(statistics->packets_received > 40);
      CHECK(statistics->packets_sent > 40);
      CHECK(statistics->source == base::SocketAddress{kLoopback, b.leg.rtp_port});
      CHECK(statistics->send_failed == 0);
      CHECK(std::count_if(a.events.begin(), a.events.end(), [](const auto& e) { return e.kind == EventKind::MediaStarted; }) == 1);
    }
  }
}

TEST_CASE("One leg sends digits, and another leg gets each digit once and in order") {
  media::Engine engine(options(1));
  Talker a(engine, 600), b(engine, 1500);
  REQUIRE(engine.start(a.leg.id, plan_to(b.leg.rtp_port)));
  REQUIRE(engine.start(b.leg.id, plan_to(a.leg.rtp_port)));
  for (const char digit : std::string("159*0#D")) REQUIRE(a.port->commands.try_push({media::PlayoutCommand::Kind::Digits, 0, digit}));
  std::string digits;
  const auto gather = [&] {
    a.run();
    b.run();
    digits.clear();
    for (const auto& event : b.events) {
      if (event.kind == EventKind::Digit) digits += event.digit;
    }
    return digits.size() >= 7;
  };
  CHECK(wait_until(gather));
  CHECK(digits == "159*0#D");
}

TEST_CASE("Engine refuses and counts the packets of a third sender, and does not play them") {
  media::Engine engine(options(1));
  Talker a(engine, 600), b(engine, 1500);
  REQUIRE(engine.start(a.leg.id, plan_to(b.leg.rtp_port)));
  REQUIRE(engine.start(b.leg.id, plan_to(a.leg.rtp_port)));
  REQUIRE(wait_until([&] {
    a.run();
    b.run();
    return engine.statistics(b.leg.id)->source.has_value();
  }));
  const auto stranger = any_socket();
  std::uint16_t sequence = 0;
  CHECK(wait_until([&] {
    a.run();
    b.run();
    for (int i = 0; i < 5; ++i) static_cast<void>(stranger.send(rtp_packet(0xBAD, sequence++), {kLoopback, b.leg.rtp_port}));
    return engine.statistics(b.leg.id)->refused_source > 200 && b.share_of(600) > 0.97;
  }));
  CHECK(engine.statistics(b.leg.id)->source == base::SocketAddress{kLoopback, a.leg.rtp_port});
}

TEST_CASE("A hold stops the packets of a leg. A new plan that sends starts them again") {
  media::Engine engine(options(1));
  Talker a(engine, 600), b(engine, 1500);
  REQUIRE(engine.start(a.leg.id, plan_to(b.leg.rtp_port)));
  REQUIRE(engine.start(b.leg.id, plan_to(a.leg.rtp_port)));
  const auto run = [&] {
    a.run();
    b.run();
  };
  const auto sent = [&] { return engine.statistics(a.leg.id)->packets_sent; };
  const auto b_sent = [&] { return engine.statistics(b.leg.id)->packets_sent; };
  REQUIRE(wait_until([&] { run(); return sent() > 20; }));
  auto held = plan_to(b.leg.rtp_port);
  held.send = false;
  REQUIRE(engine.start(a.leg.id, held));
  std::uint64_t mark = b_sent();
  // The order takes up to a tick, and the statistics are renewed several times a second. After that, b's packets count the ticks.
  REQUIRE(wait_until([&] { run(); return b_sent() > mark + 15; }));
  const auto at_hold = sent();
  mark = b_sent();
  REQUIRE(wait_until([&] { run(); return b_sent() > mark + 25; }));
  CHECK(sent() == at_hold);
  REQUIRE(engine.start(a.leg.id, plan_to(b.leg.rtp_port)));
  CHECK(wait_until([&] { run(); return sent() > at_hold + 20; }));
}

TEST_CASE("A leg that closes sends BYE by RTCP, keeps its last statistics, and frees its ports") {
  auto made = options(1);
  made.first_port = 61010;  // outside the ports of other tests and of the system's choice
  made.last_port = 61011;   // two ports: one leg
  media::Engine engine(made);
  auto rtp = any_socket();
  auto rtcp = any_socket();
  Talker a(engine, 600);
  auto plan = plan_to(port_of(rtp));
  plan.remote_rtcp.port = port_of(rtcp);
  REQUIRE(engine.start(a.leg.id, plan));
  REQUIRE(wait_until([&] { a.run(); return engine.statistics(a.leg.id)->packets_sent > 10; }));
  CHECK(engine.open(kLoopback, a.port) == offhook::base::fail(media::EngineError::NoPort));
  REQUIRE(engine.close(a.leg.id));
  CHECK(engine.legs() == 0);
  CHECK(engine.close(a.leg.id) == offhook::base::fail(media::EngineError::UnknownLeg));
  CHECK(engine.start(a.leg.id, plan) == offhook::base::fail(media::EngineError::UnknownLeg));

  media::ReceiveBatch batch;
  bool bye = false;
  CHECK(wait_until([&] {
    batch.receive(rtcp.fd());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      auto reader = rtp::CompoundReader::open(batch.bytes(i));
      REQUIRE(reader);
      while (const auto packet = reader->next()) bye = bye || std::holds_alternative<rtp::Bye>(*packet);
    }
    return bye;
  }));
  REQUIRE(engine.statistics(a.leg.id));
  CHECK(engine.statistics(a.leg.id)->packets_sent > 10);
  CHECK(wait_until([&] { return engine.open(kLoopback, a.port).has_value(); }));
}

TEST_CASE("Legs can close many times while packets arrive at all ports") {
  media::Engine engine(options(2));
  Flood<4> flood(0ms);
  for (int round = 0; round < 15; ++round) {
    std::vector<std::unique_ptr<Talker>> talkers;
    for (std::size_t i = 0; i < flood.targets.size(); ++i) {
      talkers.push_back(std::make_unique<Talker>(engine, 500));
      flood.targets[i].store(talkers[i]->leg.rtp_port, std::memory_order_relaxed);
    }
    for (std::size_t i = 0; i < flood.targets.size(); ++i) {
      REQUIRE(engine.start(talkers[i]->leg.id, plan_to(talkers[i ^ 1]->leg.rtp_port, round % 2 == 0 ? media::AudioCodec::Pcmu : media::AudioCodec::G722)));
    }
    CHECK(wait_until([&] {
      for (auto& talker : talkers) talker->run();
      return engine.statistics(talkers[0]->leg.id)->packets_sent > 4;
    }));
    // The talkers then release their audio ports. The engine shares each audio port, and keeps the port as long as it needs it.
    for (auto& talker : talkers) REQUIRE(engine.close(talker->leg.id));
  }
  CHECK(engine.legs() == 0);
}

TEST_CASE("An engine can be destroyed in the middle of calls while orders are pending") {
  for (int round = 0; round < 5; ++round) {
    media::Engine engine(options(2));
    Talker a(engine, 600), b(engine, 1500);
    REQUIRE(engine.start(a.leg.id, plan_to(b.leg.rtp_port)));
    REQUIRE(engine.start(b.leg.id, plan_to(a.leg.rtp_port)));
    if (round % 2 == 0) static_cast<void>(wait_until([&] { a.run(); return engine.statistics(a.leg.id)->packets_received > 3; }));
    REQUIRE(engine.start(a.leg.id, plan_to(b.leg.rtp_port, media::AudioCodec::G722)));
    REQUIRE(engine.close(b.leg.id));
  }
}

TEST_CASE("Engine accepts all orders, however many come within a tick, and carries out the last one") {
  media::Engine engine(options(1));
  Talker a(engine, 600), b(engine, 1500);
  REQUIRE(engine.start(b.leg.id, plan_to(a.leg.rtp_port, media::AudioCodec::Pcma)));
  auto refused = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto codec = i % 3 == 0 ? media::AudioCodec::G722 : media::AudioCodec::Pcmu;
    if (!engine.start(a.leg.id, plan_to(9, codec), i % 7 == 0)) ++refused;
  }
  CHECK(refused == 0);
  REQUIRE(engine.start(a.leg.id, plan_to(b.leg.rtp_port, media::AudioCodec::Pcma)));
  CHECK(wait_until([&] {
    a.run();
    b.run();
    return a.share_of(1500) > 0.97 && b.share_of(600) > 0.97;
  }));
  REQUIRE(engine.close(a.leg.id));
  CHECK(engine.legs() == 1);
  // After the worker has released the leg, the next open() frees it.
  CHECK(wait_until([&] {
    const auto other = engine.open(kLoopback, a.port);
    if (other) REQUIRE(engine.close(other->id));
    return !engine.statistics(a.leg.id).has_value();
  }));
}

TEST_CASE("A voice model hears all legs, including new ones. If the model fails, the engine continues without it") {
  auto model = std::make_shared<offhook_test::FakeVoiceModel>();
  std::atomic<int> lost{0};
  auto made = options(2);
  made.voice_model = model;
  made.on_voice_lost = [&](const std::string& why) { lost += why.empty() ? 100 : 1; };
  media::Engine engine(made);
  CHECK(engine.status().voice_model);
  Talker a(engine, 600), b(engine, 1500);
  REQUIRE(engine.start(a.leg.id, plan_to(b.leg.rtp_port)));
  REQUIRE(engine.start(b.leg.id, plan_to(a.leg.rtp_port)));
  CHECK(wait_until([&] {
    a.run();
    b.run();
    return engine.status().voice_chunks > 60 && a.heard.size() > 16000;
  }));
  CHECK(lost == 0);
  REQUIRE(engine.close(a.leg.id));
  Talker c(engine, 600);  // This leg gets the place of leg a, or another place.
  REQUIRE(engine.start(c.leg.id, plan_to(b.leg.rtp_port)));
  model->fails = true;
  CHECK(wait_until([&] { return lost != 0; }));
  CHECK(lost == 1);
  CHECK_FALSE(engine.status().voice_model);
  const auto heard = b.heard.size();
  CHECK(wait_until([&] {
    b.run();
    c.run();
    return b.heard.size() > heard + 16000;
  }));
}

TEST_CASE("An engine without a voice model reports in its status that it has none") {
  media::Engine engine(options(1));
  CHECK_FALSE(engine.status().voice_model);
  CHECK(engine.status().voice_chunks == 0);
}

TEST_CASE("A worker can end before its first tick") {
  media::Worker worker(base::Clock::now() + 1h, media::DatagramPath::Best);
  CHECK(worker.works());
}

TEST_CASE("An engine whose worker has no time left refuses a new leg as Busy") {
  auto made = options(1);
  made.load_limit = -1;  // The load of any worker is above this limit.
  media::Engine engine(made);
  CHECK(engine.open(kLoopback, std::make_shared<media::AudioPort>()) == offhook::base::fail(media::EngineError::Busy));
  const auto status = engine.status();
  CHECK(status.workers == 1);
  CHECK(status.legs == 0);
  CHECK(status.datagrams != media::DatagramPath::Best);
}

TEST_CASE("If a worker is late, Engine refuses its ninth leg as Busy, shows this in its status, and accepts it after another leg has closed") {
  auto made = options(1);
  made.late_limit = -1;  // The lateness of any worker is above this limit.
  media::Engine engine(made);
  CHECK(engine.status().takes_legs);
  std::vector<media::LegId> legs;
  for (std::size_t i = 0; i < media::WorkerLoad::kFew; ++i) {
    const auto leg = engine.open(kLoopback, std::make_shared<media::AudioPort>());
    REQUIRE(leg.has_value());
    legs.push_back(leg->id);
  }
  CHECK(wait_until([&] { return !engine.status().takes_legs; }));
  CHECK(engine.open(kLoopback, std::make_shared<media::AudioPort>()) == offhook::base::fail(media::EngineError::Busy));
  REQUIRE(engine.close(legs.front()).has_value());
  CHECK(wait_until([&] { return engine.status().takes_legs; }));
  CHECK(engine.open(kLoopback, std::make_shared<media::AudioPort>()).has_value());
}

TEST_CASE("A worker leaves out and counts the phases that are more than 200 ms late") {
  media::Worker late(base::Clock::now() - 10s, media::DatagramPath::Best);
  CHECK(wait_until([&] { return late.load_meter().left_out() >= static_cast<std::uint64_t>((10s - 200ms) / media::kPhase); }));
  CHECK(late.load_meter().take_worst_lateness() >= 10s - 200ms);
}

TEST_CASE("Each leg that closes makes a place free for another leg") {
  auto made = options(1);
  made.first_port = 61100;  // outside the ports of other tests and of the system's choice
  made.last_port = 65099;
  media::Engine engine(made);
  const auto port = std::make_shared<media::AudioPort>();
  for (int i = 0; i < 2000; ++i) {
    const auto opened = engine.open(kLoopback, port);
    if (opened) REQUIRE(engine.close(opened->id));
  }
  CHECK(wait_until([&] { return engine.open(kLoopback, port).has_value(); }));
}

TEST_CASE("A new plan that only adds or removes codecs to receive keeps the encoder of the sent packets") {
  media::Engine engine(options(1));
  const auto rtp = any_socket();
  Talker a(engine, 600);
  const auto ours = plan_to(port_of(rtp));
  auto theirs = ours;
  theirs.also_receivable[0] = media::ReceivableCodec{media::AudioCodec::G722, 9};
  std::size_t packets = 0, marked = 0;
  media::ReceiveBatch batch;
  const auto hear_more = [&] {
    const auto enough = packets + 4;
    REQUIRE(wait_until([&] {
      a.run();
      batch.receive(rtp.fd());
      for (std::size_t i = 0; i < batch.size(); ++i, ++packets) marked += rtp::parse_packet(batch.bytes(i))->marker;
      return packets >= enough;
    }));
  };
  for (int refresh = 0; refresh < 3; ++refresh) {
    REQUIRE(engine.start(a.leg.id, theirs));
    hear_more();
    REQUIRE(engine.start(a.leg.id, ours));
    hear_more();
  }
  CHECK(marked == 1);  // A new codec chain would set the marker in its first packet.
  auto wider = theirs;
  wider.also_receivable[1] = media::ReceivableCodec{media::AudioCodec::Opus, 111};
  REQUIRE(engine.start(a.leg.id, wider));
  hear_more();
  CHECK(marked == 2);
}

TEST_CASE("OrderBox merges an order that the worker has not taken into the next one, and keeps its chain and its request to learn again") {
  media::OrderBox<media::StartOrder> box;
  const auto order = [](bool chain, bool relearn) {
    auto made = std::make_unique<media::StartOrder>();
    made->relearn = relearn;
    if (chain) made->chain = media::Stream::make_chain(plan_to(9), 8000);
    return made;
  };
  CHECK(box.take() == nullptr);
  box.put(order(true, false));
  box.put(order(false, true));
  box.put(order(false, false));
  auto* taken = box.take();
  REQUIRE(taken != nullptr);
  CHECK(taken->chain != nullptr);
  CHECK(taken->relearn);
  CHECK(box.take() == nullptr);
  box.put(order(true, false));  // The worker is still processing the first order.
  box.give_back(taken);
  taken = box.take();
  REQUIRE(taken != nullptr);
  box.give_back(taken);         // The destructor of OrderBox frees both orders, which leak checkers verify.
}

TEST_CASE("With concurrent put() and take(), OrderBox gives each order the chain of its codec, and loses no request to learn again") {
  using Codec = media::AudioCodec;
  constexpr std::uint16_t kCount = 20000;
  media::OrderBox<media::StartOrder> box;
  std::thread ordering([&] {
    std::optional<Codec> before;
    for (std::uint16_t i = 1; i <= kCount; ++i) {
      auto order = std::make_unique<media::StartOrder>();
      order->plan = plan_to(i, i / 50 % 2 == 0 ? Codec::Pcmu : Codec::Pcma);
      if (before != order->plan.codec) order->chain = media::Stream::make_chain(order->plan, 8000);
      before = order->plan.codec;
      order->relearn = i % 3 == 0;
      box.put(std::move(order));
      if (i % 16 == 0) std::this_thread::yield();
    }
  });
  std::unique_ptr<media::CodecChain> chain;
  std::uint16_t last = 0, learnt = 0, wrong = 0;
  while (last != kCount) {
    media::StartOrder* const order = box.take();
    if (order == nullptr) {
      std::this_thread::yield();
      continue;
    }
    if (order->chain) std::swap(chain, order->chain);
    wrong += chain == nullptr || chain->codec() != order->plan.codec || order->plan.remote_rtp.port <= last;
    last = order->plan.remote_rtp.port;
    if (learnt / 3 != last / 3) {  // The test has put at least one order with `relearn` since the order that was taken last.
      wrong += !order->relearn;
      learnt = last;
    }
    box.give_back(order);
  }
  ordering.join();
  CHECK(wrong == 0);
}

TEST_CASE("Engine refuses an address, a port range or a leg that it cannot use, and returns the reason") {
  media::Engine engine(options(1));
  const auto port = std::make_shared<media::AudioPort>();
  CHECK(engine.open(*base::IpAddress::parse("203.0.113.1"), port) == offhook::base::fail(media::EngineError::NoSocket));
  auto none = options(1);
  none.first_port = none.last_port = 20000;
  media::Engine without(none);
  CHECK(without.open(kLoopback, port) == offhook::base::fail(media::EngineError::NoPort));
  CHECK(engine.start(media::LegId{77}, plan_to(9)) == offhook::base::fail(media::EngineError::UnknownLeg));
  CHECK(engine.close(media::LegId{77}) == offhook::base::fail(media::EngineError::UnknownLeg));
  CHECK_FALSE(engine.statistics(media::LegId{77}));
}

TEST_CASE("The tick numbers of a leg's frames increase, and take_worst_lateness() returns no negative time") {
  media::Engine engine(options(1));
  Talker a(engine, 600);
  REQUIRE(engine.start(a.leg.id, plan_to(9)));
  std::vector<std::uint64_t> ticks;
  REQUIRE(wait_until([&] {
    media::HeardFrame frame;
    while (a.port->heard.try_pop(frame)) ticks.push_back(frame.tick);
    return ticks.size() > 30;
  }));
  CHECK(std::is_sorted(ticks.begin(), ticks.end()));
  CHECK(std::adjacent_find(ticks.begin(), ticks.end()) == ticks.end());
  CHECK(engine.take_worst_lateness() >= base::Duration::zero());
}

TEST_CASE("If a worker sleeps through phases without legs, this does not count as lateness") {
  media::Engine engine(options(1));
  TickWitness witness(engine);
  REQUIRE(witness.see(2));
  CHECK(wait_until([&] {  // At some time, no other program uses the core for five ticks.
    static_cast<void>(engine.take_worst_lateness());
    REQUIRE(witness.see(6));
    return engine.take_worst_lateness() < media::kTick / 2;
  }));
}

TEST_CASE("An IPv6 leg works like an IPv4 leg") {
  media::Engine engine(options(1));
  const auto loopback = *base::IpAddress::parse("::1");
  const auto a_port = std::make_shared<media::AudioPort>(), b_port = std::make_shared<media::AudioPort>();
  const auto a = engine.open(loopback, a_port);
  if (!a) return skip("this machine has no IPv6");
  const auto b = engine.open(loopback, b_port);
  REQUIRE(b);
  auto plan = plan_to(0);
  plan.remote_rtp = {loopback, b->rtp_port};
  plan.remote_rtcp = {loopback, static_cast<std::uint16_t>(b->rtp_port + 1)};
  REQUIRE(engine.start(a->id, plan));
  plan.remote_rtp.port = a->rtp_port;
  plan.remote_rtcp.port = static_cast<std::uint16_t>(a->rtp_port + 1);
  REQUIRE(engine.start(b->id, plan));
  CHECK(wait_until([&] { return engine.statistics(b->id)->packets_received > 5; }));
  CHECK(engine.statistics(b->id)->source == base::SocketAddress{loopback, a->rtp_port});
}

TEST_CASE("The recording of a leg contains both sides, and ends with the leg") {
  media::Engine engine(options(1));
  const auto tap = std::make_shared<media::RecordingTap>();
  Talker a(engine, 600, 16000, tap), b(engine, 1500);
  REQUIRE(engine.start(a.leg.id, plan_to(b.leg.rtp_port)));
  REQUIRE(engine.start(b.leg.id, plan_to(a.leg.rtp_port)));
  std::vector<std::int16_t> caller, agent;
  media::RecordedFrame frame;
  REQUIRE(wait_until([&] {
    a.run();
    b.run();
    while (tap->try_take(frame)) {
      caller.insert(caller.end(), frame.caller().begin(), frame.caller().end());
      agent.insert(agent.end(), frame.agent().begin(), frame.agent().end());
    }
    return caller.size() > 16000 && share_of(caller, 1500, 8000) > 0.97 && share_of(agent, 600, 8000) > 0.97;
  }));
  CHECK(frame.rate_hz == 8000);
  CHECK_FALSE(tap->is_finished());
  REQUIRE(engine.close(a.leg.id));
  CHECK(wait_until([&] { return tap->is_finished(); }));
}
