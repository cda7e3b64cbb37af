#include <offhook/tests/services/deepgram/sim_flux.hpp>
#include <offhook/tests/services/deepgram/support.hpp>

#include <offhook/agent/providers/deepgram/flux_options.hpp>
#include <offhook/agent/providers/deepgram/flux_protocol.hpp>
#include <offhook/agent/providers/deepgram/server.hpp>
#include <offhook/agent/providers/transcription/live_transcription.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace offhook;
using namespace offhook::services;
using namespace offhook::services::deepgram;
using namespace std::chrono_literals;
using Json = nlohmann::json;

namespace {

const std::string kFluxTarget = "/v2/listen?model=flux-general-en&encoding=linear16&sample_rate=8000";

std::vector<std::int16_t> silence(std::size_t ms) { return std::vector<std::int16_t>(ms * 8); }

/// The simulated service, as its client sees it.
struct FluxService {
  explicit FluxService(const std::string& scenario, const std::string& target = kFluxTarget) : world(world_of(scenario)) {
    REQUIRE(refuse_flux(query_of(target)) == "");
    sim.emplace(world, 1, query_of(target), world.scenario.flux.fault(0), base::TimePoint{});
    sim->on_time({}, out);
    CHECK(said() == "Connected ");
  }
  void hear(const std::vector<std::int16_t>& pcm) { sim->on_audio({reinterpret_cast<const char*>(pcm.data()), 2 * pcm.size()}, {}, out); }
  void text(const Json& message) { sim->on_text(message.dump(), {}, out); }
  /// Returns the messages since the previous said(): turn:event(trigger) "text", or the type.
  std::string said() {
    std::string line;
    for (const SimOut& each : std::exchange(out, {})) {
      if (each.what == SimOut::What::Close) line += "close " + std::to_string(each.code) + " ";
      if (each.what != SimOut::What::Text) continue;
      const Json message = Json::parse(each.bytes);
      CHECK(message["sequence_id"] == sequence++);
      if (message["type"] != "TurnInfo") {
        line += message["type"].get<std::string>() + (message.contains("code") ? ":" + message["code"].get<std::string>() : "") + " ";
        continue;
      }
      const std::string event = message["event"], words = message["transcript"];
      if (event == "Update" && words == last) continue;
      last = words;
      line += std::to_string(message["turn_index"].get<int>()) + ":" + event + (message.contains("trigger") ? "(" + message["trigger"].get<std::string>() + ")" : "");
      line += " \"" + words + "\" ";
    }
    return line;
  }

  SimWorld world;
  SimOuts out;
  int sequence = 0;
  std::string last;
  std::optional<SimFlux> sim;
};

}  // namespace

TEST_CASE("SimFlux starts a turn with its first words, and ends the turn when its confidence reaches the threshold") {
  FluxService ear(R"({"heard":["yes please now","no"],"result_ms":0})");
  ear.hear(silence(300));
  ear.hear(tone(700));
  CHECK(ear.said() == "0:StartOfTurn \"yes\" 0:Update \"yes please\" ");
  ear.hear(silence(680));
  CHECK(ear.said() == "0:Update \"yes please now\" ");
  ear.hear(silence(20));
  CHECK(ear.said() == "0:EndOfTurn(model) \"yes please now\" ");
  ear.hear(tone(300));
  CHECK(ear.said() == "1:StartOfTurn \"no\" ");
}

TEST_CASE("If the client requests eager ends, SimFlux sends one, and resumes the turn when the caller continues") {
  FluxService ear(R"({"heard":["yes please"],"result_ms":0})", kFluxTarget + "&eager_eot_threshold=0.4");
  ear.hear(tone(500));
  ear.hear(silence(400));
  CHECK(ear.said().ends_with("0:EagerEndOfTurn \"yes please\" "));
  ear.hear(tone(20));
  CHECK(ear.said() == "0:TurnResumed \"yes please\" ");
  ear.hear(silence(700));
  CHECK(ear.said() == "0:EagerEndOfTurn \"yes please\" 0:EndOfTurn(model) \"yes please\" ");
}

