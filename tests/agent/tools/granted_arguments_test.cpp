#include <offhook/agent/tools/granted_arguments.hpp>
#include <offhook/agent/tools/tool_policy.hpp>
#include <offhook/tests/agent/tools/box.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::tools;
using Json = nlohmann::json;

namespace {

std::string complaint(const std::string& schema, const std::string& arguments) {
  const auto read = read_granted_arguments(schema);
  REQUIRE_MESSAGE(read, read.error().place, " ", read.error().found);
  return read->complaint(read_arguments(arguments).value()).value_or("");
}

std::string of_properties(const std::string& properties) { return R"({"type":"object","properties":{)" + properties + "}}"; }

}  // namespace

TEST_CASE("A grant's bounds apply to whole numbers and fractions, and no value of another type counts as a number") {
  const std::string bounded = of_properties(R"("amount":{"type":"number","minimum":0.5,"maximum":50})");
  for (const char* good : {"0.5", "1", "50", "50.0", "5e1"}) CHECK(complaint(bounded, R"({"amount":)" + std::string(good) + "}").empty());
  CHECK(complaint(bounded, R"({"amount":50.01})") == "\"amount\" must be at most 50.");
  CHECK(complaint(bounded, R"({"amount":51})") == "\"amount\" must be at most 50.");
  CHECK(complaint(bounded, R"({"amount":18446744073709551615})") == "\"amount\" must be at most 50.");
  CHECK(complaint(bounded, R"({"amount":0})") == "\"amount\" must be at least 0.5.");
  CHECK(complaint(bounded, R"({"amount":-1})") == "\"amount\" must be at least 0.5.");
  const std::string open = of_properties(R"("amount":{"exclusiveMinimum":0,"exclusiveMaximum":50})");
  CHECK(complaint(open, R"({"amount":1})").empty());
  CHECK(complaint(open, R"({"amount":0})") == "\"amount\" must be more than 0.");
  CHECK(complaint(open, R"({"amount":50})") == "\"amount\" must be less than 50.");
  for (const char* other : {R"("9999")", "null", "true", "[1]", "{}"}) CHECK(complaint(open, R"({"amount":)" + std::string(other) + "}") == "\"amount\" must be a number.");
}

TEST_CASE("A grant can limit the length of a text in characters, and can list the allowed values") {
  const std::string schema = of_properties(R"("folder":{"enum":["inbox","sent"]},"code":{"type":"string","minLength":2,"maxLength":3},"kind":{"const":1})");
  CHECK(complaint(schema, R"({"folder":"inbox","code":"\u00e4\u00f6\u00fc","kind":1})").empty());
  CHECK(complaint(schema, R"({"folder":"../secret"})") == "\"folder\" must be one of its list.");
  CHECK(complaint(schema, R"({"code":"a"})") == "\"code\" must have at least 2 characters.");
  CHECK(complaint(schema, R"({"code":"abcd"})") == "\"code\" must have at most 3 characters.");
  CHECK(complaint(schema, R"({"code":1})") == "\"code\" must be of the type string.");
  CHECK(complaint(schema, R"({"kind":2})") == "\"kind\" must be one of its list.");
  CHECK(complaint(of_properties(R"("code":{"maxLength":3})"), R"({"code":["abcd"]})") == "\"code\" must be a text.");
}

TEST_CASE("A whole number must equal a number of the grant's list in all digits, even beyond 2^53") {
  const std::string account = of_properties(R"("account":{"const":1234567890123456789})");
  CHECK(complaint(account, R"({"account":1234567890123456789})").empty());
  for (const char* other : {"1234567890123456788", "1234567890123456700.0", "1234567890123456789.0"}) CHECK_FALSE(complaint(account, R"({"account":)" + std::string(other) + "}").empty());
  const std::string folder = of_properties(R"("folder":{"enum":[9007199254740993,1]})");
  CHECK_FALSE(complaint(folder, R"({"folder":9007199254740992})").empty());
  for (const char* good : {"9007199254740993", "1", "1.0"}) CHECK(complaint(folder, R"({"folder":)" + std::string(good) + "}").empty());
}

