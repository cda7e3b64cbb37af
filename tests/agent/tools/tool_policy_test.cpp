#include <offhook/agent/tools/builtin_tools.hpp>
#include <offhook/agent/tools/tool_policy.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::tools;
using namespace std::chrono_literals;

namespace {

/// Returns a rule whose caps are not reached unless the test sets them.
ToolRule uncapped_rule(std::string name, ToolClass what = ToolClass::Telephony, Confirm confirm = Confirm::Never) {
  ToolRule made;
  made.name = std::move(name);
  made.what = what;
  made.confirm = confirm;
  made.max_per_call = made.max_per_minute = 1000;
  return made;
}

struct Policy {
  ToolRules rules{
      {uncapped_rule("hang_up"), uncapped_rule("transfer"), uncapped_rule("hold"), uncapped_rule("send_digits"),
       uncapped_rule("note"), uncapped_rule("pay", ToolClass::Money)},
      {{"Sales", "sip:6002@pbx.example"}, {"B\xc3\xbcro", "6003"}},
      {"60XX", "+4930*"}};
  ToolPolicy policy{rules};
  base::TimePoint now{1h};

  ToolDecision decide(const std::string& name, const std::string& arguments) {
    now += 1min;
    return policy.decide({1, "c", name, arguments}, now);
  }
  bool allows(const std::string& name, const std::string& arguments) {
    return decide(name, arguments).kind == ToolDecision::Kind::Allow;
  }
  Refusal refusal(const std::string& name, const std::string& arguments) {
    const auto decision = decide(name, arguments);
    REQUIRE(decision.kind == ToolDecision::Kind::Refuse);
    CHECK_FALSE(decision.to_model.empty());
    CHECK_FALSE(decision.to_log.empty());
    return decision.why;
  }
  std::string target(const std::string& arguments) {
    const auto decision = decide("transfer", arguments);
    REQUIRE(decision.kind == ToolDecision::Kind::Allow);
    return std::get<TransferRequest>(decision.request).target;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Policy, "ToolPolicy refuses a tool that no rule names, with the same answer as for an unknown tool") {
  CHECK(refusal("delete_all", "{}") == Refusal::NotAllowed);
  CHECK(refusal("", "{}") == Refusal::NotAllowed);
  CHECK(refusal("HANG_UP", "{}") == Refusal::NotAllowed);
  CHECK(refusal("hang_up ", "{}") == Refusal::NotAllowed);
  ToolPolicy none{ToolRules{}};
  CHECK(none.decide({1, "c", "hang_up", "{}"}, now).why == Refusal::NotAllowed);
  CHECK(none.decide({1, "c", "hang_up", "{}"}, now).to_model == decide("delete_all", "{}").to_model);
}

TEST_CASE_FIXTURE(
    Policy, "ToolPolicy allows a transfer only to the name of a listed destination") {
  CHECK(target(R"({"destination":"Sales"})") == "sip:6002@pbx.example");
  CHECK(target(R"({"destination":" sales "})") == "sip:6002@pbx.example");
  CHECK(target(R"({"destination":"B\u00fcro"})") == "6003");
  for (const char* name :
       {"", "Sale", "Sales Team", "S\\u0430les", "Sales\\u0000", "sip:6002@pbx.example", "6002", "*", "Sales;transport=tcp"}) {
    CAPTURE(name);
    CHECK(refusal("transfer", R"({"destination":")" + std::string(name) + R"("})") == Refusal::NotInList);
  }
}

TEST_CASE_FIXTURE(Policy, "ToolPolicy allows a transfer to a number only if a pattern matches the number") {
  CHECK(target(R"({"number":"60-42"})") == "6042");
  CHECK(target(R"({"number":"+49 30 123"})") == "+4930123");
  CHECK(refusal("transfer", R"({"number":"+1900555"})") == Refusal::NotInList);
  CHECK(refusal("transfer", R"({"number":"*72"})") == Refusal::BadArguments);
  CHECK(refusal("transfer", R"({"number":6042})") == Refusal::BadArguments);
  rules.numbers.clear();
  policy = ToolPolicy(rules);
  CHECK(refusal("transfer", R"({"number":"6042"})") == Refusal::BadArguments);
}

TEST_CASE_FIXTURE(Policy, "ToolPolicy refuses unknown members, wrong types and missing arguments") {
  CHECK(refusal("transfer", R"({"destination":"Sales","number":"6042"})") == Refusal::BadArguments);
  CHECK(refusal("transfer", R"({"destination":["Sales"]})") == Refusal::BadArguments);
  CHECK(refusal("transfer", "{}") == Refusal::BadArguments);
  CHECK(refusal("hang_up", R"({"reason":"bye"})") == Refusal::BadArguments);
  CHECK(refusal("hold", R"({"seconds":"60"})") == Refusal::BadArguments);
  CHECK(refusal("note", R"({"text":"a","to":"x"})") == Refusal::BadArguments);
  CHECK(refusal("hang_up", "[]") == Refusal::BadArguments);
  CHECK(refusal("hang_up", "{\"a\":1,\"a\":1}") == Refusal::BadArguments);
  CHECK(allows("hang_up", ""));
}

TEST_CASE_FIXTURE(Policy, "ToolPolicy allows a hold of one second to kMaxHoldSeconds") {
  const auto hold = [this](std::int64_t seconds) { return allows("hold", R"({"seconds":)" + std::to_string(seconds) + "}"); };
  CHECK(allows("hold", "{}"));
  CHECK(hold(1));
  CHECK(hold(kMaxHoldSeconds));
  CHECK_FALSE(hold(kMaxHoldSeconds + 1));
  CHECK_FALSE(hold(0));
  CHECK_FALSE(hold(-1));
  CHECK_FALSE(allows("hold", R"({"seconds":1e1})"));
  CHECK_FALSE(allows("hold", R"({"seconds":18446744073709551615})"));
}

TEST_CASE_FIXTURE(Policy, "ToolPolicy allows send_digits with at most kMaxKeys keys and kMaxPauses pauses") {
  const auto keys = [this](const std::string& digits) { return allows("send_digits", R"({"digits":")" + digits + R"("})"); };
  CHECK(keys("0123456789"));
  CHECK(keys("1,,2"));
  CHECK(keys(std::string(kMaxKeys, '1')));
  CHECK_FALSE(keys(std::string(kMaxKeys + 1, '1')));
  CHECK(keys(std::string(kMaxKeys, '1') + std::string(kMaxPauses, ',')));
  CHECK_FALSE(keys("1" + std::string(kMaxPauses + 1, ',')));
  for (const char* digits : {"", ",", "1 2", "E", "1w2", "+49", "1\\n2", "\\uff11"}) {
    CAPTURE(digits);
    CHECK_FALSE(keys(digits));
  }
}

TEST_CASE_FIXTURE(Policy, "ToolPolicy allows send_digits with *, # and A to D only if a pattern matches the whole sequence") {
  const auto digits = [](const std::string& keys) { return R"({"digits":")" + keys + R"("})"; };
  for (const char* keys : {"*", "#", "A", "d", "##", "*2", "#,1", "*72,01900", "1#"}) {
    CAPTURE(keys);
    CHECK(refusal("send_digits", digits(keys)) == Refusal::NotInList);
  }
  rules.keys = {"#", "XXXX#", "A1D"};
  policy = ToolPolicy(rules);
  const auto decision = decide("send_digits", digits("a1d"));
  REQUIRE(decision.kind == ToolDecision::Kind::Allow);
  CHECK(std::get<DigitsRequest>(decision.request).keys == "A1D");
  for (const char* keys : {"#", "4711#", "47,11,#"}) {
    CAPTURE(keys);
    CHECK(allows("send_digits", digits(keys)));
  }
  for (const char* keys : {"##", "#,#", "#1", "1#", "47110#", "*4711#", "A1D#", "a"}) {
    CAPTURE(keys);
    CHECK(refusal("send_digits", digits(keys)) == Refusal::NotInList);
  }
}

TEST_CASE_FIXTURE(Policy, "If the rules allow key patterns, ToolPolicy adds kPausesBetween pauses between two requests of send_digits") {
  const auto pressed = [this](const char* keys) {
    const auto decision = decide("send_digits", R"({"digits":")" + std::string(keys) + R"("})");
    REQUIRE(decision.kind == ToolDecision::Kind::Allow);
    return std::get<DigitsRequest>(decision.request).keys;
  };
  CHECK(pressed("1") == "1");
  CHECK(pressed("1") == "1");
  rules.keys = {"#"};
  policy = ToolPolicy(rules);
  CHECK(pressed("#") == "#");
  CHECK(pressed("1") == std::string(kPausesBetween, ',') + "1");
}

TEST_CASE("Allowed calls of send_digits count towards the limits of the rule, and refused calls count towards the limit of attempts") {
  ToolRules rules{{uncapped_rule("send_digits")}, {}, {}, {"*1"}};
  rules.allowed[0].max_per_call = 2;
  ToolPolicy policy{rules};
  base::TimePoint now{1h};
  const auto decide = [&](const char* arguments) { return policy.decide({1, "c", "send_digits", arguments}, now); };
  CHECK(decide(R"({"digits":"*1"})").kind == ToolDecision::Kind::Allow);
  for (unsigned i = 2; i < kMaxAttemptsPerMinute; ++i) REQUIRE(decide(R"({"digits":"*2"})").why == Refusal::NotInList);
  CHECK(decide(R"({"digits":"*1"})").kind == ToolDecision::Kind::Allow);
  CHECK(decide(R"({"digits":"*2"})").why == Refusal::TooOften);
  now += 1min;
  CHECK(decide(R"({"digits":"*1"})").why == Refusal::CapPerCall);
}

TEST_CASE_FIXTURE(Policy, "ToolPolicy allows a note of at most kMaxNoteCharacters characters, of any number of octets") {
  const auto note = [this](const std::string& text) { return allows("note", R"({"text":")" + text + R"("})"); };
  std::string umlauts;
  for (std::size_t i = 0; i < kMaxNoteCharacters; ++i) umlauts += "\xc3\xbc";
  CHECK(note(umlauts));
  CHECK_FALSE(note(umlauts + "u"));
  CHECK_FALSE(note(""));
  CHECK_FALSE(note(" \\n"));
}

TEST_CASE_FIXTURE(Policy, "ToolPolicy requires the caller's agreement to a money tool, whatever its rule says") {
  CHECK(decide("pay", R"({"amount":5})").kind == ToolDecision::Kind::AskCaller);
}

TEST_CASE("ToolPolicy keeps the limits per telephone call and per minute, and does not count tool calls with bad arguments") {
  ToolRules rules{{uncapped_rule("note")}, {}, {}};
  rules.allowed[0].max_per_call = 3;
  rules.allowed[0].max_per_minute = 2;
  ToolPolicy policy{rules};
  base::TimePoint now{1h};
  const auto decide = [&](const char* arguments = R"({"text":"x"})") { return policy.decide({1, "c", "note", arguments}, now); };
  CHECK(decide("{").why == Refusal::BadArguments);
  CHECK(decide().kind == ToolDecision::Kind::Allow);
  now += 59s;
  CHECK(decide().kind == ToolDecision::Kind::Allow);
  CHECK(decide().why == Refusal::CapPerMinute);
  now += 1s;
  CHECK(decide().kind == ToolDecision::Kind::Allow);
  now += 1h;
  CHECK(decide().why == Refusal::CapPerCall);
}

TEST_CASE("ToolPolicy never limits a pause of the recording. The limit of attempts, but not the limits of the rule, applies to resuming") {
  ToolRules rules{{uncapped_rule("pause_recording", ToolClass::Write)}, {}, {}};
  rules.allowed[0].max_per_call = rules.allowed[0].max_per_minute = 1;
  ToolPolicy policy{rules};
  base::TimePoint now{1h};
  const auto decide = [&](const char* arguments) { return policy.decide({1, "c", "pause_recording", arguments}, now); };
  const auto pause = [&] { return decide(R"({"paused":true})"); };
  const auto resume = [&] { return decide(R"({"paused":false})"); };
  unsigned made = 0;
  for (; made < kMaxAttemptsPerMinute; made += 2) {
    REQUIRE(pause().kind == ToolDecision::Kind::Allow);
    REQUIRE(resume().kind == ToolDecision::Kind::Allow);
  }
  CHECK(pause().kind == ToolDecision::Kind::Allow);
  CHECK(pause().beyond_attempts);
  CHECK(resume().why == Refusal::TooOften);
  CHECK(decide("{}").why == Refusal::TooOften);
  now += 1min;
  for (; made < kMaxAttemptsPerCall; ++made) {
    now += 2s;
    const auto decision = resume();
    REQUIRE(decision.kind == ToolDecision::Kind::Allow);
    REQUIRE_FALSE(decision.beyond_attempts);
  }
  now += 1h;
  CHECK(resume().why == Refusal::TooOften);
  CHECK(pause().kind == ToolDecision::Kind::Allow);
  ToolPolicy none{ToolRules{}};
  CHECK(none.decide({1, "c", "pause_recording", R"({"paused":true})"}, now).why == Refusal::NotAllowed);
}

TEST_CASE("ToolPolicy allows a model kMaxAttemptsPerMinute and kMaxAttemptsPerCall attempts, including refused ones") {
  ToolPolicy policy{ToolRules{}};
  base::TimePoint now{1h};
  const auto decide = [&] { return policy.decide({1, "c", "x", "{}"}, now).why; };
  for (unsigned i = 0; i < kMaxAttemptsPerMinute; ++i) REQUIRE(decide() == Refusal::NotAllowed);
  CHECK(decide() == Refusal::TooOften);
  now += 1min;
  unsigned made = kMaxAttemptsPerMinute;
  for (; made < kMaxAttemptsPerCall; ++made) {
    now += 2s;
    REQUIRE(decide() == Refusal::NotAllowed);
  }
  now += 1h;
  CHECK(decide() == Refusal::TooOften);
}

TEST_CASE_FIXTURE(Policy, "ToolPolicy puts no numbers, keys or texts into the log, and a hostile tool name cannot forge a log line") {
  CHECK(decide("transfer", R"({"number":"+4930123456789"})").to_log.find("0123456") == std::string::npos);
  CHECK(decide("send_digits", R"({"digits":"4711"})").to_log.find("4711") == std::string::npos);
  CHECK(decide("send_digits", R"({"digits":"4711x"})").to_log.find("4711") == std::string::npos);
  CHECK(decide("note", R"({"text":"my secret"})").to_log.find("secret") == std::string::npos);
  const auto forged = decide("x\n2026-11-21T09:00:00Z info \x1b[2J" + std::string(500, 'y'), "{}");
  CHECK(forged.to_log.find('\n') == std::string::npos);
  CHECK(forged.to_log.find('\x1b') == std::string::npos);
  CHECK(forged.to_log.size() < 200);
}

TEST_CASE_FIXTURE(Policy, "describe_built_in gives the model the allowed tools, with the names of destinations but not their addresses") {
  const auto tools = describe_built_in(rules);
  REQUIRE(tools.size() == 5);
  for (const auto& tool : tools) {
    CAPTURE(tool.name);
    const auto schema = nlohmann::json::parse(tool.parameters);
    CHECK(schema["type"] == "object");
    CHECK(schema["additionalProperties"] == false);
    CHECK(tool.parameters.find("6002") == std::string::npos);
    CHECK_FALSE(tool.description.empty());
  }
  const auto transfer = nlohmann::json::parse(tools[1].parameters);
  CHECK(transfer["properties"]["destination"]["enum"] == nlohmann::json::array({"Sales", "B\xc3\xbcro"}));
  CHECK(transfer["properties"].contains("number"));
  rules.numbers.clear();
  CHECK_FALSE(nlohmann::json::parse(describe_built_in(rules)[1].parameters)["properties"].contains("number"));
  const auto keys = [this] { return nlohmann::json::parse(describe_built_in(rules)[3].parameters)["properties"]["digits"]["pattern"]; };
  CHECK(keys() == "^[0-9,]{1,40}$");
  rules.keys = {"#", "XXXX#"};
  CHECK(keys() == "^[0-9*#A-D,]{1,40}$");
  CHECK(describe_built_in(rules)[3].description.ends_with(": # XXXX#"));
  rules.destinations.clear();
  CHECK(describe_built_in(rules).size() == 4);  // Without a destination, the model gets no transfer tool.
  CHECK(describe_built_in(ToolRules{}).empty());
}

TEST_CASE("rules_from() derives the rules from the grants in the agent's configuration") {
  const auto rules =
      rules_from({{BuiltInTool::Transfer, Confirm::Caller, 2, {{"sales", "6002"}}}, {BuiltInTool::Note, Confirm::Never, 9, {}}});
  REQUIRE(rules.allowed.size() == 2);
  CHECK(rules.allowed[0].name == "transfer");
  CHECK(rules.allowed[0].asks_caller());
  CHECK(rules.allowed[0].max_per_call == 2);
  CHECK(rules.destinations.at(0).target == "6002");
  CHECK_FALSE(rules.allowed[1].asks_caller());
  std::vector<ToolGrant::Destination> many(kMaxDestinations + 1, {"a", "1"});
  CHECK(rules_from({{BuiltInTool::Transfer, Confirm::Never, 1, many}}).destinations.size() == kMaxDestinations);
}
