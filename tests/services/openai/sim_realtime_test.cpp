#include <offhook/tests/services/openai/realtime_settings.hpp>
#include <offhook/tests/services/openai/sim_realtime.hpp>

#include <offhook/base/base64.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::services::openai;
using namespace std::chrono_literals;
using Json = nlohmann::json;

namespace {

/// A session on virtual time. Its voice consists of beeps.
struct Talk {
  std::vector<Json> notes;
  SimWorld world;
  base::TimePoint now{std::chrono::hours(1)};
  SimOuts out;
  std::vector<Json> events;  ///< events that the session has sent
  std::vector<SimOut> others;
  std::unique_ptr<SimRealtime> session;

  explicit Talk(const std::string& scenario, const std::string& target = "/v1/realtime?model=gpt-realtime")
      : world{read(scenario), *RecordedVoices::make("tone", read(scenario).chunk_ms), [this](base::TimePoint, std::string_view what, Json members) {
                members["what"] = what;
                notes.push_back(members);
              }} {
    session = std::make_unique<SimRealtime>(world, 1, target, world.scenario.realtime.fault(0), now, out);
    collect();
  }
  static Scenario read(const std::string& text) {
    auto made = read_scenario(text);
    REQUIRE(made.error == "");
    return made.scenario;
  }
  void collect() {
    for (auto& each : out) {
      const Json event = each.what == SimOut::What::Text ? Json::parse(each.text, nullptr, false) : Json();
      if (event.is_object()) events.push_back(event);
      else others.push_back(each);
    }
    out.clear();
  }
  void send(const Json& event) {
    session->on_text(event.dump(), now, out);
    collect();
  }
  void run(base::Duration time) {
    const auto until = now + time;
    while (const auto next = session->next_deadline()) {
      if (*next > until) break;
      now = std::max(now, *next);
      session->on_time(now, out);
      collect();
    }
    now = until;
  }
  void update(const Json& session_object) { send({{"type", "session.update"}, {"session", session_object}}); }
  void append(int ms, int amplitude) {
    for (int at = 0; at < ms; at += 20, now += 20ms) {
      std::vector<std::uint8_t> octets(24 * 20 * 2);
      for (std::size_t i = 0; i < octets.size(); i += 2) {
        const int sample = (i / 2) % 48 < 24 ? amplitude : -amplitude;
        octets[i] = static_cast<std::uint8_t>(sample & 0xFF);
        octets[i + 1] = static_cast<std::uint8_t>((sample >> 8) & 0xFF);
      }
      std::string base64;
      base::append_base64(base64, octets);
      session->on_text(R"({"type":"input_audio_buffer.append","audio":")" + base64 + "\"}", now, out);
      collect();
    }
  }
  [[nodiscard]] std::vector<Json> of(const std::string& type) const {
    std::vector<Json> found;
    for (const Json& event : events) {
      if (event["type"] == type) found.push_back(event);
    }
    return found;
  }
  [[nodiscard]] std::size_t octets() const {
    std::size_t count = 0;
    for (const Json& event : of("response.output_audio.delta")) count += base::base64_decoded_size(event["delta"].get<std::string>());
    return count;
  }
};

const char* const kPlain = R"({"replies":["good day to you"],"heard":["hello"],"response_ms":200,"loop":true})";

}  // namespace

TEST_CASE("SimRealtime starts with session.created. OpenAI's read_scenario refuses a scenario with an unknown member") {
  Talk talk(kPlain);
  REQUIRE(talk.events.size() == 1);
  CHECK(talk.events[0]["type"] == "session.created");
  CHECK(talk.events[0]["session"]["model"] == "gpt-realtime");
  CHECK(read_scenario(R"({"replies":[{"texd":"x"}]})").error.find("texd") != std::string::npos);
  CHECK(read_scenario(R"({"replies":[{"text":"x","fault":{"kind":"stal"}}]})").error.find("stal") != std::string::npos);
}

