#include <offhook/sip/model/limits.hpp>
#include <offhook/tests/sip/stack/registered.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;
using Changed = sip::SubscriptionChanged;

namespace {

/// The agent subscribes, and the test plays the notifier.
struct Watching : Registered {
  sip::SubscriptionId subscribe(sip::subscription::SubscriberOptions what = {.event = {"message-summary"}}) {
    const auto made = stack.subscriptions().subscribe({account, "sip:6001@pbx.example", std::move(what)}, now);
    REQUIRE(made);
    drain();
    return *made;
  }
  /// Receives a NOTIFY in the dialog of a SUBSCRIBE of the agent.
  std::string notify(const std::string& subscribe, const std::string& state, int cseq, const std::string& content = {},
                     const std::string& from_tag = "n1", const std::string& event = "message-summary") {
    std::string text = message("NOTIFY sip:6001@192.0.2.1 SIP/2.0",
                               {{"Via", via()},
                                {"Max-Forwards", "70"},
                                {"From", "<sip:6001@pbx.example>;tag=" + from_tag},
                                {"To", header(subscribe, "From")},
                                {"Call-ID", header(subscribe, "Call-ID")},
                                {"CSeq", std::to_string(cseq) + " NOTIFY"},
                                {"Contact", "<sip:6001@192.0.2.50:5070>"},
                                {"Event", event},
                                {"Subscription-State", state}},
                               content);
    return text;
  }
};

const sip::StackOptions kServing = [] {
  sip::StackOptions options;
  options.packages = {{"dialog", "application/dialog-info+xml", {}}, {"reg", "", {}}};
  return options;
}();

/// The agent is the notifier. The test plays both the subscriber and the application.
struct Serving : Registered {
  explicit Serving(const sip::StackOptions& serving = kServing) : Registered(serving) {}

  std::string subscribe(Fields extra = {}, const std::string& event = "dialog", const std::string& expires = "600") {
    extra.insert(extra.begin(), {{"Event", event}, {"Expires", expires}});
    return outside("SUBSCRIBE", extra);
  }
  /// Returns another SUBSCRIBE in the dialog of `first` and its 200 `ok`.
  std::string again(const std::string& first, const std::string& ok, int cseq, const std::string& expires) {
    return message("SUBSCRIBE sip:6001@192.0.2.1 SIP/2.0", {{"Via", via()},
                                                             {"Max-Forwards", "70"},
                                                             {"From", header(first, "From")},
                                                             {"To", header(ok, "To")},
                                                             {"Call-ID", header(first, "Call-ID")},
                                                             {"CSeq", std::to_string(cseq) + " SUBSCRIBE"},
                                                             {"Contact", "<sip:al@192.0.2.50>"},
                                                             {"Event", "dialog"},
                                                             {"Expires", expires}});
  }
};

}  // namespace

