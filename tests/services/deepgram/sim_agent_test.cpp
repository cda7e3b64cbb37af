#include <offhook/tests/services/deepgram/sim_agent.hpp>
#include <offhook/tests/services/deepgram/support.hpp>

#include <offhook/agent/providers/deepgram/agent_protocol.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace offhook;
using namespace offhook::services;
using namespace offhook::services::deepgram;
using namespace std::chrono_literals;
namespace ours = offhook::agent::deepgram;
using agent::ToolOutcome;
using agent::TurnInput;
using Json = nlohmann::json;

namespace {

std::vector<std::uint8_t> voice(std::size_t ms) {
  std::vector<std::uint8_t> octets;
  agent::encode_audio(agent::AudioFormat::Pcmu, tone(ms), octets);
  return octets;
}
std::vector<std::uint8_t> pause(std::size_t ms) { return std::vector<std::uint8_t>(ms * 8, 0xFF); }
std::string bytes(const std::vector<std::uint8_t>& octets) { return {octets.begin(), octets.end()}; }

std::string settings(const std::string& model = "flux", const agent::History* history = nullptr) {
  ours::AgentSettings made;
  made.listen_model = model;
  return ours::write_settings(made, {"Be brief.", "en", history, nullptr}, 0);
}

/// The simulated service, as its client sees it.
struct AgentService {
  explicit AgentService(const std::string& scenario) : world(world_of(scenario)), sim(world, 1, {}, world.scenario.agent.fault(0), now) { sim.on_time(now, out); }
  void text(const std::string& message) { sim.on_text(message, now, out); }
  void type(const std::string& name) { text(Json{{"type", name}}.dump()); }
  void hear(const std::vector<std::uint8_t>& octets) { sim.on_audio(bytes(octets), now, out); }
  void advance(base::Duration by) {
    for (const auto until = now + by; now < until;) sim.on_time(now = std::min(until, now + 10ms), out);
  }
  /// Returns the types, texts and codes of the messages since the previous said(). Consecutive audio messages are one word.
  std::string said() {
    std::string line;
    bool audio = false;
    for (const SimOut& each : std::exchange(out, {})) {
      if (each.what == SimOut::What::Binary) {
        if (!std::exchange(audio, true)) line += "audio ";
        continue;
      }
      audio = false;
      if (each.what == SimOut::What::Close) line += "close" + std::to_string(each.code) + " ";
      if (each.what != SimOut::What::Text) continue;
      const Json message = Json::parse(each.bytes);
      line += message["type"].get<std::string>();
      for (const char* const name : {"content", "code"}) {
        if (message.contains(name) && message["type"] != "AgentThinking") line += "(" + message[name].get<std::string>() + ")";
      }
      line += ' ';
    }
    return line;
  }

  SimWorld world;
  base::TimePoint now{};
  SimAgent sim;
  SimOuts out;
};

/// Connects an AgentProtocol to the simulated service, over one socket after another.
struct AgentCall {
  explicit AgentCall(const std::string& scenario, const std::string& model = "flux", std::optional<ours::FluxEnd> own_end = std::nullopt)
      : world(world_of(scenario)), core(settings_of(model, own_end), {"Be brief.", "en", &history, nullptr}) {
    core.start(now);
    carry();
  }
  static ours::AgentSettings settings_of(const std::string& model, const std::optional<ours::FluxEnd>& own_end) {
    ours::AgentSettings made;
    made.listen_model = model;
    made.own_end = own_end;
    return made;
  }
  void carry() {
    for (bool moved = true; moved;) {
      moved = false;
      while (auto frame = core.poll_out()) {
        moved = true;
        if (frame->what == agent::SocketOut::What::Connect) {
          sim.emplace(world, sockets + 1, Query{}, world.scenario.agent.fault(sockets), now);
          ++sockets;
          sim->on_time(now, out);
        } else if (frame->what == agent::SocketOut::What::Text) {
          sim->on_text(frame->bytes, now, out);
        } else {
          sim->on_audio(frame->bytes, now, out);
        }
      }
      for (const SimOut& each : std::exchange(out, {})) {
        moved = true;
        take(each);
      }
    }
    REQUIRE(core.is_consistent());
    while (const auto event = core.poll_event()) note(*event);
  }
  void take(const SimOut& each) {
    switch (each.what) {
      case SimOut::What::Text: return core.on_text(each.bytes, now);
      case SimOut::What::Binary: return core.on_audio(each.bytes, now);
      case SimOut::What::Close:
      case SimOut::What::Drop: return core.on_closed({agent::FailureKind::Network, "it broke", agent::kNetworkRetry}, now);
    }
  }
  void advance(base::Duration by) {
    for (const auto until = now + by; now < until;) {
      now = std::min(until, now + 10ms);
      if (sim) sim->on_time(now, out);
      if (const auto due = core.next_deadline(); due && now >= *due) core.handle_timeout(now);
      carry();
    }
  }
  /// Sends one turn in real time: a second of voice, half a second of silence, and the end of the turn.
  void turn(std::uint32_t number) {
    core.begin_turn(number, now);
    for (int i = 0; i < 75; ++i) {
      core.append(i < 50 ? voice(20) : pause(20), now);
      carry();
      advance(20ms);
    }
    core.end_turn(now);
    carry();
  }
  void respond(std::uint32_t turn, TurnInput::Kind kind = TurnInput::Kind::Speech, const std::string& text = "") {
    core.respond({turn, kind, text, 1, false}, now);
    carry();
  }
  std::string take_told() { return std::exchange(told, {}); }