TEST_CASE("An answer of SimRealtime starts at its time, arrives faster than real time, and ends with its usage") {
  Talk talk(kPlain);
  talk.send({{"type", "response.create"}});
  CHECK(talk.of("response.created").size() == 1);
  talk.run(199ms);
  CHECK(talk.of("response.output_audio.delta").empty());
  talk.run(1ms);
  CHECK(talk.of("response.output_audio.delta").size() == 1);
  talk.run(5s);
  const auto done = talk.of("response.done");
  REQUIRE(done.size() == 1);
  CHECK(done[0]["response"]["status"] == "completed");
  CHECK(done[0]["response"]["output"][0]["content"][0]["transcript"] == "good day to you");
  CHECK(done[0]["response"]["usage"]["output_token_details"]["audio_tokens"] > 0);
  std::string transcript;
  for (const Json& event : talk.of("response.output_audio_transcript.delta")) transcript += event["delta"];
  CHECK(transcript == "good day to you");
  const auto spoken = talk.world.voices.say("good day to you", AudioFormat::Pcm24);
  CHECK(talk.octets() == spoken->octets.size());
  bool odd = false;
  for (const auto& chunk : spoken->chunks) odd = odd || chunk.octets % 2 == 1;
  CHECK(odd);
}

TEST_CASE("SimRealtime detects speech with its prefix, and ends the speech after the configured silence") {
  Talk talk(R"({"replies":["yes"],"heard":["hello there"],"response_ms":100})");
  talk.update({{"type", "realtime"},
               {"audio", {{"input", {{"transcription", {{"model", "x"}}}, {"turn_detection", {{"type", "server_vad"}, {"prefix_padding_ms", 100}, {"silence_duration_ms", 400}}}}}}}});
  talk.append(1000, 0);
  talk.append(600, 5000);
  const auto started = talk.of("input_audio_buffer.speech_started");
  REQUIRE(started.size() == 1);
  CHECK(started[0]["audio_start_ms"] == 900);
  talk.append(380, 0);
  CHECK(talk.of("input_audio_buffer.speech_stopped").empty());
  talk.append(20, 0);
  const auto stopped = talk.of("input_audio_buffer.speech_stopped");
  REQUIRE(stopped.size() == 1);
  CHECK(stopped[0]["audio_end_ms"] == 2000);
  CHECK(stopped[0]["item_id"] == started[0]["item_id"]);
  CHECK(talk.of("input_audio_buffer.committed")[0]["item_id"] == started[0]["item_id"]);
  CHECK(talk.of("response.created").size() == 1);
  talk.run(5s);
  CHECK(talk.of("conversation.item.input_audio_transcription.completed")[0]["transcript"] == "hello there");
  CHECK(talk.of("response.done").size() == 1);
  const auto note = std::find_if(talk.notes.begin(), talk.notes.end(), [](const Json& each) { return each["what"] == "end_of_turn"; });
  REQUIRE(note != talk.notes.end());
  CHECK((*note)["last_voiced_us"] == microseconds(base::TimePoint(std::chrono::hours(1)) + 1580ms));
}

TEST_CASE("If the caller speaks over an answer, SimRealtime cancels the answer, except if the session's settings forbid this") {
  for (const bool interrupts : {true, false}) {
    Talk talk(R"({"replies":["a rather long answer to whatever it was"],"speed":1})");
    talk.update({{"type", "realtime"}, {"audio", {{"input", {{"turn_detection", {{"type", "server_vad"}, {"interrupt_response", interrupts}}}}}}}});
    talk.send({{"type", "response.create"}});
    talk.run(1s);
    talk.append(200, 5000);
    CHECK(talk.of("response.done").size() == (interrupts ? 1 : 0));
    if (interrupts) CHECK(talk.of("response.done")[0]["response"]["status_details"]["reason"] == "turn_detected");
  }
}

