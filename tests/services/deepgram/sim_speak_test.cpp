#include <offhook/tests/services/deepgram/sim_http.hpp>
#include <offhook/tests/services/deepgram/sim_speak.hpp>
#include <offhook/tests/services/deepgram/support.hpp>

#include <offhook/agent/providers/deepgram/server.hpp>
#include <offhook/agent/providers/deepgram/speech_stream.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::services;
using namespace offhook::services::deepgram;
using namespace std::chrono_literals;
using Json = nlohmann::json;

namespace {

const std::string kSpeakTarget = "/v1/speak?model=aura-2-thalia-en&encoding=linear16&sample_rate=8000";
const std::vector<int> kChunkMs = {40, 60};

/// Connects a SpeechStream to the simulated service on virtual time.
struct SpeakCall {
  explicit SpeakCall(const std::string& scenario) : world(world_of(scenario, kChunkMs)), core("the voice", 8000) {
    core.connect();
    step();
  }
  void step() {
    now += 10ms;
    core.tick(now);
    SimOuts out;
    while (const auto each = core.poll_out()) {
      if (each->what == agent::SocketOut::What::Connect) {
        sim.emplace(world, sockets + 1, query_of(kSpeakTarget), world.scenario.speak.fault(sockets), now);
        ++sockets;
        core.on_open();
      } else if (each->what == agent::SocketOut::What::Drop) {
        sim.reset();
      } else {
        sim->on_text(each->bytes, now, out);
      }
      hand_over(out);
    }
    if (sim) sim->on_time(now, out);
    hand_over(out);
    REQUIRE(core.is_consistent());
    while (const auto event = core.poll_event()) {
      if (const auto* audio = std::get_if<agent::SpeechAudio>(&*event)) samples += audio->pcm.size();
      if (std::holds_alternative<agent::SpeechDone>(*event)) ends += ".";
      if (const auto* failed = std::get_if<agent::SpeakFailed>(&*event)) ends += "!" + std::string(to_string(failed->kind));
    }
  }
  void hand_over(SimOuts& out) {
    for (const SimOut& each : std::exchange(out, {})) {
      if (each.what == SimOut::What::Text) core.on_text(each.bytes);
      if (each.what == SimOut::What::Binary) core.on_audio(each.bytes);
      if (each.what == SimOut::What::Close) core.on_closed(agent::deepgram::failure_of("the voice", {std::nullopt, 0, "", each.code, each.bytes}));
      if (each.what == SimOut::What::Drop) {
        core.on_closed(agent::deepgram::failure_of("the voice", {agent::net::NetError{agent::net::NetError::What::Closed, "it broke"}, 0, "", 1006, ""}));
      }
    }
  }
  void run(base::Duration time) {
    for (const auto until = now + time; now < until;) step();
  }
  [[nodiscard]] std::size_t samples_of(const std::string& text) { return world.voices.say(text, openai::AudioFormat::Pcmu)->samples; }

  SimWorld world;
  base::TimePoint now{};
  unsigned sockets = 0;
  std::optional<SimSpeak> sim;
  agent::deepgram::SpeechStream core;
  std::size_t samples = 0;
  std::string ends;
};

}  // namespace

TEST_CASE("SpeechStream gets the whole audio of two utterances from SimSpeak") {
  SpeakCall call(R"({"result_ms":100})");
  call.core.speak(1, "Good day.");
  call.core.speak(2, "How may I help you?");
  call.run(5s);
  CHECK(call.ends == "..");
  CHECK(call.samples == call.samples_of("Good day.") + call.samples_of("How may I help you?"));
}

TEST_CASE("SpeechStream cancels an utterance of SimSpeak, and gets the next utterance completely") {
  SpeakCall call(R"({"result_ms":50,"speed":1})");
  call.core.speak(1, "Once upon a time there was a telephone.");
  call.run(500ms);
  CHECK(call.samples > 0);
  call.core.cancel();
  call.samples = 0;
  call.core.speak(2, "Yes.");
  call.run(3s);
  CHECK(call.ends == ".");
  CHECK(call.samples == call.samples_of("Yes."));
}

TEST_CASE("If Cleared comes before the end of the cancelled utterance, SpeechStream still separates its utterances") {
  SpeakCall call(R"({"result_ms":50,"speed":1,"clear_jumps_ahead":true})");
  call.core.speak(1, "Once upon a time there was a telephone.");
  call.run(500ms);
  call.core.cancel();
  call.samples = 0;
  call.core.speak(2, "Yes.");
  call.core.speak(3, "How may I help you?");
  call.run(8s);
  CHECK(call.ends == "..");
  CHECK(call.samples == call.samples_of("Yes.") + call.samples_of("How may I help you?"));
}

