#include <offhook/tests/sim/network.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <set>

using namespace offhook;
using namespace offhook::sim;
using Changed = sip::SubscriptionChanged;

namespace {

sip::StackOptions serving() {
  sip::StackOptions options;
  options.packages = {{"dialog", "", {std::chrono::seconds(1), std::chrono::seconds(300), std::chrono::seconds(300)}}};
  return options;
}

/// A subscriber and a notifier over a network. The notifier's state is a number that rises.
struct Watch {
  explicit Watch(std::uint64_t seed, Weather weather) : network(seed, weather) {
    network.on_event = [this](Network::Node& node, sip::Event event) { on_event(node, std::move(event)); };
    watcher = &network.add("192.0.2.1");
    watched = &network.add("192.0.2.2", serving());
    sip::AccountOptions options;
    options.address_of_record = "sip:al@192.0.2.1";
    options.registers = false;
    account = watcher->stack.accounts().add(options, network.now());
  }
  void on_event(Network::Node& node, sip::Event event) {
    if (const auto* asked = std::get_if<sip::SubscribeReceived>(&event)) {
      subscribers.insert(asked->subscription);
      (void)node.stack.subscriptions().accept(asked->subscription, {"text/plain", std::to_string(state)}, network.now());
    }
    if (const auto* told = std::get_if<sip::Notified>(&event)) {
      if (told->body.empty()) return;
      const int number = std::stoi(told->body.data);
      CHECK(number >= seen[told->branch_tag]);  // No older state may follow a newer state.
      seen[told->branch_tag] = newest = number;
    }
    if (const auto* changed = std::get_if<Changed>(&event)) {
      if (&node == watched && changed->state == Changed::State::Ended) subscribers.erase(changed->subscription);
      if (&node == watcher) last = *changed;
      if (&node == watcher && changed->state == Changed::State::Waiting) ++anew;
    }
  }
  void subscribe() {
    sip::subscription::SubscriberOptions what{.event = {"dialog"}};
    what.forks = forks;
    id = *watcher->stack.subscriptions().subscribe({account, "sip:bob@192.0.2.2", what, false}, network.now());
  }
  void change() {
    ++state;
    for (const auto subscriber : std::set(subscribers))
      (void)watched->stack.subscriptions().notify(subscriber, {"text/plain", std::to_string(state)}, network.now());
  }
  void restart_watched() {
    subscribers.clear();
    watched = &network.restart(*watched);
  }

  Network network;
  Network::Node* watcher = nullptr;
  Network::Node* watched = nullptr;
  sip::AccountId account;
  sip::SubscriptionId id;
  bool forks = false;
  int state = 1, newest = 0, anew = 0;
  std::set<sip::SubscriptionId> subscribers;
  std::map<std::string, int> seen;  // by the notifier's tag
  Changed last;
};

}  // namespace

TEST_CASE("Over a bad network, a subscriber never gets an older state after a newer state, gets the last state, and no subscription state remains [RFC 6665 section 4.2.2]") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    Weather weather;
    weather.loss_percent = static_cast<unsigned>(seed % 4) * 10;
    weather.delay = 20ms;
    weather.jitter = 400ms;
    weather.duplicate_percent = 10;
    Watch watch(seed, weather);
    watch.subscribe();
    for (int i = 0; i < 40; ++i) {
      watch.network.run_for(10s);
      watch.change();
      watch.change();
    }
    watch.network.set_weather({});
    watch.network.run_for(400s);  // The next refresh brings the newest state, even if its NOTIFY was lost.
    CHECK(watch.newest == watch.state);
    CHECK(watch.last.state == Changed::State::Active);
    REQUIRE(watch.watcher->stack.subscriptions().unsubscribe(watch.id, watch.network.now()));
    watch.network.run_for(400s);
    CHECK(watch.last.why == Changed::Why::Unsubscribed);
    CHECK(watch.watcher->stack.subscriptions().size() == 0);
    CHECK(watch.watched->stack.subscriptions().size() == 0);
    CHECK(watch.watcher->stack.unfinished() + watch.watched->stack.unfinished() == 0);
    CHECK(watch.network.quiet());
  }
}

