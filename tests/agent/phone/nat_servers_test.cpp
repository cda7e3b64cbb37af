#include <offhook/agent/phone/nat/nat_servers.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace offhook;
using namespace std::chrono_literals;
using phone::NatServers;

namespace {

base::IpAddress ip(const char* text) { return base::IpAddress::parse(text).value(); }

/// Servers with names, whose look-ups the test answers.
struct Looked {
  std::vector<std::pair<std::string, std::function<void(const std::vector<base::IpAddress>&)>>> asked;
  std::vector<std::pair<base::Duration, std::function<void()>>> later;
  std::vector<std::string> told;
  std::shared_ptr<NatServers> servers;
  base::TimePoint now{100s};

  explicit Looked(phone::NatOptions options) : servers(NatServers::make(std::move(options)).value()) {
    servers->look_up([this](const std::string& host, auto done) { asked.emplace_back(host, std::move(done)); },
                     [this](base::Duration delay, std::function<void()> task) { later.emplace_back(delay, std::move(task)); },
                     [this](const std::string& uri, const std::string& why) { told.push_back(uri + ": " + why); });
  }
  [[nodiscard]] std::vector<phone::NatServer> usable(bool is_v6 = false) const { return servers->usable(is_v6, now, 1'000'000); }
};

}  // namespace

TEST_CASE("An endpoint accepts four STUN and TURN servers, and refuses a fifth server and text that is not a server's URI") {
  phone::NatOptions options;
  for (int i = 0; i < 4; ++i) options.servers.push_back({"stun:192.0.2." + std::to_string(i + 1)});
  CHECK(NatServers::make(options).has_value());
  options.servers.push_back({"stun:192.0.2.9"});
  CHECK_FALSE(NatServers::make(options).has_value());
  const auto bad = NatServers::make({.servers = {{"http://192.0.2.1"}}});
  REQUIRE_FALSE(bad.has_value());
  CHECK(bad.error().find("\"http://192.0.2.1\"") == 0);
}

TEST_CASE("NatServers looks up its servers' names at once and again later, for both address families. After a failed look-up it keeps the former addresses") {
  Looked one({.servers = {{"stun:stun.example.org:3479"}, {"stun:192.0.2.1"}}});
  REQUIRE(one.asked.size() == 1);
  CHECK(one.asked[0].first == "stun.example.org");
  CHECK(one.usable().size() == 1);  // The server whose URI has an address.
  one.asked[0].second({});
  REQUIRE(one.later.size() == 1);
  CHECK(one.later[0].first == NatServers::kRetry);
  one.later[0].second();
  one.asked.at(1).second({ip("2001:db8::1"), ip("192.0.2.7")});
  REQUIRE(one.usable().size() == 2);
  CHECK(one.usable()[0].address == base::SocketAddress{ip("192.0.2.7"), 3479});
  REQUIRE(one.usable(true).size() == 1);
  CHECK(one.usable(true)[0].address == base::SocketAddress{ip("2001:db8::1"), 3479});
  CHECK(one.later.at(1).first == NatServers::kLookUpAgain);
  one.later.at(1).second();
  one.asked.at(2).second({});
  CHECK(one.usable().size() == 2);
}

TEST_CASE("A server that fails is reported once, and calls do not use it for a minute") {
  Looked one({.servers = {{"stun:192.0.2.1"}, {"turn:192.0.2.2", "user", "secret"}}});
  one.servers->avoid(1, "the server has not answered", one.now);
  one.servers->avoid(1, "the server has not answered", one.now);
  CHECK(one.told == std::vector<std::string>{"turn:192.0.2.2: the server has not answered"});
  CHECK(one.usable().size() == 1);
  one.now += NatServers::kAvoidFor - 1ms;
  CHECK(one.usable().size() == 1);
  one.now += 1ms;
  CHECK(one.usable().size() == 2);
}

TEST_CASE("With a shared secret, each call gets a username that is valid for a day. Without a shared secret, it gets the configured password") {
  Looked one({.servers = {{"turn:192.0.2.1", "user", "secret"}, {"turn:192.0.2.2", "user", "secret", true}}});
  const auto servers = one.usable();
  CHECK(servers.at(0).credential.username == "user");
  CHECK(servers.at(0).credential.password == "secret");
  CHECK(servers.at(1).credential.username == "1086400:user");
  CHECK(servers.at(1).credential.password != "secret");
}