TEST_CASE("SimRealtime truncates only audio of the model, and refuses a position beyond its end") {
  Talk talk(kPlain);
  talk.send({{"type", "response.create"}});
  talk.run(10s);
  const std::string item = talk.of("response.done")[0]["response"]["output"][0]["id"];
  const auto whole = talk.octets() / 48;
  const auto truncate = [&](std::uint64_t ms) { talk.send({{"type", "conversation.item.truncate"}, {"item_id", item}, {"content_index", 0}, {"audio_end_ms", ms}}); };
  truncate(whole + 1);
  CHECK(talk.of("error").size() == 1);
  truncate(whole);
  CHECK(talk.of("conversation.item.truncated").size() == 1);
  truncate(0);
  CHECK(talk.of("error").size() == 2);
  talk.send({{"type", "conversation.item.truncate"}, {"item_id", "item_x"}, {"content_index", 0}, {"audio_end_ms", 1}});
  CHECK(talk.of("error").size() == 3);
}

TEST_CASE("SimRealtime answers a forbidden event with an error, and continues") {
  Talk talk(R"({"replies":["a long answer to whatever it was"],"speed":1})");
  const auto code_of = [&](const Json& event) {
    const auto before = talk.of("error").size();
    talk.send(event);
    const auto errors = talk.of("error");
    return errors.size() == before ? std::string() : errors.back()["error"]["code"].get<std::string>();
  };
  CHECK(code_of({{"type", "session.update"}, {"session", {{"instructions", "x"}}}}) == "missing_required_parameter");
  CHECK(code_of({{"type", "session.update"}, {"session", {{"type", "realtime"}, {"modalities", {"text", "audio"}}}}}) == "unknown_parameter");
  CHECK(code_of({{"type", "session.update"}, {"session", {{"type", "realtime"}, {"audio", {{"input", {{"format", {{"type", "audio/pcm"}, {"rate", 8000}}}}}}}}}}) == "invalid_value");
  CHECK(code_of({{"type", "response.cancel"}}) == "response_cancel_not_active");
  CHECK(code_of({{"type", "input_audio_buffer.commit"}}) == "input_audio_buffer_commit_empty");
  CHECK(code_of({{"type", "conversation.item.create"}, {"item", {{"type", "function_call_output"}, {"call_id", "x"}, {"output", "{}"}}}}) == "invalid_tool_call_id");
  CHECK(code_of({{"type", "response.create"}}).empty());
  CHECK(code_of({{"type", "response.create"}}) == "conversation_already_has_active_response");
  talk.run(1s);
  CHECK(code_of({{"type", "session.update"}, {"session", {{"type", "realtime"}, {"audio", {{"output", {{"voice", "cedar"}}}}}}}}) == "cannot_update_voice");
  for (const char* other : {"slt", "nova", "en-US-JennyNeural", ""})
    CHECK(code_of({{"type", "session.update"}, {"session", {{"type", "realtime"}, {"audio", {{"output", {{"voice", other}}}}}}}}) == "invalid_value");
  CHECK(code_of({{"type", "response.cancel"}}).empty());
  for (const char* frame : {"", "[]", "{", "{\"type\":7}", "{\"type\":\"session.update\",\"session\":7}", "{\"type\":\"response.create\",\"response\":{\"output_modalities\":3}}"}) {
    talk.session->on_text(frame, talk.now, talk.out);
    talk.collect();
  }
  CHECK(!talk.session->is_over());
}