TEST_CASE_FIXTURE(Watching, "The stack sends a SUBSCRIBE with the agent's Contact to the registrar, and responds to the NOTIFY with 200 [RFC 6665 section 4.1.2.1]") {
  register_now();
  const auto id = subscribe();
  const std::string first = take("SUBSCRIBE ");
  CHECK(start_line(first) == "SUBSCRIBE sip:6001@pbx.example SIP/2.0");
  CHECK(last_flow.remote == peer.remote);
  CHECK(header(first, "From").starts_with("<sip:6001@pbx.example>;tag="));
  CHECK(header(first, "Contact") == "<sip:6001@192.0.2.1:5060>");
  CHECK(header(first, "Event") == "message-summary");
  CHECK(header(first, "Expires") == "3600");
  receive(notify(first, "active;expires=600", 1, "Messages-Waiting: yes"));
  const std::string ok = take("SIP/2.0 ");
  CHECK(start_line(ok) == "SIP/2.0 200 OK");
  CHECK(header(ok, "Contact") == "<sip:6001@192.0.2.1:5060>");
  receive(response(first, 200, "n1", {}, {{"Expires", "600"}}));
  const auto changed = event<Changed>();
  REQUIRE(changed);
  CHECK(changed->subscription == id);
  CHECK(changed->state == Changed::State::Active);
  const auto told = event<sip::Notified>();
  REQUIRE(told);
  CHECK(told->body.data == "Messages-Waiting: yes");
  REQUIRE(stack.subscriptions().unsubscribe(id, now));
  drain();
  const std::string last = take("SUBSCRIBE ");
  CHECK(start_line(last) == "SUBSCRIBE sip:6001@192.0.2.50:5070 SIP/2.0");
  CHECK(header(last, "Expires") == "0");
  receive(response(last, 200, "", {}, {{"Expires", "0"}}));
  receive(notify(first, "terminated;reason=timeout", 2));
  CHECK(take("SIP/2.0 ").starts_with("SIP/2.0 200"));
  CHECK(event<Changed>()->state == Changed::State::Ended);
  CHECK(stack.subscriptions().size() == 0);
  receive(notify(first, "active", 3));
  CHECK(take("SIP/2.0 ").starts_with("SIP/2.0 481"));
  CHECK(stack.subscriptions().unsubscribe(id, now) == base::fail(sip::StackError::UnknownSubscription));
}

TEST_CASE_FIXTURE(Watching, "The stack answers the registrar's challenge to SUBSCRIBE, in and outside of the dialog [RFC 3261 section 22.2]") {
  register_now();
  const auto id = subscribe();
  const std::string first = take("SUBSCRIBE ");
  CHECK(header(first, "Authorization").empty());
  receive(response(first, 401, "x", {}, challenge()));
  const std::string second = take("SUBSCRIBE ");
  CHECK(header(second, "Authorization").find("username=\"6001\"") != std::string::npos);
  CHECK(header(second, "CSeq") == "2 SUBSCRIBE");
  CHECK(header(second, "Call-ID") == header(first, "Call-ID"));
  receive(response(second, 200, "n1", {}, {{"Expires", "600"}}));
  receive(notify(second, "active;expires=600", 1));
  REQUIRE(stack.subscriptions().refresh(id, now));
  drain();
  const std::string refresh = take("SUBSCRIBE ");
  CHECK(header(refresh, "CSeq") == "3 SUBSCRIBE");
  receive(response(refresh, 401, "", {}, challenge("pbx", "n2")));
  CHECK(header(take("SUBSCRIBE "), "CSeq") == "4 SUBSCRIBE");
}

TEST_CASE_FIXTURE(Watching, "The stack answers no challenge to SUBSCRIBE except the registrar's") {
  options.challenges.realms = {"pbx"};
  register_now();
  const auto id = stack.subscriptions().subscribe({account, "sip:bob@192.0.2.66", {.event = {"dialog"}}, false}, now);
  REQUIRE(id);
  drain();
  const std::string straight = take("SUBSCRIBE ");
  CHECK(last_flow.remote.ip == stranger.remote.ip);
  receive(response(straight, 401, "x", {}, challenge()), stranger);
  CHECK(take("SUBSCRIBE ").empty());
  CHECK(event<Changed>()->status == 401);
  (void)subscribe();
  receive(response(take("SUBSCRIBE "), 401, "x", {}, challenge("elsewhere")));  // A server behind the registrar sends this challenge.
  CHECK(take("SUBSCRIBE ").empty());
}

TEST_CASE_FIXTURE(Watching, "Requests that the dialog of a subscription does not support get 481. OPTIONS gets 200 [RFC 3261 section 12.2.2]") {
  register_now();
  (void)subscribe();
  const std::string first = take("SUBSCRIBE ");
  receive(notify(first, "active;expires=600", 1));
  sent.clear();
  for (const std::string method : {"BYE", "INVITE", "OPTIONS"}) {
    std::string text = notify(first, "active", 7);
    text.replace(0, 6, method);
    text.replace(text.find(" NOTIFY\r\n"), 7, " " + method);
    receive(text);
    CHECK(take("SIP/2.0 ").starts_with(method == "OPTIONS" ? "SIP/2.0 200" : "SIP/2.0 481"));
  }
}