TEST_CASE("SimFlux ends a turn at ForceEndTurn with the words so far. If the threshold is 1, it otherwise ends the turn only at its timeout") {
  FluxService ear(R"({"heard":["one two three four five six"],"result_ms":0})", kFluxTarget + "&eot_threshold=1.0&eot_timeout_ms=3000");
  ear.text({{"type", "ForceEndTurn"}});
  CHECK(ear.said() == "Warning:FORCE_END_TURN_NO_ACTIVE_TURN ");
  ear.hear(tone(740));
  CHECK(ear.said() == "0:StartOfTurn \"one\" 0:Update \"one two three\" ");
  ear.text({{"type", "ForceEndTurn"}});
  CHECK(ear.said() == "0:EndOfTurn(manual) \"one two three\" ");
  FluxService patient(R"({"heard":["yes"],"result_ms":0})", kFluxTarget + "&eot_threshold=1.0&eot_timeout_ms=3000");
  patient.hear(tone(300));
  patient.hear(silence(2980));
  CHECK(patient.said() == "0:StartOfTurn \"yes\" ");
  patient.hear(silence(20));
  CHECK(patient.said() == "0:EndOfTurn(timeout) \"yes\" ");
  FluxService own(R"({"result_ms":0,"forces_end":false})");
  own.text({{"type", "ForceEndTurn"}});
  CHECK(own.said() == "Error:UNPARSABLE_CLIENT_MESSAGE close 1008 ");
}

TEST_CASE("SimFlux accepts Configure, closes without a status, and refuses unknown parameters and values") {
  FluxService ear(R"({"heard":["yes"],"result_ms":0})");
  ear.text({{"type", "Configure"}, {"thresholds", {{"eot_threshold", 0.5}}}});
  CHECK(ear.said() == "ConfigureSuccess ");
  ear.text({{"type", "Configure"}, {"thresholds", {{"eot_threshold", 0.2}}}});
  CHECK(ear.said() == "ConfigureFailure ");
  ear.hear(tone(300));
  ear.hear(silence(500));
  CHECK(ear.said().ends_with("EndOfTurn(model) \"yes\" "));
  ear.hear(silence(40));
  ear.text({{"type", "CloseStream"}});
  CHECK(ear.said() == "1:Update \"\" close 0 ");
  FluxService other(R"({"result_ms":0})");
  other.text({{"type", "KeepAlive"}});
  CHECK(other.said() == "Error:UNPARSABLE_CLIENT_MESSAGE close 1008 ");
  CHECK(refuse_flux(query_of("/v2/listen?model=nova-3&encoding=mulaw&sample_rate=8000")) != "");
  CHECK(refuse_flux(query_of("/v2/listen?model=flux-general-en&encoding=mulaw")) != "");
  CHECK(refuse_flux(query_of(kFluxTarget + "&interim_results=true")) != "");
  CHECK(refuse_flux(query_of(kFluxTarget + "&language_hint=de")) != "");
  CHECK(refuse_flux(query_of(kFluxTarget + "&eager_eot_threshold=0.8")) != "");
  CHECK(refuse_flux(query_of(kFluxTarget + "&eot_timeout_ms=499")) != "");
  CHECK(refuse_flux(query_of(kFluxTarget + "&eot_threshold=0.9&eager_eot_threshold=0.8&eot_timeout_ms=60000&keyterm=a&keyterm=b")) == "");
}

namespace {

/// Connects a LiveTranscription to the simulated service on virtual time.
struct FluxCall {
  using OwnEnd = std::optional<agent::deepgram::FluxEnd>;

