#include <offhook/tests/sip/stack/registering.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>

using namespace offhook;
using namespace offhook::sim;

// Tests of sip::ChallengeOptions, which select the challenges that the account answers with its password.

namespace {

struct Challenged : Registering {
  static std::string digest(const std::string& realm, const std::string& more = ", qop=\"auth\"") {
    return "Digest realm=\"" + realm + "\", nonce=\"n9\"" + more;
  }
  /// Registers without a challenge.
  void register_unasked() {
    receive(granted(start(), 120));
    sent.clear();
    events.clear();
  }
  /// Makes a call through the registrar, which sends `challenges`. Returns 0 if the account answers a challenge, or the status of
  /// the call's end.
  int call_with(const Fields& challenges) {
    sent.clear();
    events.clear();
    sip::CallOptions call;
    call.account = account;
    call.target = "sip:desk@192.0.2.99";
    REQUIRE(stack.calls().call(call, now));
    drain();
    receive(response(take("INVITE "), challenges.front().first == "WWW-Authenticate" ? 401 : 407, "x", {}, challenges));
    CHECK(count("ACK ") == 1);
    if (!take("INVITE ").empty()) return 0;
    const auto ended = event<sip::CallEnded>();
    REQUIRE(ended);
    CHECK(ended->why == sip::CallEnded::Why::Rejected);
    return ended->status;
  }
  /// Establishes a call from the peer through the registrar, whose URI is in the route set.
  sip::SessionId called() {
    receive(invite("offer", {{"Record-Route", "<sip:192.0.2.50;lr>"}}, "sip:6001@192.0.2.1"));
    const auto call = event<sip::IncomingCall>();
    REQUIRE(call);
    REQUIRE(stack.calls().answer(call->session, kAnswer, now));
    drain();
    receive(in_dialog("ACK", 1, tag_of(header(take("SIP/2.0 200"), "To"))));
    sent.clear();
    return call->session;
  }
  bool leaks() const {
    return std::any_of(sent.begin(), sent.end(), [](const Sent& one) { return one.bytes.find("uthorization: ") != std::string::npos; });
  }
};

}  // namespace

TEST_CASE("In a call from the peer, the account does not answer a challenge in the registrar's realm, unless in_peers_dialogs is set [RFC 3261 section 22.2]") {
  for (const bool allowed : {false, true}) {
    for (const std::string name : {"WWW-Authenticate", "Proxy-Authenticate"}) {
      const int status = name == "WWW-Authenticate" ? 401 : 407;
      Challenged us;
      us.options.challenges.in_peers_dialogs = allowed;
      us.register_now();
      const sip::SessionId session = us.called();
      REQUIRE(us.stack.calls().offer(session, kOffer, us.now));
      us.drain();
      const std::string offer = us.take("INVITE ");
      REQUIRE(us.last_flow.remote == us.peer.remote);
      us.receive(us.response(offer, status, "peer", {}, {{name, us.digest("pbx")}}));
      CHECK(us.leaks() == allowed);
      if (allowed) us.receive(us.response(us.take("INVITE "), 488, "peer"));
      us.sent.clear();
      REQUIRE(us.stack.calls().hang_up(session, us.now));
      us.drain();
      us.receive(us.response(us.take("BYE "), status, "peer", {}, {{name, us.digest("pbx")}}));
      CHECK(us.leaks() == allowed);
      CHECK(us.count("BYE ") == (allowed ? 1 : 0));
    }
  }
}

