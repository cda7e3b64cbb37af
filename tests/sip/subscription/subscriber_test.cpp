#include <offhook/tests/sip/subscription/watcher.hpp>

using namespace offhook;
using namespace offhook::sip;
using namespace offhook::sip::subscription;
using namespace offhook::sip::subscription::test;

TEST_CASE_FIXTURE(Watcher, "A SUBSCRIBE has the event, the duration and the accepted body type [RFC 6665 section 4.1.2.1]") {
  const Send first = subscribe();
  CHECK(first.head.method == Method::Subscribe);
  CHECK(first.head.cseq == 1);
  CHECK(first.head.from == "<sip:6001@pbx.example>;tag=" + machine.local_tag());
  CHECK(field(first.own, "Event") == "message-summary");
  CHECK(field(first.own, "Expires") == "3600");
  CHECK(field(first.own, "Accept") == "application/simple-message-summary");
  CHECK(machine.state() == Subscriber::State::NotifyWait);
}

TEST_CASE_FIXTURE(Watcher, "The first NOTIFY creates the dialog. The dialog has the route set of this NOTIFY [RFC 6665 section 4.4.1]") {
  const Send first = subscribe();
  respond(first, 200, "Expires: 600\r\nContact: <sip:other@192.0.2.77>\r\n");
  CHECK(machine.state() == Subscriber::State::NotifyWait);
  CHECK(changes.empty());
  CHECK(notify("active;expires=600", "Messages-Waiting: yes") == 200);
  const auto active = change();
  CHECK(active.state == Is::Active);
  CHECK(active.expires == 600s);
  CHECK(active.branch_tag == "n1");
  REQUIRE(notified.size() == 1);
  CHECK(notified[0].body.data == "Messages-Waiting: yes");
  CHECK_FALSE(notified[0].last);
  REQUIRE(machine.refresh(now, out));
  collect();
  const Send again = subscribe();
  CHECK(again.head.request_uri == "sip:n1@192.0.2.99");
  CHECK(again.head.next_hop == "sip:192.0.2.50;lr");
  CHECK(again.head.to == "<sip:6001@pbx.example>;tag=n1");
  CHECK(again.head.cseq == 2);
  CHECK(again.head.call_id == first.head.call_id);
}

TEST_CASE_FIXTURE(Watcher, "A NOTIFY may come before the 200 [RFC 6665 section 4.1.2.4]") {
  const Send first = subscribe();
  CHECK(notify("pending") == 200);  // An old notifier sends no expires.
  CHECK(change().state == Is::Pending);
  CHECK_FALSE(machine.next_deadline() == std::nullopt);
  respond(first, 200, "Expires: 120\r\n");
  CHECK(notify("active") == 200);
  CHECK(change().state == Is::Active);
  advance(119s);
  CHECK(sent.size() >= 1);  // The interval of the 200 determines the refresh.
  CHECK(subscribe().head.cseq == 2);
}

TEST_CASE_FIXTURE(Watcher, "If no NOTIFY arrives within 64 * T1, the subscription has failed, and later NOTIFYs get 481 [RFC 6665 section 4.1.2.4]") {
  respond(subscribe(), 200, "Expires: 600\r\n");
  advance(31999ms);
  CHECK(machine.state() == Subscriber::State::NotifyWait);
  advance(1ms);
  CHECK(machine.state() == Subscriber::State::Waiting);
  const auto waiting = change();
  CHECK(waiting.state == Is::Waiting);
  CHECK(waiting.why == Why::NoAnswer);
  REQUIRE(waiting.retry_in);
  CHECK(notify("active;expires=600") == 481);
  const auto before = machine.call_id();
  const auto tag = machine.local_tag();
  advance(*waiting.retry_in);
  CHECK(subscribe().head.cseq == 1);
  CHECK(machine.call_id() != before);  // RFC 6665 section 4.1.2.2: the new subscription is unrelated to the previous one.
  CHECK(machine.local_tag() != tag);
}

TEST_CASE_FIXTURE(Watcher, "The subscriber sends a refresh at least 64 * T1 before the end of the subscription [RFC 6665 section 4.1.2.2]") {
  become_active(600);
  for (int round = 0; round < 5; ++round) {
    const auto begin = now;
    while (sent.empty()) advance(1s);
    CHECK(now - begin >= 300s);
    CHECK(now - begin <= 600s - 32s + 1s);
    const Send again = subscribe();
    CHECK(field(again.own, "Expires") == "3600");
    respond(again, 200, "Expires: 600\r\n");
    CHECK(notify("active;expires=600") == 200);
  }
  CHECK(changes.empty());
}

