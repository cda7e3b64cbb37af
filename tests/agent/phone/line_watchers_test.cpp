// Watchers of an account's line: permissions and notifications.
#include <offhook/tests/agent/phone/watched_line.hpp>

using namespace offhook;
using namespace offhook::test;

TEST_CASE_FIXTURE(WatchedLine, "An allowed watcher gets the line's state at once, and other watchers get 403 [RFC 6665 section 4.2.1.3]") {
  CHECK(watch("sip:lamp@pbx.example") == 200);
  const auto info = told();
  REQUIRE(info);
  CHECK(notify_state == "active;expires=600");
  CHECK(info->version == 0);
  CHECK(info->dialogs.empty());
  CHECK(watch("sip:other@pbx.example") == 403);
  CHECK(watch("sip:lamp@elsewhere.example") == 403);
  CHECK(watch("") == 403);  // Any peer can write any From.
  CHECK(watch("sip:lamp@pbx.example", {}, "600", "presence") == 489);
  CHECK(watch("sip:lamp@pbx.example", {}, "600", "dialog;call-id=\"in-1\";to-tag=x;from-tag=y") == 403);
  CHECK(watch("sip:lamp@pbx.example", {{"Accept", "text/plain"}}) == 406);
  CHECK_FALSE(told());
  CHECK(stack.subscriptions().size() == 1);
  CHECK(lines.size() == 1);
  CHECK(left.empty());
}

TEST_CASE("By default only another device of the same user may watch [RFC 4235 section 3.6]") {
  WatchedLine line{phone::WatchOptions{}};
  CHECK(line.watch("sip:lamp@pbx.example") == 403);
  line.ring_in();
  CHECK(line.watch("sip:6001@pbx.example") == 200);
  CHECK(line.row().remote.identity == "sip:al@pbx.example");
}

TEST_CASE("The From of a watcher counts only with trusts_from, and only in requests from the registrar") {
  phone::WatchOptions options;
  options.allowed = {{"sip:al@pbx.example"}};
  CHECK(WatchedLine(options).watch("") == 403);
  options.trusts_from = true;
  WatchedLine line(options);
  CHECK(line.watch("") == 200);
  CHECK(line.watch("sip:other@pbx.example") == 403);  // An asserted identity takes precedence.
  line.receive(line.outside("SUBSCRIBE", {{"Event", "dialog"}}), line.stranger);
  line.pump();
  CHECK(line.answered() == 403);
}

TEST_CASE_FIXTURE(WatchedLine, "A watcher with View::Busy sees only that the line is in use [RFC 4235 section 3.7.2]") {
  REQUIRE(watch("sip:lamp@pbx.example") == 200);
  CHECK(told()->version == 0);
  ring_in();
  const sip::SessionId first = *rang;
  DialogInfo::Dialog bare;
  bare.id = "line";
  bare.state = State::Confirmed;
  const auto busy = told();
  REQUIRE(busy);
  CHECK(busy->version == 1);
  REQUIRE(busy->dialogs.size() == 1);
  CHECK(busy->dialogs[0] == bare);
  ring_in();
  CHECK_FALSE(told());  // The notification does not show the number of calls.
  REQUIRE(stack.calls().reject(*rang, 486, {}, now));
  CHECK_FALSE(told());
  REQUIRE(stack.calls().reject(first, 486, {}, now));
  const auto free = told();
  REQUIRE(free);
  CHECK(free->version == 2);
  bare.state = State::Terminated;
  REQUIRE(free->dialogs.size() == 1);
  CHECK(free->dialogs[0] == bare);
  CHECK_FALSE(told());
}

TEST_CASE_FIXTURE(WatchedLine, "An outgoing call is reported from its INVITE to its end, with both sides and its identifiers [RFC 4235 section 3.7.1]") {
  REQUIRE(watch("sip:desk@pbx.example") == 200);
  REQUIRE(told());
  const auto session = dial();
  drain();
  const std::string invite = take("INVITE ");
  auto seen = row();
  CHECK(seen.state == State::Trying);
  CHECK(seen.direction == DialogInfo::Direction::Initiator);
  CHECK(seen.call_id == header(invite, "Call-ID"));
  CHECK(seen.local_tag == tag_of(header(invite, "From")));
  CHECK(seen.remote_tag.empty());
  CHECK(seen.local.identity == "sip:6001@pbx.example");
  CHECK(seen.local.display == "Six");
  CHECK(seen.remote.identity == "sip:bob@example.org");
  const std::string id = seen.id;
  receive(response(invite, 180, "", {}));
  CHECK(row().state == State::Proceeding);
  receive(response(invite, 180, "t1", {}, {{"Contact", "<sip:bob@192.0.2.70>"}}));
  seen = row();
  CHECK(seen.state == State::Early);
  CHECK(seen.remote_tag == "t1");
  receive(response(invite, 183, "t2", {}, {{"Contact", "<sip:bob@192.0.2.71>"}}));
  CHECK_FALSE(told());  // A forked call has only one row.
  receive(response(invite, 200, "t2", "answer", {{"Contact", "<sip:bob@192.0.2.71>"}}));
  seen = row();
  CHECK(seen.state == State::Confirmed);
  CHECK(seen.id == id);
  CHECK(seen.remote_tag == "t2");
  CHECK(seen.remote.target == "sip:bob@192.0.2.71");
  REQUIRE(stack.calls().hang_up(session, now));
  seen = row();
  CHECK(seen.state == State::Terminated);
  CHECK(seen.event == "local-bye");
  CHECK(seen.id == id);
  CHECK(watch_on(2, "600") == 200);
  CHECK(told()->version == 6);
}

