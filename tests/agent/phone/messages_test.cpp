// Subscriptions and messages outside of calls, at the level of the Endpoint.
#include <offhook/tests/agent/phone/telephone.hpp>

using namespace offhook;
using phone::PhoneError;
using test::Pair;

TEST_CASE_FIXTURE(Pair, "A refused subscription ends, and its handle has the reason; further operations return WrongState [RFC 6665 section 4.1.2.4]") {
  phone::Subscription subscription;
  a.on_thread([&] {
    phone::SubscribeOptions options;
    options.account = a.account;
    options.target = "sip:bert@127.0.0.1:" + std::to_string(b.endpoint->sip_port());
    options.through_registrar = false;
    auto made = a.endpoint->subscribe(options);
    REQUIRE(made.has_value());
    subscription = *made;
    CHECK(static_cast<bool>(subscription.id()));
  });
  REQUIRE(a.wait_for<phone::SubscriptionChanged>([](const auto& e) { return e.details.state == sip::SubscriptionChanged::State::Ended; }));
  CHECK(a.last<phone::SubscriptionChanged>()->subscription.id() == subscription.id());
  a.on_thread([&] {
    CHECK(subscription.last().state == sip::SubscriptionChanged::State::Ended);
    CHECK(subscription.last().status == 405);
    CHECK_FALSE(subscription.refresh().has_value());
    CHECK_FALSE(subscription.unsubscribe().has_value());
  });
  a.endpoint.reset();
  CHECK(is(subscription.unsubscribe().error(), PhoneError::Closed));
  CHECK(is(phone::Subscription().refresh().error(), PhoneError::WrongState));
}

TEST_CASE_FIXTURE(Pair, "An invalid target or package is refused before any message is sent") {
  a.on_thread([&] {
    phone::SubscribeOptions wanted;
    wanted.account = a.account;
    wanted.target = "nobody";
    CHECK(is(a.endpoint->subscribe(wanted).error(), PhoneError::BadTarget));
    wanted.target = "sip:bert@127.0.0.1";
    wanted.package = "no package";
    CHECK(is(a.endpoint->subscribe(wanted).error(), PhoneError::BadTarget));
    wanted.package = "dialog";
    wanted.account = {};
    CHECK(is(a.endpoint->subscribe(wanted).error(), PhoneError::UnknownAccount));
    CHECK(is(a.endpoint->send_message({a.account, "sip:bert@127.0.0.1", std::string(1301, 'x')}).error(), PhoneError::TooLarge));
    CHECK(is(a.endpoint->send_message({a.account, "nobody", "hello"}).error(), PhoneError::BadTarget));
  });
}

TEST_CASE_FIXTURE(Pair, "The response to a message is reported with the id of the message [RFC 3428 section 4]") {
  sip::RequestId id;
  a.on_thread([&] {
    const auto sent = a.endpoint->send_message({a.account, "sip:bert@127.0.0.1:" + std::to_string(b.endpoint->sip_port()), "hello", "text/plain", false});
    REQUIRE(sent.has_value());
    id = *sent;
  });
  REQUIRE(a.wait_for<sip::RequestAnswered>());
  CHECK(a.last<sip::RequestAnswered>()->request == id);
  CHECK(a.last<sip::RequestAnswered>()->status == 405);  // The peer accepts no messages: its StackOptions::message_types is empty.
}

TEST_CASE_FIXTURE(Pair, "An OPTIONS request gets the peer's capabilities, without a call [RFC 3261 section 11.2]") {
  a.on_thread([&] {
    CHECK(is(a.endpoint->ask_options(a.account, "nobody").error(), PhoneError::BadTarget));
    REQUIRE(a.endpoint->ask_options(a.account, "sip:bert@127.0.0.1:" + std::to_string(b.endpoint->sip_port()), false).has_value());
  });
  REQUIRE(a.wait_for<sip::RequestAnswered>());
  CHECK(a.last<sip::RequestAnswered>()->status == 200);
  CHECK(a.last<sip::RequestAnswered>()->headers.find("Allow").value_or("").find("INVITE") != std::string::npos);
}
