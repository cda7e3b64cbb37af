// Tests of Server, Client and HttpWire together, as the agent uses them. The test acts as the HTTP server.
#include "wire_line.hpp"

#include <offhook/agent/tools/mcp/server.hpp>
#include <offhook/agent/tools/mcp/server_source.hpp>

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::tools;
using namespace offhook::agent::tools::mcp;
using namespace std::chrono_literals;
using nlohmann::json;
using test::kJson;

namespace {

const net::Headers kPlainStream = {{"content-type", "text/event-stream"}};

struct Joined {
  Joined() {
    ServerOptions options;
    options.label = "s";
    options.client.era = ClientOptions::Era::Legacy;
    options.unpinned = Unpinned::TrustFirst;
    HttpWireOptions where;
    where.url = "https://tools.example/mcp";
    options.at = where;
    Server::Edge edge;
    edge.make_wire = [this, where](WireHandler handler) -> base::Result<std::unique_ptr<Wire>, base::Error> {
      return std::make_unique<HttpWire>(where, http, std::move(handler));
    };
    edge.now = [this] { return now; };
    edge.changed = [] {};
    server = std::make_unique<Server>(std::move(options), std::move(edge), queue,
                                      [this](const ServerEvent& event) { events.push_back(event); });
    queue->open([] {});
    server->begin(now);
  }

  /// Returns the index of the newest unanswered HTTP request with the MCP method `method`, or with the HTTP method `method` ("GET": a stream).
  std::size_t find(const std::string& method) {
    for (std::size_t at = http.all.size(); at-- > 0;) {
      if (http.all[at]->ended || http.all[at]->aborted) continue;
      const auto& request = http.all[at]->request;
      if (request.method == method || (request.method == "POST" && json::parse(request.body).value("method", "") == method))
        return at;
    }
    FAIL("no open request has the method " << method);
    return 0;
  }
  std::size_t count(const std::string& method) const {
    return static_cast<std::size_t>(std::count_if(http.all.begin(), http.all.end(), [&](const auto& one) {
      return one->request.method == "POST" && json::parse(one->request.body).value("method", "") == method;
    }));
  }
  std::string result_for(std::size_t at, const std::string& result) {
    return R"({"jsonrpc":"2.0","id":)" + json::parse(http.all[at]->request.body)["id"].dump() + R"(,"result":)" + result + "}";
  }
  void answer(const std::string& method, const std::string& result, net::Headers headers = kJson) {
    const std::size_t at = find(method);
    http.answer(at, 200, result_for(at, result), std::move(headers));
  }
  void shake_hands(const std::string& session) {
    answer("initialize", R"({"protocolVersion":"2025-11-25","capabilities":{"tools":{}}})",
           {{"content-type", "application/json"}, {"mcp-session-id", session}});
  }
  void list() { answer("tools/list", R"({"tools":[{"name":"pay","inputSchema":{"type":"object"}}]})"); }
  void meet(const std::string& session) {
    shake_hands(session);
    list();
  }
  /// Starts a tool call, and returns the index of its HTTP request.
  std::size_t order(ServerSource& source, std::uint64_t number) {
    source.start({number, "s__pay", "{}"});
    server->on_orders(now);
    return find("tools/call");
  }
  [[nodiscard]] std::string session_of(std::size_t at) const {
    for (const auto& [name, value] : http.all[at]->request.headers) {
      if (name == "mcp-session-id") return value;
    }
    return "none";
  }
  void advance(base::Duration by) {
    const auto end = now + by;
    for (auto next = server->next_deadline(); next && *next <= end; next = server->next_deadline()) {
      now = std::max(now, *next);
      server->on_time(now);
    }
    now = end;
  }
  [[nodiscard]] std::size_t count(ServerEvent::What what) const {
    return static_cast<std::size_t>(
        std::count_if(events.begin(), events.end(), [what](const ServerEvent& event) { return event.what == what; }));
  }

