#include <offhook/sip/model/limits.hpp>
#include <offhook/sip/session/mid_call.hpp>
#include <offhook/sip/stack/custom_headers.hpp>
#include <offhook/tests/sim/scripted.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;

namespace {

struct Talking : Scripted {
  sip::SessionId session;
  sip::AccountId account;
  std::string our_tag, ok;

  void ring_in(std::vector<std::string> packages = {}) {
    sip::AccountOptions options;
    options.address_of_record = "sip:bot@192.0.2.1";
    options.registrar = "sip:192.0.2.99";
    options.registers = false;
    options.info_packages = std::move(packages);
    account = stack.accounts().add(options, now);
    receive(invite());
    session = event<sip::IncomingCall>()->session;
  }
  void talk(std::vector<std::string> packages = {}) {
    ring_in(std::move(packages));
    REQUIRE(stack.calls().answer(session, {"application/sdp", "answer"}, now));
    drain();
    ok = take("SIP/2.0 200");
    our_tag = tag_of(header(ok, "To"));
    receive(in_dialog("ACK", 1, our_tag));
    sent.clear();
    events.clear();
  }
  std::string of_type(const std::string& type, std::string request) {
    const std::string sdp = "application/sdp";
    return request.replace(request.find(sdp), sdp.size(), type);
  }
  std::string dial() {
    sip::CallOptions call;
    call.account = account;
    call.target = "sip:desk@192.0.2.99";
    call.offer = {"application/sdp", "offer"};
    session = *stack.calls().call(call, now);
    drain();
    return take("INVITE ");
  }
};

}  // namespace

TEST_CASE_FIXTURE(Talking, "Calls that accept the package trickle-ice have its option tag in Supported [RFC 8840 section 10.6]") {
  const auto has_tag = [&](const std::string& message) { return header(message, "Supported").find("trickle-ice") != std::string::npos; };
  SUBCASE("with the package") {
    talk({"trickle-ice"});
    CHECK(has_tag(ok));
    CHECK(has_tag(dial()));
  }
  SUBCASE("without the package") {
    talk({"x-game"});
    CHECK_FALSE(has_tag(ok));
    CHECK_FALSE(has_tag(dial()));
  }
}

TEST_CASE_FIXTURE(Talking, "An INFO with a DTMF digit in the legacy format gets 200 and causes InfoReceived [RFC 6086 section 4.2.2]") {
  talk();
  receive(of_type("application/dtmf-relay", in_dialog("INFO", 2, our_tag, "Signal=5\r\nDuration=160\r\n")));
  CHECK(take().starts_with("SIP/2.0 200"));
  const auto info = event<sip::InfoReceived>();
  REQUIRE(info);
  CHECK(info->package.empty());
  REQUIRE(info->digit);
  CHECK(info->digit->digit == '5');
  receive(of_type("application/dtmf-relay", in_dialog("INFO", 3, our_tag, "Signal=nothing\r\n")));
  CHECK(take().starts_with("SIP/2.0 400"));
  receive(in_dialog("INFO", 4, our_tag));  // Some peers send an empty INFO as a keep-alive.
  CHECK(take().starts_with("SIP/2.0 200"));
}

TEST_CASE_FIXTURE(Talking, "An INFO with an accepted package causes InfoReceived. An unknown package gets 469 with the list of accepted packages [RFC 6086 section 4.2.2]") {
  talk({"conference", "x-game"});
  CHECK(header(ok, "Recv-Info") == "conference, x-game");
  receive(of_type("text/plain", in_dialog("INFO", 2, our_tag, "hello", {{"Info-Package", "X-Game;level=2"}})));
  CHECK(take().starts_with("SIP/2.0 200"));
  CHECK(event<sip::InfoReceived>()->package == "X-Game");
  receive(in_dialog("INFO", 3, our_tag, {}, {{"Info-Package", "other"}}));
  const std::string refused = take();
  CHECK(refused.starts_with("SIP/2.0 469"));
  CHECK(header(refused, "Recv-Info") == "conference, x-game");
  CHECK_FALSE(event<sip::InfoReceived>());
  CHECK(header(dial(), "Recv-Info") == "conference, x-game");
}

TEST_CASE("recv_info() lists the first kMaxInfoPackages packages") {
  std::vector<std::string> packages(sip::session::kMaxInfoPackages, "p");
  const auto most = sip::session::recv_info(packages);
  packages.emplace_back("q");
  CHECK(sip::session::recv_info(packages) == most);
}

TEST_CASE_FIXTURE(Talking, "INFO, REFER, MESSAGE and SUBSCRIBE in an unknown dialog get 481") {
  talk();
  for (const char* method : {"INFO", "REFER", "MESSAGE", "SUBSCRIBE"}) {
    CAPTURE(method);
    receive(in_dialog(method, 9, "nobody"));
    CHECK(take().starts_with("SIP/2.0 481"));
  }
}