TEST_CASE_FIXTURE(Watcher, "The expires of the NOTIFY takes precedence over the Expires of the 200 [RFC 6665 section 4.1.3]") {
  respond(subscribe(), 200, "Expires: 3600\r\n");
  CHECK(notify("active;expires=100") == 200);
  advance(99s);
  REQUIRE(sent.size() == 1);
  const Send again = subscribe();
  CHECK(notify("active;expires=100") == 200);  // The NOTIFY comes before the 200, which has another interval.
  respond(again, 200, "Expires: 3600\r\n");
  advance(99s);
  CHECK(sent.size() == 1);
}

TEST_CASE_FIXTURE(Watcher, "If no NOTIFY follows a refresh within 64 * T1, the subscription ends, and the subscriber later begins a new one [RFC 6665 section 4.1.2.2]") {
  become_active(600);
  while (sent.empty()) advance(1s);
  respond(subscribe(), 200, "Expires: 600\r\n");
  advance(32s);
  const auto waiting = change();
  CHECK(waiting.state == Is::Waiting);
  CHECK(waiting.why == Why::NoAnswer);
  CHECK(machine.dialogs() == 0);
}

TEST_CASE("A refusal of a refresh can end the subscription. After 480 and 481 the subscriber begins a new one [RFC 6665 section 4.1.2.2]") {
  for (const int status : {404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604}) {
    CAPTURE(status);
    Watcher watcher;
    watcher.become_active(600);
    while (watcher.sent.empty()) watcher.advance(1s);
    watcher.respond(watcher.subscribe(), status);
    CHECK(watcher.machine.dialogs() == 0);
    const auto told = watcher.change();
    CHECK(told.why == Why::Refused);
    CHECK(told.status == status);
    CHECK(told.state == (status == 480 || status == 481 ? Is::Waiting : Is::Ended));
  }
}

TEST_CASE("After any other refusal of a refresh, the subscription is valid until it expires [RFC 6665 section 4.1.2.2]") {
  for (const int status : {400, 403, 408, 500, 503, 603}) {
    CAPTURE(status);
    Watcher watcher;
    watcher.become_active(600);
    while (watcher.sent.empty()) watcher.advance(1s);
    watcher.respond(watcher.subscribe(), status, "Retry-After: 7\r\n");
    CHECK(watcher.machine.state() == Subscriber::State::Subscribed);
    CHECK(watcher.notify("active") == 200);
    watcher.advance(6s);
    CHECK(watcher.sent.empty());
    int tries = 0;
    while (watcher.machine.state() == Subscriber::State::Subscribed) {
      watcher.advance(1s);
      if (watcher.sent.empty()) continue;
      ++tries;
      watcher.respond(watcher.subscribe(), status);
    }
    CHECK(tries >= 1);
    CHECK(tries < 20);
    const auto waiting = watcher.change();  // RFC 6665 section 4.1.3: after a timeout the subscriber may subscribe again at once.
    CHECK(waiting.why == Why::Timeout);
    CHECK(waiting.retry_in == 0s);
  }
}

TEST_CASE_FIXTURE(Watcher, "After a 423 the subscriber uses the Min-Expires of the 423, at most twice [RFC 6665 section 4.2.1.4]") {
  respond(subscribe(), 423, "Min-Expires: 7200\r\n");
  const Send second = subscribe();
  CHECK(field(second.own, "Expires") == "7200");
  CHECK(second.head.cseq == 2);
  CHECK(second.head.call_id == machine.call_id());
  respond(second, 423, "Min-Expires: 7300\r\n");
  const Send third = subscribe();
  respond(third, 423, "Min-Expires: 7400\r\n");
  CHECK(sent.empty());
  CHECK(change().state == Is::Waiting);
}

TEST_CASE_FIXTURE(Watcher, "A 423 with a Min-Expires above a day, or below the requested duration, is a refusal") {
  respond(subscribe(), 423, "Min-Expires: 86401\r\n");
  CHECK(change().status == 423);
  Watcher other;
  other.respond(other.subscribe(), 423, "Min-Expires: 10\r\n");
  CHECK(other.change().status == 423);
  Watcher day;
  day.respond(day.subscribe(), 423, "Min-Expires: 86400\r\n");
  CHECK(field(day.subscribe().own, "Expires") == "86400");
}