  test::FakeHttp http;
  base::TimePoint now{1h};
  std::shared_ptr<ToolRequestQueue> queue = std::make_shared<ToolRequestQueue>();
  std::vector<ServerEvent> events;
  std::unique_ptr<Server> server;
};

}  // namespace

TEST_CASE(
    "If the stream of a tool call is lost, the call is not repeated, even if a new session begins [MCP 2025-11-25 basic/transports]") {
  for (const int status : {404, 405, 500}) {
    CAPTURE(status);
    Joined joined;
    joined.meet("s1");
    ServerSource source(joined.queue);
    const std::size_t call = joined.order(source, 1);
    joined.http.head(call, 200, kPlainStream);
    joined.http.body(call, "id: 1\ndata:\n\n");
    joined.http.break_off(call);
    joined.http.answer(joined.find("GET"), 405, "");  // The server offers no stream of its own.
    joined.advance(1s);
    joined.http.answer(joined.find("GET"), status, "");
    const auto result = source.poll();
    REQUIRE(result.has_value());
    CHECK(result->text.find("not known") != std::string::npos);
    if (status == 404) joined.meet("s2");
    CHECK(joined.count("tools/call") == 1);
    CHECK(joined.session_of(joined.order(source, 2)) == (status == 404 ? "s2" : "s1"));
  }
}

TEST_CASE("If the session of a tool call is lost twice, the call ends, and the next call gets a new session") {
  Joined joined;
  joined.meet("s1");
  ServerSource source(joined.queue);
  joined.http.answer(joined.order(source, 1), 404, "");
  joined.meet("s2");
  CHECK(joined.session_of(joined.find("tools/call")) == "s2");
  joined.http.answer(joined.find("tools/call"), 404, "");
  const auto result = source.poll();
  REQUIRE(result.has_value());
  CHECK(result->text.find("Nothing was done") != std::string::npos);
  joined.meet("s3");
  const std::size_t next = joined.order(source, 2);
  CHECK(joined.session_of(next) == "s3");
  joined.http.answer(next, 200, joined.result_for(next, R"({"content":[{"type":"text","text":"paid"}]})"), kJson);
  CHECK(source.poll()->text == "paid");
  CHECK(joined.count(ServerEvent::What::Broken) == 0);
}

TEST_CASE("A late 404 for an old session does not affect the new session and its tool calls") {
  Joined joined;
  joined.meet("s1");
  ServerSource source(joined.queue);
  const std::size_t first = joined.order(source, 1), second = joined.order(source, 2);
  joined.http.answer(first, 404, "");
  joined.meet("s2");
  const std::size_t again = joined.find("tools/call");
  CHECK(joined.session_of(again) == "s2");
  joined.http.answer(second, 404, "");
  const std::size_t later = joined.find("tools/call");
  CHECK(later != again);
  CHECK(joined.session_of(later) == "s2");
  CHECK(joined.count("initialize") == 2);
  joined.http.answer(again, 200, joined.result_for(again, R"({"content":[{"type":"text","text":"one"}]})"), kJson);
  joined.http.answer(later, 200, joined.result_for(later, R"({"content":[{"type":"text","text":"two"}]})"), kJson);
  CHECK(source.poll()->text == "one");
  CHECK(source.poll()->text == "two");
  CHECK(joined.count(ServerEvent::What::Broken) == 0);
}

TEST_CASE("If a server gives an empty response to the first request, Client does the legacy handshake") {
  Joined joined;
  joined.server->shut_down([] {});
  ClientOptions automatic;
  automatic.over_http = true;
  Client client(automatic);
  test::FakeHttp http;
  Actions out;
  WireHandler handler;
  handler.on_no_answer = [&](std::uint64_t id, const NoAnswer& why) { client.on_no_answer(id, why, joined.now, out); };
  HttpWireOptions where;
  where.url = "https://tools.example/mcp";
  HttpWire wire(where, http, std::move(handler));
  client.open(joined.now, out);
  wire.send(std::get<Outgoing>(out.front()));
  http.answer(0, 202, "");
  CHECK(std::get<Outgoing>(out.back()).method == "initialize");
}
