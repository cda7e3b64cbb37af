#include <offhook/sip/model/limits.hpp>
#include <offhook/sip/stack/server_requests.hpp>
#include <offhook/tests/sim/scripted.hpp>
#include <offhook/tests/testkit/shared_data.hpp>
#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace offhook;
using namespace offhook::sim;

namespace {

struct Asked : Scripted {
  using Scripted::Scripted;
  std::string request(const std::string& method, Fields extra = {}, const std::string& content = {},
                      const std::string& uri = "sip:bot@192.0.2.1") {
    Fields fields{{"Via", via()},
                  {"From", "<sip:al@192.0.2.99>;tag=peer"},
                  {"To", "<sip:bot@192.0.2.1>"},
                  {"Call-ID", "c" + std::to_string(branches)},
                  {"CSeq", "1 " + method},
                  {"Contact", "<sip:al@192.0.2.99>"}};
    fields.insert(fields.end(), extra.begin(), extra.end());
    return message(method + " " + uri + " SIP/2.0", fields, content);
  }
  std::string ask(const std::string& text) {
    sent.clear();
    receive(text);
    return take();
  }
  sip::AccountId add(const std::string& user) {
    sip::AccountOptions options;
    options.address_of_record = "sip:" + user + "@pbx.example";
    options.registrar = "sip:192.0.2.50";
    options.username = user;
    options.registers = false;
    return stack.accounts().add(options, now);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Asked, "OPTIONS gets 200 with Allow, Accept and Supported [RFC 3261 section 11.2]") {
  const std::string ok = ask(request("OPTIONS"));
  CHECK(ok.starts_with("SIP/2.0 200"));
  CHECK(header(ok, "Allow").find("INVITE") != std::string::npos);
  CHECK(header(ok, "Accept") == "application/sdp");
  CHECK(ok.find("\r\nSupported:") != std::string::npos);
  CHECK(!tag_of(header(ok, "To")).empty());
}

TEST_CASE_FIXTURE(Asked, "OPTIONS gets the status that an INVITE would get, with Retry-After if this status is 486 or 503 [RFC 3261 section 11.2]") {
  stack.set_availability({486, {}});
  const std::string busy = ask(request("OPTIONS"));
  CHECK(busy.starts_with("SIP/2.0 486"));
  CHECK(header(busy, "Retry-After") == "5");
  stack.set_availability({200, {}});
  CHECK(header(ask(request("OPTIONS")), "Retry-After") == "");
  stack.set_accepting(false);
  const std::string draining = ask(request("OPTIONS"));
  CHECK(draining.starts_with("SIP/2.0 503"));
  CHECK(header(draining, "Retry-After") == "5");
  CHECK(ask(request("INVITE")).starts_with("SIP/2.0 503"));
  stack.set_accepting(true);
  CHECK(ask(request("OPTIONS")).starts_with("SIP/2.0 200"));
}

TEST_CASE_FIXTURE(Asked, "OPTIONS gets 503 while the stack has no free session [StackLimits::sessions]") {
  sip::StackOptions options;
  options.limits.sessions = 1;
  Asked full{options};
  full.add("bot");
  CHECK(full.ask(full.request("OPTIONS")).starts_with("SIP/2.0 200"));
  CHECK(full.ask(full.request("INVITE")).starts_with("SIP/2.0 100"));
  CHECK(full.ask(full.request("OPTIONS")).starts_with("SIP/2.0 503"));
}

TEST_CASE_FIXTURE(Asked, "The stack sends the header fields of set_availability() only to a trusted peer") {
  const auto told = [](Asked& agent) { return header(agent.ask(agent.request("OPTIONS")), "X-Load"); };
  stack.set_availability({200, {{"X-Load", "calls=1"}}});
  CHECK(told(*this) == "");
  sip::AccountOptions trusting;
  trusting.address_of_record = "sip:bot@pbx.example";
  trusting.registers = false;
  trusting.trusted_peers = {*base::IpAddress::parse("192.0.2.99")};
  stack.accounts().add(trusting, now);
  CHECK(told(*this) == "calls=1");

  sip::StackOptions options;
  options.admission.peers = {{*base::IpAddress::parse("192.0.2.0"), 24}};
  Asked beside{options};
  beside.stack.set_availability({200, {{"X-Load", "calls=2"}}});
  CHECK(told(beside) == "calls=2");
}

TEST_CASE_FIXTURE(Asked, "OPTIONS in an unknown dialog gets 481 [RFC 3261 section 12.2.2]") {
  std::string text = request("OPTIONS");
  text.replace(text.find("To: <sip:bot@192.0.2.1>"), 23, "To: <sip:bot@192.0.2.1>;tag=none");
  CHECK(ask(text).starts_with("SIP/2.0 481"));
}

TEST_CASE_FIXTURE(Asked, "A known method that the stack does not accept gets 405, and an unknown method gets 501, both with Allow [RFC 3261 section 8.2.1]") {
  for (const char* method : {"REGISTER", "SUBSCRIBE", "MESSAGE", "REFER", "INFO", "PUBLISH"}) {
    const std::string refused = ask(request(method));
    CHECK(refused.starts_with("SIP/2.0 405"));
    CHECK(!header(refused, "Allow").empty());
  }
  const std::string unknown = ask(request("DANCE"));
  CHECK(unknown.starts_with("SIP/2.0 501"));
  CHECK(!header(unknown, "Allow").empty());
}

TEST_CASE_FIXTURE(Asked, "An unknown scheme in the Request-URI gets 416 [RFC 3261 section 8.2.2.1]") {
  CHECK(ask(request("INVITE", {}, {}, "nobodyKnowsThisScheme:bot")).starts_with("SIP/2.0 416"));
  add("6001");  // The URI names no account either, but the stack checks the scheme first.
  CHECK(ask(request("INVITE", {}, {}, "nobodyKnowsThisScheme:bot")).starts_with("SIP/2.0 416"));
}

TEST_CASE_FIXTURE(Asked, "A Require with unsupported options gets 420 and the list of these options [RFC 3261 section 8.2.2.3]") {
  const std::string refused = ask(request("INVITE", {{"Require", "precondition, timer"}, {"Require", "other"}}, "v=0"));
  CHECK(refused.starts_with("SIP/2.0 420"));
  CHECK(header(refused, "Unsupported") == "precondition, other");
}

TEST_CASE_FIXTURE(Asked, "A body of an unknown type or encoding gets 415 with Accept or Accept-Encoding [RFC 3261 section 8.2.3]") {
  std::string odd = request("INVITE", {}, "x");
  odd.replace(odd.find("application/sdp"), 15, "application/foo");
  const std::string refused = ask(odd);
  CHECK(refused.starts_with("SIP/2.0 415"));
  CHECK(header(refused, "Accept") == "application/sdp");
  const std::string packed = ask(request("INVITE", {{"Content-Encoding", "gzip"}}, "x"));
  CHECK(packed.starts_with("SIP/2.0 415"));
  CHECK(header(packed, "Accept-Encoding") == "identity");
}

TEST_CASE_FIXTURE(Asked, "An INVITE whose Accept excludes SDP gets 406 [RFC 3261 section 21.4.7]") {
  CHECK(ask(request("INVITE", {{"Accept", "text/plain, text/nobodyKnowsThis"}})).starts_with("SIP/2.0 406"));
  CHECK(ask(request("INVITE", {{"Accept", "text/plain, application/sdp;q=0.5"}})).starts_with("SIP/2.0 100"));
  CHECK(ask(request("INVITE", {{"Accept", "*/*"}})).starts_with("SIP/2.0 100"));
}

TEST_CASE_FIXTURE(Asked, "An INVITE without a Contact gets 400 [RFC 3261 section 8.1.1.8]") {
  std::string text = request("INVITE");
  const auto at = text.find("Contact: ");
  text.erase(at, text.find("\r\n", at) + 2 - at);
  CHECK(ask(text).starts_with("SIP/2.0 400"));
  CHECK(stack.calls().size() == 0);
}

TEST_CASE_FIXTURE(Asked, "A caller that predates RFC 3261 may omit Contact. The BYE goes to the URI in its From [RFC 4475 section 3.4.1]") {
  std::string text = request("INVITE", {}, "offer");
  const auto at = text.find("Contact: ");
  text.erase(at, text.find("\r\n", at) + 2 - at);
  const auto branch = text.find(";branch=");
  text.erase(branch, text.find(';', branch + 1) - branch);
  text.erase(text.find(";tag=peer"), 9);
  CHECK(ask(text).starts_with("SIP/2.0 100"));
  const auto call = event<sip::IncomingCall>();
  REQUIRE(call);
  REQUIRE(stack.calls().answer(call->session, {"application/sdp", "answer"}, now));
  drain();
  call_id = call->call_id;
  receive(in_dialog("ACK", 1, tag_of(header(take("SIP/2.0 200"), "To")), {}, {}, ""));
  REQUIRE(stack.calls().hang_up(call->session, now));
  drain();
  CHECK(start_line(take("BYE ")) == "BYE sip:al@192.0.2.99 SIP/2.0");
}

TEST_CASE_FIXTURE(Asked, "BYE, UPDATE and NOTIFY for an unknown dialog get 481 [RFC 3261 section 15.1.2]") {
  CHECK(ask(request("BYE")).starts_with("SIP/2.0 481"));
  CHECK(ask(request("UPDATE")).starts_with("SIP/2.0 481"));
  CHECK(ask(request("NOTIFY")).starts_with("SIP/2.0 481"));
}

TEST_CASE_FIXTURE(Asked, "An INVITE for an unknown user gets 404. A stack without accounts accepts every user [RFC 3261 section 8.2.2.1]") {
  CHECK(ask(request("INVITE")).starts_with("SIP/2.0 100"));
  add("6001");
  CHECK(ask(request("INVITE")).starts_with("SIP/2.0 404"));
  const auto account = add("b%6ft");
  receive(request("INVITE"));
  const auto call = event<sip::IncomingCall>();
  REQUIRE(call);
  auto last = *call;
  while (const auto more = event<sip::IncomingCall>()) last = *more;
  CHECK(last.account == account);
}

TEST_CASE_FIXTURE(Asked, "The stack does not trust an asserted identity of a stranger [RFC 3325 section 5]") {
  add("bot");
  receive(request("INVITE", {{"P-Asserted-Identity", "<sip:boss@example.com>"}}));
  const auto call = event<sip::IncomingCall>();
  REQUIRE(call);
  CHECK_FALSE(call->asserted);
  for (const auto& [name, value] : call->headers) CHECK(name != "P-Asserted-Identity");
}

TEST_CASE_FIXTURE(Asked, "Garbage, keep-alives and malformed messages leave no state. An unknown version gets 505 [RFC 3261 section 8.2]") {
  receive("\r\n\r\n");
  receive("hello");
  CHECK(sent.empty());
  CHECK(stack.counters().received == 1);
  CHECK(stack.counters().refused_parse == 1);
  std::string version = request("OPTIONS");
  version.replace(version.find("SIP/2.0"), 7, "SIP/7.0");
  CHECK(ask(version).starts_with("SIP/2.0 505"));
  CHECK_FALSE(stack.next_deadline());
}

TEST_CASE_FIXTURE(Asked, "The stack accepts kMaxSessions calls. One more call gets 503 with Retry-After") {
  for (std::size_t i = 0; i < sip::kMaxSessions; ++i) receive(request("INVITE"));
  CHECK(stack.calls().size() == sip::kMaxSessions);
  const std::string busy = ask(request("INVITE"));
  CHECK(busy.starts_with("SIP/2.0 503"));
  CHECK(!header(busy, "Retry-After").empty());
  CHECK(stack.calls().size() == sip::kMaxSessions);
  CHECK(stack.counters().refused_limit == 1);
}

TEST_CASE("A stack accepts limits.sessions calls. One more call gets 503") {
  sip::StackOptions options;
  options.limits.sessions = 3;
  Asked small(options);
  for (int i = 0; i < 3; ++i) CHECK(small.ask(small.request("INVITE")).starts_with("SIP/2.0 100"));
  CHECK(small.ask(small.request("INVITE")).starts_with("SIP/2.0 503"));
  CHECK(small.stack.calls().size() == 3);
}

TEST_CASE_FIXTURE(Asked, "The stack keeps kMaxServerTransactions transactions. One more request gets 503 without a transaction") {
  for (std::size_t i = 0; i < sip::kMaxServerTransactions; ++i) {
    const std::string text = request("OPTIONS");
    stack.receive(peer, base::Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()), now);
  }
  drain();
  CHECK(count("SIP/2.0 200") == sip::kMaxServerTransactions);
  CHECK(ask(request("OPTIONS")).starts_with("SIP/2.0 503"));
  CHECK(stack.counters().refused_limit == 1);
  advance(33s);
  CHECK(ask(request("OPTIONS")).starts_with("SIP/2.0 200"));
  CHECK_FALSE(events.size());
}

namespace {

struct Flooded : Asked {
  void flood() {
    for (std::size_t i = 0; i <= sip::kMaxServerTransactions; ++i) {
      const std::string text = request("OPTIONS");
      stack.receive(peer, base::Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()), now);
    }
    drain();
    sent.clear();
  }
  std::string answered_call() {
    const std::string first = invite();
    receive(first);
    session = event<sip::IncomingCall>()->session;
    REQUIRE(stack.calls().answer(session, {"application/sdp", "answer"}, now));
    drain();
    const std::string our_tag = tag_of(header(take("SIP/2.0 200"), "To"));
    receive(in_dialog("ACK", 1, our_tag));
    return our_tag;
  }
  sip::SessionId session;
};

}  // namespace

