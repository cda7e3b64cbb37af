#include <offhook/agent/tools/mcp/catalog.hpp>
#include <offhook/agent/tools/tool_names.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace offhook::agent::tools;
using namespace offhook::agent::tools::mcp;

namespace {

ToolDefinition tool(std::string name, std::string hash) {
  ToolDefinition made;
  made.name = std::move(name);
  made.hash = std::move(hash);
  made.description = "what it says";
  made.input_schema = "{}";
  return made;
}

bool fits_models(std::string_view name) {
  return !name.empty() && name.size() <= kMaxModelName &&
         name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == std::string_view::npos;
}

}  // namespace

TEST_CASE("model_name begins with the server's label, and is valid for every model") {
  CHECK(model_name("files", "read_file") == "files__read_file");
  CHECK(model_name("files", "read.file").starts_with("files__read_file_"));
  CHECK(model_name("files", "read.file") != model_name("files", "read file"));
  CHECK(model_name("files", "") != "files__");
  const std::string label(kMaxLabel, 'l');
  const std::string fitting(kMaxModelName - kMaxLabel - 2, 'n');
  CHECK(model_name(label, fitting) == label + "__" + fitting);
  for (const std::string& name : {fitting + "n", std::string(kMaxToolName, 'n'), std::string("\xc3\xa9"), std::string("a\nb"), std::string()})
    CHECK(fits_models(model_name(label, name)));
  CHECK(model_name(label, fitting + "na") != model_name(label, fitting + "nb"));
}

TEST_CASE("is_label refuses an underscore, so that tools of two servers cannot have the same model name") {
  for (const char* good : {"a", "files", "my-files-2"}) CHECK(is_label(good));
  for (const char* bad : {"", "a_b", "A", "a b", "a.b", "\xc3\xa9"}) CHECK_FALSE(is_label(bad));
  CHECK(is_label(std::string(kMaxLabel, 'a')));
  CHECK_FALSE(is_label(std::string(kMaxLabel + 1, 'a')));
}

TEST_CASE("PinStore judges a pinned definition as Known, another definition of the tool as Changed, and an unpinned tool as Missing") {
  PinStore pins({{"s__a", "1"}}, Unpinned::Refuse);
  CHECK(pins.judge("s__a", "1") == PinVerdict::Known);
  CHECK(pins.judge("s__a", "2") == PinVerdict::Changed);
  CHECK(pins.judge("s__a", "1") == PinVerdict::Known);
  CHECK(pins.judge("s__b", "1") == PinVerdict::Missing);
  CHECK(pins.judge("s__b", "1") == PinVerdict::Missing);
}

TEST_CASE("With TrustFirst, PinStore trusts the first definition of a tool, and no other definition") {
  PinStore pins({}, Unpinned::TrustFirst);
  CHECK(pins.judge("s__a", "1") == PinVerdict::New);
  CHECK(pins.judge("s__a", "1") == PinVerdict::Known);
  CHECK(pins.judge("s__a", "2") == PinVerdict::Changed);
  CHECK(pins.judge("s__a", "2") == PinVerdict::Changed);
}

TEST_CASE("PinStore keeps at most kMaxPins pins") {
  PinStore pins({}, Unpinned::TrustFirst);
  for (std::size_t i = 0; i < kMaxPins; ++i) CHECK(pins.judge(std::to_string(i), "1") == PinVerdict::New);
  CHECK(pins.judge("one more", "1") == PinVerdict::Missing);
  CHECK(pins.judge("0", "1") == PinVerdict::Known);
}

TEST_CASE("make_catalog accepts the tools with known or trusted definitions, and reports a refused tool with the hash to pin") {
  PinStore pins({{"s__a", "1"}, {"s__b", "1"}}, Unpinned::Refuse);
  std::vector<CatalogNote> notes;
  const auto catalog = make_catalog({"s", false}, {tool("a", "1"), tool("b", "2"), tool("c", "3")}, pins, notes);
  REQUIRE(catalog.descriptions.size() == 1);
  CHECK(catalog.descriptions[0].name == "s__a");
  CHECK(catalog.descriptions[0].description == "what it says");
  REQUIRE(catalog.find("s__a") != nullptr);
  CHECK(catalog.find("s__a")->server_name == "a");
  CHECK(catalog.find("s__b") == nullptr);
  REQUIRE(notes.size() == 2);
  CHECK((notes[0].refused && notes[0].tool == "s__b" && notes[0].why.find("sha256 2") != std::string::npos));
  CHECK((notes[1].refused && notes[1].tool == "s__c" && notes[1].why.find("sha256 3") != std::string::npos));
}

TEST_CASE("make_catalog omits a tool whose definition changed, and accepts it again only with its first definition") {
  PinStore pins({}, Unpinned::TrustFirst);
  std::vector<CatalogNote> notes;
  CHECK(make_catalog({"s", false}, {tool("a", "1")}, pins, notes).tools.size() == 1);
  REQUIRE(notes.size() == 1);
  CHECK_FALSE(notes[0].refused);
  CHECK(make_catalog({"s", false}, {tool("a", "2")}, pins, notes).tools.empty());
  REQUIRE(notes.size() == 2);
  CHECK(notes[1].refused);
  CHECK(make_catalog({"s", false}, {tool("a", "1")}, pins, notes).tools.size() == 1);
  CHECK(notes.size() == 2);
}

TEST_CASE("make_catalog keeps the first of two tools with one model name, and omits a tool with an invalid header mark only over HTTP") {
  PinStore pins({}, Unpinned::TrustFirst);
  std::vector<CatalogNote> notes;
  const std::string made = model_name("s", "a.b").substr(3);
  CHECK(make_catalog({"s", false}, {tool("a.b", "1"), tool(made, "2")}, pins, notes).tools.size() == 1);
  CHECK(notes.back().refused);
  auto faulty = tool("f", "1");
  faulty.header_fault = "why";
  CHECK(make_catalog({"s", false}, {faulty}, pins, notes).tools.size() == 1);
  CHECK(make_catalog({"s", true}, {faulty}, pins, notes).tools.empty());
}