TEST_CASE_FIXTURE(Challenged, "If the far end of an incoming call challenges the BYE, the account does not answer [RFC 3261 section 22]") {
  register_now();
  const sip::Flow registrar = peer;
  for (const bool known_realm : {false, true}) {
    for (const std::string name : {"WWW-Authenticate", "Proxy-Authenticate"}) {
      sent.clear();
      call_id = "in-" + name + (known_realm ? "1" : "0");
      std::string text = invite("offer", {}, "sip:6001@192.0.2.1");
      text.replace(text.find("call-1"), 6, call_id);
      receive(text, registrar);
      const auto call = event<sip::IncomingCall>();
      REQUIRE(call);
      REQUIRE(stack.calls().answer(call->session, {"application/sdp", "answer"}, now));
      drain();
      receive(in_dialog("ACK", 1, tag_of(header(take("SIP/2.0 200"), "To"))), registrar);
      REQUIRE(stack.calls().hang_up(call->session, now));
      drain();
      const std::string bye = take("BYE ");
      REQUIRE(last_flow.remote == address("192.0.2.99", 5060));  // The BYE went directly to the far end.
      const std::string realm = known_realm ? "pbx" : "evil";
      receive(response(bye, name == "WWW-Authenticate" ? 401 : 407, "peer", {},
                       {{name, "Digest realm=\"" + realm + "\", nonce=\"n9\", qop=\"auth\""}}),
              {{1}, sip::Transport::Udp, local, address("192.0.2.99", 5060)});
      CHECK(count("BYE ") == 0);
      for (const Sent& one : sent) CHECK(one.bytes.find("uthorization: ") == std::string::npos);
    }
  }
}

TEST_CASE_FIXTURE(Challenged, "The account answers the registrar's 401 and 407 to an INVITE, even if the registrar has challenged no REGISTER [RFC 3261 section 22.2]") {
  register_unasked();
  CHECK(call_with({{"WWW-Authenticate", digest("calls")}}) == 0);
  CHECK(call_with({{"Proxy-Authenticate", digest("calls", "")}}) == 0);
}

TEST_CASE_FIXTURE(Challenged, "The account answers a challenge to an INVITE in a realm that no challenge to a REGISTER had [RFC 3261 section 22.3]") {
  register_now();
  CHECK(call_with({{"Proxy-Authenticate", digest("calls")}}) == 0);
  CHECK(call_with({{"Proxy-Authenticate", digest("pbx")}, {"WWW-Authenticate", digest("calls")}}) == 0);
}

TEST_CASE_FIXTURE(Challenged, "If the account lists realms, it does not answer a challenge to an INVITE in another realm [RFC 3261 section 22]") {
  options.challenges.realms = {"pbx", "calls"};
  register_now();
  CHECK(call_with({{"Proxy-Authenticate", digest("evil")}}) == 407);
  CHECK(call_with({{"WWW-Authenticate", digest("evil")}}) == 401);
  CHECK(call_with({{"WWW-Authenticate", digest("PBX")}}) == 401);
  CHECK(call_with({{"Proxy-Authenticate", digest("calls")}}) == 0);
  CHECK(call_with({{"Proxy-Authenticate", digest("pbx")}}) == 0);
}

TEST_CASE_FIXTURE(Challenged, "The account never answers a Basic challenge, and ignores it beside a Digest challenge [RFC 3261 section 22]") {
  register_now();
  for (const std::string name : {"WWW-Authenticate", "Proxy-Authenticate"}) {
    CAPTURE(name);
    const std::string basic = "Basic realm=\"pbx\"";
    CHECK(call_with({{name, basic}}) == (name == "WWW-Authenticate" ? 401 : 407));
    CHECK_FALSE(leaks());
    sip::CallOptions call;
    call.account = account;
    call.target = "sip:desk@192.0.2.99";
    REQUIRE(stack.calls().call(call, now));
    drain();
    receive(response(take("INVITE "), name == "WWW-Authenticate" ? 401 : 407, "x", {}, {{name, basic}, {name, digest("pbx")}}));
    const std::string again = take("INVITE ");
    const auto given = headers(again, name == "WWW-Authenticate" ? "Authorization" : "Proxy-Authorization");
    REQUIRE(given.size() == 1);
    CHECK(given.front().starts_with("Digest "));
  }
}

TEST_CASE_FIXTURE(Challenged, "If several challenges arrive, an account that lists realms answers only those in these realms") {
  options.challenges.realms = {"pbx"};
  register_now();
  sip::CallOptions call;
  call.account = account;
  call.target = "sip:desk@192.0.2.99";
  REQUIRE(stack.calls().call(call, now));
  drain();
  receive(response(take("INVITE "), 407, "x", {}, {{"Proxy-Authenticate", digest("pbx")}, {"WWW-Authenticate", digest("evil")}}));
  const std::string again = take("INVITE ");
  CHECK(header(again, "Proxy-Authorization").find("realm=\"pbx\"") != std::string::npos);
  CHECK(header(again, "Authorization").empty());
}

