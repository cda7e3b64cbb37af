#include <offhook/tests/sip/stack/timed.hpp>

#include <string>

using namespace offhook;
using namespace offhook::sim;

// --- negotiation

TEST_CASE_FIXTURE(Timed, "By default the stack lists timer in Supported, and does not ask for a session timer [RFC 4028 section 7.1]") {
  open({});
  const std::string first = dial();
  CHECK(header(first, "Supported").find("timer") != std::string::npos);
  CHECK(header(first, "Session-Expires").empty());
  CHECK(header(first, "Min-SE").empty());
  answered(first, {});
  advance(std::chrono::hours(10));
  CHECK(sent.empty());
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  CHECK(header(take("BYE "), "Supported").find("timer") != std::string::npos);
}

TEST_CASE_FIXTURE(Timed, "If the caller wants to refresh, the agent grants the requested interval, with Require: timer [RFC 4028 section 9]") {
  called(kAsks);
  CHECK(header(ok, "Session-Expires") == "1800;refresher=uac");
  CHECK(header(ok, "Require") == "timer");
  CHECK(header(ok, "Supported").find("timer") != std::string::npos);
  advance(1767s);
  CHECK(sent.empty());
  advance(1s);  // 32 s before the expiry: section 10.
  expect_expired();
}

TEST_CASE_FIXTURE(Timed, "As callee the agent asks for a timer only if the caller supports timers, and for at most the caller's interval [RFC 4028 section 9]") {
  open({Use::Ask, 600s, 90s});
  SUBCASE("with timer support") {
    called({{"Supported", "timer"}});
    CHECK(header(ok, "Session-Expires") == "600;refresher=uas");
  }
  SUBCASE("with a Min-SE") {
    called({{"Supported", "timer"}, {"Min-SE", "900"}});
    CHECK(header(ok, "Session-Expires") == "900;refresher=uas");
  }
  SUBCASE("with a longer interval") {
    called(kAsks);
    CHECK(header(ok, "Session-Expires") == "600;refresher=uac");
  }
  SUBCASE("without timer support") {
    called({});
    CHECK(header(ok, "Session-Expires").empty());
  }
}

TEST_CASE_FIXTURE(Timed, "If a proxy asks for a short interval and the caller does not support timers, the agent accepts it and refreshes [RFC 4028 section 9, table 2]") {
  called({{"Session-Expires", "60"}});
  CHECK(header(ok, "Session-Expires") == "60;refresher=uas");
  CHECK(header(ok, "Require").empty());
  advance(31s);
  CHECK(sent.empty());
  advance(1s);  // The interval between refreshes is at least SessionTimer::kShortest.
  CHECK(!take("INVITE ").empty());
}

TEST_CASE_FIXTURE(Timed, "The agent ignores an invalid Session-Expires") {
  called({{"Supported", "timer"}, {"Session-Expires", "soon"}});
  CHECK(header(ok, "Session-Expires").empty());
}

TEST_CASE_FIXTURE(Timed, "With Use::Off the stack does not list timer in Supported, and a caller that requires timer gets 420 [RFC 4028 section 9]") {
  open({Use::Off});
  SUBCASE("the caller asks") {
    called(kAsks);
    CHECK(header(ok, "Session-Expires").empty());
    CHECK(header(ok, "Supported").find("timer") == std::string::npos);
  }
  SUBCASE("the caller requires it") {
    receive(invite("offer", {{"Require", "timer"}}));
    CHECK(header(take("SIP/2.0 420"), "Unsupported") == "timer");
  }
  SUBCASE("the agent calls") {
    CHECK(header(dial(), "Supported").find("timer") == std::string::npos);
  }
}

TEST_CASE_FIXTURE(Timed, "As caller the agent sends the refresher option as its preference. As callee it applies the option if the caller left the choice [RFC 4028 section 9]") {
  using Wish = sip::SessionTimerOptions::Refresher;
  SUBCASE("as caller") {
    open({});
    CHECK(header(dial(sip::SessionTimerOptions{Use::Ask, 1800s, 90s, Wish::Us}), "Session-Expires") == "1800;refresher=uac");
    CHECK(header(dial(sip::SessionTimerOptions{Use::Ask, 1800s, 90s, Wish::Them}), "Session-Expires") == "1800;refresher=uas");
    CHECK(header(dial(sip::SessionTimerOptions{Use::Ask, 1800s, 90s}), "Session-Expires") == "1800");
  }
  SUBCASE("as callee, with Wish::Us") {
    open({Use::Accept, 1800s, 90s, Wish::Us});
    called({{"Supported", "timer"}, {"Session-Expires", "1800"}});
    CHECK(header(ok, "Session-Expires") == "1800;refresher=uas");
  }
  SUBCASE("as callee, with Wish::Them, if the caller named no refresher") {
    open({Use::Ask, 1800s, 90s, Wish::Them});
    called({{"Supported", "timer"}});
    CHECK(header(ok, "Session-Expires") == "1800;refresher=uac");
  }
  SUBCASE("as callee, if the caller named a refresher") {
    open({Use::Accept, 1800s, 90s, Wish::Us});
    called({{"Supported", "timer"}, {"Session-Expires", "1800;refresher=uac"}});
    CHECK(header(ok, "Session-Expires") == "1800;refresher=uac");
  }
}