TEST_CASE_FIXTURE(WatchedLine, "An incoming call is \"trying\" until it rings, and its end has a reason [RFC 4235 section 3.7.1]") {
  REQUIRE(watch("sip:desk@pbx.example") == 200);
  REQUIRE(told());
  ring_in();
  auto seen = row();
  CHECK(seen.state == State::Trying);
  CHECK(seen.direction == DialogInfo::Direction::Recipient);
  CHECK(seen.call_id == "in-1");
  CHECK(seen.remote_tag == "caller");
  CHECK(seen.remote.identity == "sip:al@pbx.example");
  CHECK(seen.remote.display == "Al");
  CHECK(seen.remote.target == "sip:al@192.0.2.77");
  REQUIRE(stack.calls().ring(*rang, now));
  lines.ringing(*rang, now);
  CHECK(row().state == State::Early);
  REQUIRE(stack.calls().answer(*rang, {"application/sdp", "answer"}, now));
  drain();
  const std::string ok = take("SIP/2.0 200");
  receive(in_call("ACK", 1, ok));
  CHECK(row().state == State::Confirmed);
  receive(in_call("BYE", 2, ok));
  seen = row();
  CHECK(seen.state == State::Terminated);
  CHECK(seen.event == "remote-bye");
  ring_in();
  CHECK(told()->dialogs.size() == 1);  // The row of the previous call is gone.
  REQUIRE(stack.calls().reject(*rang, 603, {}, now));
  seen = row();
  CHECK(seen.event == "rejected");
  CHECK(seen.code == 603);
}

TEST_CASE_FIXTURE(WatchedLine, "A call with Privacy is reported without names, in both directions [RFC 4235 section 3.6]") {
  REQUIRE(watch("sip:desk@pbx.example") == 200);
  REQUIRE(told());
  const auto is_bare = [](const DialogInfo::Dialog& seen) {
    DialogInfo::Dialog bare;
    bare.id = seen.id;
    bare.state = seen.state;
    return seen == bare;
  };
  ring_in({{"Privacy", "id"}});
  CHECK(is_bare(row()));
  REQUIRE(stack.calls().reject(*rang, 486, {}, now));
  CHECK(is_bare(row()));
  (void)dial(true);
  CHECK(is_bare(row()));
}

TEST_CASE_FIXTURE(WatchedLine, "A watcher gets no report of its own call to the line, but other watchers get a report of that call [RFC 4235 section 3.3]") {
  REQUIRE(watch("sip:desk@pbx.example") == 200);
  REQUIRE(told());
  ring_in({}, "<sip:al@192.0.2.50>");  // The watcher's SUBSCRIBE had this Contact.
  CHECK_FALSE(told());
  ring_in();
  CHECK(told()->dialogs.size() == 1);
  std::string other = outside("SUBSCRIBE", {{"Event", "dialog"}, {"P-Asserted-Identity", "<sip:desk@pbx.example>"}});
  other.replace(other.find("<sip:al@192.0.2.50>"), 19, "<sip:desk@192.0.2.51>");
  CHECK(ask_for(other) == 200);
  CHECK(told()->dialogs.size() == 2);
}

TEST_CASE_FIXTURE(WatchedLine, "A refresh gets the full state with the next version, and without a refresh the subscription ends [RFC 4235 section 3.7]") {
  REQUIRE(watch("sip:desk@pbx.example") == 200);
  CHECK(told()->version == 0);
  ring_in();
  CHECK(told()->version == 1);
  advance(500s);
  CHECK(watch_on(2, "300") == 200);
  const auto again = told();
  REQUIRE(again);
  CHECK(again->version == 2);
  CHECK(again->dialogs.size() == 1);
  advance(299s);
  pump();
  CHECK(lines.size() == 1);
  CHECK(count("NOTIFY ") == 0);
  CHECK(told());
  CHECK(notify_state == "terminated;reason=timeout");
  CHECK(lines.size() == 0);
  CHECK(stack.subscriptions().size() == 0);
  REQUIRE(left.size() == 1);
  CHECK(left[0].why == sip::SubscriptionChanged::Why::Timeout);
}

