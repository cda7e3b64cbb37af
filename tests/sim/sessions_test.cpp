// Session timers, reliable provisional responses and forks over a network that loses, repeats and reorders. What fails says its seed.
#include <offhook/tests/sim/network.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;

namespace {

const sip::Body kOffer{"application/sdp", "offer"}, kAnswer{"application/sdp", "answer"};

struct Pair {
  Network network;
  Network::Node* caller;
  Network::Node* called;
  sip::SessionId calling, answering;
  unsigned answered = 0, confirmed = 0, ended = 0, early = 0;
  std::vector<sip::CallEnded> ends;

  Pair(std::uint64_t seed, Weather weather, sip::SessionTimerOptions ask, sip::SessionTimerOptions accept)
      : network(seed, weather), caller(&network.add("192.0.2.1")), called(&network.add("192.0.2.2")) {
    network.on_event = [this](Network::Node& node, sip::Event event) { on_event(node, std::move(event)); };
    sip::CallOptions call;
    call.account = open(*caller, "sip:al@192.0.2.1", "sip:192.0.2.2", ask);
    (void)open(*called, "sip:bo@192.0.2.2", "sip:192.0.2.1", accept);
    call.target = "sip:bo@192.0.2.2";
    call.offer = kOffer;
    calling = *caller->stack.call(call, network.now());
  }
  sip::AccountId open(Network::Node& node, const char* name, const char* other, sip::SessionTimerOptions timer) {
    sip::AccountOptions options;
    options.address_of_record = name;
    options.registrar = other;
    options.registers = false;
    options.session_timer = timer;
    return node.stack.add_account(options, network.now());
  }
  void on_event(Network::Node& node, sip::Event event) {
    if (const auto* incoming = std::get_if<sip::IncomingCall>(&event)) {
      answering = incoming->session;
      network.at(network.now() + 100ms, [this] { (void)called->stack.progress(answering, kAnswer, network.now()); });
      network.at(network.now() + 1500ms, [this] { (void)called->stack.answer(answering, kAnswer, network.now()); });
    }
    if (const auto* progress = std::get_if<sip::CallProgress>(&event)) early += progress->body.data == "answer" ? 1 : 0;
    if (const auto* answer = std::get_if<sip::CallAnswered>(&event)) {
      ++answered;
      CHECK(answer->body.data == "answer");
    }
    if (std::holds_alternative<sip::CallConfirmed>(event)) ++confirmed;
    if (const auto* offer = std::get_if<sip::OfferReceived>(&event)) {
      (void)node.stack.accept_offer(offer->session, kAnswer, network.now());
    }
    if (const auto* end = std::get_if<sip::CallEnded>(&event)) {
      ++ended;
      ends.push_back(*end);
    }
  }
  [[nodiscard]] bool nothing_left() const {
    return caller->stack.legs() == 0 && called->stack.legs() == 0 && network.quiet();
  }
};

constexpr Weather kStorm{.loss_percent = 20, .delay = 20ms, .jitter = 300ms, .duplicate_percent = 15};
using Use = sip::SessionTimerOptions::Use;

}  // namespace

TEST_CASE("A fifth lost: early media is told once, each call comes about, and PRACK holds nothing up [RFC 3262 section 3]") {
  unsigned failed = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    Pair pair(seed, kStorm, {}, {});
    pair.network.run_for(50s);
    CHECK(pair.early <= 1);
    CHECK(pair.answered <= 1);
    failed += pair.answered == 1 && pair.confirmed == 1 ? 0 : 1;
    (void)pair.caller->stack.hang_up(pair.calling, pair.network.now());
    pair.network.run_for(200s);
    (void)pair.called->stack.hang_up(pair.answering, pair.network.now());
    pair.network.run_for(200s);
    CHECK(pair.nothing_left());
  }
  CHECK(failed <= 4);  // Seven tries of an INVITE, of a 183 and of a 2xx seldom all fail.
}

TEST_CASE("A fifth lost: refreshes by either side keep a call up for hours [RFC 4028 section 10]") {
  unsigned lost = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    Pair pair(seed, kStorm, {seed % 2 == 0 ? Use::Ask : Use::Accept, 600s, 90s}, {seed % 2 == 0 ? Use::Accept : Use::Ask, 600s, 90s});
    pair.network.run_for(7200s);
    if (pair.answered == 0) continue;
    lost += pair.ended == 0 ? 0 : 1;
    (void)pair.caller->stack.hang_up(pair.calling, pair.network.now());
    pair.network.run_for(200s);
    CHECK(pair.nothing_left());
  }
  CHECK(lost <= 1);  // Eleven tries of an UPDATE.
}

TEST_CASE("A line that is cut: both sides end the call by the session timer, neither asked [RFC 4028 section 10]") {
  for (const auto side : {Use::Ask, Use::Accept}) {
    Pair pair(7, {}, {side, 600s, 90s}, {side == Use::Ask ? Use::Accept : Use::Ask, 600s, 90s});
    pair.network.run_for(20s);
    REQUIRE(pair.confirmed == 1);
    pair.network.set_weather({.is_cut = true});
    pair.network.run_for(700s);
    REQUIRE(pair.ends.size() == 2);
    for (const auto& end : pair.ends) {
      CHECK(end.by == sip::CallEnded::By::Network);
      CHECK(end.why == sip::CallEnded::Why::SessionLost);
    }
    CHECK(pair.nothing_left());
  }
}

TEST_CASE("Without session timers nobody learns that the line was cut") {
  Pair pair(7, {}, {}, {});
  pair.network.run_for(20s);
  pair.network.set_weather({.is_cut = true});
  pair.network.run_for(7200s);
  CHECK(pair.ended == 0);
}
