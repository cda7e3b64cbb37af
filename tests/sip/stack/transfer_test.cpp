#include <offhook/tests/sim/scripted.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;

namespace {

/// An established call from the peer. The same account can also make calls to the peer.
struct Transferred : Scripted {
  sip::SessionId session;
  sip::AccountId account;
  std::string our_tag;

  void talk() {
    sip::AccountOptions options;
    options.address_of_record = "sip:bot@192.0.2.1";
    options.registrar = "sip:192.0.2.99";
    options.registers = false;
    account = stack.accounts().add(options, now);
    receive(invite("offer", {}, "sip:bot@192.0.2.1"));
    session = event<sip::IncomingCall>()->session;
    REQUIRE(stack.calls().answer(session, {"application/sdp", "answer"}, now));
    drain();
    our_tag = tag_of(header(take("SIP/2.0 200"), "To"));
    receive(in_dialog("ACK", 1, our_tag));
    sent.clear();
    events.clear();
  }
  std::string refer(int cseq, const std::string& target, Fields extra = {}) {
    Fields fields{{"Refer-To", target}, {"Contact", "<sip:al@192.0.2.99>"}};
    fields.insert(fields.end(), extra.begin(), extra.end());
    return in_dialog("REFER", cseq, our_tag, {}, fields);
  }
  std::string notify() {
    drain();
    return take("NOTIFY ");
  }
  sip::SessionId dial(sip::CallOptions call) {
    call.account = account;
    call.offer = {"application/sdp", "offer"};
    if (call.target.empty()) call.target = "sip:desk@192.0.2.50";
    call.through_registrar = false;
    const auto made = stack.calls().call(call, now);
    REQUIRE(made);
    drain();
    return *made;
  }
  static const Fields kDesk;
  /// Calls kDesk's Contact, which accepts. This is the second call of an attended transfer.
  sip::SessionId consult() {
    const auto other = dial({});
    receive(response(take("INVITE "), 200, "desk", "answer", kDesk));
    drain();
    CHECK(!take("ACK ").empty());
    events.clear();
    return other;
  }
};
const Fields Transferred::kDesk{{"Contact", "<sip:desk@192.0.2.50:5070>"}};

}  // namespace

// --- REFER to the agent

TEST_CASE_FIXTURE(Transferred, "REFER causes TransferRequested. The stack itself sends no response and no INVITE [RFC 3515 section 2.4.2]") {
  talk();
  receive(refer(2, "<sip:desk@192.0.2.50>", {{"Referred-By", "<sip:al@192.0.2.99>"}}));
  const auto asked = event<sip::TransferRequested>();
  REQUIRE(asked);
  CHECK(asked->target == "sip:desk@192.0.2.50");
  CHECK(asked->referred_by == "<sip:al@192.0.2.99>");
  CHECK(asked->reports);
  CHECK_FALSE(asked->replaces);
  CHECK(sent.empty());
  advance(15s);
  CHECK(sent.empty());
  CHECK(queries.empty());
}