TEST_CASE_FIXTURE(Flooded, "After a flood of requests, the stack still serves re-INVITE, OPTIONS and BYE of an established call") {
  const std::string our_tag = answered_call();
  flood();
  CHECK(ask(request("INVITE")).starts_with("SIP/2.0 503"));
  CHECK(ask(in_dialog("INVITE", 2, our_tag, "hold")).starts_with("SIP/2.0 100"));
  REQUIRE(stack.calls().accept_offer(session, {"application/sdp", "held"}, now));
  drain();
  CHECK(!take("SIP/2.0 200").empty());
  CHECK(ask(in_dialog("OPTIONS", 3, our_tag)).starts_with("SIP/2.0 200"));
  CHECK(ask(in_dialog("BYE", 3, "forged")).starts_with("SIP/2.0 503"));  // This BYE belongs to no dialog and gets no transaction.
  CHECK(ask(in_dialog("BYE", 4, our_tag)).starts_with("SIP/2.0 200"));
  CHECK(stack.calls().size() == 0);
}

TEST_CASE_FIXTURE(Flooded, "After a flood of requests, the stack accepts the CANCEL of a ringing call [RFC 3261 section 9.2]") {
  const std::string first = invite();
  receive(first);
  flood();
  const std::string cancel = message("CANCEL sip:bot@192.0.2.1 SIP/2.0", {{"Via", header(first, "Via")},
                                                                           {"From", header(first, "From")},
                                                                           {"To", header(first, "To")},
                                                                           {"Call-ID", "call-1"},
                                                                           {"CSeq", "1 CANCEL"}});
  CHECK(ask(cancel).starts_with("SIP/2.0 200"));
  CHECK(!take("SIP/2.0 487").empty());
  CHECK(stack.calls().size() == 0);
}