TEST_CASE_FIXTURE(Timed, "The agent uses a timer in the 2xx even if it did not ask for a timer, with either refresher [RFC 4028 section 7.2]") {
  open({});
  const std::string first = dial();
  receive(response(first, 180, "peer"));  // An early dialog before the 2xx does not change the result.
  SUBCASE("the agent refreshes") {
    answered(first, {{"Session-Expires", "600;refresher=uac"}});
    advance(300s);
    CHECK(!take("INVITE ").empty());
  }
  SUBCASE("the peer refreshes") {
    answered(first, {{"Require", "timer"}, {"Session-Expires", "600;refresher=uas"}});
    advance(567s);
    CHECK(sent.empty());
    advance(1s);
    expect_expired();
  }
}

// --- intervals that are too short

TEST_CASE_FIXTURE(Timed, "A Session-Expires of 89 s gets 422 with a Min-SE of 90 [RFC 4028 section 9]") {
  receive(invite("offer", {{"Supported", "timer"}, {"Session-Expires", "89"}}));
  const std::string refused = take("SIP/2.0 422");
  CHECK(header(refused, "Min-SE") == "90");
  CHECK_FALSE(event<sip::IncomingCall>());
  CHECK(stack.calls().size() == 0);
}

TEST_CASE_FIXTURE(Timed, "An account's own min_se applies to INVITE and to refreshes [RFC 4028 section 9]") {
  open({Use::Accept, 1800s, 300s});
  receive(invite("offer", {{"Supported", "timer"}, {"Session-Expires", "299"}}));
  CHECK(header(take("SIP/2.0 422"), "Min-SE") == "300");
  receive(message("ACK sip:bot@192.0.2.1 SIP/2.0", {}));
  call_id = "call-1";
  std::string second = invite("offer", {{"Supported", "timer"}, {"Session-Expires", "300;refresher=uac"}});
  second.replace(second.find("1 INVITE"), 8, "2 INVITE");
  receive(second);
  const auto call = event<sip::IncomingCall>();
  REQUIRE(call);
  REQUIRE(stack.calls().answer(call->session, {"application/sdp", "answer"}, now));
  drain();
  our_tag = tag_of(header(take("SIP/2.0 200"), "To"));
  receive(in_dialog("ACK", 2, our_tag));
  receive(in_dialog("UPDATE", 3, our_tag, {}, {{"Supported", "timer"}, {"Session-Expires", "120"}}));
  CHECK(header(take("SIP/2.0 422"), "Min-SE") == "300");
}

TEST_CASE_FIXTURE(Timed, "After a 422 to its INVITE the agent retries with the Min-SE of the 422, the next CSeq and the same tags [RFC 4028 section 7.3]") {
  open({Use::Ask, 300s, 90s});
  const std::string first = dial();
  CHECK(header(first, "Session-Expires") == "300");
  receive(response(first, 422, "x", {}, {{"Min-SE", "600"}}));
  CHECK(!take("ACK ").empty());
  const std::string second = take("INVITE ");
  CHECK(header(second, "CSeq") == "2 INVITE");
  CHECK(header(second, "Call-ID") == header(first, "Call-ID"));
  CHECK(header(second, "From") == header(first, "From"));
  CHECK(header(second, "To") == header(first, "To"));
  CHECK(header(second, "Session-Expires") == "600");
  CHECK(header(second, "Min-SE") == "600");
  CHECK(body(second) == "offer");
  CHECK(events.empty());
  answered(second, {{"Require", "timer"}, {"Session-Expires", "600;refresher=uac"}});
  advance(300s);
  const std::string refresh = take("INVITE ");
  CHECK(header(refresh, "Session-Expires") == "600;refresher=uac");
  CHECK(header(refresh, "Min-SE").empty());  // A Min-SE from before the dialog does not apply to refreshes: section 7.4.
}

TEST_CASE_FIXTURE(Timed, "After a 422 the agent retries only with a larger interval, and only a few times. A 422 without Min-SE is a refusal [RFC 4028 section 7.3]") {
  open({});
  std::string request = dial();
  SUBCASE("no Min-SE") {
    receive(response(request, 422, "x"));
    CHECK(take("INVITE ").empty());
  }
  SUBCASE("a Min-SE that is not larger") {
    receive(response(request, 422, "x", {}, {{"Min-SE", "120"}}));
    request = take("INVITE ");
    CHECK(header(request, "Session-Expires") == "1800");
    receive(response(request, 422, "x", {}, {{"Min-SE", "1800"}}));
    CHECK(take("INVITE ").empty());
  }
  SUBCASE("a Min-SE that always grows") {
    std::size_t tries = 0;
    for (int least = 2000; !request.empty(); least += 100, ++tries) {
      receive(response(request, 422, "x", {}, {{"Min-SE", std::to_string(least)}}));
      request = take("INVITE ");
    }
    CHECK(tries == 5);  // The agent has followed SessionTimer::kMaxTooSmall responses.
  }
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->status == 422);
  CHECK(stack.calls().size() == 0);
}
