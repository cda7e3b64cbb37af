// Stacks on a simulated network: the first watches the line of the second, and the third calls that line.
#include <offhook/agent/phone/line_watchers.hpp>
#include <offhook/tests/agent/phone/watch_options.hpp>
#include <offhook/tests/sim/network.hpp>

using namespace offhook;
using namespace offhook::sim;
using sip::packages::Applied;

namespace {

sip::StackOptions offering() {
  sip::StackOptions options;
  options.packages = {phone::LineWatchers::package(test::asking())};
  return options;
}

struct WatchedNetwork {
  WatchedNetwork(std::uint64_t seed, Weather weather)
      : network(seed, weather),
        watcher(network.add("192.0.2.1")),
        watched(network.add("192.0.2.2", offering())),
        caller(network.add("192.0.2.3")),
        lines(watched.stack, test::asking(),
              {[this](sip::SubscribeReceived& e) { (void)lines.decide(e.subscription, phone::View::Calls, network.now()); },
               [](const sip::SubscriptionChanged&) {}}) {
    network.on_event = [this](Network::Node& node, sip::Event event) { on_event(node, std::move(event)); };
    lines.add_line(add(watched, "sip:bob@192.0.2.2"), "sip:bob@192.0.2.2", "Bob");
    from = add(caller, "sip:carl@192.0.2.3");
    sip::SubscribeOptions wish{add(watcher, "sip:al@192.0.2.1"), "sip:bob@192.0.2.2", {.event = {"dialog"}}, false};
    wish.what.expires = std::chrono::seconds(300);
    CHECK(watcher.stack.subscriptions().subscribe(wish, network.now()).has_value());
  }
  sip::AccountId add(Network::Node& node, const std::string& address) {
    sip::AccountOptions options;
    options.address_of_record = address;
    options.registers = false;
    return node.stack.accounts().add(options, network.now());
  }
  void on_event(Network::Node& node, sip::Event event) {
    if (&node == &watcher) return on_told(event);
    if (const auto* ended = std::get_if<sip::CallEnded>(&event)) up = up && ended->session != placed;
    if (&node != &watched) return;
    lines.on_event(event, network.now());
    if (auto* wish = std::get_if<sip::SubscribeReceived>(&event)) lines.on_subscribe(*wish, network.now());
    if (const auto* call = std::get_if<sip::IncomingCall>(&event)) {
      lines.rang_in(*call, network.now());
      CHECK(node.stack.calls().answer(call->session, {"application/sdp", "answer"}, network.now()).has_value());
    }
  }
  void on_told(const sip::Event& event) {
    const auto* told = std::get_if<sip::Notified>(&event);
    if (told == nullptr || told->body.empty()) return;
    const auto info = sip::packages::parse_dialog_info(told->body.data);
    REQUIRE(info);
    if (told->branch_tag != branch) table = {};  // Each subscription has its own table.
    branch = told->branch_tag;
    CHECK(table.apply(*info) != Applied::Gap);
    if (info->version == highest + 1 || info->version == 0) ++in_order;
    highest = info->version;
    ++documents;
  }
  void call() {
    const auto made = caller.stack.calls().call({from, "sip:bob@192.0.2.2", {"application/sdp", "offer"}, {}, false}, network.now());
    REQUIRE(made);
    placed = *made;
    up = true;
  }

  Network network;
  Network::Node& watcher;
  Network::Node& watched;
  Network::Node& caller;
  phone::LineWatchers lines;
  sip::packages::DialogTable table;
  std::string branch;
  sip::AccountId from;
  sip::SessionId placed;
  bool up = false;
  std::uint32_t highest = 0;
  int documents = 0, in_order = 0;
};

}  // namespace

TEST_CASE("A watcher on another stack sees each call, and each document has the next version [RFC 4235 section 4.1]") {
  WatchedNetwork watch(1, {});
  watch.network.run_for(1s);
  CHECK(watch.documents == 1);
  CHECK_FALSE(watch.table.in_use());
  for (int i = 0; i < 3; ++i) {
    watch.call();
    watch.network.run_for(5s);
    CHECK(watch.table.in_use());
    REQUIRE(watch.caller.stack.calls().hang_up(watch.placed, watch.network.now()));
    watch.network.run_for(5s);
    CHECK_FALSE(watch.table.in_use());
  }
  watch.network.run_for(400s);  // This time includes refreshes.
  CHECK(watch.documents > 8);
  CHECK(watch.in_order == watch.documents);
}

TEST_CASE("After loss, repetition and reordering of packets, the watcher finally sees the current state [RFC 4235 section 4.3]") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    WatchedNetwork watch(seed, {20, 10ms, 300ms, 10});
    watch.network.run_for(70s);
    watch.call();
    watch.network.run_for(70s);
    REQUIRE(watch.network.was_consistent());
    watch.network.set_weather({});
    watch.network.run_for(700s);  // This time includes a refresh.
    CHECK(watch.documents > 0);
    CHECK(watch.table.in_use() == watch.up);
    if (watch.up) REQUIRE(watch.caller.stack.calls().hang_up(watch.placed, watch.network.now()));
    watch.network.run_for(40s);
    CHECK_FALSE(watch.table.in_use());
  }
}