  void note(const ours::AgentCoreEvent& event) {
    if (const auto* taken = std::get_if<ours::TurnIsTaken>(&event)) told += "taken=" + taken->text + " ";
    if (std::holds_alternative<ours::NothingHeard>(event)) told += "nothing ";
    if (const auto* text = std::get_if<agent::ItemText>(&event)) told += "\"" + text->text + "\" ";
    if (const auto* audio = std::get_if<agent::ItemAudio>(&event)) heard += audio->octets.size();
    if (const auto* call = std::get_if<ours::CallAsked>(&event)) asked = call->call_id, told += "call=" + call->name + " ";
    if (std::holds_alternative<ours::ReplyEnded>(event)) told += "done ";
    if (const auto* broken = std::get_if<ours::ReplyBroken>(&event)) told += "broken=" + std::string(to_string(broken->kind)) + " ";
  }

  agent::History history;
  SimWorld world;
  base::TimePoint now{};
  ours::AgentProtocol core;
  std::optional<SimAgent> sim;
  unsigned sockets = 0;
  SimOuts out;
  std::string told, asked;
  std::size_t heard = 0;
};

}  // namespace

TEST_CASE("SimAgent requires Settings as its first message, and refuses a second Settings message") {
  AgentService early("{}");
  CHECK(early.said() == "Welcome ");
  early.hear(voice(20));
  CHECK(early.said() == "Error(NON_SETTINGS_MESSAGE_BEFORE_SETTINGS) close1011 ");
  AgentService twice("{}");
  twice.text(settings());
  twice.text(settings());
  CHECK(twice.said() == "Welcome SettingsApplied Error(SETTINGS_ALREADY_APPLIED) close1011 ");
  AgentService bad("{}");
  bad.text(R"({"type":"Settings","audio":{},"agent":{}})");
  CHECK(bad.said() == "Welcome Error(INVALID_SETTINGS) close1011 ");
  AgentService unknown("{}");
  unknown.text(settings());
  unknown.type("Surprise");
  CHECK(unknown.said() == "Welcome SettingsApplied Error(UNPARSABLE_CLIENT_MESSAGE) close1011 ");
}

TEST_CASE("With Flux, SimAgent ends a turn only at ForceEndTurn or at its timeout") {
  AgentService service(R"({"heard":["hello","again"],"replies":["Good day.","Yes?"],"voice":"tone","result_ms":100})");
  service.text(settings());
  service.type("ForceEndTurn");  // This has no effect, because no turn is open.
  service.hear(voice(200));
  service.hear(pause(1000));
  CHECK(service.said() == "Welcome SettingsApplied UserStartedSpeaking ");
  service.type("ForceEndTurn");
  service.advance(1s);
  CHECK(service.said() == "ConversationText(hello) AgentThinking ConversationText(Good day.) AgentStartedSpeaking audio AgentAudioDone ");
  service.hear(voice(200));
  service.advance(9s);
  service.type("KeepAlive");
  CHECK(service.said() == "UserStartedSpeaking ");
  service.advance(1s);
  CHECK(service.said().starts_with("ConversationText(again) "));
}

TEST_CASE("Without Flux, SimAgent ends a turn when the caller is silent, and refuses ForceEndTurn") {
  AgentService service(R"({"heard":["hello"],"voice":"tone"})");
  service.text(settings("nova-3"));
  service.hear(voice(200));
  service.type("ForceEndTurn");
  CHECK(service.said() == "Welcome SettingsApplied UserStartedSpeaking Warning(FORCE_END_TURN_UNSUPPORTED) ");
  service.hear(pause(SimAgent::kEndpointMs - SimAgent::kFrameMs));
  CHECK(service.said().empty());
  service.hear(pause(SimAgent::kFrameMs));
  CHECK(service.said().starts_with("ConversationText(hello) "));
}