TEST_CASE_FIXTURE(Watching, "After its connection breaks, the stack refreshes a subscription over a new connection") {
  options.registrar = "sip:192.0.2.50;transport=tcp";
  register_now();
  (void)subscribe();
  const std::string first = take("SUBSCRIBE ");
  const sip::Flow tcp{{7}, sip::Transport::Tcp, local, peer.remote};
  receive(response(first, 200, "n1", {}, {{"Expires", "600"}}), tcp);
  receive(notify(first, "active;expires=600", 1), tcp);
  CHECK(stack.uses(tcp));
  sent.clear();
  stack.on_flow_failed(tcp, now);
  drain();
  CHECK(header(take("SUBSCRIBE "), "Expires") == "3600");
}

TEST_CASE_FIXTURE(Watching, "A NOTIFY without a subscription gets 481 [RFC 6665 section 4.1.3]") {
  register_now();
  const Fields waiting{{"Event", "message-summary"}, {"Subscription-State", "active"}};
  CHECK(ask(outside("NOTIFY", waiting, "Messages-Waiting: yes")).starts_with("SIP/2.0 481"));
  std::string tagged = outside("NOTIFY", waiting);
  tagged.replace(tagged.find("To: <sip:6001@192.0.2.1>"), 24, "To: <sip:6001@192.0.2.1>;tag=none");
  CHECK(ask(tagged).starts_with("SIP/2.0 481"));
  CHECK(events.empty());
}

TEST_CASE_FIXTURE(Watching, "With takes_unsolicited_waiting, the stack accepts a message-summary NOTIFY without a subscription, but only from the registrar") {
  options.takes_unsolicited_waiting = true;
  register_now();
  const Fields waiting{{"Event", "message-summary"}, {"Subscription-State", "terminated"}};
  CHECK(ask(outside("NOTIFY", waiting, "Messages-Waiting: yes"), stranger).starts_with("SIP/2.0 481"));
  CHECK(ask(outside("NOTIFY", {{"Event", "keep-alive"}})).starts_with("SIP/2.0 481"));
  CHECK(ask(outside("NOTIFY", waiting, "x", "sip:6002@192.0.2.1")).starts_with("SIP/2.0 481"));
  CHECK(events.empty());
  CHECK(ask(outside("NOTIFY", waiting, "Messages-Waiting: yes")).starts_with("SIP/2.0 200"));
  const auto told = event<sip::UnsolicitedNotify>();
  REQUIRE(told);
  CHECK(told->account == account);
  CHECK(told->body.data == "Messages-Waiting: yes");
}

TEST_CASE_FIXTURE(Watching, "subscribe() refuses an invalid URI, account or event package at once") {
  register_now();
  using What = sip::subscription::SubscriberOptions;
  CHECK(stack.subscriptions().subscribe({account, "not a uri", What{.event = {"dialog"}}}, now) == base::fail(sip::StackError::BadUri));
  CHECK(stack.subscriptions().subscribe({{99}, "sip:a@b", What{.event = {"dialog"}}}, now) == base::fail(sip::StackError::UnknownAccount));
  CHECK(stack.subscriptions().subscribe({account, "sip:a@b", What{.event = {"dia log"}}}, now) == base::fail(sip::StackError::BadEvent));
  CHECK(stack.subscriptions().subscribe({account, "sip:a@b", What{.event = {""}}}, now) == base::fail(sip::StackError::BadEvent));
  CHECK(sent.empty());
}