TEST_CASE_FIXTURE(Flooded, "After a flood each call may use kMaxTransactionsPerCall transactions of the reserve for calls, and no more") {
  const std::string our_tag = answered_call();
  flood();
  int cseq = 1;
  const std::pair<std::string, std::string> cases[] = {{"UPDATE", "200"}, {"OPTIONS", "200"}, {"INFO", "200"}};
  for (const auto& [method, status] : cases) {
    CAPTURE(method);
    for (std::size_t i = 1; i < sip::kMaxTransactionsPerCall; ++i) {  // The call's INVITE uses the first transaction.
      CHECK(ask(in_dialog(method, ++cseq, our_tag)).starts_with("SIP/2.0 " + status));
    }
    CHECK(ask(in_dialog(method, ++cseq, our_tag)).starts_with("SIP/2.0 503"));
    advance(33s);  // All transactions have ended, including those of the flood.
    receive(in_dialog("UPDATE", ++cseq, our_tag));
    flood();
  }
}

TEST_CASE_FIXTURE(Flooded, "A call may use kMaxOfOneCall transactions, and no more. The stack still serves other requests") {
  const std::string our_tag = answered_call();
  int cseq = 1;
  for (std::size_t i = 1; i < sip::ServerRequests::kMaxOfOneCall; ++i) {
    CHECK(ask(in_dialog("UPDATE", ++cseq, our_tag)).starts_with("SIP/2.0 200"));
  }
  CHECK(ask(in_dialog("UPDATE", ++cseq, our_tag)).starts_with("SIP/2.0 503"));
  CHECK(ask(request("INVITE")).starts_with("SIP/2.0 100"));
  CHECK(ask(request("OPTIONS")).starts_with("SIP/2.0 200"));
  advance(33s);
  CHECK(ask(in_dialog("BYE", ++cseq, our_tag)).starts_with("SIP/2.0 200"));
}