TEST_CASE_FIXTURE(Transferred, "accept() sends 202 and NOTIFY 100, and then NOTIFY with the progress of the new call [RFC 3515 section 2.4.4]") {
  talk();
  receive(refer(2, "<sip:desk@192.0.2.50>", {{"Referred-By", "<sip:al@192.0.2.99>;x=1"}}));
  CHECK(stack.transfers().accept(session, now, {{"Via", "x"}}) == base::fail(sip::StackError::BadHeader));
  REQUIRE(stack.transfers().accept(session, now, {{"X-Ticket", "4711"}}));
  drain();
  const std::string accepted = take();
  CHECK(accepted.starts_with("SIP/2.0 202"));
  CHECK(header(accepted, "X-Ticket") == "4711");
  CHECK(header(accepted, "Contact") == "<sip:bot@192.0.2.1:5060>");
  const std::string first = notify();
  CHECK(header(first, "Event") == "refer");
  CHECK(header(first, "Subscription-State") == "active;expires=180");
  CHECK(header(first, "Content-Type") == "message/sipfrag;version=2.0");
  CHECK(!header(first, "Contact").empty());
  CHECK(body(first) == "SIP/2.0 100 Trying\r\n");
  receive(response(first, 200, ""));

  sip::CallOptions call;
  call.target = event<sip::TransferRequested>()->target;
  call.for_transfer = session;
  const auto outgoing = dial(call);
  const std::string invite = take("INVITE ");
  CHECK(header(invite, "Referred-By") == "<sip:al@192.0.2.99>;x=1");  // RFC 3892 section 2.2
  receive(response(invite, 180, "desk", {}, kDesk));
  const std::string second = notify();
  CHECK(body(second) == "SIP/2.0 180 Ringing\r\n");
  receive(response(second, 200, ""));
  receive(response(invite, 180, "desk", {}, kDesk));
  CHECK(notify().empty());
  receive(response(invite, 200, "desk", "answer", kDesk));
  const std::string last = notify();
  CHECK(body(last) == "SIP/2.0 200 OK\r\n");
  CHECK(header(last, "Subscription-State") == "terminated;reason=noresource");
  receive(response(last, 200, ""));
  REQUIRE(stack.calls().hang_up(outgoing, now));
  CHECK(notify().empty());
}

TEST_CASE_FIXTURE(Transferred,
    "If the referrer hangs up at once, it still gets a NOTIFY with the result of the new call. Then no state is left [RFC 3515 section 2.4.4]") {
  talk();
  receive(refer(2, "<sip:desk@192.0.2.50>"));
  REQUIRE(stack.transfers().accept(session, now));
  receive(response(notify(), 200, ""));
  sip::CallOptions call;
  call.for_transfer = session;
  (void)dial(call);
  const std::string invite = take("INVITE ");
  receive(in_dialog("BYE", 3, our_tag));
  CHECK(event<sip::CallEnded>()->by == sip::CallEnded::By::Remote);
  CHECK(stack.unfinished() == 2);  // This counts the ringing call and its INVITE, and not the NOTIFY that is due later.
  receive(response(invite, 486, "desk"));
  const std::string last = notify();
  CHECK(body(last) == "SIP/2.0 486 Busy Here\r\n");
  receive(response(last, 200, ""));
  advance(40s);
  CHECK(stack.sizes().legs == 0);
}

TEST_CASE_FIXTURE(Transferred, "If the agent hangs up before the result, the subscription ends with the reason giveup [RFC 6665 section 4.1.3]") {
  talk();
  receive(refer(2, "<sip:desk@192.0.2.50>"));
  REQUIRE(stack.transfers().accept(session, now));
  receive(response(notify(), 200, ""));
  REQUIRE(stack.calls().hang_up(session, now));
  CHECK(header(notify(), "Subscription-State") == "terminated;reason=giveup");
  CHECK(!take("BYE ").empty());
}

TEST_CASE_FIXTURE(Transferred, "A REFER gets 603 after decline(), or after 16 s without a decision [RFC 3515 section 2.4.2]") {
  talk();
  receive(refer(2, "<sip:desk@192.0.2.50>"));
  CHECK(stack.transfers().decline(session, 200, now) == base::fail(sip::StackError::WrongState));
  CHECK(stack.transfers().decline(session, 603, now, {{"Via", "x"}}) == base::fail(sip::StackError::BadHeader));
  REQUIRE(stack.transfers().decline(session, 603, now, {{"X-Ticket", "4711"}}));
  drain();
  const std::string declined = take();
  CHECK(declined.starts_with("SIP/2.0 603"));
  CHECK(header(declined, "X-Ticket") == "4711");
  CHECK(stack.transfers().accept(session, now) == base::fail(sip::StackError::WrongState));
  receive(refer(3, "<sip:desk@192.0.2.50>"));
  advance(16s);
  CHECK(take().starts_with("SIP/2.0 603"));
  sip::CallOptions call;
  call.account = account;
  call.target = "sip:desk@192.0.2.50";
  call.for_transfer = session;
  CHECK(stack.calls().call(call, now) == base::fail(sip::StackError::WrongState));
}

