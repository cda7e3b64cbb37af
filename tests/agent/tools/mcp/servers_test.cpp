#include <offhook/agent/tools/mcp/servers.hpp>
#include <offhook/tests/agent/tools/mcp/waiting.hpp>
#include <offhook/tests/testkit/descriptor_limit.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace offhook::agent;
using namespace offhook::agent::tools;
using namespace offhook::agent::tools::mcp;
using namespace std::chrono_literals;
using offhook::test::answer_from, offhook::test::kPatience;
using EventKind = ServerEvent::What;

namespace {

/// Records the events that come from the thread of the servers.
class Watcher {
 public:
  void on_event(const ServerEvent& event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(event);
    told_.notify_all();
  }
  [[nodiscard]] bool wait_for(EventKind what) {
    std::unique_lock lock(mutex_);
    return told_.wait_for(lock, kPatience, [&] { return count_locked(what) > 0; });
  }
  [[nodiscard]] std::size_t count(EventKind what) {
    const std::lock_guard lock(mutex_);
    return count_locked(what);
  }

 private:
  [[nodiscard]] std::size_t count_locked(EventKind what) const {
    std::size_t many = 0;
    for (const ServerEvent& event : events_) many += event.what == what ? 1 : 0;
    return many;
  }
  std::mutex mutex_;
  std::condition_variable told_;
  std::vector<ServerEvent> events_;
};

ServerOptions by_stdio(std::vector<std::string> words = {}) {
  ServerOptions options;
  options.label = "t";
  options.unpinned = Unpinned::TrustFirst;
  words.insert(words.begin(), OFFHOOK_MCP_STDIO_SERVER);
  options.at = CommandLine{std::move(words), {}, "/"};
  return options;
}

struct Met {
  explicit Met(std::vector<ServerOptions> options)
      : servers(*Servers::start(std::move(options), [this](const ServerEvent& event) { watcher.on_event(event); }, {})) {
    REQUIRE(watcher.wait_for(EventKind::Listed));
  }
  Watcher watcher;
  std::unique_ptr<Servers> servers;
};

}  // namespace

TEST_CASE("Servers runs each server once for all calls, on a separate thread") {
  Met met({by_stdio()});
  CHECK(met.servers->source("other") == nullptr);
  CHECK(met.servers->catalog("other") == nullptr);
  REQUIRE(met.servers->catalog("t")->descriptions.size() == 2);
  std::vector<std::thread> calls;
  std::atomic<int> right{0};
  for (int call = 0; call < 4; ++call) {
    calls.emplace_back([&, call] {
      const auto source = met.servers->source("t");
      for (int i = 1; i <= 20; ++i) {
        const auto sum = answer_from(*source, static_cast<std::uint64_t>(i), "t__add",
                                     R"({"a":)" + std::to_string(i) + R"(,"b":)" + std::to_string(100 * call) + "}");
        right += sum == std::to_string(i + 100 * call) ? 1 : 0;
      }
    });
  }
  for (std::thread& call : calls) call.join();
  CHECK(right == 80);
}

TEST_CASE(
    "The model's arguments reach a server process in one line, and cannot add a message [MCP 2025-11-25 basic/transports]") {
  Met met({by_stdio()});
  const auto source = met.servers->source("t");
  const int before = std::stoi(answer_from(*source, 1, "t__heard", "{}"));
  CHECK(answer_from(*source, 2, "t__add", "{\n  \"a\": 1,\n  \"b\": 2\n}") == "3");
  CHECK(answer_from(*source, 3, "t__add",
                    "{\"x\":\n{\"jsonrpc\":\"2.0\",\"id\":99,\"method\":\"tools/call\",\"params\":{\"name\":\"add\"}}\n}") == "0");
  CHECK(answer_from(*source, 4, "t__heard", "\n") == std::to_string(before + 3));
}

TEST_CASE("If a server ends at the unknown request server/discover, Servers starts it again and does the legacy handshake") {
  Met met({by_stdio({"--ends-unasked"})});
  const auto source = met.servers->source("t");
  CHECK(answer_from(*source, 1, "t__add", R"({"a":1,"b":2})") == "3");
  CHECK(met.watcher.count(EventKind::Broken) == 1);
}

TEST_CASE("Servers's destructor kills a server that does not end, and later tool calls get an answer") {
  auto met = std::make_unique<Met>(std::vector{by_stdio({"--stubborn", "--leave-group"})});
  const auto source = met->servers->source("t");
  met->servers.reset();
  source->start({1, "t__add", "{}"});
  const auto result = source->poll();
  REQUIRE(result.has_value());
  CHECK_FALSE(result->ok);
}

TEST_CASE("Servers::start() returns an error if no file descriptor is free") {
  const offhook_test::DescriptorLimit none_left(0);
  const auto servers = Servers::start({by_stdio()}, {}, {});
  REQUIRE_FALSE(servers.has_value());
  CHECK(servers.error().detail.find("Too many open files") != std::string::npos);
}

TEST_CASE("Servers can be destroyed if its servers cannot be started, or if it has no servers") {
  Watcher watcher;
  ServerOptions nowhere = by_stdio();
  nowhere.at = CommandLine{{"/nowhere/at/all"}, {}, "/"};
  ServerOptions refused = by_stdio();
  refused.label = "h";
  HttpWireOptions http;
  http.url = "http://127.0.0.1:1/mcp";
  refused.at = http;
  {
    const auto servers = Servers::start({nowhere, refused}, [&watcher](const ServerEvent& event) { watcher.on_event(event); }, {});
    CHECK(watcher.wait_for(EventKind::Broken));
  }
  const auto none = Servers::start({}, {}, {});
  REQUIRE(none.has_value());
  CHECK((*none)->source("t") == nullptr);
}