TEST_CASE_FIXTURE(Watching, "The agent may have kMaxSubscriptions subscriptions, and no more") {
  register_now();
  answers_queries = false;
  for (std::size_t i = 0; i < sip::kMaxSubscriptions; ++i)
    REQUIRE(stack.subscriptions().subscribe({account, "sip:6001@pbx.example", {.event = {"dialog"}}}, now));
  const auto more = stack.subscriptions().subscribe({account, "sip:6001@pbx.example", {.event = {"dialog"}}}, now);
  CHECK(more == base::fail(sip::StackError::Full));
  CHECK(stack.subscriptions().size() == sip::kMaxSubscriptions);
}

TEST_CASE_FIXTURE(Registered, "If no package is enabled, SUBSCRIBE gets 405, and Allow does not list SUBSCRIBE [RFC 3261 section 8.2.1]") {
  register_now();
  const std::string refused = ask(outside("SUBSCRIBE", {{"Event", "dialog"}}));
  CHECK(refused.starts_with("SIP/2.0 405"));
  CHECK(header(refused, "Allow").find("SUBSCRIBE") == std::string::npos);
  CHECK(header(refused, "Allow-Events").empty());
}

TEST_CASE_FIXTURE(Serving, "Allow lists SUBSCRIBE, and Allow-Events lists the enabled packages [RFC 6665 section 4.4.4]") {
  register_now();
  const std::string ok = ask(outside("OPTIONS"));
  CHECK(header(ok, "Allow").ends_with("SUBSCRIBE"));
  CHECK(header(ok, "Allow-Events") == "dialog, reg");
}

TEST_CASE_FIXTURE(Serving, "A SUBSCRIBE for a package that is not enabled gets 489 with the enabled packages [RFC 6665 section 4.2.1.1]") {
  register_now();
  for (const char* event : {"presence", "Dialog", "dia log"}) {
    const std::string refused = ask(subscribe({}, event));
    CHECK(refused.starts_with("SIP/2.0 489"));
    CHECK(header(refused, "Allow-Events") == "dialog, reg");
  }
  CHECK(ask(outside("SUBSCRIBE")).starts_with("SIP/2.0 489"));  // RFC 6665 section 4.2.3
  CHECK(stack.subscriptions().size() == 0);
}

TEST_CASE_FIXTURE(Serving, "A subscriber gets 200 and NOTIFY, and the state after accept() [RFC 6665 section 4.2.1.2]") {
  register_now();
  const std::string first = subscribe({{"Record-Route", "<sip:192.0.2.50;lr>"}, {"P-Asserted-Identity", "<sip:al@pbx.example>"}});
  const std::string ok = ask(first);
  CHECK(ok.starts_with("SIP/2.0 200"));
  CHECK(header(ok, "Expires") == "600");
  CHECK(header(ok, "Record-Route") == "<sip:192.0.2.50;lr>");
  CHECK(header(ok, "Contact") == "<sip:6001@192.0.2.1:5060>");
  CHECK(header(ok, "Allow-Events") == "dialog, reg");
  const std::string pending = take("NOTIFY ");
  CHECK(header(pending, "Subscription-State") == "pending;expires=600");
  CHECK(header(pending, "Route") == "<sip:192.0.2.50;lr>");
  CHECK(header(pending, "From") == header(ok, "To"));
  CHECK(header(pending, "Contact") == "<sip:6001@192.0.2.1:5060>");
  const auto asked = event<sip::SubscribeReceived>();
  REQUIRE(asked);
  CHECK(asked->package == "dialog");
  CHECK(asked->account == account);
  CHECK(asked->from.uri == "sip:al@pbx.example");
  REQUIRE(asked->asserted);
  CHECK(asked->expires == 600s);
  receive(response(pending, 200, ""));
  REQUIRE(stack.subscriptions().accept(asked->subscription, {"application/dialog-info+xml", "<state/>"}, now));
  drain();
  const std::string active = take("NOTIFY ");
  CHECK(header(active, "Subscription-State") == "active;expires=600");
  CHECK(header(active, "CSeq") == "2 NOTIFY");
  CHECK(body(active) == "<state/>");
  receive(response(active, 200, ""));
  const std::string refreshed = ask(again(first, ok, 2, "300"));
  CHECK(refreshed.starts_with("SIP/2.0 200"));
  const std::string repeat = take("NOTIFY ");
  CHECK(body(repeat) == "<state/>");
  receive(response(repeat, 200, ""));
  CHECK(ask(again(first, ok, 3, "0")).starts_with("SIP/2.0 200"));
  CHECK(header(take("NOTIFY "), "Subscription-State") == "terminated;reason=timeout");
  CHECK(event<Changed>()->why == Changed::Why::Unsubscribed);
  advance(40s);  // The last NOTIFY gets no response.
  CHECK(stack.subscriptions().size() == 0);
  CHECK(ask(again(first, ok, 4, "600")).starts_with("SIP/2.0 481"));
}

