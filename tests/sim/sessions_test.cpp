// Session timers, reliable provisional responses and forks over a network that loses, repeats and reorders datagrams. A failure prints its seed.
#include <offhook/tests/sim/network.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;

namespace {

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
    calling = *caller->stack.calls().call(call, network.now());
  }
  sip::AccountId open(Network::Node& node, const char* name, const char* other, sip::SessionTimerOptions timer) {
    sip::AccountOptions options;
    options.address_of_record = name;
    options.registrar = other;
    options.registers = false;
    options.session_timer = timer;
    return node.stack.accounts().add(options, network.now());
  }
  void on_event(Network::Node& node, sip::Event event) {
    if (const auto* incoming = std::get_if<sip::IncomingCall>(&event)) {
      answering = incoming->session;
      network.at(network.now() + 100ms, [this] { (void)called->stack.calls().progress(answering, kAnswer, network.now()); });
      network.at(network.now() + 1500ms, [this] { (void)called->stack.calls().answer(answering, kAnswer, network.now()); });
    }
    if (const auto* progress = std::get_if<sip::CallProgress>(&event)) early += progress->body.data == "answer" ? 1 : 0;
    if (const auto* answer = std::get_if<sip::CallAnswered>(&event)) {
      ++answered;
      CHECK(answer->body.data == "answer");
    }
    if (std::holds_alternative<sip::CallConfirmed>(event)) ++confirmed;
    if (const auto* offer = std::get_if<sip::OfferReceived>(&event)) {
      (void)node.stack.calls().accept_offer(offer->session, kAnswer, network.now());
    }
    if (const auto* end = std::get_if<sip::CallEnded>(&event)) {
      ++ended;
      ends.push_back(*end);
    }
  }
  [[nodiscard]] bool nothing_left() const {
    return caller->stack.sizes().legs == 0 && called->stack.sizes().legs == 0 && network.quiet() && network.was_consistent();
  }
};

constexpr Weather kFifthLost{.loss_percent = 20, .delay = 20ms, .jitter = 300ms, .duplicate_percent = 15};
using TimerUse = sip::SessionTimerOptions::Use;

}  // namespace

TEST_CASE("With 20 % loss, the caller's stack reports early media and the answer at most once, at least 36 of 40 calls connect, and no state remains [RFC 3262 section 3]") {
  unsigned failed = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    Pair pair(seed, kFifthLost, {}, {});
    pair.network.run_for(50s);
    CHECK(pair.early <= 1);
    CHECK(pair.answered <= 1);
    failed += pair.answered == 1 && pair.confirmed == 1 ? 0 : 1;
    (void)pair.caller->stack.calls().hang_up(pair.calling, pair.network.now());
    pair.network.run_for(200s);
    (void)pair.called->stack.calls().hang_up(pair.answering, pair.network.now());
    pair.network.run_for(200s);
    CHECK(pair.nothing_left());
  }
  CHECK(failed <= 4);  // It is rare that all seven transmissions of an INVITE, of a 183 or of a 2xx are lost.
}

TEST_CASE("With 20 % loss, the refreshes of either side keep a call alive for two hours [RFC 4028 section 10]") {
  unsigned lost = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    Pair pair(seed, kFifthLost, {seed % 2 == 0 ? TimerUse::Ask : TimerUse::Accept, 600s, 90s},
              {seed % 2 == 0 ? TimerUse::Accept : TimerUse::Ask, 600s, 90s});
    pair.network.run_for(7200s);
    if (pair.answered == 0) continue;
    lost += pair.ended == 0 ? 0 : 1;
    (void)pair.caller->stack.calls().hang_up(pair.calling, pair.network.now());
    pair.network.run_for(200s);
    CHECK(pair.nothing_left());
  }
  CHECK(lost <= 1);  // An UPDATE is sent up to eleven times.
}

