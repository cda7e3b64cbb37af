#include <offhook/sip/admission/sources.hpp>
#include <offhook/sip/auth/credentials.hpp>
#include <offhook/sip/message/parser.hpp>
#include <offhook/tests/sim/scripted.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;

namespace {

sip::StackOptions narrow_admission() {
  sip::StackOptions options;
  options.admission.source = {10, 20};
  options.admission.strangers = {100, 200};
  options.admission.peer = {50, 40};
  options.admission.refusals = {20, 30};
  options.admission.peers.push_back({*base::IpAddress::parse("198.51.100.0"), 24});
  return options;
}

struct AtAdmission : Scripted {
  explicit AtAdmission(sip::StackOptions options = narrow_admission()) : Scripted(std::move(options), 1, Admission::AsOptionsSay) {}

  static sip::Flow from(std::string_view ip, sip::Transport transport = sip::Transport::Udp) {
    return {{1}, transport, address(ip.find(':') == ip.npos ? "192.0.2.1" : "2001:db8::1", 5060), address(ip, 5060)};
  }
  /// Returns a request with `padding` octets of padding.
  std::string request(const std::string& method, std::size_t padding = 200, Fields extra = {}) {
    Fields fields{{"Via", via()},
                  {"From", "<sip:al@192.0.2.99>;tag=peer"},
                  {"To", "<sip:bot@192.0.2.1>"},
                  {"Call-ID", "c" + std::to_string(branches)},
                  {"CSeq", "1 " + method},
                  {"Contact", "<sip:al@192.0.2.99>"}};
    fields.insert(fields.end(), extra.begin(), extra.end());
    if (padding != 0) fields.emplace_back("X", std::string(padding, 'x'));
    return message(method + " sip:bot@192.0.2.1 SIP/2.0", fields);
  }
  /// Sends `text` to the stack. Returns the status of the response, or "" if there is no response.
  std::string ask(const std::string& text, const sip::Flow& flow) {
    sent.clear();
    receive(text, flow);
    const std::string answer = take();
    return answer.empty() ? answer : answer.substr(8, 3);
  }
  /// Sends `count` requests at the same time. Returns how many of them get this status.
  std::size_t served(std::size_t count, const sip::Flow& flow, const std::string& status = "200", std::size_t padding = 200) {
    std::size_t n = 0;
    for (std::size_t i = 0; i < count; ++i) n += ask(request("OPTIONS", padding), flow) == status ? 1 : 0;
    return n;
  }
};

}  // namespace

TEST_CASE_FIXTURE(AtAdmission, "The stack serves the burst of a source, then responds with 503 and Retry-After, and later serves the rate of the source") {
  CHECK(served(20, from("192.0.2.9")) == 20);
  sent.clear();
  receive(request("INVITE"), from("192.0.2.9"));
  const std::string refused = take();
  CHECK(refused.starts_with("SIP/2.0 503"));
  CHECK(header(refused, "Retry-After") == "5");
  CHECK(stack.counters().refused_budget == 1);
  advance(99ms);
  CHECK(served(1, from("192.0.2.9")) == 0);
  advance(1ms);
  CHECK(served(2, from("192.0.2.9")) == 1);
  CHECK(served(1, from("192.0.2.10")) == 1);  // Another source has its own budget.
  advance(3600s);
  CHECK(served(21, from("192.0.2.9")) == 20);
}

TEST_CASE_FIXTURE(AtAdmission, "A request that the Admission refuses leaves no transaction, and neither does its ACK") {
  served(20, from("192.0.2.9"));
  advance(40s);
  REQUIRE_FALSE(stack.next_deadline());
  served(20, from("192.0.2.9"));
  advance(0s);
  const auto due = stack.next_deadline();
  const std::string invite = request("INVITE");
  CHECK(ask(invite, from("192.0.2.9")) == "503");
  CHECK(stack.next_deadline() == due);
  CHECK(ask(invite, from("192.0.2.9")) == "503");  // The stack has no memory of the first transmission.
}

TEST_CASE_FIXTURE(AtAdmission, "All addresses of an IPv6 /64 count as one source") {
  CHECK(served(20, from("2001:db8:1:2::1")) == 20);
  CHECK(served(1, from("2001:db8:1:2:ffff::9")) == 0);
  CHECK(served(1, from("2001:db8:1:3::1")) == 1);
}