TEST_CASE_FIXTURE(Serving, "The stack removes a subscriber when NOTIFY gets 481 or no response [RFC 6665 section 4.2.2]") {
  register_now();
  (void)ask(subscribe());
  receive(response(take("NOTIFY "), 481, ""));
  CHECK(event<Changed>()->status == 481);
  CHECK(stack.subscriptions().size() == 0);
  (void)ask(subscribe());
  advance(33s);
  CHECK(event<Changed>()->why == Changed::Why::NoAnswer);
  CHECK(stack.subscriptions().size() == 0);
}

TEST_CASE_FIXTURE(Serving, "The stack does not answer a challenge to NOTIFY, because the subscriber opened the dialog [RFC 3261 section 22.2]") {
  register_now();
  const std::string ok = ask(subscribe({{"Record-Route", "<sip:192.0.2.50;lr>"}}));
  REQUIRE(ok.starts_with("SIP/2.0 200"));
  const std::string notify = take("NOTIFY ");
  REQUIRE(last_flow.remote == peer.remote);
  receive(response(notify, 401, "", {}, challenge()));
  for (const Sent& one : sent) CHECK(one.bytes.find("uthorization: ") == std::string::npos);
}

TEST_CASE_FIXTURE(Serving, "end() sends the reason to the subscriber [RFC 6665 section 4.2.1.3]") {
  register_now();
  (void)ask(subscribe());
  receive(response(take("NOTIFY "), 200, ""));
  const auto asked = event<sip::SubscribeReceived>();
  REQUIRE(stack.subscriptions().end(asked->subscription, Changed::Why::Rejected, {}, now));
  drain();
  CHECK(header(take("NOTIFY "), "Subscription-State") == "terminated;reason=rejected");
  CHECK(stack.subscriptions().notify(asked->subscription, {}, now) == base::fail(sip::StackError::WrongState));
  CHECK(stack.subscriptions().unsubscribe(asked->subscription, now) == base::fail(sip::StackError::WrongState));
}

TEST_CASE_FIXTURE(Serving, "A stranger's SUBSCRIBE gets 403 for existing and unknown users") {
  register_now();
  CHECK(ask(subscribe(), stranger).starts_with("SIP/2.0 403"));
  const Fields wish{{"Event", "dialog"}};
  CHECK(ask(outside("SUBSCRIBE", wish, {}, "sip:6009@192.0.2.1"), stranger).starts_with("SIP/2.0 403"));
  CHECK(event<sip::StrangerRefused>());
  CHECK(stack.counters().refused_source == 2);
  CHECK(stack.subscriptions().size() == 0);
  CHECK(ask(outside("SUBSCRIBE", wish, {}, "sip:6009@192.0.2.1")).starts_with("SIP/2.0 404"));
}