TEST_CASE_FIXTURE(Talking, "The stack accepts an INFO with a digit before it answers the call [RFC 6086 section 4.2.2]") {
  ring_in();
  REQUIRE(stack.calls().ring(session, now));
  drain();
  our_tag = tag_of(header(take("SIP/2.0 180"), "To"));
  receive(of_type("application/dtmf", in_dialog("INFO", 2, our_tag, "7")));
  CHECK(take().starts_with("SIP/2.0 200"));
  CHECK(event<sip::InfoReceived>()->digit->digit == '7');
}

TEST_CASE_FIXTURE(Talking, "A MESSAGE within a call causes TextReceived. A MESSAGE with an unknown encoding gets 415 [RFC 3428 section 7]") {
  talk();
  receive(of_type("text/plain", in_dialog("MESSAGE", 2, our_tag, "hello")));
  CHECK(take().starts_with("SIP/2.0 200"));
  const auto text = event<sip::TextReceived>();
  REQUIRE(text);
  CHECK(text->body.type == "text/plain");
  CHECK(text->body.data == "hello");
  receive(of_type("text/plain", in_dialog("MESSAGE", 3, our_tag, "hello", {{"Content-Encoding", "gzip"}})));
  CHECK(take().starts_with("SIP/2.0 415"));
}

TEST_CASE_FIXTURE(Talking, "The agent sends INFO, MESSAGE and OPTIONS within the call, and the responses cause MidCallAnswered [RFC 6086 section 4.2.1]") {
  talk();
  REQUIRE(stack.calls().info(session, "x-game", {"text/plain", "go"}, now, {{{"X-A", "1"}}, {}}));
  drain();
  const std::string info = take("INFO ");
  CHECK(header(info, "Info-Package") == "x-game");
  CHECK(header(info, "Content-Disposition") == "Info-Package");
  CHECK(header(info, "Content-Type") == "text/plain");
  CHECK(header(info, "X-A") == "1");
  CHECK(body(info) == "go");
  receive(response(info, 200, ""));
  const auto answered = event<sip::MidCallAnswered>();
  REQUIRE(answered);
  CHECK(answered->method == sip::Method::Info);
  CHECK(answered->status == 200);
  REQUIRE(stack.calls().message(session, {"text/plain", "hi"}, now));
  drain();
  receive(response(take("MESSAGE "), 415, ""));
  CHECK(event<sip::MidCallAnswered>()->status == 415);
  REQUIRE(stack.calls().probe(session, now));
  drain();
  const std::string probe = take("OPTIONS ");
  CHECK(header(probe, "Accept") == "application/sdp");
  receive(response(probe, 200, ""));
  CHECK(event<sip::MidCallAnswered>()->method == sip::Method::Options);
  CHECK(stack.calls().size() == 1);
}

TEST_CASE_FIXTURE(Talking, "A 481 to a request of the agent within the call ends the call [RFC 3261 section 12.2.1.2]") {
  talk();
  REQUIRE(stack.calls().probe(session, now));
  drain();
  receive(response(take("OPTIONS "), 481, ""));
  CHECK(event<sip::CallEnded>()->why == sip::CallEnded::Why::SessionLost);
  CHECK(!take("BYE ").empty());
}

// --- Reason, and the application's header fields

TEST_CASE_FIXTURE(Talking, "The agent's BYE, its CANCEL and its refusal of a ringing call have a Reason [RFC 3326 section 2]") {
  talk();
  const sip::Extras why{{{"X-A", "1"}}, sip::Reason{"Q.850", std::uint16_t{16}, "done"}};
  const auto held = session;
  const std::string invite = dial();
  receive(response(invite, 180, "desk"));
  REQUIRE(stack.calls().hang_up(session, now, why));
  drain();
  const std::string cancel = take("CANCEL ");
  CHECK(header(cancel, "Reason") == "Q.850;cause=16;text=\"done\"");
  CHECK(header(cancel, "X-A") == "1");
  REQUIRE(stack.calls().hang_up(held, now, why));
  drain();
  const std::string bye = take("BYE ");
  CHECK(header(bye, "Reason") == "Q.850;cause=16;text=\"done\"");
  CHECK(header(bye, "X-A") == "1");
}

TEST_CASE_FIXTURE(Talking, "A CANCEL that waits for the first response keeps its Reason [RFC 3326 section 2]") {
  talk();
  const std::string invite = dial();
  REQUIRE(stack.calls().hang_up(session, now, {{}, sip::Reason{"SIP", std::uint16_t{200}, {}}}));
  drain();
  CHECK(take("CANCEL ").empty());
  receive(response(invite, 100, ""));
  CHECK(header(take("CANCEL "), "Reason") == "SIP;cause=200");
}

TEST_CASE_FIXTURE(Talking, "CallEnded has the reasons of the peer's BYE [RFC 3326 section 2]") {
  talk();
  receive(in_dialog("BYE", 2, our_tag, {}, {{"Reason", "SIP;cause=200;text=\"Call completed elsewhere\", Q.850;cause=16"}}));
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  REQUIRE(ended->reasons.size() == 2);
  CHECK(ended->reasons[0].cause == 200);
  CHECK(ended->reasons[0].text == "Call completed elsewhere");
}