TEST_CASE_FIXTURE(AtAdmission, "All strangers together share one budget. Each peer has its own, higher budget") {
  std::size_t strangers = 0;
  for (int i = 0; i < 30; ++i) strangers += served(10, from("192.0.2." + std::to_string(i + 10)));
  CHECK(strangers == 200);
  CHECK(served(41, from("198.51.100.7")) == 40);
  CHECK(served(41, from("198.51.100.8")) == 40);
  CHECK(served(1, from("198.51.101.7")) == 0);
}

TEST_CASE_FIXTURE(AtAdmission, "The registrar of an account counts as a peer after its first response") {
  sip::AccountOptions account;
  account.address_of_record = "sip:bot@pbx.example";
  account.registrar = "sip:192.0.2.50";
  stack.accounts().add(account, now);
  drain();
  CHECK(served(41, from("192.0.2.50")) == 20);
  advance(10s);
  sent.clear();
  advance(4s);
  receive(response(take("REGISTER "), 200, "reg"), from("192.0.2.50"));
  CHECK(served(41, from("192.0.2.50")) == 40);
}

TEST_CASE_FIXTURE(AtAdmission, "The stack serves requests of an established call even if its source has no budget left, and does not charge the budget") {
  const auto flow = from("192.0.2.9");
  receive(invite(), flow);
  const auto call = event<sip::IncomingCall>();
  REQUIRE(call);
  REQUIRE(stack.calls().answer(call->session, {"application/sdp", "answer"}, now));
  drain();
  const std::string tag = tag_of(header(take("SIP/2.0 200"), "To"));
  receive(in_dialog("ACK", 1, tag), flow);
  CHECK(served(30, flow) == 19);
  for (int i = 0; i < 30; ++i) CHECK(ask(in_dialog("OPTIONS", 2 + i, tag), flow) == "200");
  CHECK(ask(in_dialog("BYE", 40, tag), flow) == "200");
}

TEST_CASE_FIXTURE(AtAdmission, "After the budget of a source is used up, the stack sends to it at most as many octets as came from its address") {
  const auto flow = from("192.0.2.9");
  std::size_t in = 0, out = 0;
  const auto count_out = [&] {
    for (const Sent& one : sent) out += one.bytes.size();
    sent.clear();
  };
  served(20, flow);
  served(30, flow);  // These requests also use up the budget of refusals.
  advance(1ms);
  sent.clear();
  const std::string broken = "INVITE sip:bot@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\nTo: "
                             "<sip:b@h>\r\nCall-ID: i\r\nCSeq: x\r\n\r\n";
  const std::string repeated = request("INVITE", 0);
  for (int i = 0; i < 20000; ++i) {  // 2,000 messages per second for 10 s.
    std::string text;
    switch (i % 5) {
      case 0: text = request("OPTIONS", 0); break;
      case 1: text = request("INVITE", 0); break;
      case 2: text = broken; break;
      case 3: text = repeated; break;
      default: text = "\x01\x02garbage without end"; break;
    }
    in += text.size();
    receive(text, flow);
    advance(500us);
    count_out();
  }
  advance(40s);  // This time includes the retransmissions.
  count_out();
  MESSAGE("octets from the forged address: ", in, ", octets to this address: ", out);
  CHECK(out <= in);
  CHECK(stack.counters().dropped_budget > 15000);
}

TEST_CASE_FIXTURE(AtAdmission, "If the budget is used up, the stack sends no refusal that is longer than its request to an address that may be forged") {
  const auto flow = from("192.0.2.9"), stream = from("192.0.2.9", sip::Transport::Tcp);
  CHECK(served(20, flow) == 20);
  CHECK(ask(request("OPTIONS", 0), flow) == "");
  CHECK(stack.counters().dropped_budget == 1);
  CHECK(ask(request("OPTIONS", 0), stream) == "503");
  CHECK(served(40, flow, "503") == 28);  // The budget of refusals is 30. The stack has sent one before, and did not send one that was too long.
}