TEST_CASE_FIXTURE(Transferred, "The stack refuses a REFER with no target, two targets, another scheme or another method [RFC 3515 section 2.4.2]") {
  talk();
  receive(in_dialog("REFER", 2, our_tag));
  CHECK(take().starts_with("SIP/2.0 400"));
  receive(refer(3, "<sip:a@192.0.2.50>", {{"Refer-To", "<sip:b@192.0.2.50>"}}));
  CHECK(take().starts_with("SIP/2.0 400"));
  receive(refer(4, "<http://192.0.2.50/>"));
  CHECK(take().starts_with("SIP/2.0 416"));
  receive(refer(5, "<sip:a@192.0.2.50;method=BYE>"));
  CHECK(take().starts_with("SIP/2.0 603"));
  CHECK(events.empty());
  receive(refer(6, "<sip:a@192.0.2.50>"));
  receive(refer(7, "<sip:b@192.0.2.50>"));  // The first REFER still waits for the application.
  CHECK(take().starts_with("SIP/2.0 491"));
}

TEST_CASE_FIXTURE(Transferred, "The stack grants Refer-Sub: false, and then sends no NOTIFY [RFC 4488 section 4]") {
  talk();
  receive(refer(2, "<sip:desk@192.0.2.50>", {{"Refer-Sub", "false"}, {"Require", "norefersub"}}));
  CHECK_FALSE(event<sip::TransferRequested>()->reports);
  REQUIRE(stack.transfers().accept(session, now));
  drain();
  CHECK(header(take("SIP/2.0 202"), "Refer-Sub") == "false");
  sip::CallOptions call;
  call.for_transfer = session;
  (void)dial(call);
  receive(response(take("INVITE "), 200, "desk", "answer", kDesk));
  drain();
  CHECK(take("NOTIFY ").empty());
}

TEST_CASE_FIXTURE(Transferred, "A refused NOTIFY ends the reports, and both calls continue [RFC 6665 section 4.2.2]") {
  talk();
  receive(refer(2, "<sip:desk@192.0.2.50>"));
  REQUIRE(stack.transfers().accept(session, now));
  receive(response(notify(), 481, ""));
  sip::CallOptions call;
  call.for_transfer = session;
  (void)dial(call);
  receive(response(take("INVITE "), 200, "desk", "answer", kDesk));
  drain();
  CHECK(take("NOTIFY ").empty());
  CHECK(stack.calls().size() == 2);
}

TEST_CASE_FIXTURE(Transferred, "SUBSCRIBE can end the subscription of a REFER, but cannot create one [RFC 3515 section 2.4.4]") {
  talk();
  receive(in_dialog("SUBSCRIBE", 2, our_tag, {}, {{"Event", "refer"}}));
  CHECK(take().starts_with("SIP/2.0 403"));
  receive(in_dialog("SUBSCRIBE", 3, our_tag, {}, {{"Event", "presence"}}));
  CHECK(take().starts_with("SIP/2.0 489"));
  receive(refer(4, "<sip:desk@192.0.2.50>"));
  REQUIRE(stack.transfers().accept(session, now));
  receive(response(notify(), 200, ""));
  receive(in_dialog("SUBSCRIBE", 5, our_tag, {}, {{"Event", "refer"}, {"Expires", "0"}}));
  CHECK(header(take("SIP/2.0 200"), "Expires") == "0");
  CHECK(header(notify(), "Subscription-State") == "terminated;reason=timeout");
}

// --- REFER from the agent

