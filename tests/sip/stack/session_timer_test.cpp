#include <offhook/tests/sip/stack/timed.hpp>

#include <string>

using namespace offhook;
using namespace offhook::sim;

// --- what is agreed on ------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Timed, "By default no session timer is asked for, and support for it is said [RFC 4028 section 7.1]") {
  open({});
  const std::string first = dial();
  CHECK(header(first, "Supported").find("timer") != std::string::npos);
  CHECK(header(first, "Session-Expires").empty());
  CHECK(header(first, "Min-SE").empty());
  answered(first, {});
  advance(std::chrono::hours(10));
  CHECK(sent.empty());
  REQUIRE(stack.hang_up(session, now));
  drain();
  CHECK(header(take("BYE "), "Supported").find("timer") != std::string::npos);
}

TEST_CASE_FIXTURE(Timed, "A caller who refreshes is granted what he asks, and hears Require: timer [RFC 4028 section 9]") {
  called(kAsks);
  CHECK(header(ok, "Session-Expires") == "1800;refresher=uac");
  CHECK(header(ok, "Require") == "timer");
  CHECK(header(ok, "Supported").find("timer") != std::string::npos);
  advance(1767s);
  CHECK(sent.empty());
  advance(1s);  // 32 s before the end: section 10.
  expect_expired();
}

TEST_CASE_FIXTURE(Timed,
                  "As the called side we ask only a caller who knows timers, and never for longer than he [RFC 4028 section 9]") {
  open({Use::Ask, 600s, 90s});
  SUBCASE("knows them") {
    called({{"Supported", "timer"}});
    CHECK(header(ok, "Session-Expires") == "600;refresher=uas");
  }
  SUBCASE("wants at least") {
    called({{"Supported", "timer"}, {"Min-SE", "900"}});
    CHECK(header(ok, "Session-Expires") == "900;refresher=uas");
  }
  SUBCASE("longer than ours") {
    called(kAsks);
    CHECK(header(ok, "Session-Expires") == "600;refresher=uac");
  }
  SUBCASE("does not know them") {
    called({});
    CHECK(header(ok, "Session-Expires").empty());
  }
}

TEST_CASE_FIXTURE(Timed,
                  "A proxy's short interval for a caller without timers is taken; we refresh [RFC 4028 section 9, table 2]") {
  called({{"Session-Expires", "60"}});
  CHECK(header(ok, "Session-Expires") == "60;refresher=uas");
  CHECK(header(ok, "Require").empty());
  advance(31s);
  CHECK(sent.empty());
  advance(1s);  // Not under SessionTimer::kShortest, whatever was asked for.
  CHECK(!take("INVITE ").empty());
}

TEST_CASE_FIXTURE(Timed, "What cannot be read is no session timer") {
  called({{"Supported", "timer"}, {"Session-Expires", "soon"}});
  CHECK(header(ok, "Session-Expires").empty());
}

TEST_CASE_FIXTURE(Timed, "Off: nothing is said of timers, and who requires them gets 420 [RFC 4028 section 9]") {
  open({Use::Off});
  SUBCASE("asked for") {
    called(kAsks);
    CHECK(header(ok, "Session-Expires").empty());
    CHECK(header(ok, "Supported").find("timer") == std::string::npos);
  }
  SUBCASE("required") {
    receive(invite("offer", {{"Require", "timer"}}));
    CHECK(header(take("SIP/2.0 420"), "Unsupported") == "timer");
  }
  SUBCASE("our call") {
    CHECK(header(dial(), "Supported").find("timer") == std::string::npos);
  }
}

