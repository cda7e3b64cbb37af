#include <offhook/agent/tools/mcp/requests.hpp>

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

using namespace offhook::agent::tools::mcp;
using nlohmann::json;

namespace {
const Dialect kLegacy{false, {"Offhook", "1.2"}};
const Dialect kModern{true, {"Offhook", "1.2"}};
}  // namespace

TEST_CASE("initialize_params has the client's name and revision, and no capabilities [MCP 2025-11-25 basic/lifecycle]") {
  CHECK(json::parse(initialize_params(kLegacy.identity)) ==
        json::parse(R"({"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"Offhook","version":"1.2"}})"));
}

TEST_CASE("Each request of the modern protocol has the client's identity, and requests of the legacy protocol do not [MCP 2026-07-28 basic/index]") {
  const json meta = json::parse(R"({"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},
    "io.modelcontextprotocol/clientInfo":{"name":"Offhook","version":"1.2"}})");
  CHECK(json::parse(plain_params(kModern)) == json{{"_meta", meta}});
  CHECK(plain_params(kLegacy) == "{}");
  CHECK(list_params(kLegacy, "") == "{}");
  CHECK(json::parse(list_params(kModern, "c\"")) == json{{"cursor", "c\""}, {"_meta", meta}});
  json with_token = meta;
  with_token["progressToken"] = 9;
  CHECK(json::parse(call_params(kModern, "t", R"({"a":1})", 9)) == json{{"name", "t"}, {"arguments", {{"a", 1}}}, {"_meta", with_token}});
  CHECK(json::parse(call_params(kLegacy, "t", "{}", 9)) == json::parse(R"({"name":"t","arguments":{},"_meta":{"progressToken":9}})"));
  CHECK(json::parse(listen_params(kModern))["notifications"]["toolsListChanged"] == true);
  CHECK(json::parse(cancelled_params(4, "x")) == json::parse(R"({"requestId":4,"reason":"x"})"));
}

TEST_CASE("read_discovery() reads a server's revision and capabilities") {
  const auto modern = read_discovery(R"({"supportedVersions":["2026-07-28","2025-11-25"],"capabilities":{"tools":{"listChanged":true}}})");
  REQUIRE(modern.has_value());
  CHECK((modern->modern && modern->revision == "2026-07-28" && modern->has_tools && modern->tells_changes));
  const auto legacy = read_discovery(R"({"supportedVersions":["2030-01-01",7,"2024-11-05","2025-06-18"]})");
  REQUIRE(legacy.has_value());
  CHECK((!legacy->modern && legacy->revision == "2025-06-18" && legacy->said == "2030-01-01" && !legacy->has_tools));
  CHECK_FALSE(read_discovery("{}").has_value());
  CHECK(read_supported(R"({"supported":["1900-01-01"]})").revision.empty());
  CHECK(read_supported("").revision.empty());

  const auto begun = read_initialization(R"({"protocolVersion":"2025-03-26","capabilities":{"tools":{}}})");
  REQUIRE(begun.has_value());
  CHECK((begun->revision == "2025-03-26" && begun->has_tools && !begun->tells_changes));
  CHECK(read_initialization(R"({"protocolVersion":"2023-01-01"})")->revision.empty());
  CHECK(read_initialization(R"({"protocolVersion":"2026-07-28"})")->revision.empty());
  CHECK(read_initialization(R"({"protocolVersion":")" + std::string(1000, 'x') + "\"}")->said.size() <= kMaxShownRevision + 3);
  for (const char* text : {"", "[]", "{}", R"({"protocolVersion":7})"}) CHECK_FALSE(read_initialization(text).has_value());
}