  explicit FluxCall(const std::string& scenario, const OwnEnd& own_end = std::nullopt)
      : world(world_of(scenario)), core(std::make_unique<agent::deepgram::FluxProtocol>("the ear", agent::Sound{agent::Sound::Encoding::Linear16, 8000}, ends_within(own_end))) {
    agent::deepgram::FluxOptions options;
    options.sound = {agent::Sound::Encoding::Linear16, 8000};
    options.own_end = own_end;
    target = "/v2/listen?" + agent::deepgram::flux_query(options).text();
    REQUIRE(refuse_flux(query_of(target)) == "");
    core.connect();
    carry();
  }
  static std::optional<base::Duration> ends_within(const OwnEnd& own_end) {
    return own_end ? std::optional<base::Duration>(own_end->timeout) : std::nullopt;
  }
  void carry() {
    SimOuts out;
    while (const auto each = core.poll_out()) {
      switch (each->what) {
        case agent::SocketOut::What::Connect:
          sim.emplace(world, sockets + 1, query_of(target), world.scenario.flux.fault(sockets), now);
          ++sockets;
          core.on_open();
          break;
        case agent::SocketOut::What::Drop: sim.reset(); break;
        case agent::SocketOut::What::Text: sim->on_text(each->bytes, now, out); break;
        case agent::SocketOut::What::Binary: sim->on_audio(each->bytes, now, out); break;
      }
      hand_over(out);
    }
    if (sim) sim->on_time(now, out);
    hand_over(out);
  }
  void hand_over(SimOuts& out) {
    for (const SimOut& each : std::exchange(out, {})) {
      if (each.what == SimOut::What::Text) core.on_text(each.bytes);
      if (each.what == SimOut::What::Close) core.on_closed(agent::deepgram::failure_of("the ear", {std::nullopt, 0, "", each.code, each.bytes}));
      if (each.what == SimOut::What::Drop) {
        core.on_closed(agent::deepgram::failure_of("the ear", {agent::net::NetError{agent::net::NetError::What::Closed, "it broke"}, 0, "", 1006, ""}));
      }
    }
  }
  void step(std::span<const std::int16_t> pcm) {
    now += 20ms;
    if (!pcm.empty()) core.feed(pcm);
    core.tick(now);
    carry();
    REQUIRE(core.is_consistent());
  }
  void say(const std::vector<std::int16_t>& pcm) {
    for (std::size_t at = 0; at < pcm.size(); at += 160) step({pcm.data() + at, 160});
  }
  /// Runs one turn in real time: a voice, silence, and the end. Stores the time from the end to the text in `waited`.
  std::string turn(std::uint32_t number, std::size_t ms = 1000, std::size_t silent_ms = 400) {
    core.begin(number);
    say(tone(ms));
    say(silence(silent_ms));
    core.end();
    const auto ended = now;
    std::string last;
    for (int i = 0; i < 500 && last.empty(); ++i) {
      while (const auto event = core.poll_event()) {
        if (const auto* failed = std::get_if<agent::ListenFailed>(&*event)) last = "!" + std::string(to_string(failed->kind));
        const auto* transcript = std::get_if<agent::Transcript>(&*event);
        if (transcript != nullptr && transcript->final) last = transcript->rejected ? "?" : transcript->text;
      }
      if (last.empty()) step({});
    }
    waited = now - ended;
    return last;
  }

  SimWorld world;
  std::string target;
  base::TimePoint now{};
  base::Duration waited{};
  unsigned sockets = 0;
  std::optional<SimFlux> sim;
  agent::LiveTranscription core;
};

}  // namespace

TEST_CASE("LiveTranscription and SimFlux work together over several turns, with silence between them") {
  FluxCall call(R"({"heard":["yes please now","no"],"result_ms":100})");
  CHECK(call.turn(1) == "yes please now");
  for (int i = 0; i < 3000; ++i) call.step({});
  CHECK(call.turn(2) == "no");
  CHECK(call.turn(3, 0, 800) == "?");
  CHECK(call.sockets == 1);
  CHECK(call.core.counters().garbage == 0);
  CHECK(call.core.counters().at_once == 0);
}

TEST_CASE("SimFlux ends a turn of LiveTranscription when its confidence is high enough, before LiveTranscription::end() or after it") {
  FluxCall call(R"({"heard":["yes please now","no"],"result_ms":100})", agent::deepgram::FluxEnd{0.5});
  CHECK(call.turn(1, 1000, 800) == "yes please now");
  CHECK(call.waited == 0ms);
  CHECK(call.turn(2, 1000, 300) == "no");
  CHECK(call.waited > 200ms);
  CHECK(call.waited < 500ms);
  CHECK(call.turn(3, 0, 800) == "?");
  CHECK(call.core.counters().ended_there == 2);
  CHECK(call.core.counters().unanswered == 0);
}