TEST_CASE("The bounds of a grant compare whole numbers in all digits, and a large number with a fraction part is refused") {
  const std::string up_to = of_properties(R"("account":{"maximum":9007199254740993})");
  for (const char* good : {"9007199254740993", "9007199254740992", "1.5", "-9223372036854775808"}) CHECK(complaint(up_to, R"({"account":)" + std::string(good) + "}").empty());
  CHECK(complaint(up_to, R"({"account":9007199254740994})") == "\"account\" must be at most 9007199254740993.");
  CHECK(complaint(up_to, R"({"account":9007199254740992.0})") == "\"account\" must be a whole number of 64 bits, or one below 2^53.");
  const std::string all = of_properties(R"("account":{"exclusiveMinimum":9223372036854775806,"maximum":9223372036854775807})");
  CHECK(complaint(all, R"({"account":9223372036854775807})").empty());
  CHECK(complaint(all, R"({"account":9223372036854775806})") == "\"account\" must be more than 9223372036854775806.");
  CHECK(complaint(all, R"({"account":9223372036854775808})") == "\"account\" must be at most 9223372036854775807.");
}

TEST_CASE("A grant allows members that it does not name, unless additionalProperties is false. Required members must exist") {
  CHECK(complaint(of_properties(R"("a":{"maximum":1})"), R"({"b":2})").empty());
  CHECK(complaint(R"({"properties":{"a":{"maximum":1}},"additionalProperties":false})", R"({"b":2})") == "the arguments have a name that this tool does not know.");
  CHECK(complaint(R"({"additionalProperties":false})", "{}").empty());
  CHECK(complaint(R"({"required":["b"]})", "{}") == "\"b\" is missing.");
  CHECK(complaint(R"({"properties":{"a":{}},"required":["a"]})", "{}") == "\"a\" is missing.");
  CHECK(complaint(R"({"$schema":"x","title":"t","description":"d","required":["b"]})", R"({"b":1})").empty());
}

TEST_CASE("A grant refuses a member whose name differs from a restricted name only in case or separators") {
  const std::string ruled = of_properties(R"("amount":{"maximum":50})");
  CHECK(complaint(ruled, R"({"Amount":51})") == "\"amount\" must be written so.");
  CHECK(complaint(ruled, R"({"amount":50,"AMOUNT":51})") == "\"amount\" must be written so.");
  for (const char* other : {"amo_unt", "AMO-UNT", "amount\\u0000", "amount\\u0000x"}) CHECK(complaint(ruled, "{\"" + std::string(other) + "\":51}") == "\"amount\" must be written so.");
  CHECK(complaint(of_properties(R"("maxTasks":{"maximum":50})"), R"({"max_ta\u017f\u212as":51})") == "\"maxTasks\" must be written so.");
  CHECK(complaint(ruled, R"({"amounts":51})").empty());
  CHECK(complaint(of_properties(R"("a":{},"A":{})"), R"({"a":1,"A":2})").empty());
}