TEST_CASE_FIXTURE(Serving, "A SUBSCRIBE with a short Expires gets 423, and a SUBSCRIBE that excludes the package's body type gets 406 [RFC 6665 section 4.1.2.1]") {
  register_now();
  const std::string brief = ask(subscribe({}, "dialog", "59"));
  CHECK(brief.starts_with("SIP/2.0 423"));
  CHECK(header(brief, "Min-Expires") == "60");
  CHECK(ask(subscribe({{"Accept", "application/pidf+xml, text/plain"}})).starts_with("SIP/2.0 406"));
  CHECK(ask(subscribe({{"Accept", "text/plain"}, {"Accept", "application/dialog-info+xml;q=0.5"}})).starts_with("SIP/2.0 200"));
  CHECK(ask(subscribe({{"Accept", "application/*"}})).starts_with("SIP/2.0 200"));
}

TEST_CASE("A source may have kMaxWatchersPerSource subscribers, and no more") {
  Serving serving;
  serving.options.accept_from = sip::AccountOptions::AcceptFrom::Anyone;
  serving.register_now();
  for (std::size_t i = 0; i < sip::kMaxWatchersPerSource; ++i)
    REQUIRE(serving.ask(serving.subscribe(), serving.stranger).starts_with("SIP/2.0 200"));
  const std::string refused = serving.ask(serving.subscribe(), serving.stranger);
  CHECK(refused.starts_with("SIP/2.0 503"));
  CHECK_FALSE(header(refused, "Retry-After").empty());
  CHECK(serving.stack.counters().refused_limit == 1);
  sip::Flow other = serving.stranger;
  other.remote = address("192.0.2.67", 5060);
  CHECK(serving.ask(serving.subscribe(), other).starts_with("SIP/2.0 200"));
}

TEST_CASE_FIXTURE(Serving, "All sources together may have kMaxWatchers subscribers, and no more. A registrar has no other limit") {
  register_now();
  for (std::size_t i = 0; i < sip::kMaxWatchers; ++i) {
    REQUIRE(ask(subscribe()).starts_with("SIP/2.0 200"));
    receive(response(take("NOTIFY "), 200, ""));
    events.clear();
  }
  CHECK(ask(subscribe()).starts_with("SIP/2.0 503"));
  CHECK(stack.subscriptions().size() == sip::kMaxWatchers);
}

TEST_CASE("A package may have as many subscribers as its option `most`, and no more") {
  sip::StackOptions options = kServing;
  options.packages[0].most = 2;
  Serving serving(options);
  serving.register_now();
  for (int i = 0; i < 2; ++i) REQUIRE(serving.ask(serving.subscribe()).starts_with("SIP/2.0 200"));
  CHECK(serving.ask(serving.subscribe()).starts_with("SIP/2.0 503"));
  CHECK(serving.ask(serving.subscribe({}, "reg")).starts_with("SIP/2.0 200"));
}

TEST_CASE("If `patience` is set, the stack delays the response to SUBSCRIBE until the application decides or `patience` expires [RFC 6665 section 4.2.1.3]") {
  sip::StackOptions options = kServing;
  options.packages[0].notify.patience = 200ms;
  Serving serving(options);
  serving.register_now();
  CHECK(serving.ask(serving.subscribe()).empty());
  const auto asked = serving.event<sip::SubscribeReceived>();
  REQUIRE(asked);
  CHECK(asked->from_registrar);
  CHECK(asked->proven_user.empty());
  REQUIRE(serving.stack.subscriptions().end(asked->subscription, Changed::Why::Rejected, {}, serving.now));
  serving.drain();
  CHECK(serving.take().starts_with("SIP/2.0 403"));
  CHECK(serving.stack.subscriptions().size() == 0);
  CHECK(serving.stack.subscriptions().accept(asked->subscription, {}, serving.now) == base::fail(sip::StackError::UnknownSubscription));

  CHECK(serving.ask(serving.subscribe()).empty());
  serving.advance(200ms);
  CHECK(serving.take().starts_with("SIP/2.0 200"));
  CHECK(header(serving.take(), "Subscription-State") == "pending;expires=600");
}
