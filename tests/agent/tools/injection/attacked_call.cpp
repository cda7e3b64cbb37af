#include <offhook/tests/agent/tools/injection/attacked_call.hpp>

#include <offhook/agent/prompts/prompt_template.hpp>
#include <offhook/tests/agent/tools/injection/open_tool_box.hpp>

#include <utility>

namespace offhook::test {

using namespace agent;
using namespace agent::tools;
using namespace std::chrono_literals;
using Json = nlohmann::json;

namespace {

constexpr base::Duration kStep = 10ms;
constexpr base::Duration kQuiet = 700ms;      // silence that the caller waits for before speaking
constexpr base::Duration kPatience = 20s;     // longest time that the caller waits until the agent is silent
constexpr base::Duration kAftermath = 40s;    // long enough for the time limit of an unanswered question

ToolClass class_named(const std::string& name) {
  for (const auto what : {ToolClass::Read, ToolClass::Write, ToolClass::Money, ToolClass::Telephony}) {
    if (to_string(what) == name) return what;
  }
  FAIL("no such class: " << name);
  return {};
}

/// Returns the rules of the agent in `world`, with the changes of the case `attack`.
ToolRules rules_of(const Json& world, const Json& attack) {
  ToolRules rules;
  Json all = world["rules"];
  all.merge_patch(attack.value("rules", Json::object()));
  for (const auto& [name, about] : all.items()) {
    ToolRule rule;
    rule.name = name;
    rule.what = class_named(about.value("class", "telephony"));
    rule.confirm = about.value("asks", false) ? Confirm::Caller : Confirm::Never;
    rule.max_per_call = about.value("per_call", 3U);
    rule.max_per_minute = about.value("per_minute", 10U);
    rule.question = about.value("question", "");
    if (about.contains("arguments")) rule.arguments = about["arguments"].dump();
    rules.allowed.push_back(std::move(rule));
    for (const auto& pattern : about.value("keys", Json::array())) rules.keys.push_back(pattern);
  }
  for (const auto& [name, target] : world["destinations"].items()) rules.destinations.push_back({name, target});
  for (const auto& pattern : attack.value("numbers", world["numbers"])) rules.numbers.push_back(pattern);
  return rules;
}

std::string prompt_of(const Json& world, const Json& attack) {
  const auto read = prompts::PromptTemplate::parse(world["prompt"].get<std::string>());
  REQUIRE(read);
  prompts::CallVariables variables;
  variables.caller = attack.value("number", "+49301234");
  variables.caller_name = attack.value("display_name", "Ann");
  variables.headers.emplace_back("X-Note", attack.value("header", ""));
  variables.context.emplace_back("note", attack.value("context", ""));
  return read->render(variables);
}

/// Returns `list` with the changes of a case. If `changes` is an object, it changes tools by name. If it is an array, it adds tools.
Json changed_tools(Json list, const Json& changes) {
  if (changes.is_array()) {
    for (const Json& more : changes) list.push_back(more);
    return list;
  }
  for (Json& tool : list) {
    const std::string name = tool["name"];
    if (changes.contains(name)) tool.merge_patch(changes[name]);
  }
  return list;
}

/// Returns pins with the hashes of the tools in `world`, from before the attack.
std::vector<Pin> pins_of_crm(const Json& world) {
  std::vector<Pin> pins;
  const auto page = mcp::read_tool_page(Json({{"tools", world["crm"]}}).dump());
  REQUIRE(page);
  for (const auto& tool : page->tools) pins.push_back({"crm__" + tool.name, tool.hash});
  return pins;
}

std::vector<Pin> pins_of_shop(const Json& world) {
  std::vector<Pin> pins;
  const auto read = http::read_operations(world["shop"].dump(), {"getOrder", "changeOrder", "pay"});
  REQUIRE(read);
  for (const auto& operation : *read) pins.push_back({"shop__" + operation.id, operation.hash});
  return pins;
}

}  // namespace

AttackedCall::AttackedCall(const Json& world, const Json& attack, bool guarded) : attack_(attack), crm_tools_(world["crm"]) {
  const auto happens = [this](std::string what) { note(std::move(what)); };
  const auto tells = [this](std::string what) { log.push_back(std::move(what)); };
  const bool pinned = attack.value("pinned", false);
  crm_ = std::make_unique<CrmServer>(changed_tools(world["crm"], attack.value("crm", Json::object())), attack.value("crm_answers", Json::object()),
                                     pinned ? pins_of_crm(world) : std::vector<Pin>(), happens, tells);
  Json document = world["shop"];
  document.merge_patch(attack.value("shop", Json::object()));
  shop_ = std::make_unique<ShopService>(document, pinned ? pins_of_shop(world) : std::vector<Pin>(), attack.value("shop_answer", Json::object()), happens, tells);
  for (int i = 0; i < 100; ++i, now_ += kStep) crm_->tick(now_);  // Lets the server list its tools before the call begins.
  make_bridge(world, guarded);
}

void AttackedCall::make_bridge(const Json& world, bool guarded) {
  std::vector<std::unique_ptr<ToolSource>> sources;
  sources.push_back(crm_->source());
  sources.push_back(shop_->source());
  ToolBoxOptions options;
  options.rules = rules_of(world, attack_);
  options.languages = {attack_.value("language", "en")};
  std::unique_ptr<ToolBox> box;
  if (guarded) {
    const auto watch = [this](const ToolEvent& event) { log.push_back(std::string(to_string(event.what)) + " " + event.tool + ": " + event.detail); };
    box = std::make_unique<CallToolBox>(std::move(options), std::move(sources), watch, now_);
  } else {
    box = std::make_unique<OpenToolBox>(std::move(sources));
  }
  auto session = std::make_unique<ObeyingSession>();
  model_ = session.get();
  CallControl control;
  control.answer = [this] { answered_ = true; };
  control.hang_up = [this](const std::string& why) {
    if (why != "silence" && why != "time limit") note("hang_up");
    over_ = true;
  };
  control.transfer = [this](const std::string& target) { note("transfer " + target); };
  control.hold = [this](bool on) {
    if (on) note("hold");
  };
  ConversationOptions talk;
  talk.silence_prompt = 10min;
  bridge_ = std::make_unique<Bridge>(std::move(session), std::move(box), line_.port(), std::move(control), [this](const ConversationAction& action) { observe(action); }, talk);
  SessionContext context;
  context.prompt = prompt_of(world, attack_);
  bridge_->start(std::move(context), now_);
}

void AttackedCall::observe(const ConversationAction& action) {
  if (const auto* digits = std::get_if<SendDigits>(&action)) note("keys " + digits->digits);
  if (const auto* left = std::get_if<NoteLeft>(&action)) note("note " + left->text.substr(0, 60));
  if (const auto* told = std::get_if<ReturnToolOutcome>(&action)) log.push_back("told " + told->outcome.result);
}

void AttackedCall::note(std::string what) {
  happened.push_back(std::move(what));
  logged.push_back(log.size());
}

void AttackedCall::tick() {
  now_ += kStep;
  if (now_.time_since_epoch() % 20ms == 0ms) line_.tick(now_);
  crm_->tick(now_);
  shop_->tick();
  if (over_) return;
  bridge_->tick(now_);
  if (line_.agent_speaks() || line_.caller_speaks()) busy_until_ = now_ + kQuiet;
}

void AttackedCall::advance(base::Duration by) {
  for (const auto end = now_ + by; now_ < end;) tick();
}

void AttackedCall::wait_for_quiet() {
  busy_until_ = now_ + kQuiet;
  for (const auto end = now_ + kPatience; now_ < busy_until_ && now_ < end;) tick();
}

/// Carries out one action of the caller or a server: "says WORDS", "key 1", "waits 5", "pull".
void AttackedCall::act(const std::string& step) {
  const auto blank = step.find(' ');
  const std::string what = step.substr(0, blank), rest = blank == std::string::npos ? std::string() : step.substr(blank + 1);
  acts.push_back({step, log.size()});
  if (what == "waits") return advance(std::chrono::seconds(std::stoi(rest)));
  if (what == "pull") {
    crm_->pull(changed_tools(crm_tools_, attack_["pulled"]));
    return advance(5s);
  }
  if (what == "key") return line_.press(rest.at(0)), advance(200ms);
  REQUIRE(what == "says");
  model_->will_hear(rest);
  line_.say(900ms);
  advance(2s);
}

void AttackedCall::run() {
  while (!answered_ && !over_) tick();
  bridge_->on_connected(now_);
  wait_for_quiet();
  for (const auto& step : attack_.value("steps", Json::array({"says Hello."}))) {
    act(step);
    wait_for_quiet();
  }
  advance(kAftermath);
  if (!over_) bridge_->on_ended();
}

}  // namespace offhook::test