TEST_CASE("RealtimeSettings checks truncation and reasoning as the API describes them") {
  const auto refused = [](const std::string& model, const std::string& members) {
    RealtimeSettings settings(false, "sess", model, 0);
    const auto error = settings.update(Json::parse(R"({"type":"realtime",)" + members + "}"));
    return error ? error->param : std::string();
  };
  for (const char* good : {R"("truncation":"auto")", R"("truncation":"disabled")", R"("truncation":{"type":"retention_ratio","retention_ratio":0})",
                           R"("truncation":{"type":"retention_ratio","retention_ratio":1,"token_limits":{"post_instructions":8000}})", R"("reasoning":{"effort":"xhigh"})"}) {
    CHECK(refused("gpt-realtime-2", good) == "");
  }
  CHECK(refused("gpt-realtime-2", R"("truncation":"never")") == "session.truncation");
  CHECK(refused("gpt-realtime-2", R"("truncation":{"type":"retention_ratio"})") == "session.truncation.retention_ratio");
  CHECK(refused("gpt-realtime-2", R"("truncation":{"type":"retention_ratio","retention_ratio":1.1})") == "session.truncation.retention_ratio");
  CHECK(refused("gpt-realtime-2", R"("truncation":{"type":"retention_ratio","retention_ratio":1,"token_limits":{"all":1}})") == "session.truncation.token_limits.all");
  CHECK(refused("gpt-realtime-2.1-mini", R"("reasoning":{"effort":"none"})") == "session.reasoning.effort");
  CHECK(refused("gpt-realtime-2025-08-28", R"("reasoning":{"effort":"low"})") == "session.reasoning");
}