TEST_CASE("read_granted_arguments refuses a schema that has anything that Offhook does not enforce, and names the place") {
  struct Row { const char* schema; const char* place; const char* found; };
  for (const Row row : {
           Row{"", "", "text that is not JSON"},
           Row{"[]", "", "a value that is not an object"},
           Row{"{}", "", "a schema that allows anything"},
           Row{R"({"additionalProperties":true,"properties":{}})", "", "a schema that allows anything"},
           Row{R"({"type":"array"})", "/type", "another type"},
           Row{R"({"type":["object"]})", "/type", "another type"},
           Row{R"({"allOf":[]})", "/allOf", "a word of JSON Schema that Offhook does not check"},
           Row{R"({"additionalProperties":{"type":"string"}})", "/additionalProperties", "a schema"},
           Row{R"({"required":"a"})", "/required", "a value that is not a list of names"},
           Row{R"({"required":[1]})", "/required", "a value that is not a list of names"},
           Row{R"({"properties":[]})", "/properties", "a value that is not an object"},
           Row{R"({"properties":{"a/b":true}})", "/properties/a~1b", "a member whose description is not an object"},
           Row{R"({"properties":{"a":{"pattern":"x"}}})", "/properties/a/pattern", "a word of JSON Schema that Offhook does not check"},
           Row{R"({"properties":{"a":{"properties":{}}}})", "/properties/a/properties", "a word of JSON Schema that Offhook does not check"},
           Row{R"({"properties":{"a":{"Maximum":1}}})", "/properties/a/Maximum", "a word of JSON Schema that Offhook does not check"},
           Row{R"({"properties":{"a":{"type":"money"}}})", "/properties/a/type", "an unknown type, or none"},
           Row{R"({"properties":{"a":{"type":[]}}})", "/properties/a/type", "an unknown type, or none"},
           Row{R"({"properties":{"a":{"enum":[]}}})", "/properties/a/enum", "an empty list, or no list"},
           Row{R"({"properties":{"a":{"enum":"x"}}})", "/properties/a/enum", "an empty list, or no list"},
           Row{R"({"properties":{"a":{"enum":[{}]}}})", "/properties/a/enum", "a list or an object to compare with"},
           Row{R"({"properties":{"a":{"enum":[1],"const":1}}})", "/properties/a/const", "both enum and const"},
           Row{R"({"properties":{"a":{"maximum":"50"}}})", "/properties/a/maximum", "a value that is not a number"},
           Row{R"({"properties":{"a":{"minLength":-1}}})", "/properties/a/minLength", "a value that is not a count of characters"},
           Row{R"({"properties":{"a":{"type":"string","maximum":5}}})", "/properties/a/type", "a type that does not match its bounds"},
           Row{R"({"properties":{"a":{"type":"number","maxLength":5}}})", "/properties/a/type", "a type that does not match its bounds"},
           Row{R"({"properties":{"a":{"maximum":5,"maxLength":5}}})", "/properties/a", "bounds of a number and of a text"},
           Row{R"({"properties":{"a":{"minimum":6,"maximum":5}}})", "/properties/a", "a lower bound above the upper one"},
           Row{R"({"properties":{"a":{"minimum":5,"exclusiveMaximum":5}}})", "/properties/a", "a lower bound above the upper one"},
           Row{R"({"properties":{"a":{"exclusiveMinimum":5,"maximum":5}}})", "/properties/a", "a lower bound above the upper one"},
           Row{R"({"properties":{"a":{"exclusiveMinimum":5,"exclusiveMaximum":5}}})", "/properties/a", "a lower bound above the upper one"},
           Row{R"({"properties":{"a":{"maximum":9223372036854775808}}})", "/properties/a/maximum", "a number that cannot be represented exactly"},
           Row{R"({"properties":{"a":{"minimum":9007199254740992.0}}})", "/properties/a/minimum", "a number that cannot be represented exactly"},
           Row{R"({"properties":{"a":{"const":18446744073709551615}}})", "/properties/a/const", "a number that cannot be represented exactly"},
           Row{R"({"properties":{"a":{"enum":[1,1e16]}}})", "/properties/a/enum", "a number that cannot be represented exactly"},
           Row{R"({"properties":{"a":{"type":"string","enum":["x",1]}}})", "/properties/a/enum", "a value that the type or the bounds exclude"},
           Row{R"({"properties":{"a":{"const":6,"maximum":5}}})", "/properties/a/const", "a value that the type or the bounds exclude"},
           Row{R"({"properties":{"a":{"minLength":6,"maxLength":5}}})", "/properties/a/minLength", "a minLength above maxLength"},
       }) {
    CAPTURE(row.schema);
    const auto read = read_granted_arguments(row.schema);
    REQUIRE_FALSE(read);
    CHECK(read.error().place == row.place);
    CHECK(read.error().found == row.found);
    CHECK_FALSE(read.error().allowed.empty());
  }
}

TEST_CASE("read_granted_arguments bounds members and octets, and accepts a schema at each bound") {
  const auto of_members = [](std::size_t count) {
    Json schema;
    for (std::size_t i = 0; i < count; ++i) schema["properties"]["m" + std::to_string(i)] = Json::object();
    return schema;
  };
  CHECK(read_granted_arguments(of_members(kMaxArgumentMembers).dump()));
  CHECK_FALSE(read_granted_arguments(of_members(kMaxArgumentMembers + 1).dump()));
  Json with_required = of_members(kMaxArgumentMembers);
  with_required["required"] = {"one more"};
  CHECK_FALSE(read_granted_arguments(with_required.dump()));
  const std::string begin = R"({"required":["a"],"title":")", end = R"("})";
  const auto of_size = [&](std::size_t size) { return begin + std::string(size - begin.size() - end.size(), 'x') + end; };
  CHECK(read_granted_arguments(of_size(kMaxSchemaBytes)));
  CHECK_FALSE(read_granted_arguments(of_size(kMaxSchemaBytes + 1)));
}