TEST_CASE_FIXTURE(WatchedLine, "A SUBSCRIBE with Expires 0 ends a subscription. Without a subscription, it gets one notification [RFC 6665 section 4.4.3]") {
  REQUIRE(watch("sip:desk@pbx.example") == 200);
  REQUIRE(told());
  CHECK(watch_on(2, "0") == 200);
  CHECK(told());
  CHECK(notify_state == "terminated;reason=timeout");
  ring_in();
  CHECK(watch("sip:desk@pbx.example", {}, "0") == 200);
  CHECK(row().state == State::Trying);
  CHECK(notify_state == "terminated;reason=timeout");
  CHECK(lines.size() == 0);
}

TEST_CASE_FIXTURE(WatchedLine, "When the account is unregistered, the subscriptions to its line end with \"probation\" [RFC 6665 section 4.1.3]") {
  REQUIRE(watch("sip:desk@pbx.example") == 200);
  REQUIRE(told());
  stack.accounts().unregister(account, now);
  drain();
  receive(response(take("REGISTER "), 200, "reg"));
  CHECK(told());
  CHECK(notify_state == "terminated;reason=probation;retry-after=60");
  CHECK(lines.size() == 0);
  CHECK(stack.subscriptions().size() == 0);
}

TEST_CASE("A line has at most WatchOptions::most watchers") {
  phone::WatchOptions options = lamps();
  options.most = 3;
  WatchedLine line(options);
  for (int i = 0; i < 3; ++i) REQUIRE(line.watch("sip:lamp@pbx.example") == 200);
  CHECK(line.watch("sip:lamp@pbx.example") == 503);
  CHECK(line.lines.size() == 3);
}

namespace {

struct AskedLine : WatchedLine {
  AskedLine() : WatchedLine(asking()) {}
  static phone::WatchOptions asking() {
    phone::WatchOptions options;
    options.asks = true;
    return options;
  }
};

}  // namespace

TEST_CASE_FIXTURE(AskedLine, "A watcher that is not on the list causes an event, and gets the decision as the response if the decision comes in time [RFC 6665 section 4.2.1.3]") {
  CHECK(watch("") == 0);
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].from.uri == "sip:al@pbx.example");
  REQUIRE(lines.decide(asked[0].subscription, View::Busy, now));
  drain();
  CHECK(answered() == 200);
  CHECK(told()->version == 0);
  CHECK(lines.decide(asked[0].subscription, View::Calls, now) == base::fail(sip::StackError::WrongState));

  CHECK(watch("") == 0);
  REQUIRE(lines.decide(asked[1].subscription, std::nullopt, now));
  drain();
  CHECK(answered() == 403);
  pump();
  CHECK(lines.size() == 1);
  CHECK(lines.decide(asked[1].subscription, View::Busy, now) == base::fail(sip::StackError::UnknownSubscription));
}

TEST_CASE_FIXTURE(AskedLine, "A watcher that is not on the list gets \"pending\" without the state of the line until the decision [RFC 6665 section 4.2.1.3]") {
  CHECK(watch("") == 0);
  advance(200ms);
  CHECK(answered() == 200);
  CHECK_FALSE(told());  // The NOTIFY has no body.
  CHECK(notify_state == "pending;expires=600");
  ring_in();
  CHECK_FALSE(told());
  REQUIRE(lines.decide(asked[0].subscription, View::Calls, now));
  CHECK(row().state == State::Trying);
  REQUIRE(lines.decide(asked[0].subscription, std::nullopt, now));
  CHECK_FALSE(told());
  CHECK(notify_state == "terminated;reason=rejected");
  CHECK(lines.size() == 0);
  REQUIRE(left.size() == 1);
  CHECK(left[0].why == sip::SubscriptionChanged::Why::Rejected);
}

TEST_CASE_FIXTURE(WatchedLine, "A notification includes a text of Line::kMaxText octets, and omits a longer text") {
  REQUIRE(watch("sip:desk@pbx.example") == 200);
  REQUIRE(told());
  for (const std::size_t size : {phone::Line::kMaxText, phone::Line::kMaxText + 1}) {
    CAPTURE(size);
    sip::IncomingCall call;
    call.session = {size};
    call.account = account;
    call.from = {"sip:a@b", std::string(size, 'x')};
    lines.rang_in(call, now);
    const auto seen = told();
    REQUIRE(seen);
    REQUIRE_FALSE(seen->dialogs.empty());
    CHECK(seen->dialogs.back().remote.identity == "sip:a@b");
    CHECK(seen->dialogs.back().remote.display.size() == (size == phone::Line::kMaxText ? size : 0));
  }
}

TEST_CASE("A user name on the list matches only a watcher that has authenticated as this user by password [RFC 4235 section 3.6]") {
  phone::WatchOptions options;
  options.allowed = {{"al", View::Calls}};
  options.asks = true;
  WatchedLine line(options);
  CHECK(line.watch("") == 0);  // "al" in From proves nothing.
  REQUIRE(line.asked.size() == 1);
  sip::SubscribeReceived proven = line.asked[0];
  proven.proven_user = "al";
  line.lines.on_subscribe(proven, line.now);
  line.drain();
  CHECK(line.answered() == 200);
  CHECK(line.told());
  CHECK(line.asked.size() == 1);
}
