#include <offhook/agent/providers/deepgram/agent_session.hpp>
#include <offhook/tests/agent/calls/virtual_call.hpp>
#include <offhook/tests/services/deepgram/sim_agent.hpp>
#include <offhook/tests/services/deepgram/support.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <utility>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::test;
using namespace std::chrono_literals;
using services::deepgram::SimAgent;
using services::deepgram::SimOut;
using services::deepgram::SimOuts;
using services::deepgram::SimWorld;
using Json = nlohmann::json;

namespace {

/// The simulated Voice Agent behind a network. A message of either side arrives at the next tick.
class AgentNet final : public net::WebSocketClient {
 public:
  explicit AgentNet(const std::string& scenario) : world_(services::deepgram::world_of(scenario)) {}

  std::unique_ptr<net::WebSocket> open(net::WebSocketRequest, net::WebSocketHandler handler) override {
    const auto& fault = world_.scenario.agent.fault(lines_.size());
    lines_.push_back(std::make_shared<Line>(Line{std::move(handler), fault, {}, {}, false, false}));
    return std::make_unique<Handle>(lines_.back());
  }
  void tick(base::TimePoint now) {
    for (std::size_t i = 0; i < lines_.size(); ++i) {  // A handler may open another socket, so the loop uses indices.
      const std::shared_ptr<Line> line = lines_[i];
      if (!line->over) tick(*line, static_cast<unsigned>(i + 1), now);
    }
  }
  [[nodiscard]] std::size_t sockets() const { return lines_.size(); }
  std::vector<std::string> told;  ///< all text messages from the client

 private:
  struct Line {
    net::WebSocketHandler handler;
    services::deepgram::Fault fault;
    std::unique_ptr<SimAgent> sim;
    std::deque<std::pair<bool, std::string>> up;  // true if the frame is binary
    bool answered, over;
  };
  struct Handle final : net::WebSocket {
    explicit Handle(std::shared_ptr<Line> of) : line(std::move(of)) {}
    ~Handle() override { line->over = true; }
    void send_text(std::string_view text) override { line->up.emplace_back(false, text); }
    void send_binary(std::string_view bytes) override { line->up.emplace_back(true, bytes); }
    void close(int, std::string_view) override { line->over = true; }
    std::shared_ptr<Line> line;
  };

  void tick(Line& line, unsigned number, base::TimePoint now) {
    if (!std::exchange(line.answered, true)) {
      if (line.fault.kind == services::deepgram::Fault::Kind::Status) {
        line.over = true;
        return line.handler.on_closed({std::nullopt, line.fault.status, "", 0, "", {}});
      }
      line.sim = std::make_unique<SimAgent>(world_, number, services::deepgram::Query{}, line.fault, now);
    }
    SimOuts out;
    for (const auto& [binary, bytes] : std::exchange(line.up, {})) {
      if (!binary) told.push_back(bytes);
      if (binary) line.sim->on_audio(bytes, now, out);
      else line.sim->on_text(bytes, now, out);
    }
    line.sim->on_time(now, out);
    for (const SimOut& each : out) {
      if (!line.over) give(line, each);
    }
  }
  static void give(Line& line, const SimOut& out) {
    switch (out.what) {
      case SimOut::What::Text: return line.handler.on_text(out.bytes);
      case SimOut::What::Binary: return line.handler.on_binary(out.bytes);
      case SimOut::What::Close:
      case SimOut::What::Drop:
        line.over = true;
        return line.handler.on_closed({std::nullopt, 0, "", out.what == SimOut::What::Close ? out.code : 1006, out.bytes, {}});
    }
  }

