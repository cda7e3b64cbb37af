#include <offhook/tests/sim/network.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;

namespace {

struct Pair {
  Pair(std::uint64_t seed, Weather weather)
      : network(seed, weather), caller(network.add("192.0.2.1")), called(network.add("192.0.2.2")) {
    sip::AccountOptions options;
    options.address_of_record = "sip:al@192.0.2.1";
    options.registrar = "sip:192.0.2.2";
    options.registers = false;
    account = caller.stack.accounts().add(options, network.now());
  }
  sip::SessionId dial() {
    sip::CallOptions options;
    options.account = account;
    options.target = "sip:bot@192.0.2.2";
    options.offer = kOffer;
    return *caller.stack.calls().call(options, network.now());
  }
  bool silent_at_the_end() {
    network.run_for(200s);
    return caller.stack.calls().size() == 0 && called.stack.calls().size() == 0 && network.quiet();
  }
  Network network;
  Network::Node &caller, &called;
  sip::AccountId account;
};

}  // namespace

TEST_CASE("Two stacks call, answer, hold and hang up, and then have no state left [RFC 3261 section 13]") {
  Pair pair(1, {});
  const auto out = pair.dial();
  pair.network.run_for(100ms);
  const auto in = pair.called.event<sip::IncomingCall>();
  REQUIRE(in);
  CHECK(in->offer.data == "offer");
  REQUIRE(pair.called.stack.calls().ring(in->session, pair.network.now()));
  pair.network.run_for(100ms);
  CHECK(pair.caller.event<sip::CallProgress>());
  REQUIRE(pair.called.stack.calls().answer(in->session, kAnswer, pair.network.now()));
  pair.network.run_for(100ms);
  CHECK(pair.caller.event<sip::CallAnswered>()->body.data == "answer");
  CHECK(pair.called.event<sip::CallConfirmed>());
  REQUIRE(pair.caller.stack.calls().offer(out, kOffer, pair.network.now()));
  pair.network.run_for(100ms);
  REQUIRE(pair.called.event<sip::OfferReceived>());
  REQUIRE(pair.called.stack.calls().accept_offer(in->session, kAnswer, pair.network.now()));
  pair.network.run_for(100ms);
  CHECK(pair.caller.event<sip::OfferAnswered>());
  REQUIRE(pair.called.stack.calls().hang_up(in->session, pair.network.now()));
  pair.network.run_for(100ms);
  CHECK(pair.caller.event<sip::CallEnded>()->by == sip::CallEnded::By::Remote);
  CHECK(pair.silent_at_the_end());
}

TEST_CASE("If both sides send an offer at the same time, both get 491, and both offers get an answer later [RFC 3261 section 14.1]") {
  Pair pair(2, {});
  const auto out = pair.dial();
  pair.network.run_for(100ms);
  const auto in = pair.called.event<sip::IncomingCall>()->session;
  REQUIRE(pair.called.stack.calls().answer(in, kAnswer, pair.network.now()));
  pair.network.run_for(100ms);
  REQUIRE(pair.caller.stack.calls().offer(out, kOffer, pair.network.now()));
  REQUIRE(pair.called.stack.calls().offer(in, kOffer, pair.network.now()));
  int passed = 0;
  for (int i = 0; i < 500; ++i) {
    pair.network.run_for(20ms);
    while (!pair.caller.events.empty()) {
      const auto event = std::move(pair.caller.events.front());
      pair.caller.events.pop_front();
      if (std::holds_alternative<sip::OfferReceived>(event))
        REQUIRE(pair.caller.stack.calls().accept_offer(out, kAnswer, pair.network.now()));
      if (std::holds_alternative<sip::OfferRefused>(event)) REQUIRE(pair.caller.stack.calls().offer(out, kOffer, pair.network.now()));
      passed += std::holds_alternative<sip::OfferAnswered>(event) ? 1 : 0;
    }
    while (!pair.called.events.empty()) {
      const auto event = std::move(pair.called.events.front());
      pair.called.events.pop_front();
      if (std::holds_alternative<sip::OfferReceived>(event))
        REQUIRE(pair.called.stack.calls().accept_offer(in, kAnswer, pair.network.now()));
      if (std::holds_alternative<sip::OfferRefused>(event)) REQUIRE(pair.called.stack.calls().offer(in, kOffer, pair.network.now()));
      passed += std::holds_alternative<sip::OfferAnswered>(event) ? 1 : 0;
    }
  }
  CHECK(passed == 2);
  REQUIRE(pair.caller.stack.calls().hang_up(out, pair.network.now()));
  CHECK(pair.silent_at_the_end());
}

TEST_CASE("If 20 % of all datagrams are lost and the others are out of order, every call still ends on both sides, and no state is left") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    Pair pair(seed, {20, 20ms, 300ms});
    const auto out = pair.dial();
    std::optional<sip::IncomingCall> in;
    for (int i = 0; i < 40 && !in; ++i) {
      pair.network.run_for(1s);
      in = pair.called.event<sip::IncomingCall>();
    }
    REQUIRE(in);
    if (seed % 4 == 0) (void)pair.caller.stack.calls().hang_up(out, pair.network.now());  // This gives a CANCEL, which may cross the 200.
    if (seed % 5 == 0) (void)pair.called.stack.calls().reject(in->session, 486, {}, pair.network.now());
    (void)pair.called.stack.calls().answer(in->session, kAnswer, pair.network.now());
    pair.network.run_for(base::Duration(std::chrono::milliseconds(100 * seed)));
    (void)pair.caller.stack.calls().offer(out, kOffer, pair.network.now());
    pair.network.run_for(2s);
    (void)pair.called.stack.calls().accept_offer(in->session, kAnswer, pair.network.now());
    (void)(seed % 2 == 0 ? pair.caller.stack.calls().hang_up(out, pair.network.now())
                         : pair.called.stack.calls().hang_up(in->session, pair.network.now()));
    pair.network.run_for(100s);
    (void)pair.caller.stack.calls().hang_up(out, pair.network.now());
    (void)pair.called.stack.calls().hang_up(in->session, pair.network.now());
    CHECK(pair.silent_at_the_end());
    CHECK(pair.caller.event<sip::CallEnded>());
    CHECK(pair.called.event<sip::CallEnded>());
  }
}