TEST_CASE_FIXTURE(Talking, "A re-INVITE, its retry after 491, and the 200 to INVITE have the application's header fields") {
  ring_in();
  REQUIRE(stack.calls().answer(session, {"application/sdp", "answer"}, now, {{{"X-A", "1"}}, {}}));
  drain();
  const std::string answer = take("SIP/2.0 200");
  CHECK(header(answer, "X-A") == "1");
  receive(in_dialog("ACK", 1, tag_of(header(answer, "To"))));
  REQUIRE(stack.calls().offer(session, {"application/sdp", "hold"}, now, {{{"X-B", "2"}}, {}}));
  drain();
  const std::string first = take("INVITE ");
  CHECK(header(first, "X-B") == "2");
  receive(response(first, 491, ""));
  advance(5s);
  const std::string again = take("INVITE ");
  CHECK(header(again, "X-B") == "2");
  receive(response(again, 200, "", "answer"));
  sent.clear();
  REQUIRE(stack.calls().offer(session, {"application/sdp", "resume"}, now));
  drain();
  CHECK(header(take("INVITE "), "X-B").empty());
}

TEST_CASE_FIXTURE(Talking, "Each transmission of a 180 and a 183 has the application's header fields, even if the response is reliable") {
  const bool reliably = [] {
    bool yes = false;
    SUBCASE("reliable") { yes = true; }
    SUBCASE("not reliable") {}
    return yes;
  }();
  receive(invite("offer", reliably ? Fields{{"Require", "100rel"}} : Fields{}));
  session = event<sip::IncomingCall>()->session;
  CHECK(stack.calls().ring(session, now, {{"Via", "x"}}) == base::fail(sip::StackError::BadHeader));
  CHECK(stack.calls().progress(session, {}, now, {{"Via", "x"}}) == base::fail(sip::StackError::BadHeader));
  REQUIRE(stack.calls().ring(session, now, {{"Alert-Info", "<urn:alert:service:normal>"}}));
  REQUIRE(stack.calls().progress(session, {"application/sdp", "early"}, now, {{"X-A", "1"}}));
  drain();
  const std::string ringing = take("SIP/2.0 180");
  CHECK(header(ringing, "Alert-Info") == "<urn:alert:service:normal>");
  if (reliably) {
    CHECK(count("SIP/2.0 183") == 0);  // The 183 waits for the PRACK to the 180.
    our_tag = tag_of(header(ringing, "To"));
    receive(in_dialog("PRACK", 2, our_tag, {}, {{"RAck", header(ringing, "RSeq") + " 1 INVITE"}}));
  }
  CHECK(header(take("SIP/2.0 183"), "X-A") == "1");
  advance(reliably ? 1s : 60s);  // The stack repeats a reliable 183 until its PRACK, and an ordinary 183 so that proxies continue to wait.
  CHECK(header(take("SIP/2.0 183"), "X-A") == "1");
}

TEST_CASE_FIXTURE(Talking, "The stack refuses header fields that it writes itself, invalid names, and values with a line break. The error names the field") {
  talk();
  const sip::HeaderList bad[] = {{{"Via", "x"}},      {{"i", "x"}},
                                 {{"contact", "x"}},  {{"Bad Name", "x"}},
                                 {{"", "x"}},         {{"X-A", "a\r\nVia: b"}},
                                 {{"X-A", "a\nb"}},   {{"X-A", std::string("a\0b", 3)}},
                                 {{"Replaces", "x"}}, {{"Session-Expires", "90"}}};
  for (const auto& headers : bad) {
    CAPTURE(headers.front().first);
    CHECK(stack.calls().hang_up(session, now, {headers, {}}) == base::fail(sip::StackError::BadHeader));
    CHECK(stack.calls().message(session, {"text/plain", "x"}, now, {headers, {}}) == base::fail(sip::StackError::BadHeader));
    const auto why = sip::why_not_sent(headers);
    REQUIRE(why);
    CHECK(why->find(headers.front().first) != std::string::npos);
  }
  CHECK_FALSE(sip::why_not_sent({{"X-Anything", "at all"}, {"Subject", "hello"}}));
  drain();
  CHECK(sent.empty());
}

TEST_CASE("An application may add kMaxCustomHeaders header fields with kMaxCustomHeaderBytes octets together, and no more") {
  sip::HeaderList headers(sip::kMaxCustomHeaders, {"X-A", "1"});
  CHECK_FALSE(sip::why_not_sent(headers));
  headers.emplace_back("X-A", "1");
  CHECK(sip::why_not_sent(headers));
  CHECK_FALSE(sip::why_not_sent({{"X-A", std::string(sip::kMaxCustomHeaderBytes - 3, 'a')}}));
  CHECK(sip::why_not_sent({{"X-A", std::string(sip::kMaxCustomHeaderBytes - 2, 'a')}}));
}