  SimWorld world_;
  std::vector<std::shared_ptr<Line>> lines_;
};

/// A whole call: the caller, the media worker's playout, the bridge, and one or more Voice Agents in order of preference.
struct VoiceAgentCall {
  explicit VoiceAgentCall(std::vector<std::string> scenarios, const std::string& greeting = "Good morning.", Confirm confirm = Confirm::Never) {
    now += 1000s;
    ChainOptions chain;
    chain.greeting = greeting;
    for (const std::string& scenario : scenarios) {
      nets.push_back(std::make_unique<AgentNet>(scenario));
      AgentNet* const net = nets.back().get();
      chain.sessions.push_back({"deepgram/agent" + std::to_string(nets.size()), [net](const Wake& wake) -> std::unique_ptr<VoiceSession> {
                                  return std::make_unique<deepgram::AgentSession>(*net, deepgram::AgentSettings{}, std::make_unique<ToneVoice>(), wake);
                                }, 1});
    }
    CallControl control;
    control.answer = [this] { connected = true; };
    control.hang_up = [this](const std::string& why) { ended_by = why; };
    control.transfer = [](const std::string&) {};
    control.hold = [](bool) {};
    tools::ToolBoxOptions tool_options;
    tool_options.rules.allowed.push_back({"hang_up", ToolClass::Telephony, confirm, 5, 10, {}, {}});
    auto box = std::make_unique<tools::CallToolBox>(tool_options, std::vector<std::unique_ptr<tools::ToolSource>>{}, nullptr, now);
    ConversationOptions options;
    options.drop_brief_turns = true;
    bridge = std::make_unique<Bridge>(std::make_unique<SessionChain>(std::move(chain), breakers, Wake{}), std::move(box), line.port(), control,
                                      [this](const ConversationAction& action) { note(action); }, options);
    line.tick(now);
    SessionContext context;
    context.prompt = "You are a receptionist.";
    context.language = "en";
    bridge->start(context, now);
  }
  void note(const ConversationAction& action) {
    if (const auto* caller = std::get_if<CallerSaid>(&action)) said += "caller: " + caller->text + "\n";
    if (const auto* agent = std::get_if<AgentSaid>(&action)) said += std::string(agent->interrupted ? "agent, interrupted: " : "agent: ") + agent->text + "\n";
    if (std::holds_alternative<ProviderSwitched>(action)) said += "switched\n";
  }
  void advance(base::Duration by) {
    for (const auto end = now + by; now < end && ended_by.empty();) {
      now += 10ms;
      for (auto& net : nets) net->tick(now);
      if (connected && now.time_since_epoch() % VirtualLine::kTick == base::Duration::zero()) line.tick(now);
      bridge->tick(now);
      if (connected && !std::exchange(was_connected, true)) bridge->on_connected(now);
    }
  }
  /// Lets the caller speak for 1200 ms, and then wait for the duration `answer`.
  void exchange(base::Duration answer = 6s) {
    line.say(1200ms);
    advance(1200ms + answer);
  }

  base::TimePoint now{};
  std::vector<std::unique_ptr<AgentNet>> nets;
  VirtualLine line{8000};
  std::shared_ptr<Breakers> breakers = std::make_shared<Breakers>();
  std::unique_ptr<Bridge> bridge;
  bool connected = false, was_connected = false;
  std::string said, ended_by;
};

const std::string kThree = R"({"voice":"tone","heard":["when do you open","where are you","goodbye"],"replies":["We open at nine.","At Harbor Street.",)"
                           R"({"say":"Goodbye.","call":"hang_up","then":"Are you still there?"}]})";

}  // namespace

TEST_CASE("A Voice Agent call has Offhook's own greeting and two turns, and ends by a function call") {
  VoiceAgentCall call({kThree});
  call.advance(3s);
  for (int i = 0; i < 3; ++i) call.exchange();
  CHECK(call.said == "agent: Good morning.\ncaller: when do you open\nagent: We open at nine.\ncaller: where are you\nagent: At Harbor Street.\n"
                     "caller: goodbye\nagent: Goodbye.\n");
  CHECK(call.ended_by == "goodbye");
  CHECK(call.nets[0]->sockets() == 1);
  const auto& told = call.nets[0]->told;
  CHECK(std::any_of(told.begin(), told.end(), [](const std::string& each) { return each.find("said to the caller in your name") != std::string::npos; }));
}

TEST_CASE("The caller's yes confirms a tool call, although the server has withdrawn its function call meanwhile") {
  VoiceAgentCall call({R"({"voice":"tone","heard":["goodbye","yes"],"replies":[{"say":"Goodbye.","call":"hang_up","then":"Never said."},"To a yes."]})"}, "Good morning.",
                      Confirm::Caller);
  call.advance(3s);
  call.exchange(8s);
  REQUIRE(call.ended_by.empty());
  call.exchange(8s);
  CHECK(call.said.find("caller: yes\n") != std::string::npos);
  CHECK(call.said.find("To a yes") == std::string::npos);
  CHECK(call.ended_by == "goodbye");
}