TEST_CASE("The model gets the tool's schema with the restrictions of the grant") {
  const std::string own = R"({"type":"object","$defs":{"x":{}},"required":["to"],"properties":{"to":{"type":"string","description":"whom"},"amount":{"type":"number","maximum":900,"description":"how much"},"note":{"type":"string"}}})";
  const Json shown = Json::parse(narrowed(own, R"({"properties":{"amount":{"maximum":50},"nowhere":{"const":1}},"required":["amount"]})"));
  CHECK(shown == Json::parse(R"({"type":"object","$defs":{"x":{}},"required":["amount","to"],"properties":{"to":{"type":"string","description":"whom"},"amount":{"type":"number","maximum":50,"description":"how much"},"note":{"type":"string"}}})"));
  const Json closed = Json::parse(narrowed(own, R"({"properties":{"to":{"enum":["us"]}},"additionalProperties":false})"));
  CHECK(closed == Json::parse(R"({"type":"object","$defs":{"x":{}},"required":["to"],"properties":{"to":{"type":"string","description":"whom","enum":["us"]}},"additionalProperties":false})"));
  CHECK(narrowed("no JSON", "{}") == "no JSON");
}

TEST_CASE("The model gets the stricter of the tool's schema and the grant: the narrower bounds, and the common types and values") {
  struct Row { const char* own; const char* granted; const char* shown; };
  for (const Row row : {
           Row{R"({"minimum":1,"maximum":50})", R"({"minimum":0,"maximum":900})", R"({"minimum":1,"maximum":50})"},
           Row{R"({"minimum":0,"maximum":900})", R"({"minimum":1,"maximum":50})", R"({"minimum":1,"maximum":50})"},
           Row{R"({"exclusiveMinimum":1.5,"minLength":3})", R"({"exclusiveMinimum":1,"minLength":2})", R"({"exclusiveMinimum":1.5,"minLength":3})"},
           Row{R"({"exclusiveMaximum":9007199254740993,"maxLength":3})", R"({"exclusiveMaximum":9007199254740994,"maxLength":2})", R"({"exclusiveMaximum":9007199254740993,"maxLength":2})"},
           Row{R"({"maximum":50})", R"({"exclusiveMaximum":40})", R"({"maximum":50,"exclusiveMaximum":40})"},
           Row{R"({"type":"integer"})", R"({"type":"number"})", R"({"type":"integer"})"},
           Row{R"({"type":["string","null"]})", R"({"type":"string"})", R"({"type":"string"})"},
           Row{R"({"type":["string","number","null"]})", R"({"type":["null","integer"]})", R"({"type":["integer","null"]})"},
           Row{R"({"type":"string"})", R"({"type":"null"})", R"({"type":"null"})"},
           Row{R"({"enum":["a","b"]})", R"({"enum":["b","c"]})", R"({"enum":["b"]})"},
           Row{R"({"enum":[1,2]})", R"({"enum":[2.0]})", R"({"enum":[2.0]})"},
           Row{R"({"enum":["a"]})", R"({"enum":["b"]})", R"({"enum":["b"]})"},
           Row{R"({"enum":["a","b"]})", R"({"const":"b"})", R"({"enum":["a","b"],"const":"b"})"},
           Row{R"({"title":"theirs"})", R"({"title":"ours"})", R"({"title":"ours"})"},
           Row{R"({"minimum":0,"exclusiveMinimum":true})", R"({"minimum":1})", R"({"minimum":1})"},
           Row{"true", R"({"maximum":5})", R"({"maximum":5})"},
       }) {
    CAPTURE(row.own);
    CAPTURE(row.granted);
    CHECK(Json::parse(narrowed(of_properties("\"a\":" + std::string(row.own)), of_properties("\"a\":" + std::string(row.granted))))["properties"]["a"] == Json::parse(row.shown));
  }
  const std::string rule = R"({"properties":{"amount":{"maximum":50}}})";
  for (const char* open : {R"({"type":"object","additionalProperties":true})", R"({"type":"object","additionalProperties":true,"properties":{}})"})
    CHECK(Json::parse(narrowed(open, rule)) == Json::parse(R"({"type":"object","additionalProperties":true,"properties":{"amount":{"maximum":50}}})"));
}