TEST_CASE("SimFlux ends a turn at the time limit even if its confidence is too low") {
  FluxCall call(R"({"heard":["yes"],"result_ms":100})", agent::deepgram::FluxEnd{0.9, std::nullopt, 600ms});
  CHECK(call.turn(1, 1000, 300) == "yes");
  CHECK(call.waited < 600ms);
}

TEST_CASE("LiveTranscription uses an eager end of SimFlux, and reports no word again when SimFlux resumes the turn") {
  FluxCall call(R"({"heard":["yes please now"],"result_ms":100})", agent::deepgram::FluxEnd{0.9, 0.3});
  CHECK(call.turn(1, 1000, 600) == "yes please now");
  CHECK(call.waited == 0ms);
  for (int i = 0; i < 100; ++i) call.step({});  // Between turns LiveTranscription sends no audio. The turn of the service is still open.
  CHECK_FALSE(call.core.poll_event());
  CHECK(call.turn(2, 1000, 600) == "?");
}

TEST_CASE("If the caller's pause is shorter than SimFlux needs, the words before and after it form one turn") {
  FluxCall call(R"({"heard":["I want a table"],"result_ms":100})", agent::deepgram::FluxEnd{0.9});
  call.core.begin(1);
  call.say(tone(600));
  call.say(silence(500));
  call.core.end();
  for (int i = 0; i < 10; ++i) call.step({});
  const std::string all = call.turn(2, 600, 500);
  CHECK(all == "I want a table");
  CHECK(call.core.counters().ended_there == 1);
}

TEST_CASE("After LiveTranscription::abandon(), the words of the abandoned turn are not part of the next turn of SimFlux") {
  FluxCall call(R"({"heard":["noise","yes"],"result_ms":100})");
  call.core.begin(1);
  call.say(tone(600));
  call.core.abandon();
  CHECK(call.turn(2) == "yes");
}

TEST_CASE("LiveTranscription handles a SimFlux that stalls, drops the connection, refuses or sends garbage") {
  FluxCall::OwnEnd own_end;
  const auto text_of = [&own_end](const std::string& fault, const std::string& more = "") {
    FluxCall call(R"({"heard":["yes please"],"loop":true,"result_ms":50,)" + more + R"("endpoints":{"flux":{"faults":[)" + fault + "]}}}", own_end);
    const std::string text = call.turn(1);
    return text + " " + std::to_string(call.sockets);
  };
  CHECK(text_of(R"({"kind":"stall"})") == "!timeout 1");
  CHECK(text_of(R"({"kind":"stall","after_bytes":3000})") == "!timeout 1");
  CHECK(text_of(R"({"kind":"drop","after_bytes":3000})") == "yes please 2");
  CHECK(text_of(R"({"kind":"drop","after_bytes":3000},{"kind":"drop","after_bytes":3000})") == "!network 2");
  CHECK(text_of(R"({"kind":"close","status":1008,"code":"DATA-0000","after_bytes":3000})") == "!protocol 1");
  CHECK(text_of(R"({"kind":"garbage"})") == "yes please 1");
  CHECK(text_of(R"({"kind":"unknown_events"})") == "yes please 1");
  CHECK(text_of(R"({"kind":"latency","delay_ms":700})") == "yes please 1");
  CHECK(text_of(R"({"kind":"none"})", R"("forces_end":false,)") == "!protocol 1");
  own_end.emplace();
  CHECK(text_of(R"({"kind":"stall","after_bytes":3000})") == "!timeout 1");
  CHECK(text_of(R"({"kind":"drop","after_bytes":3000})") == "yes please 2");
  CHECK(text_of(R"({"kind":"latency","delay_ms":700})") == "yes please 1");
  CHECK(text_of(R"({"kind":"none"})", R"("forces_end":false,)") == "yes please 1");  // With an end of its own, Flux needs no ForceEndTurn.
}