TEST_CASE("If the configuration has no greeting, the model greets the caller") {
  VoiceAgentCall call({R"({"voice":"tone","replies":["Offhook, good morning."]})"}, "");
  call.advance(4s);
  CHECK(call.said == "agent: Offhook, good morning.\n");
}

TEST_CASE("A caller that interrupts hears no more of the reply, and the model gets the words that the caller heard") {
  VoiceAgentCall call({R"({"voice":"tone","speed":4,"heard":["tell me all","stop it"],"replies":["This is a long story about a telephone that rang and rang until nobody )"
                       R"(could bear it any longer.","I stop."]})"});
  call.advance(3s);
  call.line.say(1200ms);
  call.advance(1200ms + 3500ms);
  REQUIRE(call.line.agent_speaks());
  call.exchange();
  CHECK(call.said.find("agent, interrupted: This is a long") != std::string::npos);
  CHECK(call.said.find("any longer") == std::string::npos);
  CHECK(call.said.ends_with("caller: stop it\nagent: I stop.\n"));
  const auto& told = call.nets[0]->told;
  const auto note = std::find_if(told.begin(), told.end(), [](const std::string& each) { return each.find("Of your last reply they heard") != std::string::npos; });
  REQUIRE(note != told.end());
  CHECK(Json::parse(*note)["prompt"].get<std::string>().find("This is a long") != std::string::npos);
}

TEST_CASE("A cough does not interrupt the agent") {
  VoiceAgentCall call({R"({"voice":"tone","speed":1,"heard":["tell me all"],"replies":["This is a long story about a telephone that rang and rang."]})"});
  call.advance(3s);
  call.line.say(1200ms);
  call.advance(1200ms + 2500ms);
  REQUIRE(call.line.agent_speaks());
  call.line.say(100ms);
  call.advance(6s);
  CHECK(call.said.ends_with("agent: This is a long story about a telephone that rang and rang.\n"));
}

TEST_CASE("If the socket drops in mid-reply, the reply continues on a new socket, which gets the history of the call") {
  VoiceAgentCall call({R"({"voice":"tone","speed":1,"heard":["when do you open"],"replies":["We open at nine in the morning, every day of the week.","every day."],)"
                       R"("endpoints":{"agent":{"faults":[{"kind":"drop","after_bytes":12000}]}}})"});
  call.advance(3s);
  call.exchange(10s);
  CHECK(call.nets[0]->sockets() == 2);
  CHECK(call.said.find("agent: We open at") != std::string::npos);
  CHECK(call.said.ends_with("every day.\n"));
  const auto& told = call.nets[0]->told;
  const auto last = std::find_if(told.rbegin(), told.rend(), [](const std::string& each) { return Json::parse(each)["type"] == "Settings"; });
  CHECK(Json::parse(*last)["agent"]["context"]["messages"][0]["content"] == "Good morning.");
}

TEST_CASE("If a Voice Agent refuses the connection or fails again at a second attempt, SessionChain gives the history to the next provider") {
  for (const std::string fault : {R"({"kind":"status","status":503})", R"({"kind":"error","code":"INTERNAL_SERVER_ERROR","after_bytes":1})", R"({"kind":"stall","after_bytes":1})"}) {
    CAPTURE(fault);
    VoiceAgentCall call({R"({"voice":"tone","heard":["when do you open"],"loop":true,"replies":["Never heard."],"endpoints":{"agent":{"repeat":true,"faults":[)" + fault + "]}}}", kThree});
    call.advance(3s);
    call.exchange(28s);
    CAPTURE(call.said);
    CHECK(call.said.find("switched\n") != std::string::npos);
    CHECK(call.said.find("We open at nine.\n") != std::string::npos);
    REQUIRE_FALSE(call.nets[1]->told.empty());
    CHECK(Json::parse(call.nets[1]->told.front())["agent"]["context"]["messages"][0]["content"] == "Good morning.");
  }
}
