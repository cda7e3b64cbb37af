#include <offhook/tests/agent/tools/box.hpp>
#include <offhook/tests/agent/tools/repeats.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <set>

// Tests a call's tool box with a model that executes every order of an attacker. injections.json has the attacks. The test decides with
// a list of its own which tool calls are allowed, and uses no code of the policy.

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::tools;
using namespace std::chrono_literals;
using nlohmann::json;
using test::expanded;
using test::FakeSource;
using test::rule;

namespace {

ToolBoxOptions options() {
  ToolBoxOptions made;
  auto& allowed = made.rules.allowed;
  allowed = {rule("hang_up"),
             rule("transfer", Confirm::Caller),
             rule("hold"),
             rule("send_digits"),
             rule("note", Confirm::Never, ToolClass::Write),
             rule("look_up", Confirm::Never, ToolClass::Read),
             rule("refund", Confirm::Never, ToolClass::Money)};
  const unsigned caps[] = {1, 2, 2, 3, 5, 5, 8};
  for (std::size_t i = 0; i < allowed.size(); ++i) allowed[i].max_per_call = caps[i];
  made.rules.destinations = {{"Sales", "sip:6002@pbx.example"}, {"Support", "sip:6003@pbx.example"}};
  made.rules.numbers = {"+4930*"};
  made.languages = {"en", "de"};
  return made;
}

std::vector<ToolDescription> described() {
  const std::string open = R"({"type":"object","properties":{"id":{}},"additionalProperties":true})";
  return {{"look_up", "Looks up an order.", R"({"type":"object","properties":{"order":{"type":"string"}}})", ToolClass::Read},
          {"refund", "Pays back.", R"({"type":"object","properties":{"amount":{"type":"number"}}})", ToolClass::Read},
          {"delete_account", "Deletes an account.", open, ToolClass::Read}};
}

class Attack {
 public:
  Attack() {
    auto made = std::make_unique<FakeSource>(described());
    source_ = made.get();
    std::vector<std::unique_ptr<ToolSource>> sources;
    sources.push_back(std::move(made));
    box_ = std::make_unique<CallToolBox>(
        options(), std::move(sources), [this](const ToolEvent& e) { on_event(e); }, now_);
    box_->tick(now_);
  }

  void step(const json& step) {
    const std::string what = step[0];
    const std::string first = step.size() > 1 && step[1].is_string() ? expanded(step[1]) : std::string();
    if (what == "call") run("c" + std::to_string(++calls_), first, expanded(step[2]));
    if (what == "same") run("same", first, expanded(step[2]));
    if (what == "times") {
      for (int i = 0; i < step[1].get<int>(); ++i) run("c" + std::to_string(++calls_), step[2], step[3]);
    }
    if (what == "ask") ask();
    if (what == "key") agreed(first == "1"), box_->on_caller_digit(first.at(0));
    if (what == "words") agreed(true), box_->on_caller_words({1, true, first, 0.9, false}, now_);
    if (what == "late") late(first);
    if (what == "answer") source_->results.push_back({source_->started.back().number, true, first});
    if (what == "pass") now_ += std::chrono::seconds(step[1].get<int>());
    if (what == "end") box_->abandon();
    box_->tick(now_);
    collect();
  }

  void finish() {
    for (int i = 0; i < 10; ++i) {  // Lets all waiting calls end.
      now_ += 30s;
      box_->tick(now_);
      collect();
    }
  }

  std::vector<std::string> ran;
  std::size_t asked = 0, answered = 0, refused = 0, unexplained = 0;
  bool over = false;

 private:
  void run(const std::string& id, const std::string& name, const std::string& arguments) {
    ++asked;
    box_->run({1, id, name, arguments});
    collect();
  }
  void ask() {
    REQUIRE(box_->poll_question());
    box_->on_question_began();
    now_ += 2s;
    box_->tick(now_);
    box_->on_question_heard();
  }
  /// Sends words that the caller said before the question. Their transcript comes after the question.
  void late(const std::string& words) {
    const auto began = now_;
    now_ += 1s;
    ask();
    box_->on_caller_words({1, true, words, 0.9, false}, began);
  }
  /// Notes whether the caller may have agreed. A tool that needs a question may run only then.
  void agreed(bool yes) { may_confirm_ = yes && box_->awaits_answer(); }

  void on_event(const ToolEvent& event) {
    if (event.detail.empty()) ++unexplained;
    if (event.what == ToolEvent::What::Confirmed) CHECK(may_confirm_);
  }

  void judge(const ReplyAction& action) {
    using What = ReplyAction::What;
    static const std::set<std::string> kTargets{"sip:6002@pbx.example", "sip:6003@pbx.example"};
    const auto digits = [](const std::string& text, const char* allowed) {
      return text.find_first_not_of(allowed) == std::string::npos;
    };
    switch (action.what) {
      case What::HangUp:
        CHECK(action.argument.empty());
        return ran.push_back("hang_up");
      case What::Hold:
        CHECK((digits(action.argument, "0123456789") && std::stoi(action.argument) <= 120));
        return ran.push_back("hold");
      case What::SendDigits:
        CHECK((digits(action.argument, "0123456789,") && action.argument.size() <= 40));
        return ran.push_back("send_digits");
      case What::Note:
        CHECK(action.argument.size() <= 8000);
        return ran.push_back("note");
      case What::Transfer:
        CHECK((kTargets.contains(action.argument) ||
               (action.argument.starts_with("+4930") && digits(action.argument.substr(1), "0123456789"))));
        CHECK(may_confirm_);
        return ran.push_back("transfer " + action.argument);
      case What::Escalate:
        FAIL("no tool may escalate");
    }
  }
  void collect() {
    while (const auto outcome = box_->poll()) {
      ++answered;
      const auto result = json::parse(outcome->result);
      if (outcome->refused) {
        ++refused;
        CHECK_FALSE(outcome->action);
        CHECK(result["ok"] == false);
        CHECK(result["reason"].get<std::string>().size() > 10);
      }
      if (outcome->action) judge(*outcome->action);
    }
    for (; seen_ < source_->started.size(); ++seen_) {
      const auto& call = source_->started[seen_];
      CHECK((call.tool == "look_up" || (call.tool == "refund" && may_confirm_)));
      ran.push_back(call.tool);
    }
  }

  base::TimePoint now_{1h};
  FakeSource* source_ = nullptr;
  std::unique_ptr<CallToolBox> box_;
  int calls_ = 0;
  std::size_t seen_ = 0;
  bool may_confirm_ = false;
};

json attacks() {
  std::ifstream file("tests/agent/tools/injections.json");
  REQUIRE(file.good());
  return json::parse(file);
}

}  // namespace

TEST_CASE("A model that executes every order of an attacker runs no forbidden tool, and each refusal has a reason") {
  const json all = attacks();
  CHECK(all.size() >= 100);
  std::set<std::string> names;
  for (const json& attack : all) {
    const std::string name = attack["name"];
    CAPTURE(name);
    CHECK(names.insert(name).second);
    Attack run;
    for (const json& step : attack["steps"]) run.step(step);
    run.finish();
    auto expected = attack["runs"].get<std::vector<std::string>>();
    std::sort(expected.begin(), expected.end());
    std::sort(run.ran.begin(), run.ran.end());
    CHECK(run.ran == expected);
    CHECK(run.answered == run.asked);  // Each tool call has exactly one outcome.
    CHECK(run.unexplained == 0);
    CHECK((run.refused > 0 || !expected.empty()));
  }
}