TEST_CASE_FIXTURE(Transferred, "A REFER of the agent has Referred-By. If a 202 grants Refer-Sub: false, the transfer ends with the 202 [RFC 4488 section 4]") {
  talk();
  sip::ReferOptions options;
  options.target = "sip:desk@192.0.2.50";
  options.reports = false;
  options.headers = {{"X-Why", "lunch"}};
  REQUIRE(stack.transfers().refer(session, options, now));
  drain();
  const std::string refer = take("REFER ");
  CHECK(header(refer, "Refer-To") == "<sip:desk@192.0.2.50>");
  CHECK(header(refer, "Referred-By") == "<sip:bot@192.0.2.1>");
  CHECK(header(refer, "Refer-Sub") == "false");
  CHECK(header(refer, "X-Why") == "lunch");
  CHECK(header(refer, "Supported").find("norefersub") != std::string::npos);
  receive(response(refer, 202, "", {}, {{"Refer-Sub", "false"}}));
  CHECK(event<sip::TransferProgress>()->status == 202);
  options.referred_by = "";
  REQUIRE(stack.transfers().refer(session, options, now));
  drain();
  const std::string again = take("REFER ");
  CHECK(header(again, "Referred-By").empty());
  receive(response(again, 202, ""));  // This 202 does not grant Refer-Sub: false, so that NOTIFY requests follow.
  CHECK_FALSE(event<sip::TransferProgress>());
}

TEST_CASE_FIXTURE(Transferred, "For an attended transfer Refer-To has the target of the other call, and a Replaces with the dialog of this call [RFC 3891 section 4]") {
  talk();
  const auto other = consult();
  sip::ReferOptions options;
  options.replaces = other;
  REQUIRE(stack.transfers().refer(session, options, now));
  drain();
  const std::string refer = take("REFER ");
  const auto name = stack.calls().leg_name(other);
  CHECK(header(refer, "Refer-To") ==
        "<sip:desk@192.0.2.50:5070?Replaces=" + name.call_id + "%3Bto-tag%3Ddesk%3Bfrom-tag%3D" + name.local_tag + ">");
  options.replaces = session;  // A call cannot replace itself.
  CHECK(stack.transfers().refer(session, options, now) == base::fail(sip::StackError::WrongState));
  options.replaces = sip::SessionId{4711};
  CHECK(stack.transfers().refer(session, options, now) == base::fail(sip::StackError::UnknownSession));
}

TEST_CASE_FIXTURE(Transferred, "An INVITE that replaces another call has Replaces, and Require: replaces [RFC 3891 section 4]") {
  talk();
  sip::CallOptions call;
  call.replaces = sip::Replaces{"theirs@192.0.2.7", "a", "b", true};
  (void)dial(call);
  const std::string invite = take("INVITE ");
  CHECK(header(invite, "Replaces") == "theirs@192.0.2.7;to-tag=a;from-tag=b;early-only");
  CHECK(header(invite, "Require") == "replaces");
}

// --- INVITE with Replaces to the agent

