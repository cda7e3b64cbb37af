#include <offhook/tests/services/deepgram/sim_listen.hpp>
#include <offhook/tests/services/deepgram/support.hpp>

#include <offhook/agent/providers/deepgram/nova_protocol.hpp>
#include <offhook/agent/providers/deepgram/server.hpp>
#include <offhook/agent/providers/transcription/live_transcription.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::services;
using namespace offhook::services::deepgram;
using namespace std::chrono_literals;
using Json = nlohmann::json;

namespace {

const std::string kListenTarget = "/v1/listen?model=nova-3&encoding=linear16&sample_rate=8000&interim_results=true&endpointing=300";

/// The simulated service, as its client sees it.
struct ListenService {
  explicit ListenService(const std::string& scenario, const std::string& target = kListenTarget) : world(world_of(scenario)) {
    REQUIRE(refuse_listen(query_of(target)) == "");
    sim.emplace(world, 1, query_of(target), world.scenario.listen.fault(0), now);
  }
  void hear(const std::vector<std::int16_t>& pcm) { sim->on_audio({reinterpret_cast<const char*>(pcm.data()), 2 * pcm.size()}, now, out); }
  void text(const std::string& type) { sim->on_text(Json{{"type", type}}.dump(), now, out); }
  void advance(base::Duration by) { sim->on_time(now += by, out); }
  /// Returns the messages since the previous said(). A result is its text with marks: ~ interim, . final, s end of speech, f after Finalize.
  std::string said() {
    std::string line;
    for (const SimOut& each : std::exchange(out, {})) {
      if (each.what == SimOut::What::Close) line += "close " + std::to_string(each.code) + " " + each.bytes.substr(0, 9) + " ";
      if (each.what != SimOut::What::Text) continue;
      const Json message = Json::parse(each.bytes, nullptr, false);
      if (!message.is_object()) {
        line += "? ";
      } else if (message["type"] == "Results") {
        const bool is_final = message["is_final"], speech_final = message["speech_final"], asked = message["from_finalize"];
        line += "\"" + message["channel"]["alternatives"][0]["transcript"].get<std::string>() + "\"";
        line += std::string(is_final ? "." : "~") + (speech_final ? "s" : "") + (asked ? "f" : "") + " ";
      } else {
        line += message["type"].get<std::string>() + " ";
      }
    }
    return line;
  }

  SimWorld world;
  base::TimePoint now{};
  SimOuts out;
  std::optional<SimListen> sim;
};

}  // namespace

TEST_CASE("SimListen reports words as the audio arrives, and makes them final when the caller is silent") {
  ListenService ear(R"({"heard":["yes please now"],"result_ms":100})");
  ear.hear(tone(500));
  CHECK(ear.said() == "");
  ear.advance(100ms);
  CHECK(ear.said() == "\"yes\"~ \"yes please\"~ ");
  ear.hear(std::vector<std::int16_t>(8 * 320));
  ear.advance(100ms);
  CHECK(ear.said().ends_with("\"yes please now\".s "));
  ear.text("CloseStream");
  ear.advance(100ms);
  CHECK(ear.said() == "\"\". Metadata close 1000  ");
}

TEST_CASE("SimListen answers Finalize, except if little audio is left or the scenario forbids it") {
  ListenService ear(R"({"heard":["yes"],"result_ms":0})", kListenTarget + "&vad_events=true");
  ear.text("Finalize");
  ear.hear(tone(300));
  ear.text("Finalize");
  CHECK(ear.said() == "SpeechStarted \"yes\"~ \"yes\".sf ");
  ear.hear(std::vector<std::int16_t>(8 * 100));
  ear.text("Finalize");
  CHECK(ear.said() == "\"\".f ");
  ListenService deaf(R"({"heard":["yes"],"result_ms":0,"answers_finalize":false})");
  deaf.hear(tone(150));
  deaf.text("Finalize");
  CHECK(deaf.said() == "");
}

TEST_CASE("SimListen closes after ten seconds without audio. KeepAlive prevents this only after the first audio") {
  ListenService ear(R"({"result_ms":0})");
  ear.advance(9s);
  ear.text("KeepAlive");
  ear.advance(1s);
  CHECK(ear.said() == "close 1011 NET-0001  ");
  ListenService kept(R"({"result_ms":0})");
  kept.hear(std::vector<std::int16_t>(160));
  kept.advance(9s);
  kept.text("KeepAlive");
  kept.advance(9s);
  CHECK(kept.said() == "");
  kept.advance(1s);
  CHECK(kept.said() == "close 1011 NET-0001  ");
}