TEST_CASE("If the caller speaks, SimAgent stops and cancels its function call. After ten seconds without a message it closes") {
  AgentService service(R"({"replies":[{"say":"One moment.","call":"look_up","then":"Done."}],"voice":"tone","result_ms":0})");
  service.text(settings());
  service.text(R"({"type":"InjectUserMessage","content":"hi"})");
  service.advance(1s);
  CHECK(service.said() == "Welcome SettingsApplied ConversationText(hi) AgentThinking ConversationText(One moment.) AgentStartedSpeaking audio AgentAudioDone "
                          "FunctionCallRequest ");
  service.hear(voice(20));
  CHECK(service.said() == "UserStartedSpeaking FunctionCallCancelled ");
  service.text(R"({"type":"FunctionCallResponse","id":"fc-1-1","name":"look_up","content":"{}"})");
  CHECK(service.said() == "Warning(FUNCTION_CALL_FAILED) ");
  service.advance(SimAgent::kIdle);
  CHECK(service.said().ends_with("Error(CLIENT_MESSAGE_TIMEOUT) close1011 "));
}

TEST_CASE("AgentProtocol and SimAgent hold a conversation with a greeting, a spoken question and a function call") {
  AgentCall call(R"({"heard":["what time is it"],"replies":["Good day.",{"say":"One moment.","call":"look_up","then":"It is noon."}],"voice":"tone","result_ms":200})");
  call.respond(1, TurnInput::Kind::Opening);
  call.advance(2s);
  CHECK(call.take_told() == "\"Good day.\" done ");
  CHECK(call.heard > 0);
  call.core.on_heard({1, "Good day.", false, 0, {}}, true, call.now);
  call.turn(1);
  call.carry();
  CHECK(call.take_told() == "taken=what time is it ");
  call.respond(2);
  call.advance(2s);
  CHECK(call.take_told() == "\"One moment.\" call=look_up ");
  call.core.on_tool({2, call.asked, R"({"time":"noon"})", {}, false}, call.now);
  call.carry();
  call.advance(2s);
  CHECK(call.take_told() == "\"It is noon.\" done ");
  CHECK(call.core.counters(call.now).unasked_octets == 0);
}

TEST_CASE("AgentProtocol lets Flux end a turn: before end_turn(), after end_turn() during silence, or after a pause of the caller") {
  const std::string scenario = R"({"heard":["hello"],"replies":["Good day."],"voice":"tone"})";
  AgentCall early(scenario, "flux", ours::FluxEnd{0.5});
  early.advance(100ms);
  early.core.begin_turn(1, early.now);
  early.core.append(voice(1000), early.now);
  early.core.append(pause(600), early.now);
  early.carry();
  CHECK(early.take_told() == "taken=hello ");
  early.core.end_turn(early.now);
  early.respond(1);
  early.advance(2s);
  CHECK(early.take_told() == "\"Good day.\" done ");

  AgentCall late(scenario, "flux", ours::FluxEnd{0.9});
  late.advance(100ms);
  late.turn(1);
  late.advance(300ms);
  CHECK(late.take_told() == "");
  SUBCASE("the caller has finished after the pause") {
    late.advance(200ms);
    CHECK(late.take_told() == "taken=hello ");
  }
  SUBCASE("the caller continues after the pause") {
    late.turn(2);
    late.advance(500ms);
    CHECK(late.take_told() == "taken=hello ");
    CHECK(late.core.counters(late.now).unasked_turns == 0);
  }
}

TEST_CASE("AgentProtocol works with a model that ends turns by itself") {
  AgentCall call(R"({"heard":["hello"],"replies":["Good day."],"voice":"tone"})", "nova-3");
  call.advance(100ms);
  call.turn(1);
  CHECK(call.take_told() == "taken=hello ");
  call.respond(1);
  call.advance(2s);
  CHECK(call.take_told() == "\"Good day.\" done ");
}

TEST_CASE("AgentProtocol keeps its connection during half a minute of silence") {
  AgentCall call(R"({"heard":["hello"],"voice":"tone"})");
  call.advance(30s);
  call.turn(1);
  CHECK(call.take_told() == "taken=hello ");
  CHECK(call.sockets == 1);
}