namespace {

struct Replaced : Transferred {
  int number = 1;
  std::string replacing(const std::string& value, Fields extra = {}) {
    Fields fields{{"Via", via()},
                  {"Max-Forwards", "70"},
                  {"From", "<sip:carol@192.0.2.99>;tag=carol"},
                  {"To", "<sip:bot@192.0.2.1>"},
                  {"Call-ID", "replacement-" + std::to_string(++number)},
                  {"CSeq", "1 INVITE"},
                  {"Contact", "<sip:carol@192.0.2.99>"},
                  {"Require", "replaces"},
                  {"Replaces", value}};
    fields.insert(fields.end(), extra.begin(), extra.end());
    return message("INVITE sip:bot@192.0.2.1 SIP/2.0", fields, "offer");
  }
  std::string refused(const std::string& value, Fields extra = {}) {
    receive(replacing(value, std::move(extra)));
    return take().substr(8, 3);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Replaced, "IncomingCall has the id of the call to replace. After the answer, the replaced call gets BYE [RFC 3891 section 3]") {
  talk();
  receive(replacing("call-1;to-tag=" + our_tag + ";from-tag=peer"));
  const auto call = event<sip::IncomingCall>();
  REQUIRE(call);
  REQUIRE(call->replaces);
  CHECK(*call->replaces == session);
  CHECK(take("BYE ").empty());
  REQUIRE(stack.calls().answer(call->session, {"application/sdp", "answer"}, now));
  drain();
  CHECK(take().starts_with("SIP/2.0 200"));
  const std::string bye = take("BYE ");
  CHECK(header(bye, "Call-ID") == "call-1");
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->session == session);
  CHECK(ended->why == sip::CallEnded::Why::Replaced);
  CHECK(ended->by == sip::CallEnded::By::Remote);
  CHECK(stack.calls().size() == 1);
}

TEST_CASE_FIXTURE(Replaced, "If the agent refuses the replacing INVITE, the other call continues [RFC 3891 section 3]") {
  talk();
  receive(replacing("call-1;to-tag=" + our_tag + ";from-tag=peer"));
  REQUIRE(stack.calls().reject(event<sip::IncomingCall>()->session, 488, {}, now));
  drain();
  CHECK(!take("SIP/2.0 488").empty());
  CHECK(take("BYE ").empty());
  CHECK(stack.calls().size() == 1);
}

TEST_CASE_FIXTURE(Replaced, "When a new call replaces a ringing outgoing call, the stack sends CANCEL for the ringing call [RFC 3891 section 3]") {
  talk();
  const auto outgoing = dial({});
  const std::string invite = take("INVITE ");
  receive(response(invite, 180, "desk", {}, kDesk));
  const auto name = stack.calls().leg_name(outgoing);
  receive(replacing(name.call_id + ";to-tag=" + name.local_tag + ";from-tag=desk;early-only"));
  const auto call = event<sip::IncomingCall>();
  REQUIRE(call);
  CHECK(call->replaces == outgoing);
  REQUIRE(stack.calls().answer(call->session, {"application/sdp", "answer"}, now));
  drain();
  CHECK(!take("CANCEL ").empty());
}

TEST_CASE_FIXTURE(Replaced,
    "The stack refuses Replaces: unknown call 481, early-only 486, incoming ringing call 481, ended call 603, malformed 400 [RFC 3891 section 3]") {
  talk();
  CHECK(refused("call-2;to-tag=" + our_tag + ";from-tag=peer") == "481");
  CHECK(refused("call-1;to-tag=" + our_tag + ";from-tag=other") == "481");
  CHECK(refused("call-1;to-tag=peer;from-tag=" + our_tag) == "481");  // The tags are exchanged.
  CHECK(refused("call-1;to-tag=" + our_tag + ";from-tag=peer;early-only") == "486");
  CHECK(refused("call-1;to-tag=" + our_tag) == "400");
  CHECK(refused("call-1;to-tag=" + our_tag + ";from-tag=peer", {{"Replaces", "a;to-tag=b;from-tag=c"}}) == "400");
  CHECK(refused("call-1;to-tag=" + our_tag + ";from-tag=peer", {{"Join", "a;to-tag=b;from-tag=c"}}) == "400");
  CHECK(events.empty());
  receive(replacing("call-1;to-tag=" + our_tag + ";from-tag=peer"));
  const auto ringing = event<sip::IncomingCall>()->session;
  const auto name = stack.calls().leg_name(ringing);
  sent.clear();
  CHECK(refused(name.call_id + ";to-tag=" + name.local_tag + ";from-tag=carol") == "481");
  receive(in_dialog("OPTIONS", 2, our_tag, {}, {{"Replaces", "call-1;to-tag=a;from-tag=b"}}));
  CHECK(take().starts_with("SIP/2.0 400"));
  receive(in_dialog("BYE", 3, our_tag));
  sent.clear();
  CHECK(refused("call-1;to-tag=" + our_tag + ";from-tag=peer") == "603");
}