TEST_CASE("SimListen refuses an invalid handshake, and closes after an invalid message") {
  CHECK(refuse_listen(query_of("/v1/listen?model=nova-3&encoding=mulaw")) != "");
  CHECK(refuse_listen(query_of("/v1/listen?encoding=mulaw&sample_rate=8000")) != "");
  CHECK(refuse_listen(query_of("/v1/listen?model=flux-general-en&encoding=mulaw&sample_rate=8000")) != "");
  CHECK(refuse_listen(query_of(kListenTarget + "&surprise=1")) != "");
  CHECK(refuse_listen(query_of(kListenTarget + "&utterance_end_ms=999")) != "");
  CHECK(refuse_listen(query_of(kListenTarget + "&utterance_end_ms=1000&keyterm=Off%20hook&keyterm=x")) == "");
  CHECK(query_of("/x?a=Off%20hook&a=2&b").at("a") == std::vector<std::string>{"Off hook", "2"});
  ListenService ear("{}");
  ear.text("Nonsense");
  CHECK(ear.said() == "close 1008 DATA-0000 ");
}

namespace {

/// Connects a LiveTranscription to the simulated service on virtual time.
struct ListenCall {
  explicit ListenCall(const std::string& scenario) : world(world_of(scenario)), core(std::make_unique<agent::deepgram::NovaProtocol>("the ear", agent::Sound{agent::Sound::Encoding::Linear16, 8000})) {
    core.connect();
    carry();
  }
  void carry() {
    SimOuts out;
    while (const auto each = core.poll_out()) {
      switch (each->what) {
        case agent::SocketOut::What::Connect:
          sim.emplace(world, sockets + 1, query_of(kListenTarget), world.scenario.listen.fault(sockets), now);
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
  /// Runs one turn in real time: a voice, silence, and the end.
  std::string turn(std::uint32_t number, std::size_t ms = 1000) {
    core.begin(number);
    const auto pcm = tone(ms);
    for (std::size_t at = 0; at < pcm.size(); at += 160) step({pcm.data() + at, 160});
    const std::vector<std::int16_t> silence(160);
    for (int i = 0; i < 10; ++i) step(silence);
    core.end();
    std::string last;
    for (int i = 0; i < 500 && last.empty(); ++i) {
      step({});
      REQUIRE(core.is_consistent());
      while (const auto event = core.poll_event()) {
        if (const auto* failed = std::get_if<agent::ListenFailed>(&*event)) last = "!" + std::string(to_string(failed->kind));
        const auto* transcript = std::get_if<agent::Transcript>(&*event);
        if (transcript != nullptr && transcript->final) last = transcript->rejected ? "?" : transcript->text;
      }
    }
    return last;
  }
  void step(std::span<const std::int16_t> pcm) {
    now += 20ms;
    if (!pcm.empty()) core.feed(pcm);
    core.tick(now);
    carry();
  }

  SimWorld world;
  base::TimePoint now{};
  unsigned sockets = 0;
  std::optional<SimListen> sim;
  agent::LiveTranscription core;
};

}  // namespace

TEST_CASE("LiveTranscription and SimListen work together over several turns, with a long silence between them") {
  ListenCall call(R"({"heard":["yes please","no thank you"],"result_ms":150})");
  CHECK(call.turn(1) == "yes please");
  for (int i = 0; i < 3000; ++i) call.step({});
  CHECK(call.turn(2) == "no thank you");
  CHECK(call.turn(3, 200) == "?");
  CHECK(call.sockets == 1);
  CHECK(call.core.counters().unanswered == 0);
}

TEST_CASE("If the service does not answer Finalize, LiveTranscription uses the words so far") {
  ListenCall call(R"({"heard":["yes please"],"result_ms":150,"answers_finalize":false})");
  CHECK(call.turn(1) == "yes please");
  CHECK(call.core.counters().unanswered == 1);
}

TEST_CASE("LiveTranscription waits for a late service. If the service stalls, it reports a timeout and uses another socket") {
  ListenCall late(R"({"heard":["yes please"],"result_ms":150,"endpoints":{"listen":{"faults":[{"kind":"latency","delay_ms":1500}]}}})");
  CHECK(late.turn(1) == "yes please");
  ListenCall stalled(R"({"heard":["yes","no"],"result_ms":150,"endpoints":{"listen":{"faults":[{"kind":"stall"}]}}})");
  CHECK(stalled.turn(1) == "!timeout");
  CHECK(stalled.turn(2) == "no");
  CHECK(stalled.sockets == 2);
}

TEST_CASE("LiveTranscription skips garbage, reconnects if the service drops the connection, and reports a second failure") {
  ListenCall garbage(R"({"heard":["yes"],"result_ms":150,"endpoints":{"listen":{"faults":[{"kind":"garbage"}]}}})");
  CHECK(garbage.turn(1) == "yes");
  CHECK(garbage.core.counters().garbage == 1);
  ListenCall dropped(R"({"heard":["lost","yes"],"result_ms":150,"endpoints":{"listen":{"faults":[{"kind":"drop","after_bytes":8000}]}}})");
  CHECK(dropped.turn(1) == "yes");
  CHECK(dropped.core.counters().reconnects == 1);
  ListenCall failed(R"({"heard":["lost","yes"],"result_ms":150,"endpoints":{"listen":{"faults":[
    {"kind":"error","code":"NET-0000","after_bytes":8000},{"kind":"error","code":"NET-0000"}]}}})");
  CHECK(failed.turn(1) == "!overloaded");
  CHECK(failed.core.counters().reconnects == 1);
}