TEST_CASE_FIXTURE(Timed, "Who shall refresh can be wished for, and decided where it is ours to decide [RFC 4028 section 9]") {
  using Wish = sip::SessionTimerOptions::Refresher;
  SUBCASE("as caller") {
    open({});
    CHECK(header(dial(sip::SessionTimerOptions{Use::Ask, 1800s, 90s, Wish::Us}), "Session-Expires") == "1800;refresher=uac");
    CHECK(header(dial(sip::SessionTimerOptions{Use::Ask, 1800s, 90s, Wish::Them}), "Session-Expires") == "1800;refresher=uas");
    CHECK(header(dial(sip::SessionTimerOptions{Use::Ask, 1800s, 90s}), "Session-Expires") == "1800");
  }
  SUBCASE("as called side, ourselves") {
    open({Use::Accept, 1800s, 90s, Wish::Us});
    called({{"Supported", "timer"}, {"Session-Expires", "1800"}});
    CHECK(header(ok, "Session-Expires") == "1800;refresher=uas");
  }
  SUBCASE("as called side, the caller, who has said nothing") {
    open({Use::Ask, 1800s, 90s, Wish::Them});
    called({{"Supported", "timer"}});
    CHECK(header(ok, "Session-Expires") == "1800;refresher=uac");
  }
  SUBCASE("as called side, but the caller has said it already") {
    open({Use::Accept, 1800s, 90s, Wish::Us});
    called({{"Supported", "timer"}, {"Session-Expires", "1800;refresher=uac"}});
    CHECK(header(ok, "Session-Expires") == "1800;refresher=uac");
  }
}

TEST_CASE_FIXTURE(Timed, "A timer that is answered unasked is kept, whoever is to refresh [RFC 4028 section 7.2]") {
  open({});
  const std::string first = dial();
  receive(response(first, 180, "peer"));  // An early dialog before it makes no difference.
  SUBCASE("we") {
    answered(first, {{"Session-Expires", "600;refresher=uac"}});
    advance(300s);
    CHECK(!take("INVITE ").empty());
  }
  SUBCASE("they") {
    answered(first, {{"Require", "timer"}, {"Session-Expires", "600;refresher=uas"}});
    advance(567s);
    CHECK(sent.empty());
    advance(1s);
    expect_expired();
  }
}

// --- too short --------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Timed, "Too short an interval is refused with 422 and Min-SE: 89 s, not 90 [RFC 4028 section 9]") {
  receive(invite("offer", {{"Supported", "timer"}, {"Session-Expires", "89"}}));
  const std::string refused = take("SIP/2.0 422");
  CHECK(header(refused, "Min-SE") == "90");
  CHECK_FALSE(event<sip::IncomingCall>());
  CHECK(stack.sessions() == 0);
}

TEST_CASE_FIXTURE(Timed, "An account's own minimum holds, in the call's refreshes too [RFC 4028 section 9]") {
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
  REQUIRE(stack.answer(call->session, {"application/sdp", "answer"}, now));
  drain();
  our_tag = tag_of(header(take("SIP/2.0 200"), "To"));
  receive(in_dialog("ACK", 2, our_tag));
  receive(in_dialog("UPDATE", 3, our_tag, {}, {{"Supported", "timer"}, {"Session-Expires", "120"}}));
  CHECK(header(take("SIP/2.0 422"), "Min-SE") == "300");
}

TEST_CASE_FIXTURE(Timed, "422 to our INVITE: once more with that Min-SE, the next CSeq, the same names [RFC 4028 section 7.3]") {
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
  CHECK(header(refresh, "Min-SE").empty());  // What was asked before there was a dialog counts no more: section 7.4.
}

TEST_CASE_FIXTURE(Timed,
                  "422 is followed only upwards, and not for ever; without Min-SE it is a refusal [RFC 4028 section 7.3]") {
  open({});
  std::string request = dial();
  SUBCASE("no Min-SE") {
    receive(response(request, 422, "x"));
    CHECK(take("INVITE ").empty());
  }
  SUBCASE("no more than was asked") {
    receive(response(request, 422, "x", {}, {{"Min-SE", "120"}}));
    request = take("INVITE ");
    CHECK(header(request, "Session-Expires") == "1800");
    receive(response(request, 422, "x", {}, {{"Min-SE", "1800"}}));
    CHECK(take("INVITE ").empty());
  }
  SUBCASE("ever more") {
    std::size_t tries = 0;
    for (int least = 2000; !request.empty(); least += 100, ++tries) {
      receive(response(request, 422, "x", {}, {{"Min-SE", std::to_string(least)}}));
      request = take("INVITE ");
    }
    CHECK(tries == 5);  // SessionTimer::kMaxTooSmall were followed.
  }
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->status == 422);
  CHECK(stack.sessions() == 0);
}