TEST_CASE("Each fault of a reply of SimRealtime has its documented effect") {
  const auto with = [](const std::string& fault) {
    return R"({"response_ms":100,"loop":true,"replies":[{"text":"an answer that goes on for a while","fault":)" + fault + "}]}";
  };
  const auto run = [](Talk& talk) {
    talk.send({{"type", "response.create"}});
    talk.run(60s);
  };
  SUBCASE("stall: SimRealtime sends a part of the answer without an end, and the session continues") {
    Talk talk(with(R"({"kind":"stall","after_bytes":5000})"));
    run(talk);
    CHECK(talk.octets() >= 5000);
    CHECK(talk.of("response.done").empty());
    talk.send({{"type", "response.cancel"}});
    CHECK(talk.of("response.done").size() == 1);
  }
  SUBCASE("stall before the first octet: SimRealtime sends no audio") {
    Talk talk(with(R"({"kind":"stall"})"));
    run(talk);
    CHECK(talk.octets() == 0);
    CHECK(talk.of("response.created").size() == 1);
  }
  SUBCASE("freeze: SimRealtime answers no event") {
    Talk talk(with(R"({"kind":"freeze","after_bytes":5000})"));
    run(talk);
    const auto before = talk.events.size();
    talk.send({{"type", "input_audio_buffer.clear"}});
    CHECK(talk.events.size() == before);
  }
  SUBCASE("drop and close: SimRealtime ends the connection") {
    Talk dropped(with(R"({"kind":"drop","after_bytes":5000})")), closed(with(R"({"kind":"close","status":1011,"after_bytes":5000})"));
    run(dropped);
    run(closed);
    REQUIRE(dropped.others.size() == 1);
    CHECK(dropped.others[0].what == SimOut::What::Drop);
    REQUIRE(closed.others.size() == 1);
    CHECK(closed.others[0].code == 1011);
    CHECK(closed.session->is_over());
  }
  SUBCASE("garbage and broken JSON: SimRealtime sends one invalid frame within a whole answer") {
    for (const char* kind : {"garbage", "broken_json"}) {
      Talk talk(with(std::string(R"({"kind":")") + kind + R"(","after_bytes":5000})"));
      run(talk);
      CHECK(talk.others.size() == 1);
      CHECK(talk.of("response.done").size() == 1);
    }
  }
  SUBCASE("latency: SimRealtime sends the whole answer late") {
    Talk talk(with(R"({"kind":"latency","delay_ms":5000})"));
    talk.send({{"type", "response.create"}});
    talk.run(5099ms);
    CHECK(talk.octets() == 0);
    talk.run(1ms);
    CHECK(talk.octets() > 0);
  }
  SUBCASE("error, failed, incomplete, empty: the response has this result") {
    Talk error(with(R"({"kind":"error","code":"c"})")), failed(with(R"({"kind":"failed","code":"c","after_bytes":5000})")),
        incomplete(with(R"({"kind":"incomplete"})")), empty(with(R"({"kind":"empty"})"));
    for (Talk* talk : {&error, &failed, &incomplete, &empty}) run(*talk);
    CHECK(error.of("error")[0]["error"]["code"] == "c");
    CHECK(error.of("response.created").empty());
    CHECK(failed.of("response.done")[0]["response"]["status_details"]["error"]["code"] == "c");
    CHECK(incomplete.of("response.done")[0]["response"]["status"] == "incomplete");
    CHECK(empty.of("response.done")[0]["response"]["output"].empty());
  }
}

TEST_CASE("Each fault of SimRealtime's endpoint takes effect within the received audio, or changes the words of a turn") {
  const auto heard = [](const std::string& fault) {
    auto talk = std::make_unique<Talk>(R"({"heard":["hello"],"transcript_ms":100,"endpoints":{"realtime":{"faults":[)" + fault + "]}}}", "/v1/realtime?intent=transcription");
    talk->append(480, 5000);  // 23,040 octets
    CHECK(talk->notes.back()["what"] != "fault");
    CHECK(talk->others.empty());
    talk->append(520, 5000);
    talk->append(600, 0);
    talk->run(1s);
    return talk;
  };
  const auto completed = [](const Talk& talk) { return talk.of("conversation.item.input_audio_transcription.completed"); };
  const auto with = [](const std::string& kind) { return R"({"kind":")" + kind + R"(","after_bytes":24000})"; };
  for (const char* kind : {"stall", "freeze", "drop", "close"}) {
    CAPTURE(kind);
    const auto talk = heard(with(kind));
    CHECK(talk->session->is_over());
    CHECK(completed(*talk).empty());
    CHECK(talk->others.size() == (std::string(kind) == "drop" || std::string(kind) == "close" ? 1 : 0));
    CHECK(talk->notes.back()["door"] == "realtime");
  }
  for (const char* kind : {"garbage", "broken_json", "error", "unknown_events"}) {
    CAPTURE(kind);
    const auto talk = heard(with(kind));
    CHECK(completed(*talk).size() == 1);
    CHECK(talk->others.size() + talk->of("error").size() + talk->of("input_audio_buffer.surprise").size() == 1);
  }
  CHECK(completed(*heard(R"({"kind":"empty"})"))[0]["transcript"] == "");
  const auto failed = heard(R"({"kind":"failed"})");
  CHECK(completed(*failed).empty());
  CHECK(failed->of("conversation.item.input_audio_transcription.failed").size() == 1);
  for (const char* kind : {"incomplete", "broken_base64", "no_done", "split", "no_tool_id"}) {
    CHECK(read_scenario(R"({"endpoints":{"realtime":{"faults":[)" + with(kind) + "]}}}").error.find(kind) != std::string::npos);
  }
}

TEST_CASE("SimRealtime ends at its maximum duration with an error and 1001. A transcription session gives no answers") {
  Talk talk(R"({"max_session_seconds":60})");
  talk.run(59999ms);
  CHECK(!talk.session->is_over());
  talk.run(1ms);
  CHECK(talk.session->is_over());
  CHECK(talk.of("error")[0]["error"]["code"] == "session_expired");
  REQUIRE(talk.others.size() == 1);
  CHECK(talk.others[0].code == 1001);

  Talk listens(R"({"heard":["hello"]})", "/v1/realtime?intent=transcription");
  CHECK(listens.events[0]["session"]["type"] == "transcription");
  listens.append(1000, 5000);
  listens.append(600, 0);
  listens.run(1s);
  CHECK(listens.of("conversation.item.input_audio_transcription.completed")[0]["transcript"] == "hello");
  CHECK(listens.of("response.created").empty());
  listens.send({{"type", "response.create"}});
  CHECK(listens.of("error").size() == 1);
}

TEST_CASE("If the scenario is continuous, SimRealtime sends one answer after another without a request") {
  Talk talk(R"({"replies":["one","two"],"continuous":true,"response_ms":20,"speed":1})");
  talk.send({{"type", "response.create"}});
  talk.run(10s);
  CHECK(talk.of("response.done").size() > 5);
}
