#include "building.hpp"

#include <offhook/agent/config/report.hpp>
#include <offhook/agent/tools/servers/tool_servers.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace building;

namespace {

constexpr const char* kShop = R"({"openapi": "3.0.3", "info": {"title": "shop", "version": "1"}, "paths": {"/orders/{id}": {"get": {"operationId": "findOrder",
  "description": "Finds an order", "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}], "responses": {"200": {"description": "it"}}}}}})";

std::string with_servers(std::string_view servers, std::string_view tools = "[]") {
  return R"({"agent": {"provider": "openai", "tools": )" + std::string(tools) + R"(}, "providers": {"openai": {"api_key": "k"}}, "tool_servers": )" + std::string(servers) + "}";
}

}  // namespace

TEST_CASE("A tool server is a program, a URL, or an HTTP service with a document. An agent has only the tools that its grants name") {
  const auto built = build(with_servers(R"({"files": {"command": ["/usr/bin/files", "--root", "/srv"], "environment": [{"name": "KEY", "value": "${FILES_KEY}"}], "directory": "/srv/data"},
       "desk": {"url": "https://desk.example/mcp", "oauth": {"client_id": "us", "client_secret": "canary"}, "unpinned": "trust_first"},
       "shop": {"openapi": "shop.json", "operations": ["findOrder"], "url": "https://shop.example/v1", "token": "canary"}})",
                                        R"(["hang_up", {"name": "shop__findOrder", "class": "read"}, {"name": "desk__pay_back", "class": "money", "max_per_call": 1, "max_per_minute": 2,
                                           "confirm": "caller", "question": "Shall I send {amount} back to you?"}])"),
                           {{"FILES_KEY", "canary"}}, {{"etc/shop.json", kShop}});
  REQUIRE_MESSAGE(built.made.directory, built.problems());
  const auto& plan = *built.made.directory->tool_servers();
  REQUIRE(plan.places.size() == 3);
  const auto server = [&plan](std::size_t i) -> const agent::tools::mcp::ServerOptions& { return std::get<agent::tools::mcp::ServerOptions>(plan.places[i].at); };
  const auto& command = std::get<agent::tools::mcp::CommandLine>(server(0).at);
  CHECK(command.argv == std::vector<std::string>{"/usr/bin/files", "--root", "/srv"});
  CHECK(command.environment.front().second.reveal() == "canary");
  CHECK(command.directory == "/srv/data");
  CHECK(server(0).unpinned == agent::tools::Unpinned::Refuse);
  const auto& wire = std::get<agent::tools::mcp::HttpWireOptions>(server(1).at);
  CHECK(wire.oauth->client_secret.reveal() == "canary");
  CHECK(built.warnings() == "/tool_servers/files: is not used: no agent has a tool of this server (/agent/tools)\n"
                            "/tool_servers/desk/oauth: the server itself selects the host that gets the client's secret: name token_url or issuer\n");
  CHECK(server(1).unpinned == agent::tools::Unpinned::TrustFirst);
  REQUIRE(std::get<agent::tools::ToolPlace::HttpService>(plan.places[2].at).service->find("shop__findOrder") != nullptr);
  CHECK_FALSE(plan.places[0].is_granted);
  CHECK(plan.places[1].is_granted);
  CHECK(plan.places[2].is_granted);
  const auto& granted = built.profile().server_tools;
  REQUIRE(granted.size() == 2);
  CHECK(granted[0].what == agent::ToolClass::Read);
  CHECK(granted[1].server() == "desk");
  CHECK(granted[1].what == agent::ToolClass::Money);
  CHECK(granted[1].max_per_minute == 2);
  CHECK(granted[1].question == "Shall I send {amount} back to you?");
  const std::string shown = config::effective_json(built.effective);
  // The arguments of a program and a URL may contain keys, too.
  for (const char* hidden : {"canary", "--root", "desk.example"}) CHECK(shown.find(hidden) == std::string::npos);
}

TEST_CASE("Each tool server has its own plain_http. A warning names a server that gets a token unencrypted, and a plain_http without effect") {
  const std::string grants = R"(["desk__x", "shop__findOrder", "here__x", "far__x"])";
  const auto built = build(with_servers(R"({"desk": {"url": "http://desk.lan/mcp", "plain_http": true, "token": "canary"},
       "shop": {"openapi": "shop.json", "operations": ["findOrder"], "url": "http://192.168.1.20/v1", "plain_http": true},
       "here": {"url": "http://127.0.0.1:3001/", "plain_http": true}, "far": {"url": "https://far.example/", "plain_http": true, "token": "canary"}})", grants),
                           {}, {{"etc/shop.json", kShop}});
  REQUIRE_MESSAGE(built.made.directory, built.problems());
  const auto& plan = *built.made.directory->tool_servers();
  CHECK(std::get<agent::tools::mcp::HttpWireOptions>(std::get<agent::tools::mcp::ServerOptions>(plan.places[0].at).at).plain_http);
  CHECK(std::get<agent::tools::ToolPlace::HttpService>(plan.places[1].at).service->options().plain_http);
  CHECK(built.warnings() == "/tool_servers/desk/url: Offhook sends the token or the headers unencrypted: each machine in that network can read and use them\n"
                            "/tool_servers/here/plain_http: is not used: url is not http to another machine\n"
                            "/tool_servers/far/plain_http: is not used: url is not http to another machine\n");
}