TEST_CASE_FIXTURE(AtAdmission, "Data that is not SIP gets no response, and uses up the budget") {
  const auto flow = from("192.0.2.9");
  for (int i = 0; i < 20; ++i) CHECK(ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n", flow) == "");
  CHECK(served(1, flow) == 0);
  CHECK(stack.counters().refused_parse == 20);
}

TEST_CASE_FIXTURE(AtAdmission, "The stack bans a scanner with a known User-Agent for some time, and sends it no response") {
  const auto flow = from("192.0.2.9");
  CHECK(ask(request("OPTIONS", 0, {{"User-Agent", "Friendly-Scanner"}}), flow) == "");
  CHECK(served(1, flow) == 0);
  CHECK(stack.counters().bans == 1);
  CHECK(stack.counters().dropped_banned == 1);
  CHECK(served(1, from("192.0.2.10")) == 1);
  advance(600s - 1ns);
  CHECK(served(1, flow) == 0);
  advance(1ns);
  CHECK(served(1, flow) == 1);
  CHECK(ask(request("OPTIONS", 0, {{"User-Agent", "sipvicious"}}), from("198.51.100.7")) == "200");  // A peer is not banned.
  CHECK(ask(request("OPTIONS", 0, {{"User-Agent", "sipvicious"}}), from("192.0.2.11", sip::Transport::Tcp)) == "");
  receive(request("OPTIONS"), from("192.0.2.11", sip::Transport::Tcp));
  CHECK(stack.poll_close());
}

TEST_CASE("Sources holds kMaxSources sources. One more source replaces the source whose last request is the oldest") {
  sip::Sources sources;
  const auto source = [](std::size_t i) {
    return base::IpAddress::v4({10, static_cast<std::uint8_t>(i >> 16), static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)});
  };
  const base::TimePoint mark{5s};
  for (std::size_t i = 0; i < sip::Sources::kMaxSources; ++i) sources.touch(source(i)).requests_full_at = mark;
  CHECK(sources.size() == sip::Sources::kMaxSources);
  CHECK(sources.touch(source(0)).requests_full_at == mark);  // This touch makes source 0 the most recent one.
  sources.touch(source(sip::Sources::kMaxSources));
  CHECK(sources.size() == sip::Sources::kMaxSources);
  CHECK(sources.touch(source(0)).requests_full_at == mark);
  CHECK(sources.touch(source(1)).requests_full_at == base::TimePoint{});
}

TEST_CASE("Sources holds kMaxBans bans. One more ban replaces the ban that ends first") {
  sip::Sources sources;
  const auto source = [](std::size_t i) {
    return base::IpAddress::v4({10, 0, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)});
  };
  const base::TimePoint now{100s};
  for (std::size_t i = 0; i < sip::Sources::kMaxBans; ++i) sources.ban(source(i), now + std::chrono::seconds(i == 7 ? 1 : 60));
  CHECK(sources.is_banned(source(7), now));
  sources.ban(source(3), now + 90s);  // Source 3 already has a ban, so that no other ban is removed.
  CHECK(sources.is_banned(source(7), now));
  sources.ban(source(sip::Sources::kMaxBans), now + 60s);
  CHECK(sources.bans() == sip::Sources::kMaxBans);
  CHECK_FALSE(sources.is_banned(source(7), now));
  CHECK(sources.is_banned(source(8), now));
}

TEST_CASE("AddressRange contains the addresses of its family that begin with the same bits") {
  const auto range = [](std::string_view ip, unsigned bits) { return sip::AddressRange{*base::IpAddress::parse(ip), bits}; };
  const auto ip = [](std::string_view text) { return *base::IpAddress::parse(text); };
  CHECK(range("192.0.2.128", 25).holds(ip("192.0.2.200")));
  CHECK_FALSE(range("192.0.2.128", 25).holds(ip("192.0.2.127")));
  CHECK(range("192.0.2.1", 32).holds(ip("192.0.2.1")));
  CHECK_FALSE(range("192.0.2.1", 32).holds(ip("192.0.2.0")));
  CHECK(range("0.0.0.0", 0).holds(ip("203.0.113.9")));
  CHECK_FALSE(range("0.0.0.0", 0).holds(ip("2001:db8::1")));
  CHECK_FALSE(range("192.0.2.1", 33).holds(ip("192.0.2.1")));
  CHECK(range("2001:db8::", 65).holds(ip("2001:db8::1")));
  CHECK_FALSE(range("2001:db8::", 65).holds(ip("2001:db8:0:0:8000::")));
}

