#include <offhook/agent/tools/canonical_json.hpp>
#include <offhook/agent/tools/mcp/tool_definition.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook::agent;
using namespace offhook::agent::tools;
using namespace offhook::agent::tools::mcp;

namespace {

const std::string kTool = R"({"name":"add","description":"Adds.","inputSchema":{"type":"object"}})";

ToolPage page_of(const std::string& tools, const std::string& rest = "") {
  const auto page = read_tool_page(R"({"tools":[)" + tools + "]" + rest + "}");
  REQUIRE(page.has_value());
  return *page;
}

ToolDefinition tool_of(const std::string& tool) {
  const auto page = page_of(tool);
  REQUIRE(page.tools.size() == 1);
  return page.tools.front();
}

/// Returns a tool whose schema has a property `a` with the members `about`, and the text `beside` after `properties`.
ToolDefinition marked(const std::string& about, const std::string& beside = "") {
  return tool_of(R"({"name":"t","inputSchema":{"type":"object","properties":{"a":{)" + about + "}}" + beside + "}}");
}

}  // namespace

TEST_CASE("read_tool_page parses a page of tools, and skips invalid tools with a reason") {
  const auto page = page_of(kTool + R"(,7,{"name":""},{"name":"b"},{"name":"c","inputSchema":[]},{"name":"d","title":"D","inputSchema":{"type":"object"},"outputSchema":{}})",
                            R"(,"nextCursor":"next","ttlMs":5000)");
  REQUIRE(page.tools.size() == 2);
  CHECK(page.tools[0].name == "add");
  CHECK(page.tools[0].description == "Adds.");
  CHECK(page.tools[0].input_schema == R"({"type":"object"})");
  CHECK_FALSE(page.tools[0].has_output_schema);
  CHECK(page.tools[1].description == "D");
  CHECK(page.tools[1].has_output_schema);
  CHECK(page.passed_over.size() == 4);
  CHECK(page.next_cursor == "next");
  CHECK(page.ttl_ms == 5000);
}

TEST_CASE("read_tool_page refuses text that is not a page of tools") {
  for (const char* text : {"", "{}", "[]", R"({"tools":{}})", R"({"tools":7})"}) CHECK_FALSE(read_tool_page(text).has_value());
}

TEST_CASE("read_tool_page bounds the tools, the cursor, and the name, size and depth of a definition") {
  const auto of_tools = [](std::size_t count) {
    std::string tools;
    for (std::size_t i = 0; i < count; ++i) tools += (i > 0 ? ",{\"name\":\"" : "{\"name\":\"") + std::to_string(i) + R"(","inputSchema":{}})";
    return read_tool_page(R"({"tools":[)" + tools + "]}");
  };
  CHECK(of_tools(kMaxToolsPerPage)->tools.size() == kMaxToolsPerPage);
  CHECK_FALSE(of_tools(kMaxToolsPerPage + 1).has_value());

  const auto of_cursor = [](std::size_t octets) { return read_tool_page(R"({"tools":[],"nextCursor":")" + std::string(octets, 'c') + "\"}"); };
  CHECK(of_cursor(kMaxCursorBytes).has_value());
  CHECK_FALSE(of_cursor(kMaxCursorBytes + 1).has_value());

  const auto of_name = [](std::size_t octets) { return page_of(R"({"name":")" + std::string(octets, 'n') + R"(","inputSchema":{}})").tools.size(); };
  CHECK(of_name(kMaxToolName) == 1);
  CHECK(of_name(kMaxToolName + 1) == 0);

  const auto of_size = [](std::size_t octets) {
    const std::string begin = R"({"name":"n","inputSchema":{},"description":")", end = "\"}";
    return page_of(begin + std::string(octets - begin.size() - end.size(), 'd') + end).tools.size();
  };
  CHECK(of_size(kMaxDefinitionBytes) == 1);
  CHECK(of_size(kMaxDefinitionBytes + 1) == 0);

  const auto of_depth = [](std::size_t depth) {  // the levels are the definition, its schema and nested lists
    return page_of(R"({"name":"n","inputSchema":{"a":)" + std::string(depth - 3, '[') + "1" + std::string(depth - 3, ']') + "}}").tools.size();
  };
  CHECK(of_depth(kMaxCanonicalDepth) == 1);
  CHECK(of_depth(kMaxCanonicalDepth + 1) == 0);
}

TEST_CASE("A definition's hash is the hash of its canonical JSON, whatever its spelling") {
  const auto hash = tool_of(kTool).hash;
  CHECK(hash == sha256_hex(R"({"description":"Adds.","inputSchema":{"type":"object"},"name":"add"})"));
  CHECK(tool_of(R"({ "inputSchema" : {"type":"object"}, "description":"\u0041dds.", "name":"add", "icons":[], "_meta":{"t":1} })").hash == hash);
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-2 appendix B.1
}