TEST_CASE("When the network is cut, the session timers end the call on both sides, although neither user hangs up [RFC 4028 section 10]") {
  for (const auto side : {TimerUse::Ask, TimerUse::Accept}) {
    Pair pair(7, {}, {side, 600s, 90s}, {side == TimerUse::Ask ? TimerUse::Accept : TimerUse::Ask, 600s, 90s});
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

TEST_CASE("Without session timers, neither side detects that the network was cut") {
  Pair pair(7, {}, {}, {});
  pair.network.run_for(20s);
  pair.network.set_weather({.is_cut = true});
  pair.network.run_for(7200s);
  CHECK(pair.ended == 0);
}

namespace {

/// A call through a proxy that rings two telephones for one INVITE and cancels neither.
struct Forked {
  Network network;
  Network::Node* caller;
  Network::Node* called[2];
  sip::SessionId calling, answering[2];
  unsigned answered = 0, confirmed[2] = {0, 0}, ended[2] = {0, 0};
  std::vector<std::string> branches;

  Forked(std::uint64_t seed, Weather weather)
      : network(seed, weather), caller(&network.add("192.0.2.1")), called{&network.add("192.0.2.2"), &network.add("192.0.2.3")} {
    network.add_box(address("192.0.2.100", 5060), [](const Datagram& received) { return fork(received); });
    network.on_event = [this](Network::Node& node, sip::Event event) { on_event(node, std::move(event)); };
    sip::CallOptions call;
    call.account = open(*caller, "sip:al@192.0.2.1");
    for (Network::Node* node : called) (void)open(*node, "sip:bo@192.0.2.100");
    call.target = "sip:bo@192.0.2.100";
    call.offer = kOffer;
    calling = *caller->stack.calls().call(call, network.now());
  }
  sip::AccountId open(Network::Node& node, const char* name) {
    sip::AccountOptions options;
    options.address_of_record = name;
    options.registrar = "sip:192.0.2.100";
    options.registers = false;
    return node.stack.accounts().add(options, network.now());
  }
  static std::vector<Datagram> fork(const Datagram& received) {
    std::string text = received.bytes;
    const auto here = address("192.0.2.100", 5060);
    if (text.starts_with("SIP/2.0 ")) {
      const auto via = text.find("\r\nVia: ");
      text.erase(via, text.find("\r\n", via + 2) - via);
      return {{here, address("192.0.2.1", 5060), text}};
    }
    const std::string via = header(text, "Via");
    const auto branch = via.find("branch=") + 7;
    const std::string name = via.substr(branch, via.find(';', branch) - branch);
    std::vector<Datagram> both;
    for (const char* number : {"2", "3"}) {
      std::string copy = text;
      copy.insert(copy.find("\r\n"), "\r\nVia: SIP/2.0/UDP 192.0.2.100:5060;branch=" + name + "-" + number);
      both.push_back({here, address(std::string("192.0.2.") + number, 5060), copy});
    }
    return both;
  }
  void on_event(Network::Node& node, sip::Event event) {
    const std::size_t which = &node == called[1] ? 1 : 0;
    if (const auto* incoming = std::get_if<sip::IncomingCall>(&event)) {
      answering[which] = incoming->session;
      const auto pause = which == 0 ? 0ms : 300ms;
      network.at(network.now() + 100ms + pause,
                 [this, which] { (void)called[which]->stack.calls().progress(answering[which], kAnswer, network.now()); });
      network.at(network.now() + 1500ms + pause,
                 [this, which] { (void)called[which]->stack.calls().answer(answering[which], kAnswer, network.now()); });
    }
    if (const auto* progress = std::get_if<sip::CallProgress>(&event)) branches.push_back(progress->branch_tag);
    if (std::holds_alternative<sip::CallAnswered>(event)) ++answered;
    if (&node == caller) return;
    if (std::holds_alternative<sip::CallConfirmed>(event)) ++confirmed[which];
    if (std::holds_alternative<sip::CallEnded>(event)) ++ended[which];
  }
};

}  // namespace

TEST_CASE("When two telephones ring and both answer, each telephone gets the PRACK of its own branch, and one call remains [RFC 3262 section 4]") {
  Forked forked(3, {});
  forked.network.run_for(20s);
  CHECK(forked.branches.size() == 2);
  CHECK(forked.answered == 1);
  CHECK(forked.confirmed[0] == 1);
  CHECK(forked.ended[0] == 0);
  CHECK(forked.confirmed[1] == 1);
  CHECK(forked.ended[1] == 1);
}

TEST_CASE("With 20 % loss, at most one call of a fork remains, and after this call no state remains [RFC 3262 section 4]") {
  unsigned good = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    Forked forked(seed, kFifthLost);
    forked.network.run_for(100s);
    CHECK(forked.answered <= 1);
    const auto up = forked.called[0]->stack.calls().size() + forked.called[1]->stack.calls().size();
    CHECK(up <= 1);
    good += forked.answered == 1 && up == 1 ? 1 : 0;
    (void)forked.caller->stack.calls().hang_up(forked.calling, forked.network.now());
    forked.network.run_for(200s);
    for (std::size_t i = 0; i < 2; ++i) (void)forked.called[i]->stack.calls().hang_up(forked.answering[i], forked.network.now());
    forked.network.run_for(200s);
    CHECK(forked.caller->stack.sizes().legs + forked.called[0]->stack.sizes().legs + forked.called[1]->stack.sizes().legs == 0);
    CHECK(forked.network.quiet());
    CHECK(forked.network.was_consistent());
  }
  CHECK(good >= 25);
}
