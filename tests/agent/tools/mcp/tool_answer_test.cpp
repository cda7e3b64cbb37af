#include <offhook/agent/tools/mcp/tool_answer.hpp>
#include <offhook/agent/tools/tool_text.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook::agent::tools;
using namespace offhook::agent::tools::mcp;

namespace {

ToolAnswer answer_of(const std::string& result, bool has_output_schema = false) {
  const auto answer = read_tool_answer(result, has_output_schema);
  REQUIRE(answer.has_value());
  return *answer;
}

}  // namespace

TEST_CASE("read_tool_answer converts each kind of content to text [MCP 2025-11-25 server/tools]") {
  const auto answer = answer_of(R"({"content":[
    {"type":"text","text":"Cloudy."},
    {"type":"image","data":"AAAA","mimeType":"image/png"},
    {"type":"audio","data":"AAAA","mimeType":"audio/wav"},
    {"type":"resource_link","uri":"file:///a","name":"a"},
    {"type":"resource","resource":{"uri":"file:///b","text":"inside"}},
    {"type":"resource","resource":{"uri":"file:///c","blob":"AAAA"}},
    {"type":"hologram"}]})");
  CHECK(answer.ok);
  CHECK(answer.text == "Cloudy.\n[image that cannot be shown: image/png]\n[audio that cannot be shown: audio/wav]\n[a link: a file:///a]\n"
                       "inside\n[a file that cannot be shown: file:///c]\n[something that cannot be shown]");
}

TEST_CASE("If a tool fails, read_tool_answer gives the tool's own text, even if the result has structured content") {
  const auto answer = answer_of(R"({"isError":true,"content":[{"type":"text","text":"No such city."}],"structuredContent":{"x":1}})", true);
  CHECK_FALSE(answer.ok);
  CHECK(answer.text == "No such city.");
  CHECK_FALSE(answer_of(R"({"isError":"yes"})").ok);
}

TEST_CASE("read_tool_answer uses structured content if the tool has an output schema, or if the result has no other content") {
  const std::string both = R"({"content":[{"type":"text","text":"words"}],"structuredContent":{"t": 21.5}})";
  CHECK(answer_of(both, true).text == R"({"t":21.5})");
  CHECK(answer_of(both, false).text == "words");
  CHECK(answer_of(R"({"content":[],"structuredContent":[1]})").text == "[1]");
}

TEST_CASE("read_tool_answer accepts an empty result, and refuses text that is not a result") {
  CHECK(answer_of("{}").ok);
  CHECK_FALSE(answer_of("{}").text.empty());
  CHECK_FALSE(answer_of(R"({"isError":true})").text.empty());
  for (const char* text : {"", "[]", "7", "null"}) CHECK_FALSE(read_tool_answer(text, false).has_value());
}

TEST_CASE("If a server requests input, read_tool_answer gives a failure [MCP 2026-07-28 basic/patterns/mrtr]") {
  const auto answer = answer_of(R"({"resultType":"input_required","inputRequests":{},"content":[{"type":"text","text":"secret?"}]})");
  CHECK_FALSE(answer.ok);
  CHECK(answer.text.find("secret") == std::string::npos);
  CHECK(answer_of(R"({"resultType":"complete","content":[]})").ok);
}

TEST_CASE("read_tool_answer bounds an answer, and data_text says that it is shortened") {
  const auto of_size = [](std::size_t octets) {
    return data_text(true, answer_of(R"({"content":[{"type":"text","text":")" + std::string(octets, 'x') + "\"}]}").text);
  };
  CHECK(of_size(kMaxResultBytes).find("cut_off") == std::string::npos);
  CHECK(of_size(kMaxResultBytes + 1).find("cut_off") != std::string::npos);
  CHECK(answer_of(R"({"content":[{"type":"text","text":")" + std::string(1U << 19U, 'x') + "\"}]}").text.size() <= kMaxResultBytes + 4);

  const auto of_items = [](std::size_t count) {
    std::string items;
    for (std::size_t i = 0; i < count; ++i) items += std::string(i > 0 ? "," : "") + R"({"type":"text","text":"x"})";
    return answer_of(R"({"content":[)" + items + "]}").text;
  };
  CHECK(of_items(kMaxContentItems).find("more") == std::string::npos);
  CHECK(of_items(kMaxContentItems + 1).find("more that is not shown") != std::string::npos);
}

TEST_CASE("why_of gives the log the reason why a tool call failed or was repeated, and no text of the server") {
  CHECK(why_of({true, "4711", true}).empty());
  CHECK(why_of({false, "4711 is taken", true}) == "the tool says that it failed");
  CHECK(why_of({false, std::string(kNotAvailable)}) == kNotAvailable);
  CHECK(why_of({true, "4711", true, true}) == "the server had ended the session, and the tool call was sent again in a new one");
  CHECK(why_of({false, "4711", true, true}) == "the server had ended the session, and the tool call was sent again in a new one; the tool says that it failed");
}