TEST_CASE("A tool server counts as changed only when its document or a setting changes") {
  const auto plan = [](const char* token, const std::string& document) {
    const auto built = build(with_servers(R"({"shop": {"openapi": "shop.json", "operations": ["findOrder"], "url": "https://shop.example", "token": ")" + std::string(token) + "\"}}"), {},
                             {{"etc/shop.json", document}});
    REQUIRE_MESSAGE(built.made.directory, built.problems());
    return built.made.directory->tool_servers();
  };
  const auto first = plan("a", kShop);
  CHECK(first->places.front().is_same(plan("a", kShop)->places.front()));
  CHECK_FALSE(first->places.front().is_same(plan("b", kShop)->places.front()));
  CHECK_FALSE(first->places.front().is_same(plan("a", std::string(kShop) + " ")->places.front()));
  CHECK(build("").made.directory->tool_servers() == nullptr);
}

TEST_CASE("A wrong tool server, or a wrong tool of a server, is reported with its place") {
  struct Row { const char* servers; const char* tools; const char* problem; };
  for (const Row row : {
           Row{R"({"a": {}})", "[]", "/tool_servers/a: found neither a program nor a URL; allowed: command, or url; set command or url"},
           {R"({"a": {"url": "https://h", "command": ["/x"]}})", "[]", "/tool_servers/a: found a program and a URL; allowed: command, or url; remove one of the two"},
           {R"({"Shop": {"url": "https://h"}})", "[]", "/tool_servers/Shop: found a server that cannot be used (a label of a server is made of a-z, 0-9 and -"},
           {R"({"a": {"url": "http://h"}})", "[]", "/tool_servers/a: found a server that cannot be used ("},
           {R"({"a": {"url": "http://192.0.2.1/", "plain_http": true}})", "[]", "/tool_servers/a: found a server that cannot be used (its URL must begin with https:// (plain_http is for"},
           {R"({"a": {"url": "http://192.0.2.1/", "plain_http": true, "openapi": "shop.json", "operations": ["findOrder"]}})", "[]", "/tool_servers/a: found a server that cannot be used (its URL must begin"},
           {R"({"a": {"url": "http://h.lan/", "plain_http": true, "oauth": {"client_id": "x", "client_secret": "y"}}})", "[]", "/tool_servers/a: found a server that cannot be used (client credentials need https"},
           {R"({"a": {"command": ["server"]}})", "[]", "/tool_servers/a: found a server that cannot be used ("},
           {R"({"a": {"url": "https://h", "operations": ["x"]}})", "[]", "/tool_servers/a/operations: found operations without a document;"},
           {R"({"a": {"url": "https://h", "openapi": "none.json", "operations": ["x"]}})", "[]", "/tool_servers/a/openapi: found a file that cannot be read (it is not there);"},
           {R"({"a": {"url": "https://h", "openapi": "shop.json", "operations": ["x"]}})", "[]", "/tool_servers/a/openapi: found a document that cannot be used ("},
           {R"({"a": {"url": "https://h", "openapi": "shop.json"}})", "[]", "/tool_servers/a: found a server that cannot be used (it names no operation"},
           {R"({"a": {"url": "https://h", "oauth": {"client_id": "x", "private_key": "none.pem"}}})", "[]", "/tool_servers/a/oauth/private_key: found a file that cannot be read"},
           {R"({"a": {"url": "https://h", "token": "t", "oauth": {"client_id": "x", "client_secret": "y"}}})", "[]", "/tool_servers/a: found a server that cannot be used (either a token"},
           {R"({"a": {"url": "https://h", "pins": [{"tool": "a__x", "hash": "1"}]}})", "[]", "/tool_servers/a/pins/0/hash: found shorter text;"},
           {R"({"shop": {"url": "https://h"}})", R"(["shpo__x"])", "/agent/tools/0: found a tool of an unknown server; allowed: SERVER__TOOL of one of /tool_servers; did you mean \"shop\"?"},
           {R"({"shop": {"url": "https://h"}})", R"(["shop__x", "shop__x"])", "/agent/tools/1: found a tool twice;"},
           {R"({"shop": {"url": "https://h"}})", R"([{"name": "shop__x", "destinations": {"a": "1"}}])", "/agent/tools/0/destinations: found destinations for a tool that transfers no call;"},
           {R"({"shop": {"url": "https://h"}})", R"([{"name": "shop__x", "class": "money"}])", "/agent/tools/0/question: found nothing, for a tool of the class money; allowed: the question to the caller, such as \"Shall I send {amount} euros back to you?\"; write it, and name the amount in it"},
           {R"({"shop": {"url": "https://h"}})", R"([{"name": "shop__x", "class": "money", "question": "Shall I?", "confirm": "never"}])", "/agent/tools/0/confirm: found \"never\" for a tool of the class money; allowed: \"caller\"; remove it: Offhook always asks the caller"},
           {R"({"shop": {"url": "https://h"}})", R"([{"name": "shop__x", "class": "telephony"}])", "/agent/tools/0/question: found nothing, for a tool of the class telephony; allowed: the question to the caller, such as \"Shall I call {number} for you?\"; write it, or \"confirm\": \"never\""},
           {R"({"shop": {"url": "https://h"}})", R"([{"name": "shop__x", "arguments": []}])", "/agent/tools/0/arguments: found a list; allowed: a JSON Schema of an object;"},
           {R"({"shop": {"url": "https://h"}})", R"([{"name": "shop__x", "arguments": {}}])", "/agent/tools/0/arguments: found a schema that allows anything;"},
           {R"({"shop": {"url": "https://h"}})", R"([{"name": "shop__x", "arguments": {"properties": {"a": {"pattern": "x"}}}}])", "/agent/tools/0/arguments/properties/a/pattern: found a word of JSON Schema that Offhook does not check;"},
           {R"({"shop": {"url": "https://h"}})", R"([{"name": "shop__x", "arguments": {"properties": {"a": {"const": 18446744073709551615}}}}])", "/agent/tools/0/arguments/properties/a/const: found a number that cannot be represented exactly;"},
           {"{}", R"([{"name": "note", "arguments": {"required": ["text"]}}])", "/agent/tools/0/arguments: found a setting for tools of servers only;"},
           {R"({"shop": {"url": "https://h"}})", R"([{"name": "shop__x", "keys": ["#"]}])", "/agent/tools/0/keys: found keys for a tool that presses none; allowed: keys for send_digits;"},
           {"{}", R"([{"name": "note", "keys": ["#"]}])", "/agent/tools/0/keys: found keys for a tool that presses none; allowed: keys for send_digits;"},
           {"{}", R"([{"name": "send_digits", "keys": ["#", "12"]}])", "/agent/tools/0/keys/1: found text that is not a pattern of keys; allowed: keys of 0-9 * # A-D, with X for any digit,"},
           {"{}", R"([{"name": "note", "class": "read"}])", "/agent/tools/0/class: found a setting for tools of servers only;"},
           {"{}", R"(["hangup"])", "/agent/tools/0: found an unknown tool; allowed: hang_up, transfer, hold, send_digits, note, pause_recording, or SERVER__TOOL of /tool_servers; did you mean \"hang_up\"?"},
       }) {
    CAPTURE(row.servers);
    CAPTURE(row.tools);
    const auto told = build(with_servers(row.servers, row.tools), {}, {{"etc/shop.json", kShop}}).problems();
    CAPTURE(told);
    CHECK(told.starts_with(row.problem));
    CHECK(std::count(told.begin(), told.end(), '\n') == 1);
  }
}

TEST_CASE("By default the caller must confirm a tool of the class telephony or money. A grant may limit the arguments of its tool") {
  const auto built = build(with_servers(R"({"shop": {"url": "https://h"}})", R"([{"name": "shop__dial", "class": "telephony", "question": "Shall I call {number}?"},
      {"name": "shop__beep", "class": "telephony", "confirm": "never"}, {"name": "shop__pay", "class": "money", "question": "Shall I pay {amount}?"},
      {"name": "shop__find", "class": "read", "arguments": {"properties": {"amount": {"maximum": 49.5}, "kind": {"enum": [1, null, true, "x"]}}}}, "shop__book"])"));
  REQUIRE_MESSAGE(built.made.directory, built.problems());
  const auto& granted = built.profile().server_tools;
  REQUIRE(granted.size() == 5);
  const auto asks = [&granted](std::size_t i) { return granted[i].confirm == agent::Confirm::Caller; };
  CHECK(asks(0));
  CHECK_FALSE(asks(1));
  CHECK(asks(2));
  CHECK_FALSE(asks(3));
  CHECK_FALSE(asks(4));
  CHECK(granted[3].arguments == R"({"properties":{"amount":{"maximum":49.5},"kind":{"enum":[1,null,true,"x"]}}})");
  CHECK(granted[4].arguments.empty());
}

TEST_CASE("A prompt file may name only server tools that the configuration grants") {
  const auto built = build(with_servers(R"({"shop": {"url": "https://h"}})", R"(["hang_up", "shop__a", "shop__b"])").insert(11, R"("prompt_file": "p.md", )"), {},
                           {{"etc/p.md", "---\ntools: hang_up, shop__b\n---\nHello\n"}});
  REQUIRE_MESSAGE(built.made.directory, built.problems());
  REQUIRE(built.profile().server_tools.size() == 1);
  CHECK(built.profile().server_tools.front().name == "shop__b");
  const auto other = build(with_servers(R"({"shop": {"url": "https://h"}})", R"(["shop__a"])").insert(11, R"("prompt_file": "p.md", )"), {},
                           {{"etc/p.md", "---\ntools: shop__c\n---\nHello\n"}});
  CHECK(other.problems().starts_with("/agent/prompt_file: found a server's tool in the prompt file that is not granted;"));
}