TEST_CASE("After an interruption, AgentProtocol plays no more audio of the interrupted reply, and plays the next reply completely") {
  AgentCall call(R"({"heard":["no"],"replies":["This is a very long story that nobody wants to hear to its end at all.","Well then."],"voice":"tone","result_ms":0,"speed":1})");
  call.respond(1, TurnInput::Kind::Opening);
  call.advance(500ms);
  call.take_told();
  const std::size_t heard = call.heard;
  CHECK(heard > 0);
  call.core.begin_turn(1, call.now);
  call.core.append(voice(240), call.now);
  call.core.cancel(1, call.now);
  call.core.on_heard({1, "This is", true, 1, 300ms}, true, call.now);
  call.carry();
  call.core.append(voice(400), call.now);
  call.advance(400ms);
  call.core.end_turn(call.now);
  call.carry();
  CHECK(call.heard == heard);
  CHECK(call.take_told() == "taken=no ");
  call.respond(2);
  call.advance(3s);
  CHECK(call.take_told() == "\"Well then.\" done ");
}

TEST_CASE("After each fault that breaks a reply, AgentProtocol can request the reply again on another socket") {
  for (const std::string fault : {R"("kind":"drop")", R"("kind":"error","code":"INTERNAL_SERVER_ERROR")", R"("kind":"close","status":1011)"}) {
    CAPTURE(fault);
    AgentCall call(R"({"heard":["hello"],"replies":["A reply that breaks off.","And comes again."],"voice":"tone","result_ms":0,"endpoints":{"agent":{"faults":[{)" + fault +
                   R"(,"after_bytes":2000}]}}})");
    call.advance(100ms);
    call.turn(1);
    call.respond(1);
    call.advance(1s);
    CHECK(call.take_told().find(" broken=") != std::string::npos);
    CHECK(call.core.try_again(agent::Stage::Think, "A reply", call.now));
    call.advance(3s);
    CHECK(call.take_told() == "\"And comes again.\" done ");
    CHECK(call.sockets == 2);
  }
}

TEST_CASE("If a reply stalls, AgentProtocol can request it again after the conversation has waited long enough") {
  AgentCall call(R"({"heard":["hello"],"replies":["A reply that stops.","And comes again."],"voice":"tone","result_ms":0,"endpoints":{"agent":{"faults":[{"kind":"stall","after_bytes":2000}]}}})");
  call.advance(100ms);
  call.turn(1);
  call.respond(1);
  call.advance(8s);
  CHECK(call.take_told() == "taken=hello \"A reply that stops.\" ");
  CHECK(call.core.try_again(agent::Stage::Speak, "A reply", call.now));
  call.advance(3s);
  CHECK(call.take_told() == "\"And comes again.\" done ");
}

TEST_CASE("AgentProtocol loses no message because of garbage, broken JSON or unknown events between messages") {
  for (const std::string kind : {"garbage", "broken_json", "unknown_events"}) {
    CAPTURE(kind);
    AgentCall call(R"({"heard":["hello"],"replies":["Good day to you."],"voice":"tone","endpoints":{"agent":{"faults":[{"kind":")" + kind + R"(","after_bytes":2000}]}}})");
    call.advance(100ms);
    call.turn(1);
    call.respond(1);
    call.advance(3s);
    CHECK(call.take_told() == "taken=hello \"Good day to you.\" done ");
    CHECK(call.core.counters(call.now).garbage == (kind == "unknown_events" ? 0 : 1));
  }
}

TEST_CASE("SimAgent refuses wrong settings with a reason") {
  Json good = Json::parse(settings());
  CHECK(refuse_settings(good) == "");
  const auto refused = [&good](const char* pointer, const Json& value) {
    Json changed = good;
    changed[Json::json_pointer(pointer)] = value;
    return refuse_settings(changed);
  };
  CHECK(refused("/audio/input/encoding", "mp3") != "");
  CHECK(refused("/audio/output/container", "wav") != "");
  CHECK(refused("/agent/listen/provider/version", "v1") != "");
  CHECK(refused("/agent/listen/provider/eot_threshold", 1.5) != "");
  CHECK(refused("/agent/listen/provider/language_hints", Json::parse(R"(["en"])")) != "");  // flux-general-en supports only one language.
  good["agent"]["listen"]["provider"]["model"] = "flux-general-multi";
  CHECK(refused("/agent/listen/provider/language_hints", Json::parse(R"(["de","pt"])")) == "");
  CHECK(refused("/agent/listen/provider/language_hints", Json::parse(R"(["de","pl"])")) != "");
  CHECK(refused("/agent/listen/provider/language_hints", Json::parse(R"(["DE"])")) != "");
  CHECK(refused("/agent/think/provider/model", "") != "");
  CHECK(refused("/agent/speak/provider/type", "") != "");
  CHECK(refused("/agent/think/functions", Json::parse(R"([{"description":"nameless"}])")) != "");
  CHECK(refused("/agent/context", Json::parse(R"({"messages":[{"type":"History","role":"system","content":"x"}]})")) != "");
}