TEST_CASE("A change of any member that a model or a policy uses changes the hash") {
  const auto hash = tool_of(kTool).hash;
  for (const char* other : {R"({"name":"add","description":"Adds. ","inputSchema":{"type":"object"}})",
                            R"({"name":"Add","description":"Adds.","inputSchema":{"type":"object"}})",
                            R"({"name":"add","description":"Adds.","inputSchema":{"type":"object","properties":{}}})",
                            R"({"name":"add","title":"x","description":"Adds.","inputSchema":{"type":"object"}})",
                            R"({"name":"add","annotations":{"readOnlyHint":true},"description":"Adds.","inputSchema":{"type":"object"}})",
                            R"({"name":"add","outputSchema":{},"description":"Adds.","inputSchema":{"type":"object"}})"}) {
    CAPTURE(other);
    CHECK(tool_of(other).hash != hash);
  }
}

TEST_CASE("read_tool_page refuses a definition with a repeated name, because two readers might use different values") {
  CHECK(page_of(R"({"name":"a","description":"good","description":"bad","inputSchema":{}})").tools.empty());
  CHECK(page_of(R"({"name":"a","inputSchema":{"type":"object","type":"string"}})").tools.empty());
}

TEST_CASE("header_values gives the headers for marked arguments [MCP 2026-07-28 basic/transports/streamable-http]") {
  const auto tool = tool_of(R"({"name":"sql","inputSchema":{"type":"object","properties":{
    "region":{"type":"string","x-mcp-header":"Region"},
    "deep":{"type":"object","properties":{"n":{"type":"integer","x-mcp-header":"N"},"b":{"type":"boolean","x-mcp-header":"B"}}}}}})");
  REQUIRE_FALSE(tool.header_fault);
  REQUIRE(tool.headers.size() == 3);
  const auto values = header_values(tool.headers, R"({"region":"us-west1","deep":{"n":-42,"b":true},"other":1})");
  REQUIRE(values.size() == 3);
  CHECK((values[0].header == "Mcp-Param-Region" && values[0].value == "us-west1"));
  CHECK((values[1].header == "Mcp-Param-N" && values[1].value == "-42"));
  CHECK((values[2].header == "Mcp-Param-B" && values[2].value == "true"));
  CHECK(header_values(tool.headers, R"({"region":null,"deep":7})").empty());
  CHECK(header_values(tool.headers, R"({"deep":{"n":9007199254740992}})").empty());
  CHECK(header_values(tool.headers, R"({"deep":{"n":9007199254740991}})").size() == 1);
}

TEST_CASE("An invalid header mark sets the header fault of a definition, which then cannot be used over HTTP") {
  CHECK_FALSE(marked(R"("type":"string","x-mcp-header":"A")").header_fault);
  for (const char* about : {R"("type":"number","x-mcp-header":"A")", R"("x-mcp-header":"A")", R"("type":"string","x-mcp-header":"")",
                            R"("type":"string","x-mcp-header":"A B")", R"("type":"string","x-mcp-header":"A\r\nX")",
                            R"("type":"string","x-mcp-header":7)", R"("type":"array","items":{"type":"string","x-mcp-header":"A"})",
                            R"("anyOf":[{"type":"string","x-mcp-header":"A"}])",
                            R"("type":"string","x-mcp-header":"A"},"b":{"type":"string","x-mcp-header":"a")"}) {
    CAPTURE(about);
    const auto tool = marked(about);
    CHECK(tool.header_fault);
    CHECK(tool.headers.empty());
  }
  CHECK(marked("", R"(,"x-mcp-header":"A")").header_fault);
  CHECK_FALSE(marked(R"("type":"string","default":{"x-mcp-header":"A"})").header_fault);
}

TEST_CASE("A definition has at most kMaxHeaderBindings header marks, with names of at most kMaxHeaderName octets") {
  const auto of_name = [](std::size_t octets) { return marked(R"("type":"string","x-mcp-header":")" + std::string(octets, 'a') + "\"").headers.size(); };
  CHECK(of_name(kMaxHeaderName) == 1);
  CHECK(of_name(kMaxHeaderName + 1) == 0);
  const auto of_count = [](std::size_t count) {
    std::string all = R"("type":"string")";
    for (std::size_t i = 0; i < count; ++i) all += "},\"p" + std::to_string(i) + R"(":{"type":"string","x-mcp-header":"H)" + std::to_string(i) + "\"";
    return marked(all).headers.size();
  };
  CHECK(of_count(kMaxHeaderBindings) == kMaxHeaderBindings);
  CHECK(of_count(kMaxHeaderBindings + 1) == 0);
}

TEST_CASE("encode_header_value encodes a value that is invalid in a header [MCP 2026-07-28 basic/transports/streamable-http]") {
  CHECK(encode_header_value("us-west1") == "us-west1");
  CHECK(encode_header_value("Hello, \xe4\xb8\x96\xe7\x95\x8c") == "=?base64?SGVsbG8sIOS4lueVjA==?=");
  CHECK(encode_header_value(" padded ") == "=?base64?IHBhZGRlZCA=?=");
  CHECK(encode_header_value("line1\nline2") == "=?base64?bGluZTEKbGluZTI=?=");
  CHECK(encode_header_value("=?base64?literal?=") == "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=");
}