TEST_CASE_FIXTURE(Watcher, "The subscriber sends a redirected SUBSCRIBE to the Contacts of the response in order [RFC 3261 section 8.1.3.4]") {
  const Send first = subscribe();
  respond(first, 302, "Contact: <sip:second@b.example>;q=0.1, <sip:first@a.example>\r\n");
  const Send second = subscribe();
  CHECK(second.head.request_uri == "sip:first@a.example");
  CHECK(second.head.next_hop == (first.head.next_hop == first.head.request_uri ? second.head.request_uri : first.head.next_hop));
  CHECK(second.head.call_id == first.head.call_id);
  CHECK(second.head.cseq == first.head.cseq + 1);
  respond(second, 404);  // The subscriber then tries the next Contact.
  const Send third = subscribe();
  CHECK(third.head.request_uri == "sip:second@b.example");
  respond(third, 404);
  const auto told = change();
  CHECK(told.state == Is::Ended);
  CHECK(told.status == 404);
}

TEST_CASE_FIXTURE(Watcher, "The subscriber follows at most kMaxRedirections redirections, and begins a new attempt at the original target") {
  Send last = subscribe();
  const std::string target = last.head.request_uri;
  for (unsigned i = 0; i < session::kMaxRedirections; ++i) {
    respond(last, 302, "Contact: <sip:s" + std::to_string(i) + "@a.example>\r\n");
    last = subscribe();
  }
  respond(last, 302, "Contact: <sip:more@a.example>\r\n");
  CHECK(change().status == 302);
  Watcher again;
  Send one = again.subscribe();
  again.respond(one, 302, "Contact: <sip:first@a.example>\r\n");
  again.respond(again.subscribe(), 503);
  CHECK(again.change().state == Is::Waiting);
  again.advance(3600s);
  CHECK(again.subscribe().head.request_uri == target);
}

TEST_CASE("A permanent refusal of the first SUBSCRIBE ends the subscription. After a temporary refusal the subscriber tries again [RFC 6665 section 4.1.2.1]") {
  for (const int status : {300, 302, 400, 403, 404, 405, 406, 410, 489, 501, 603, 604}) {
    CAPTURE(status);
    Watcher watcher;
    watcher.respond(watcher.subscribe(), status);
    const auto told = watcher.change();
    CHECK(told.state == Is::Ended);
    CHECK(told.status == status);
    CHECK(watcher.machine.is_over());
    CHECK(watcher.notify("active;expires=60") == 481);
  }
  for (const int status : {401, 407, 408, 480, 481, 486, 500, 503, 504, 600}) {
    CAPTURE(status);
    Watcher watcher;
    watcher.respond(watcher.subscribe(), status, "Retry-After: 90\r\n");
    const auto told = watcher.change();
    CHECK(told.state == Is::Waiting);
    CHECK(*told.retry_in >= (status == 401 || status == 407 ? 30s : 90s));
  }
}

TEST_CASE_FIXTURE(Watcher, "Failures cause longer and longer waits, up to five minutes") {
  base::Duration longest{};
  for (int i = 0; i < 12; ++i) {
    fail(subscribe(), i % 2 == 0 ? Failure::Transport : Failure::Unresolvable);
    const auto told = change();
    CHECK(told.why == (i % 2 == 0 ? Why::Unreachable : Why::Unresolvable));
    REQUIRE(told.retry_in);
    CHECK(*told.retry_in >= 1s);
    longest = std::max(longest, *told.retry_in);
    advance(*told.retry_in);
  }
  CHECK(longest > 150s);
  CHECK(longest <= 300s);
}

namespace {

struct Ending {
  const char* text;
  Why why;
  bool again;
  base::Duration least, most;
};

}  // namespace