TEST_CASE("CallToolBox refuses arguments that the grant does not allow. The model gets the reason, and the log names the grant") {
  ToolBoxOptions options;
  auto pay = test::rule("pay", Confirm::Never, ToolClass::Write);
  pay.arguments = of_properties(R"("amount":{"maximum":50})");
  options.rules.allowed = {pay};
  auto made = std::make_unique<test::FakeSource>(std::vector<ToolDescription>{{"pay", "Pays.", of_properties(R"("amount":{"type":"number"})"), ToolClass::Write}});
  auto* source = made.get();
  std::vector<std::unique_ptr<ToolSource>> sources;
  sources.push_back(std::move(made));
  std::vector<ToolEvent> events;
  CallToolBox box(options, std::move(sources), [&](const ToolEvent& event) { events.push_back(event); }, base::TimePoint{});
  CHECK(box.descriptions().front().parameters.find(R"("maximum":50)") != std::string::npos);
  box.run({1, "a", "pay", R"({"amount":4711})"});
  const auto refused = box.poll();
  REQUIRE(refused);
  CHECK(refused->result.find("must be at most 50") != std::string::npos);
  CHECK(source->started.empty());
  REQUIRE(events.size() == 1);
  CHECK(events[0].what == ToolEvent::What::Refused);
  CHECK(events[0].detail == "pay is refused: beyond what is granted: \"amount\" must be at most 50.");
  box.run({1, "b", "pay", R"({"amount":"50"})"});  // The tool's own schema also applies.
  CHECK(events.back().detail == "pay is refused: arguments: they do not fit the schema");
  box.run({1, "c", "pay", R"({"amount":50})"});
  REQUIRE(source->started.size() == 1);
  CHECK(source->started[0].arguments == R"({"amount":50})");
}

TEST_CASE("A tool with a granted schema gets the numbers that Offhook checked, without digits that Offhook did not read") {
  ToolBoxOptions options;
  auto open = test::rule("open", Confirm::Never, ToolClass::Write);
  open.arguments = of_properties(R"("folder":{"enum":[2]})");
  options.rules.allowed = {open, test::rule("free", Confirm::Never, ToolClass::Write)};
  const std::string own = of_properties(R"("folder":{"type":"number"})");
  auto made = std::make_unique<test::FakeSource>(std::vector<ToolDescription>{{"open", "", own, ToolClass::Write}, {"free", "", own, ToolClass::Write}});
  auto* source = made.get();
  std::vector<std::unique_ptr<ToolSource>> sources;
  sources.push_back(std::move(made));
  CallToolBox box(options, std::move(sources), nullptr, base::TimePoint{});
  box.run({1, "a", "open", R"({"folder": 1.99999999999999999999})"});
  box.run({1, "b", "open", R"({"folder": 2})"});
  box.run({1, "c", "free", R"({"folder": 1.99999999999999999999})"});
  REQUIRE(source->started.size() == 3);
  CHECK(source->started[0].arguments == R"({"folder":2.0})");
  CHECK(source->started[1].arguments == R"({"folder":2})");
  CHECK(source->started[2].arguments == R"({"folder": 1.99999999999999999999})");
}

TEST_CASE("CallToolBox does not offer a tool whose grant has an unusable schema") {
  ToolBoxOptions options;
  auto pay = test::rule("pay", Confirm::Never, ToolClass::Write);
  pay.arguments = R"({"properties":{"amount":{"pattern":"x"}}})";
  options.rules.allowed = {pay};
  std::vector<std::unique_ptr<ToolSource>> sources;
  sources.push_back(std::make_unique<test::FakeSource>(std::vector<ToolDescription>{{"pay", "Pays.", "", ToolClass::Write}}));
  std::vector<ToolEvent> events;
  const CallToolBox box(options, std::move(sources), [&](const ToolEvent& event) { events.push_back(event); }, base::TimePoint{});
  CHECK(box.descriptions().empty());
  REQUIRE(events.size() == 1);
  CHECK(events[0].what == ToolEvent::What::Dropped);
}