TEST_CASE_FIXTURE(Challenged, "An account that lists realms does not answer a challenge in another realm to its REGISTER either") {
  options.challenges.realms = {"other"};
  receive(response(start(), 401, "reg", {}, challenge()));
  CHECK(count("REGISTER ") == 0);
  (void)event<sip::RegistrationChanged>();
  const auto failed = event<sip::RegistrationChanged>();
  REQUIRE(failed);
  CHECK(failed->state == sip::RegistrationChanged::State::Failed);
  CHECK(failed->why == sip::RegistrationChanged::Why::Refused);
  CHECK(failed->status == 401);
}

TEST_CASE_FIXTURE(Challenged, "An account without a user name answers no challenge") {
  options.username.clear();
  register_unasked();
  CHECK(call_with({{"WWW-Authenticate", digest("pbx")}}) == 401);
}

TEST_CASE_FIXTURE(Challenged, "The account does not answer a challenge that is weaker than the registrar's: MD5 after SHA-256, or no qop after qop [RFC 8760 section 2.4]") {
  receive(response(start(), 401, "reg", {},
                   {{"WWW-Authenticate", digest("pbx", ", algorithm=SHA-256, qop=\"auth\"")},
                    {"WWW-Authenticate", digest("pbx", ", algorithm=MD5, qop=\"auth\"")}}));
  receive(granted(take("REGISTER "), 120));
  for (const std::string realm : {"pbx", "calls"}) {
    const auto is_answered = [&](const std::string& more) { return call_with({{"WWW-Authenticate", digest(realm, more)}}) == 0; };
    CHECK_FALSE(is_answered(", algorithm=MD5, qop=\"auth\""));
    CHECK_FALSE(is_answered(", algorithm=SHA-256"));
    CHECK_FALSE(is_answered(", algorithm=SHA-999, qop=\"auth\""));
    CHECK(is_answered(", algorithm=SHA-256, qop=\"auth\""));
    CHECK(is_answered(", algorithm=SHA-512-256, qop=\"auth\""));
  }
  // The strong challenge comes from a proxy. The stack judges each challenge separately.
  CHECK(call_with({{"WWW-Authenticate", digest("pbx", ", algorithm=MD5, qop=\"auth\"")},
                   {"Proxy-Authenticate", digest("pbx", ", algorithm=SHA-256, qop=\"auth\"")}}) == 401);
}

TEST_CASE_FIXTURE(Challenged, "A challenge in a listed realm may be weaker than the registrar's, but not weaker than an earlier challenge in the same realm") {
  options.challenges.realms = {"pbx", "calls"};
  receive(response(start(), 401, "reg", {}, {{"WWW-Authenticate", digest("pbx", ", algorithm=SHA-256, qop=\"auth\"")}}));
  receive(granted(take("REGISTER "), 120));
  CHECK(call_with({{"WWW-Authenticate", digest("calls", ", algorithm=MD5")}}) == 0);
  CHECK(call_with({{"WWW-Authenticate", digest("pbx", ", algorithm=MD5, qop=\"auth\"")}}) == 401);
}

TEST_CASE_FIXTURE(Challenged, "The account stores the strength of kMaxRealms realms of the registrar. One more realm replaces the oldest one") {
  const auto realm = [](std::size_t i) {
    return std::pair<std::string, std::string>("WWW-Authenticate", digest("r" + std::to_string(i), i == 0 ? ", algorithm=SHA-256" : ""));
  };
  const Fields weak{{"WWW-Authenticate", digest("r0", ", algorithm=MD5")}};
  Fields all;
  for (std::size_t i = 0; i < 4; ++i) all.push_back(realm(i));
  receive(response(start(), 401, "reg", {}, all));
  receive(granted(take("REGISTER "), 120));
  CHECK(call_with(weak) == 401);
  CHECK(call_with({realm(0)}) == 0);
  sent.clear();
  for (int i = 0; i < 120 && count("REGISTER ") == 0; ++i) advance(1s);
  receive(response(take("REGISTER "), 401, "reg", {}, {realm(4)}));
  CHECK(call_with(weak) == 0);
}