TEST_CASE("The reason of a terminated NOTIFY decides whether and when the subscriber tries again [RFC 6665 section 4.1.3]") {
  for (const Ending& reason :
       {Ending{"terminated;reason=deactivated;retry-after=60", Why::Deactivated, true, 0s, 0s},
        Ending{"terminated;reason=probation;retry-after=600", Why::Probation, true, 600s, 600s},
        Ending{"terminated;reason=probation", Why::Probation, true, 60s, 60s},
        Ending{"terminated;reason=rejected;retry-after=60", Why::Rejected, false, {}, {}},
        Ending{"terminated;reason=timeout;retry-after=60", Why::Timeout, true, 0s, 0s},
        Ending{"terminated;reason=giveup;retry-after=90", Why::GiveUp, true, 90s, 90s},
        Ending{"terminated;reason=giveup", Why::GiveUp, true, 60s, 60s},
        Ending{"terminated;reason=noresource;retry-after=60", Why::NoResource, false, {}, {}},
        Ending{"terminated;reason=invariant;retry-after=60", Why::Invariant, false, {}, {}},
        Ending{"terminated;reason=tired;retry-after=45", Why::Terminated, true, 45s, 45s},
        Ending{"terminated", Why::Terminated, true, 1s, 2s}}) {
    CAPTURE(reason.text);
    Watcher watcher;
    watcher.become_active();
    CHECK(watcher.notify(reason.text, "last words") == 200);
    REQUIRE(watcher.notified.size() == 1);
    CHECK(watcher.notified[0].last);
    CHECK(watcher.notified[0].body.data == "last words");
    const auto told = watcher.change();
    CHECK(told.why == reason.why);
    CHECK(told.state == (reason.again ? Is::Waiting : Is::Ended));
    CHECK(watcher.machine.is_over() == !reason.again);
    if (!reason.again) continue;
    CHECK(*told.retry_in >= reason.least);
    CHECK(*told.retry_in <= reason.most);
    CHECK(watcher.sent.size() == (reason.most == 0s ? 1 : 0));
  }
}

TEST_CASE_FIXTURE(Watcher, "If the notifier always deactivates the subscription, the subscriber does not send SUBSCRIBEs in an endless loop [RFC 6665 section 4.4.2]") {
  int asked = 0;
  const auto begin = now;
  while (now - begin < 600s) {
    while (!sent.empty()) {
      ++asked;
      const Send one = subscribe();
      respond(one, 200, "Expires: 600\r\n");
      CHECK(notify("terminated;reason=deactivated") == 200);
    }
    advance(1s);
  }
  CHECK(asked > 3);
  CHECK(asked < 20);
}

TEST_CASE_FIXTURE(Watcher, "unsubscribe() sends Expires 0 and waits for the last NOTIFY [RFC 6665 section 4.1.2.3]") {
  become_active();
  REQUIRE(machine.unsubscribe(now, out));
  collect();
  const Send last = subscribe();
  CHECK(field(last.own, "Expires") == "0");
  respond(last, 200, "Expires: 0\r\n");
  CHECK_FALSE(machine.is_over());
  CHECK(notify("active;expires=5") == 200);  // The notifier sent this NOTIFY before it got the SUBSCRIBE.
  CHECK(notify("terminated;reason=timeout") == 200);
  const auto told = change();
  CHECK(told.state == Is::Ended);
  CHECK(told.why == Why::Unsubscribed);
  CHECK(machine.is_over());
  CHECK_FALSE(machine.unsubscribe(now, out));
  CHECK_FALSE(machine.refresh(now, out));
}

TEST_CASE_FIXTURE(Watcher, "If the last NOTIFY does not arrive, unsubscribe() ends after 64 * T1 [RFC 6665 section 4.1.2.4]") {
  become_active();
  REQUIRE(machine.unsubscribe(now, out));
  collect();
  respond(subscribe(), 200);
  for (int i = 0; i < 31; ++i) {
    advance(1s);
    CHECK(notify("active;expires=600") == 200);  // Further NOTIFYs cannot prevent the end.
  }
  advance(1s);
  CHECK(machine.is_over());
  CHECK(change().why == Why::Unsubscribed);
  CHECK(sent.empty());
}

TEST_CASE_FIXTURE(Watcher, "unsubscribe() waits for the dialog if it does not exist yet [RFC 6665 section 4.1.2.3]") {
  const Send first = subscribe();
  REQUIRE(machine.unsubscribe(now, out));
  collect();
  CHECK(sent.empty());
  respond(first, 200, "Expires: 600\r\n");
  CHECK(notify("active;expires=600") == 200);
  CHECK(field(subscribe().own, "Expires") == "0");
  CHECK(notify("terminated;reason=timeout") == 200);
  CHECK(machine.is_over());
}