namespace {

/// The result of offer(): whether the model gets the tool with the schema `own` under the grant `granted`, and the log.
struct Offer {
  bool shown = false;
  std::string log;
};
Offer offer(const std::string& own, const std::string& granted) {
  ToolBoxOptions options;
  auto pay = test::rule("pay", Confirm::Never, ToolClass::Write);
  pay.arguments = granted;
  options.rules.allowed = {pay};
  std::vector<std::unique_ptr<ToolSource>> sources;
  sources.push_back(std::make_unique<test::FakeSource>(std::vector<ToolDescription>{{"pay", "Pays.", own, ToolClass::Write}}));
  Offer out;
  CallToolBox box(options, std::move(sources), [&](const ToolEvent& event) { out.log += std::string(to_string(event.what)) + ": " + event.detail; }, base::TimePoint{});
  out.shown = !box.descriptions().empty();
  if (!out.shown) {
    box.run({1, "a", "pay", R"({"amount":4711})"});
    const auto refused = box.poll();
    CHECK((refused && refused->result.find("not available") != std::string::npos));
    out.log = out.log.substr(0, out.log.find("refused: "));
  }
  return out;
}

}  // namespace

TEST_CASE("CallToolBox does not offer a tool whose grant names an argument that the tool does not list") {
  const std::string own = of_properties(R"("amount":{"type":"number"})");
  CHECK(offer(own, R"({"properties":{"amount":{"maximum":50}}})").shown);
  for (const char* granted : {R"({"properties":{"amuont":{"maximum":50}}})", R"({"required":["amuont"]})", R"({"properties":{"amount":{"maximum":50},"amuont":{}}})",
                              R"({"properties":{"amuont":{"maximum":50}},"additionalProperties":false})"}) {
    CAPTURE(granted);
    const Offer made = offer(own, granted);
    CHECK_FALSE(made.shown);
    CHECK(made.log == "dropped: its grant names an argument \"amuont\" that the tool does not have");
  }
  const std::string rule = R"({"properties":{"amount":{"maximum":50}}})";
  CHECK_FALSE(offer(R"({"type":"object"})", rule).shown);  // This tool has no arguments.
  CHECK_FALSE(offer(R"({"type":"object","properties":{"sum":{}},"additionalProperties":true})", rule).shown);
  CHECK(offer(R"({"type":"object","additionalProperties":true})", rule).shown);  // This tool has arguments that its schema does not list.
}

TEST_CASE("CallToolBox does not offer a tool whose schema it cannot combine with the grant") {
  const Offer made = offer(R"({"type":"object","properties":{"":{"type":"string"},"amount":{"type":"number"}}})", R"({"properties":{"amount":{"maximum":50}}})");
  CHECK_FALSE(made.shown);
  CHECK(made.log == "dropped: its source gives a schema that cannot be narrowed");
}

TEST_CASE("CallToolBox does not offer a tool whose grant excludes all values of an argument") {
  const std::string own = of_properties(R"("amount":{"type":"integer","maximum":50},"to":{"enum":["us","them"]})");
  for (const char* granted : {R"({"properties":{"to":{"const":"him"}}})", R"({"properties":{"to":{"enum":["him","her"]}}})"}) {
    const Offer made = offer(own, granted);
    CHECK_FALSE(made.shown);
    CHECK(made.log == "dropped: its grant allows for the argument \"to\" no value that the tool accepts");
  }
  for (const char* granted : {R"({"amount":{"const":"5"}})", R"({"amount":{"type":"string"}})", R"({"amount":{"maxLength":5}})", R"({"to":{"type":"number"}})", R"({"to":{"minLength":5}})"})
    CHECK_FALSE(offer(own, R"({"properties":)" + std::string(granted) + "}").shown);
  for (const char* granted : {R"({"amount":{"type":"number"}})", R"({"amount":{"exclusiveMaximum":5}})", R"({"to":{"maxLength":2}})", R"({"to":{}})"})
    CHECK(offer(own, R"({"properties":)" + std::string(granted) + "}").shown);
  CHECK(offer(own, R"({"properties":{"to":{"enum":["him","us"]}}})").shown);
}

TEST_CASE("CallToolBox does not offer a tool whose grant excludes a required argument") {
  const std::string own = R"({"type":"object","properties":{"amount":{"type":"number"},"to":{"type":"string"}},"required":["to"]})";
  const Offer made = offer(own, R"({"properties":{"amount":{"maximum":50}},"additionalProperties":false})");
  CHECK_FALSE(made.shown);
  CHECK(made.log == "dropped: its grant leaves out the argument \"to\", without which the tool cannot be called");
  CHECK(offer(own, R"({"properties":{"to":{"const":"us"}},"additionalProperties":false})").shown);
  CHECK(offer(own, R"({"properties":{"amount":{"maximum":50}}})").shown);
}
