#include <offhook/agent/tools/servers/retired_servers.hpp>
#include <offhook/agent/tools/servers/tool_servers.hpp>
#include <offhook/tests/agent/tools/mcp/waiting.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <mutex>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::tools;
using namespace std::chrono_literals;
using offhook_test::wait_until;
using test::answer_from;

namespace {

struct NoEdges final : net::Edges {
  net::HttpClient& http(const std::string&) override { std::abort(); }
  net::HttpClient& local_http() override { std::abort(); }
  net::WebSocketClient& sockets(const std::string&) override { std::abort(); }
};

struct Places {
  std::mutex mutex;
  int opened = 0;

  ToolPlace place(const std::string& label, const std::string& word = "") {
    ToolPlace place;
    mcp::ServerOptions options;
    options.label = label;
    options.at = mcp::CommandLine{{OFFHOOK_MCP_STDIO_SERVER}, {}, "/"};
    options.unpinned = Unpinned::TrustFirst;
    place.at = std::move(options);
    place.settings.name = label;
    place.settings.directory = word;
    place.is_granted = true;
    return place;
  }
  std::shared_ptr<ToolServers> servers(std::vector<ToolPlace> places, const ToolServers* before = nullptr) {
    const auto watch = [this](const mcp::ServerEvent& event) {
      const std::lock_guard lock(mutex);
      opened += event.what == mcp::ServerEvent::What::Listed ? 1 : 0;
    };
    auto started = ToolServers::start({std::move(places), {}}, watch, before);
    REQUIRE(started.has_value());
    return std::move(*started);
  }
  bool are_listed(int count) {
    return wait_until([&] {
      const std::lock_guard lock(mutex);
      return opened == count;
    });
  }
};

}  // namespace

TEST_CASE_FIXTURE(Places, "A reload starts only the changed servers again, and a running call keeps the servers from its beginning") {
  NoEdges edges;
  auto first = servers({place("a"), place("b")});
  REQUIRE(are_listed(2));
  auto of_call = first->sources({"a", "b", "nobody"}, edges);
  REQUIRE(of_call.size() == 2);
  auto second = servers({place("a"), place("b", "/another")}, first.get());
  REQUIRE(are_listed(3));  // The reload starts only b again.
  RetiredServers retired(20ms);
  retired.add(std::move(first));
  CHECK(answer_from(*of_call[1], 1, "b__add", R"({"a": 40, "b": 2})") == "42");
  CHECK(retired.size() == 1);
  of_call.clear();
  CHECK(wait_until([&] { return retired.size() == 0; }));
  auto later = second->sources({"a"}, edges);
  CHECK(answer_from(*later.front(), 1, "a__add", R"({"a": 1, "b": 2})") == "3");
}

TEST_CASE_FIXTURE(Places, "ToolServers does not start a server of which no tool is granted") {
  NoEdges edges;
  auto idle = place("a");
  idle.is_granted = false;
  const auto all = servers({idle, place("b")});
  REQUIRE(are_listed(1));
  CHECK(all->sources({"a"}, edges).empty());
}