TEST_CASE_FIXTURE(Watcher, "unsubscribe() waits for the end of a refresh [RFC 3261 section 12.2.1]") {
  become_active();
  REQUIRE(machine.refresh(now, out));
  REQUIRE(machine.unsubscribe(now, out));
  collect();
  REQUIRE(sent.size() == 1);
  const Send refresh = subscribe();
  CHECK(field(refresh.own, "Expires") == "3600");
  respond(refresh, 200, "Expires: 3600\r\n");
  CHECK(field(subscribe().own, "Expires") == "0");
}

TEST_CASE_FIXTURE(Watcher, "If the subscriber waits for a new attempt, unsubscribe() ends the subscription at once") {
  fail(subscribe(), Failure::Transport);
  (void)change();
  REQUIRE(machine.unsubscribe(now, out));
  collect();
  CHECK(change().why == Why::Unsubscribed);
  CHECK(machine.is_over());
  CHECK_FALSE(machine.next_deadline());
}

TEST_CASE("A fetch sends one SUBSCRIBE, and ends after the 200 and the NOTIFY, in either order [RFC 6665 section 4.4.3]") {
  for (const bool notify_first : {true, false}) {
    CAPTURE(notify_first);
    Watcher watcher({.event = {"message-summary"}, .accept = "", .expires = 0s});
    const Send only = watcher.subscribe();
    CHECK(field(only.own, "Expires") == "0");
    if (!notify_first) watcher.respond(only, 200, "Expires: 0\r\n");
    CHECK(watcher.notify("terminated;reason=timeout", "yes") == 200);
    if (notify_first) watcher.respond(only, 200, "Expires: 0\r\n");
    REQUIRE(watcher.notified.size() == 1);
    CHECK(watcher.notified[0].body.data == "yes");
    CHECK(watcher.notified[0].last);
    const auto told = watcher.change();
    CHECK(told.state == Is::Ended);
    CHECK(told.why == Why::Unsubscribed);
    CHECK(watcher.machine.is_over());
    CHECK(watcher.changes.empty());
    CHECK(watcher.sent.empty());
  }
}

TEST_CASE("If a notifier treats a fetch as a subscription, the subscriber unsubscribes") {
  Watcher watcher({.event = {"message-summary"}, .accept = "", .expires = 0s});
  watcher.respond(watcher.subscribe(), 200, "Expires: 3600\r\n");
  CHECK(watcher.notify("active;expires=3600", "yes") == 200);
  CHECK(field(watcher.subscribe().own, "Expires") == "0");
  CHECK(watcher.notify("terminated;reason=timeout") == 200);
  CHECK(watcher.machine.is_over());
}

TEST_CASE("The subscriber does not repeat a fetch that fails") {
  Watcher watcher({.event = {"message-summary"}, .accept = "", .expires = 0s});
  watcher.respond(watcher.subscribe(), 503);
  CHECK(watcher.change().state == Is::Ended);
  CHECK(watcher.machine.is_over());
}

TEST_CASE_FIXTURE(Watcher, "For a package without forks, the subscriber keeps the first dialog, and other notifiers get 481 [RFC 6665 section 5.4.9]") {
  respond(subscribe(), 200, "Expires: 600\r\n");
  CHECK(notify("active;expires=600", "", "n1") == 200);
  CHECK(notify("active;expires=600", "", "n2") == 481);
  CHECK(machine.dialogs() == 1);
}

TEST_CASE("A forked SUBSCRIBE has a subscription for each notifier [RFC 6665 section 4.1.4]") {
  Watcher watcher({.event = {"dialog"}, .accept = "", .forks = true});
  watcher.respond(watcher.subscribe(), 200, "Expires: 600\r\n");
  CHECK(watcher.notify("active;expires=600", "", "n1", "dialog") == 200);
  CHECK(watcher.notify("pending;expires=100", "", "n2", "dialog") == 200);
  CHECK(watcher.change().branch_tag == "n1");
  CHECK(watcher.change().state == Is::Pending);
  watcher.advance(99s);  // Each subscription has its own timers.
  CHECK(watcher.subscribe().head.to == "<sip:6001@pbx.example>;tag=n2");
  CHECK(watcher.notify("terminated;reason=rejected", "", "n2", "dialog") == 200);
  const auto gone = watcher.change();
  CHECK(gone.state == Is::Ended);
  CHECK(gone.branch_tag == "n2");
  CHECK_FALSE(watcher.machine.is_over());
  CHECK(watcher.notify("active", "", "n3", "dialog") == 481);  // After Timer N: section 4.1.2.4.
  CHECK(watcher.notify("terminated;reason=noresource", "", "n1", "dialog") == 200);
  CHECK(watcher.change().branch_tag == "n1");
  const auto all = watcher.change();
  CHECK(all.branch_tag.empty());
  CHECK(all.state == Is::Ended);
  CHECK(watcher.machine.is_over());
}

