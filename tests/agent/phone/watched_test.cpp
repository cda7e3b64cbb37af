// A watched telephone, at the level of the Endpoint.
#include <offhook/tests/agent/phone/telephone.hpp>
#include <offhook/tests/agent/phone/watch_options.hpp>

using namespace offhook;
using phone::PhoneError;
using test::Telephone;

namespace {

struct WatchedTelephone {
  Telephone lamp{"anna"}, line{"bert", {media::AudioCodec::Pcmu}, 1, test::asking()}, caller{"carl"};
  phone::Subscription subscription;

  void watch() {
    lamp.on_thread([&] {
      phone::SubscribeOptions options;
      options.account = lamp.account;
      options.target = "sip:bert@127.0.0.1:" + std::to_string(line.endpoint->sip_port());
      options.package = "dialog";
      options.through_registrar = false;
      auto made = lamp.endpoint->subscribe(options);
      REQUIRE(made.has_value());
      subscription = *made;
    });
    REQUIRE(line.wait_for<phone::WatcherAsks>());
  }
  bool sees(const std::string& text) {
    return lamp.wait_for<phone::Notified>([&](const auto& e) { return e.details.body.data.find(text) != std::string::npos; });
  }
};

}  // namespace

TEST_CASE_FIXTURE(WatchedTelephone, "An accepted watcher sees the calls of a line begin and end, until its subscription is ended [RFC 4235 section 3.7]") {
  watch();
  phone::Watcher watcher = line.last<phone::WatcherAsks>()->watcher;
  CHECK(line.last<phone::WatcherAsks>()->details.from.uri.find("anna") != std::string::npos);
  line.on_thread([&] {
    CHECK(watcher.accept(phone::View::Calls).has_value());
    CHECK(is(watcher.accept().error(), PhoneError::WrongState));
  });
  CHECK(sees("entity=\"sip:bert@"));
  caller.dial("bert", line.endpoint->sip_port());
  REQUIRE(caller.wait_for<phone::CallConnected>());
  CHECK(sees(">confirmed<"));
  CHECK(sees("sip:carl@"));
  caller.on_thread([&] { CHECK(caller.call->hang_up().has_value()); });
  CHECK(sees(">terminated<"));
  CHECK(lamp.last<phone::Notified>()->details.body.data.find("event=\"remote-bye\"") != std::string::npos);
  line.on_thread([&] { CHECK(watcher.end().has_value()); });
  REQUIRE(line.wait_for<phone::WatcherLeft>());
  CHECK(line.last<phone::WatcherLeft>()->watcher.id() == watcher.id());
  REQUIRE(lamp.wait_for<phone::SubscriptionChanged>([](const auto& e) { return e.details.state == sip::SubscriptionChanged::State::Ended; }));
  lamp.on_thread([&] { CHECK(subscription.last().why == sip::SubscriptionChanged::Why::Rejected); });
  line.on_thread([&] { CHECK(is(watcher.end().error(), PhoneError::WrongState)); });
  line.endpoint.reset();
  CHECK(is(watcher.end().error(), PhoneError::Closed));
  CHECK(is(phone::Watcher().accept().error(), PhoneError::WrongState));
}

TEST_CASE("A line without allowed watchers refuses every subscription [RFC 6665 section 4.2.1.3]") {
  WatchedTelephone watched;
  Telephone shy{"dora", {media::AudioCodec::Pcmu}, 1, phone::WatchOptions{}};
  watched.lamp.on_thread([&] {
    phone::SubscribeOptions options;
    options.account = watched.lamp.account;
    options.target = "sip:dora@127.0.0.1:" + std::to_string(shy.endpoint->sip_port());
    options.package = "dialog";
    options.through_registrar = false;
    REQUIRE(watched.lamp.endpoint->subscribe(options).has_value());
  });
  REQUIRE(watched.lamp.wait_for<phone::SubscriptionChanged>([](const auto& e) { return e.details.status == 403; }));
  CHECK_FALSE(shy.last<phone::WatcherAsks>());
}