TEST_CASE("SpeechStream reports a local failure for an utterance that exceeds the number of flushes that Deepgram allows") {
  SpeakCall call(R"({"result_ms":10,"speed":1000})");
  for (std::uint32_t i = 1; i <= SimSpeak::kMaxFlushes + 1; ++i) call.core.speak(i, "Yes.");
  call.run(2s);
  CHECK(call.ends == std::string(SimSpeak::kMaxFlushes, '.') + "!local");
}

TEST_CASE("SpeechStream handles a SimSpeak that stalls, drops the connection, refuses or sends garbage") {
  const auto ends_of = [](const std::string& fault) {
    SpeakCall call(R"({"result_ms":50,"endpoints":{"speak":{"faults":[)" + fault + "]}}}");
    call.core.speak(1, "Good day.");
    call.run(8s);
    return call.ends + " " + std::to_string(call.sockets);
  };
  CHECK(ends_of(R"({"kind":"stall"})") == "!timeout 1");
  CHECK(ends_of(R"({"kind":"stall","after_bytes":1})") == "!timeout 1");
  CHECK(ends_of(R"({"kind":"drop"})") == ". 2");
  CHECK(ends_of(R"({"kind":"drop","after_bytes":1})") == "!network 1");
  CHECK(ends_of(R"({"kind":"close","status":1008,"code":"DATA-0000","after_bytes":1})") == "!protocol 1");
  CHECK(ends_of(R"({"kind":"garbage"})") == ". 1");
  CHECK(ends_of(R"({"kind":"latency","delay_ms":1000})") == ". 1");
}

TEST_CASE("SimSpeak warns of too many flushes, and refuses unsupported formats") {
  SimWorld world = world_of(R"({"result_ms":0,"speed":1000})", kChunkMs);
  SimSpeak sim(world, 1, query_of(kSpeakTarget), {}, {});
  SimOuts out;
  for (std::size_t i = 0; i <= SimSpeak::kMaxFlushes; ++i) sim.on_text(R"({"type":"Flush"})", {}, out);
  CHECK(out.back().bytes.find("Warning") != std::string::npos);
  CHECK(refuse_speak(query_of("/v1/speak?model=a&encoding=mp3"), false) != "");
  CHECK(refuse_speak(query_of("/v1/speak?model=a&container=none&encoding=mulaw"), false) != "");
  CHECK(refuse_speak(query_of("/v1/speak?model=a&container=none&encoding=mulaw&sample_rate=8000"), true) == "");
  CHECK(refuse_speak(query_of("/v1/speak?model=a"), true) != "");
}

TEST_CASE("Deepgram's SimHttp speaks raw audio or a WAV, transcribes a WAV, and applies its faults in order") {
  SimWorld world = world_of(R"({"key":"right","heard":["yes"],"endpoints":{"speech":{"faults":[{"kind":"none"},{"kind":"none"},{"kind":"status","status":429,"retry_after":3}]}}})", kChunkMs);
  SimHttp http(world);
  const auto post = [&](const std::string& target, const std::string& body, const std::string& key = "Token right") {
    return http.serve({"POST", target, {{"authorization", key}}, body, false}, {});
  };
  const auto body_of = [](const HttpPlan& plan) {
    std::string body;
    for (const auto& step : plan.steps) body += step.bytes;
    return body;
  };
  const std::string text = R"({"text":"Good day."})";
  const std::string raw = body_of(post(kSpeakTarget + "&container=none", text));
  const std::string file = body_of(post(kSpeakTarget, text));
  CHECK(raw.size() == 2 * world.voices.say("Good day.", openai::AudioFormat::Pcmu)->samples);
  CHECK(file.substr(0, 4) == "RIFF");
  CHECK(file.substr(44) == raw);
  const auto busy = post(kSpeakTarget, text);
  REQUIRE(busy.steps.size() == 1);
  CHECK(busy.steps[0].status == 429);
  const Json heard = Json::parse(body_of(post("/v1/listen?model=nova-3", file)));
  CHECK(heard["results"]["channels"][0]["alternatives"][0]["transcript"] == "yes");
  CHECK(post("/v1/listen?model=nova-3", "no audio").steps[0].status == 400);
  CHECK(post(kSpeakTarget, text, "Token wrong").steps[0].status == 401);
  CHECK(post(kSpeakTarget, text, "right").steps[0].status == 401);
  CHECK(post("/v1/nothing", text).steps[0].status == 404);
}