TEST_CASE("A SUBSCRIBE has at most kMaxForks dialogs. A NOTIFY for a further dialog gets 481") {
  Watcher watcher({.event = {"dialog"}, .accept = "", .forks = true});
  for (std::size_t i = 0; i < kMaxForks; ++i)
    CHECK(watcher.notify("active;expires=600", "", "n" + std::to_string(i), "dialog") == 200);
  CHECK(watcher.notify("active;expires=600", "", "one-more", "dialog") == 481);
  CHECK(watcher.machine.dialogs() == kMaxForks);
}

TEST_CASE_FIXTURE(Watcher, "The subscriber refuses a NOTIFY for another event or with an invalid state. A NOTIFY that is out of order gets 500 [RFC 6665 section 4.1.3]") {
  become_active();
  CHECK(notify("active", "", "n1", "presence") == 481);
  CHECK(notify("active", "", "n1", "message-summary;id=1") == 481);
  CHECK(notify("active", "", "n1", "") == 489);
  CHECK(notify("active", "", "n1", "a b") == 400);
  CHECK(notify("") == 400);
  CHECK(notify("active;expires=3600", "one", "n1", "message-summary", 50) == 200);
  CHECK(notify("active;expires=3600", "old", "n1", "message-summary", 49) == 500);  // RFC 3261 section 12.2.2
  CHECK(notify("dozing;expires=3600", "two", "n1", "message-summary", 51) == 200);
  CHECK(notified.size() == 2);
  CHECK(machine.state() == Subscriber::State::Subscribed);
  CHECK(changes.empty());
}

TEST_CASE("A REFER outside a call creates its own subscription [RFC 3515 section 2.4.4]") {
  Watcher watcher({.event = {"refer"}, .refer_to = "sip:bob@example.com"});
  const Send refer = watcher.subscribe();
  CHECK(refer.head.method == Method::Refer);
  CHECK(field(refer.own, "Refer-To") == "<sip:bob@example.com>");
  CHECK(field(refer.own, "Event").empty());
  watcher.respond(refer, 202);
  CHECK(watcher.notify("active;expires=60", "SIP/2.0 100 Trying", "n1", "refer") == 200);
  CHECK(watcher.notify("terminated;reason=noresource", "SIP/2.0 200 OK", "n1", "refer;id=1") == 200);  // Section 2.4.6.
  CHECK(watcher.notified.back().body.data == "SIP/2.0 200 OK");
  CHECK(watcher.machine.is_over());
  CHECK(watcher.sent.empty());
}

TEST_CASE("If the response to a REFER grants no subscription, the subscriber ends after this response [RFC 4488 section 4]") {
  Watcher watcher({.event = {"refer"}, .headers = {{"Refer-Sub", "false"}}, .refer_to = "sip:bob@example.com"});
  const Send refer = watcher.subscribe();
  CHECK(field(refer.headers, "Refer-Sub") == "false");
  watcher.respond(refer, 202, "Refer-Sub: false\r\n");
  CHECK(watcher.machine.is_over());
  const auto told = watcher.change();
  CHECK(told.state == Is::Ended);
  CHECK(told.status == 202);
}

TEST_CASE_FIXTURE(Watcher, "For a request that is sent again with credentials, take_cseq() returns the next CSeq of its dialog [RFC 3261 section 22.2]") {
  const Send first = subscribe();
  CHECK(machine.take_cseq(first.head) == 2);
  respond(first, 200, "Expires: 600\r\n");
  CHECK(notify("active;expires=600") == 200);
  REQUIRE(machine.refresh(now, out));
  collect();
  const Send again = subscribe();
  CHECK(again.head.cseq == 3);
  CHECK(machine.take_cseq(again.head) == 4);
  RequestHead old = first.head;
  old.call_id = "another";
  CHECK_FALSE(machine.take_cseq(old));
}