TEST_CASE("A subscriber subscribes again to a notifier that was restarted [RFC 6665 section 4.1.2.2]") {
  Watch watch(7, {});
  watch.subscribe();
  watch.network.run_for(10s);
  CHECK(watch.newest == 1);
  watch.state = 20;
  watch.restart_watched();
  watch.network.run_for(310s);  // The refresh gets 481. Then the subscriber creates a new subscription.
  CHECK(watch.anew == 1);
  CHECK(watch.newest == 20);
  CHECK(watch.last.state == Changed::State::Active);
}

TEST_CASE("A notifier removes the subscription of a subscriber that was restarted [RFC 6665 section 4.2.2]") {
  Watch watch(7, {});
  watch.subscribe();
  watch.network.run_for(10s);
  CHECK(watch.watched->stack.subscriptions().size() == 1);
  watch.watcher = &watch.network.restart(*watch.watcher);
  watch.change();
  watch.network.run_for(10s);  // The NOTIFY gets 481.
  CHECK(watch.watched->stack.subscriptions().size() == 0);
}

TEST_CASE("When the network is cut, both sides remove the subscription. When it works again, the subscriber creates a new subscription [RFC 6665 section 4.1.2.2]") {
  Watch watch(9, {});
  watch.subscribe();
  watch.network.run_for(10s);
  Weather cut;
  cut.is_cut = true;
  watch.network.set_weather(cut);
  watch.change();
  watch.network.run_for(700s);
  CHECK(watch.watched->stack.subscriptions().size() == 0);
  CHECK(watch.last.state == Changed::State::Waiting);
  watch.network.set_weather({});
  watch.network.run_for(310s);
  CHECK(watch.newest == watch.state);
  CHECK(watch.watched->stack.subscriptions().size() == 1);
}

TEST_CASE("When a proxy forks a SUBSCRIBE, the subscriber keeps a separate subscription for each notifier [RFC 6665 section 4.1.4]") {
  for (const bool forks : {true, false}) {
    CAPTURE(forks);
    Watch watch(5, {});
    watch.forks = forks;
    Network::Node& other = watch.network.add("192.0.2.3", serving());
    // This proxy sends each SUBSCRIBE to both notifiers.
    watch.network.add_box(address("192.0.2.9", 5060), [&](const Datagram& received) {
      std::vector<Datagram> out;
      if (!received.bytes.starts_with("SUBSCRIBE ")) return out;
      for (const char* ip : {"192.0.2.2", "192.0.2.3"})
        out.push_back({received.from, address(ip, 5060), received.bytes});  // With the subscriber's source address, so that responses do not pass the proxy.
      return out;
    });
    sip::subscription::SubscriberOptions what{.event = {"dialog"}};
    what.forks = forks;
    watch.id = *watch.watcher->stack.subscriptions().subscribe({watch.account, "sip:bob@192.0.2.9", what, false}, watch.network.now());
    watch.network.run_for(2s);
    CHECK(watch.seen.size() == (forks ? 2 : 1));
    CHECK(watch.watched->stack.subscriptions().size() + other.stack.subscriptions().size() == (forks ? 2 : 1));  // else the second notifier got 481
    watch.network.run_for(1000s);
    CHECK(watch.watched->stack.subscriptions().size() + other.stack.subscriptions().size() == (forks ? 2 : 1));
    REQUIRE(watch.watcher->stack.subscriptions().unsubscribe(watch.id, watch.network.now()));
    watch.network.run_for(100s);
    CHECK(watch.watched->stack.subscriptions().size() + other.stack.subscriptions().size() == 0);
    CHECK(watch.watcher->stack.subscriptions().size() == 0);
  }
}