namespace {

sip::StackOptions guarded() {
  sip::StackOptions options;
  options.callers.who = {{"ada", "secret"}};
  return options;
}

/// A stack whose callers must authenticate, with one account whose registrar is another machine.
struct Proving : AtAdmission {
  base::SeededRandom caller_random{9};
  sip::AccountId account;
  std::string password = "secret", username = "ada";

  explicit Proving(sip::StackOptions options = guarded()) : AtAdmission(std::move(options)) {
    sip::AccountOptions own;
    own.address_of_record = "sip:bot@pbx.example";
    own.registrar = "sip:192.0.2.50";
    account = stack.accounts().add(own, now);
    drain();
    receive(response(take("REGISTER "), 200, "reg"), from("192.0.2.50"));
    advance(0s);
    sent.clear();
  }
  /// Returns the Authorization value that DigestClient computes for the next request after the 401 `refused`.
  std::string credentials(const std::string& refused, const std::string& method = "INVITE", const std::string& body = "offer",
                          const std::string& uri = "sip:bot@192.0.2.1") {
    auto parsed = sip::parse_message(sip::Slab::exact({reinterpret_cast<const std::uint8_t*>(refused.data()), refused.size()}));
    REQUIRE(parsed);
    sip::DigestClient client({username, password});
    sip::AuthAttempt attempt;
    const auto headers = client.answer(*parsed, {method, uri, body}, caller_random, attempt);
    REQUIRE(headers);
    return headers->front().value;
  }
  std::string challenged() {
    sent.clear();
    receive(invite());
    return take();
  }
};

}  // namespace

TEST_CASE("The stack accepts a digest for an account's address of record, because a proxy may have rewritten the Request-URI [RFC 3261 section 22.4]") {
  const auto status_for = [](const std::string& uri) {
    Proving us;
    const std::string refused = us.challenged();
    us.sent.clear();
    us.receive(us.invite("offer", {{"Authorization", us.credentials(refused, "INVITE", "offer", uri)}}));
    return us.take().substr(8, 3);
  };
  CHECK(status_for("sip:bot@192.0.2.1") == "100");
  CHECK(status_for("sip:bot@pbx.example") == "100");
  CHECK(status_for("sip:bot@PBX.example") == "100");
  CHECK(status_for("sip:bot@elsewhere.example") == "401");  // This digest was made for another server, which could forward it.
  CHECK(status_for("sip:other@pbx.example") == "401");
  CHECK(status_for("sip:bot@pbx.example:5070") == "401");
  CHECK(status_for("nonsense") == "401");
}

TEST_CASE_FIXTURE(Proving, "The stack challenges a caller without creating any state, and accepts the INVITE with the correct password [RFC 3261 section 22.1]") {
  const auto due = stack.next_deadline();
  const std::string refused = challenged();
  CHECK(refused.starts_with("SIP/2.0 401"));
  CHECK(headers(refused, "WWW-Authenticate").size() == 3);
  CHECK(stack.next_deadline() == due);  // Without a transaction the stack sends no retransmissions to an address that may be forged.
  CHECK_FALSE(event<sip::IncomingCall>());
  sent.clear();
  const std::string proven = invite("offer", {{"Authorization", credentials(refused)}});
  receive(proven);
  CHECK(take().starts_with("SIP/2.0 100"));
  const auto call = event<sip::IncomingCall>();
  REQUIRE(call);
  CHECK(call->proven_user == "ada");
  CHECK(call->account == account);
  sent.clear();
  receive(proven);  // The transaction absorbs the retransmission, which therefore does not use the nonce again.
  CHECK(take().starts_with("SIP/2.0 100"));
  std::string forked = proven;
  forked.replace(forked.find("z9hG4bKpeer"), 11, "z9hG4bKfork");
  receive(forked);
  CHECK(take().starts_with("SIP/2.0 482"));
}

TEST_CASE_FIXTURE(Proving, "The stack challenges a caller only with Digest, and ignores Basic credentials [RFC 3261 section 22]") {
  sent.clear();
  receive(invite("offer", {{"Authorization", "Basic YWRhOnNlY3JldA=="}}));  // "ada:secret"
  const std::string refused = take();
  CHECK(refused.starts_with("SIP/2.0 401"));
  CHECK_FALSE(event<sip::IncomingCall>());
  const auto asked = headers(refused, "WWW-Authenticate");
  CHECK(!asked.empty());
  for (const std::string& challenge : asked) CHECK(challenge.starts_with("Digest "));
  receive(invite("offer", {{"Authorization", "Basic YWRhOnNlY3JldA=="}, {"Authorization", credentials(refused)}}));
  CHECK(event<sip::IncomingCall>());
}