TEST_CASE_FIXTURE(Flooded, "OPTIONS within an ended dialog gets 481 while the stack keeps the last transactions of the dialog") {
  const std::string our_tag = answered_call();
  CHECK(ask(in_dialog("OPTIONS", 2, our_tag)).starts_with("SIP/2.0 200"));
  CHECK(ask(in_dialog("BYE", 3, our_tag)).starts_with("SIP/2.0 200"));
  CHECK(ask(in_dialog("OPTIONS", 4, our_tag)).starts_with("SIP/2.0 481"));
}

TEST_CASE_FIXTURE(Flooded, "After a flood of requests, the account can still register") {
  flood();
  sip::AccountOptions options;
  options.address_of_record = "sip:bot@pbx.example";
  options.registrar = "sip:192.0.2.50";
  stack.accounts().add(options, now);
  drain();
  CHECK(!take("REGISTER ").empty());
}

TEST_CASE("The stack gives the messages of RFC 4475 the responses that the RFC asks of a user agent [RFC 4475 section 3]") {
  const auto folder = offhook_test::shared_data("rfc4475");
  if (!std::filesystem::exists(folder)) return offhook_test::skip("the shared test data has no rfc4475");
  const std::map<std::string, std::vector<std::string>> expected{
      {"intmeth.dat", {"405", "501"}}, {"badvers.dat", {"505"}},  {"unkscm.dat", {"416"}},         {"novelsc.dat", {"416"}},
      {"bext01.dat", {"420"}},         {"invut.dat", {"415"}},    {"sdp01.dat", {"406"}},          {"mismatch01.dat", {"400"}},
      {"mismatch02.dat", {"501", "400"}}, {"scalar02.dat", {"400", "405"}}, {"badinv01.dat", {"400"}},   {"clerr.dat", {"400"}},
      {"ncl.dat", {"400"}},            {"zeromf.dat", {"200"}},   {"multi01.dat", {"400"}},        {"mcl01.dat", {"400"}},
      {"quotbal.dat", {"400"}},        {"wsinv.dat", {"481"}},    {"longreq.dat", {"100"}},        {"bcast.dat", {""}},
      {"bigcode.dat", {""}},           {"scalarlg.dat", {""}},    {"noreason.dat", {""}},          {"unreason.dat", {""}},
      {"mpart01.dat", {"405"}},        {"regaut01.dat", {"405"}}, {"dblreq.dat", {"405"}},         {"esc01.dat", {"100"}},
      {"escnull.dat", {"405"}},        {"esc02.dat", {"405", "501"}}, {"lwsdisp.dat", {"200"}},   {"semiuri.dat", {"200"}},
      {"transports.dat", {"200"}},     {"ltgtruri.dat", {"400"}}, {"lwsruri.dat", {"400"}},
      {"lwsstart.dat", {"100", "400"}}, {"trws.dat", {"200", "400"}}, {"escruri.dat", {"100", "400"}},
      {"baddate.dat", {"100", "400"}}, {"regbadct.dat", {"405", "400"}}, {"badaspec.dat", {"200", "400"}},
      {"baddn.dat", {"200", "400"}},   {"badbranch.dat", {"200", "400"}}, {"insuf.dat", {"", "400"}},
      {"unksm2.dat", {"405", "400"}},  {"cparam01.dat", {"405"}}, {"cparam02.dat", {"405"}},       {"regescrt.dat", {"405"}},
      {"inv2543.dat", {"100"}},        {"test.dat", {"", "400"}},
  };
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files += entry.path().extension() == ".dat" ? 1 : 0;
  CHECK(files == expected.size());  // The table has an expectation for each message.
  for (const auto& [name, statuses] : expected) {
    Scripted one;
    std::ifstream file(folder / name, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    REQUIRE(!text.empty());
    one.receive(text);
    const std::string answer = one.take();
    const std::string status = answer.size() > 11 ? answer.substr(8, 3) : "";
    CAPTURE(name);
    CAPTURE(status);
    CHECK(std::find(statuses.begin(), statuses.end(), status) != statuses.end());
    if (const auto call = one.event<sip::IncomingCall>()) {  // Mainly for escruri.dat: the stack does not use header fields in a URI.
      for (const auto& [field, value] : call->headers) CHECK(text.find(value) != std::string::npos);
    }
    one.advance(200s);  // No message leaves a timer without end, except for a ringing call.
    if (one.stack.calls().size() == 0) CHECK_FALSE(one.stack.next_deadline());
  }
}

TEST_CASE("The messages of RFC 5118 get the responses that the RFC asks of a user agent, at the port of their topmost Via [RFC 5118 section 4]") {
  const auto folder = offhook_test::shared_data("rfc5118");
  if (!std::filesystem::exists(folder)) return offhook_test::skip("the shared test data has no rfc5118");
  struct Expected {
    std::vector<std::string> statuses;
    std::uint16_t port = 5060;  // The port of the response. No message has rport.
  };
  const std::map<std::string, Expected> expected{
      {"ipv6-good", {{"405"}}},          {"ipv6-bad", {{"400"}}},           {"port-ambiguous", {{"405"}}},
      {"port-unambiguous", {{"405"}}},   {"mult-ip-in-header", {{"481"}, 6050}}, {"mult-ip-in-sdp", {{"100"}}},
      {"ipv6-in-sdp", {{"400"}}},        {"ipv4-mapped-ipv6", {{"100"}, 19823}}, {"ipv6-bug-abnf-3-colons", {{"200", "400"}}},
      {"ipv6-correct-abnf-2-colons", {{"200"}}}, {"via-received-param-with-delim", {{"481"}}},
      {"via-received-param-no-delim", {{"200"}}},
  };
  for (const auto& [name, want] : expected) {
    Scripted one;
    std::ifstream file(folder / name, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    REQUIRE(!text.empty());
    if (text.find('\r') == std::string::npos) {  // The files have LF as line ends, but their Content-Length counts CRLF.
      for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 2)) text.replace(at, 1, "\r\n");
    }
    const sip::Flow from{{1}, sip::Transport::Udp, address("2001:db8::10", 5060), address("2001:db8::9:1", 40000)};
    one.receive(text, from);
    const std::string answer = one.take();
    const std::string status = answer.size() > 11 ? answer.substr(8, 3) : "";
    CAPTURE(name);
    CAPTURE(status);
    CHECK(std::find(want.statuses.begin(), want.statuses.end(), status) != want.statuses.end());
    CHECK(one.last_flow.remote == address("2001:db8::9:1", want.port));
  }
}