TEST_CASE_FIXTURE(Proving, "If an attacker sends a captured INVITE again, it gets 401 with stale=true [RFC 7616 section 3.3]") {
  std::string captured = invite("offer", {{"Authorization", credentials(challenged())}});
  receive(captured);
  const auto call = event<sip::IncomingCall>();
  REQUIRE(call);
  REQUIRE(stack.calls().hang_up(call->session, now));
  advance(120s);
  sent.clear();
  for (const char* what : {"call-1", "z9hG4bKpeer"}) captured.replace(captured.find(what), 6, "other-");
  receive(captured);
  const std::string again = take();
  CHECK(again.starts_with("SIP/2.0 401"));
  CHECK(header(again, "WWW-Authenticate").ends_with("stale=true"));
  CHECK_FALSE(event<sip::IncomingCall>());
}

TEST_CASE_FIXTURE(Proving, "The stack also challenges MESSAGE, SUBSCRIBE, REFER and PUBLISH, but no OPTIONS, and no INVITE from a registrar or a peer") {
  for (const char* method : {"MESSAGE", "SUBSCRIBE", "REFER", "PUBLISH"}) CHECK(ask(request(method), peer) == "401");
  CHECK(ask(request("OPTIONS"), peer) == "200");
  CHECK(ask(invite(), from("192.0.2.50")) == "100");
  CHECK(ask(request("INVITE"), from("127.0.0.1")) == "403");  // The peer gets no challenge, but 403, because it is not the account's registrar.
}

TEST_CASE_FIXTURE(Proving, "The stack bans a source after more than max_failures wrong passwords, and then sends it no response for ban_time") {
  const sip::AdmissionOptions limits;
  password = "guess";
  for (std::uint32_t i = 0; i <= limits.max_failures; ++i) {
    const std::string refused = challenged();
    REQUIRE(refused.starts_with("SIP/2.0 401"));
    sent.clear();
    receive(invite("offer", {{"Authorization", credentials(refused)}}));
    CHECK(take().starts_with("SIP/2.0 401"));
  }
  CHECK(stack.counters().wrong_credentials == limits.max_failures + 1);
  CHECK(stack.counters().bans == 1);
  CHECK(challenged() == "");
  advance(limits.ban_time);
  CHECK(challenged().starts_with("SIP/2.0 401"));
}

namespace {

/// Removes the random values (nonces, branches, Call-IDs) from a response.
std::string without_chance(std::string answer) {
  for (const std::string name : {"nonce=\"", "branch=", "Call-ID: "}) {
    for (auto at = answer.find(name); at != std::string::npos; at = answer.find(name, at)) {
      at += name.size();
      const auto end = answer.find_first_of("\";\r", at);
      answer.erase(at, end - at);
    }
  }
  return answer;
}

}  // namespace

TEST_CASE_FIXTURE(Proving, "The responses to requests for existing and for unknown users have the same octets, with and without credentials") {
  const auto answer_for = [&](const std::string& user, const std::string& authorization) {
    sent.clear();
    Fields extra;
    if (!authorization.empty()) extra.emplace_back("Authorization", authorization);
    std::string text = invite("offer", extra);
    for (auto at = text.find("bot@"); at != std::string::npos; at = text.find("bot@", at + 4)) text.replace(at, 3, user);
    receive(text);
    std::string bytes = without_chance(take());
    for (auto at = bytes.find(user + "@"); at != std::string::npos; at = bytes.find(user + "@")) bytes.replace(at, 3, "---");
    return bytes;
  };
  CHECK(answer_for("bot", "") == answer_for("zzz", ""));
  CHECK(answer_for("bot", "").starts_with("SIP/2.0 401"));
  password = "guess";
  const auto known = credentials(challenged());
  username = "bob";
  const auto unknown = credentials(challenged());
  CHECK(answer_for("bot", known) == answer_for("bot", unknown));
}
