#include "fake_sockets.hpp"

#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/providers/deepgram/flux_end.hpp>
#include <offhook/agent/providers/deepgram/flux_listener.hpp>
#include <offhook/agent/providers/deepgram/flux_words.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::deepgram;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

/// Audio is counted in ms of the socket.
struct FluxLine {
  FluxLine() {
    options.server.base_url = "https://ears.example";
    options.server.key = config::Secret("dg-canary");
    options.model = "flux-general-en";
    start();
  }
  void start() {
    listener.emplace(options, sockets, [this] { ++wakes; });
    listener->tick(now);
    listener->open({});
    socket().handler.on_open();
  }
  test::FakeSockets::Socket& socket() { return sockets.last(); }
  void advance(base::Duration by) { listener->tick(now += by); }
  void speak(std::size_t ms) { listener->feed(std::vector<std::int16_t>(ms * 8, 5)); }
  void hear(std::uint32_t turn, std::size_t ms = 1000) {
    listener->begin(turn, "");
    speak(ms);
    listener->end();
  }
  void info(const std::string& event, std::uint64_t index, std::size_t to_ms, const std::string& text, const std::string& trigger = "") {
    json frame = {{"type", "TurnInfo"}, {"request_id", "r"}, {"sequence_id", 7}, {"event", event}, {"turn_index", index}, {"audio_window_start", 0.0},
                  {"audio_window_end", static_cast<double>(to_ms) / 1000}, {"transcript", text}, {"end_of_turn_confidence", 0.3},
                  {"words", {{{"word", "a"}, {"confidence", 0.8}}, {{"word", "b"}, {"confidence", 0.6}}}}};
    if (!trigger.empty()) frame["trigger"] = trigger;
    say(frame);
  }
  void say(const json& frame) { socket().handler.on_text(frame.dump()); }
  void no_turn() { say({{"type", "Warning"}, {"code", "FORCE_END_TURN_NO_ACTIVE_TURN"}, {"description", "x"}}); }
  void break_off(int code = 1006) {
    const auto held = sockets.all.back();
    held->handler.on_closed({code == 1006 ? std::optional(net::NetError{net::NetError::What::Closed, "it broke"}) : std::nullopt, 0, "", code, ""});
  }
  /// What was sent on the present socket: audio in ms added up, texts by their types.
  std::string sent() {
    std::string line;
    std::size_t octets = 0;
    const auto settle = [&] {
      if (octets != 0) line += std::to_string(octets / 8) + " ";
      octets = 0;
    };
    for (const auto& each : socket().sent) {
      if (each.binary) {
        octets += each.bytes.size();
        continue;
      }
      settle();
      line += json::parse(each.bytes)["type"].get<std::string>() + " ";
    }
    settle();
    return line;
  }
  std::string said() {
    std::string line;
    while (const auto event = listener->poll()) {
      if (const auto* transcript = std::get_if<Transcript>(&*event)) {
        line += std::to_string(transcript->turn) + ":" + (transcript->rejected ? "?" : "\"" + transcript->text + "\"");
        line += transcript->final ? " " : "~ ";
        confidence = transcript->confidence;
      } else {
        const auto& failed = std::get<ListenFailed>(*event);
        line += std::to_string(failed.turn) + ":!" + std::string(to_string(failed.kind)) + " ";
        why = failed.why;
      }
    }
    return line;
  }

  test::FakeSockets sockets;
  FluxOptions options;
  int wakes = 0;
  double confidence = 0;
  std::string why;
  base::TimePoint now{};
  std::optional<FluxListener> listener;
};

}  // namespace

TEST_CASE_FIXTURE(FluxLine, "FluxListener opens a socket when the call begins, on which the server ends no turn by itself") {
  REQUIRE(sockets.all.size() == 1);
  CHECK(socket().request.url == "wss://ears.example/v2/listen?model=flux-general-en&encoding=mulaw&sample_rate=8000&eot_threshold=1.00&eot_timeout_ms=60000");
  CHECK(socket().request.headers == net::Headers{{"authorization", "Token dg-canary"}});
  CHECK(sent() == "");
  options.model = "flux-general-multi";
  options.hints = {"de", "en"};
  start();
  CHECK(socket().request.url.find("model=flux-general-multi&encoding=mulaw&sample_rate=8000&language_hint=de&language_hint=en&eot") != std::string::npos);
  options.model = "flux-x";
  options.hints.clear();
  options.sound = {Sound::Encoding::Linear16, 16000};
  options.mip_opt_out = true;
  options.tag = "a&b";
  options.keyterms = std::vector<std::string>(FluxOptions::kMaxKeyterms + 1, "k");
  start();
  const std::string url = socket().request.url;
  CHECK(url.find("?model=flux-x&encoding=linear16&sample_rate=16000&eot_threshold=1.00&eot_timeout_ms=60000&mip_opt_out=true&tag=a%26b&keyterm=k") != std::string::npos);
  std::size_t keyterms = 0;
  for (std::size_t at = url.find("keyterm=k"); at != std::string::npos; at = url.find("keyterm=k", at + 1)) ++keyterms;
  CHECK(keyterms == FluxOptions::kMaxKeyterms);
  CHECK(listener->rate_hz() == 16000);
}

TEST_CASE_FIXTURE(FluxLine, "FluxListener ends the server's turn when ours is over and its last words are decoded") {
  listener->begin(3, "");
  speak(79);
  CHECK(sent() == "");
  speak(921);
  CHECK(sent() == "960 ");
  info("Update", 0, 240, "");
  info("StartOfTurn", 0, 480, "good");
  info("Update", 0, 720, "good day");
  CHECK(said() == "3:\"good\"~ 3:\"good day\"~ ");
  listener->end();
  CHECK(sent() == "1320 ");  // With silence behind it, or its end would never be told of.
  info("Update", 0, 980, "good day to");
  CHECK(sent() == "1320 ");
  info("Update", 0, 1200, "good day to you");
  CHECK(sent() == "1320 ForceEndTurn ");
  CHECK(said() == "3:\"good day to\"~ 3:\"good day to you\"~ ");
  info("EndOfTurn", 0, 1240, "Good day to you.", "manual");
  CHECK(said() == "3:\"Good day to you.\" ");
  CHECK(confidence == doctest::Approx(0.7));
  CHECK(wakes > 0);
  CHECK(sent() == "1320 ForceEndTurn ");
}

TEST_CASE_FIXTURE(FluxLine, "FluxListener waits for nothing when the server has ended its turn where ours ends") {
  listener->begin(1, "");
  speak(1000);
  info("StartOfTurn", 0, 250, "yes");
  info("EndOfTurn", 0, 1000 - FluxTranscription::kSettledMs, "Yes.", "model");
  CHECK(said() == "1:\"yes\"~ 1:\"Yes.\"~ ");
  listener->end();
  CHECK(said() == "1:\"Yes.\" ");
  CHECK(sent() == "960 ");
  CHECK(listener->counters().at_once == 1);
  // A millisecond more, and there may be words in it.
  listener->begin(2, "");
  speak(1000);
  info("EndOfTurn", 1, 960 + 1000 - FluxTranscription::kSettledMs - 1, "No.", "model");
  said();
  listener->end();
  CHECK(said() == "");
  info("Update", 2, 1960, "");
  CHECK(said() == "2:\"No.\" ");
  CHECK(listener->counters().at_once == 1);
}

TEST_CASE_FIXTURE(FluxLine, "FluxListener puts the turns together that the server makes of one of ours") {
  listener->begin(1, "");
  speak(2000);
  info("EndOfTurn", 0, 700, "I want", "model");
  info("StartOfTurn", 1, 1200, "a");
  info("EagerEndOfTurn", 1, 1300, "a table");
  info("TurnResumed", 1, 1400, "a table for");
  listener->end();
  CHECK(said() == "1:\"I want\"~ 1:\"I want a\"~ 1:\"I want a table\"~ 1:\"I want a table for\"~ ");
  info("Update", 1, 2100, "a table for two");
  info("EndOfTurn", 1, 2200, "a table for two.", "manual");
  CHECK(said() == "1:\"I want a table for two\"~ 1:\"I want a table for two.\" ");
}

TEST_CASE_FIXTURE(FluxLine, "FluxListener takes a turn in which the server hears no words for silence, without asking for its end") {
  hear(1);
  info("Update", 0, 1000, "");
  CHECK(said() == "1:? ");
  CHECK(sent() == "1320 ");
  hear(2, TurnUplink::kMinMs - 1);
  CHECK(said() == "2:? ");
}

TEST_CASE_FIXTURE(FluxLine, "FluxListener waits for the words at the end for a time, and for the end of the turn for another") {
  listener->begin(1, "");
  speak(1000);
  info("StartOfTurn", 0, 900, "yes");
  listener->end();
  advance(FluxTranscription::kDecodeWait - 1ms);
  CHECK(sent() == "1320 ");
  advance(1ms);
  CHECK(sent() == "1320 ForceEndTurn ");
  said();
  advance(FluxTranscription::kAnswerWait - 1ms);
  CHECK(said() == "");
  advance(1ms);
  CHECK(said() == "1:\"yes\" ");
  CHECK(listener->counters().unanswered == 1);
  info("EndOfTurn", 0, 1240, "late", "manual");
  CHECK(said() == "");
  hear(2);
  info("Update", 1, 2320, "no");
  info("EndOfTurn", 1, 2400, "No.", "manual");
  CHECK(said() == "2:\"no\"~ 2:\"No.\" ");
  CHECK(sockets.all.size() == 1);
}

TEST_CASE_FIXTURE(FluxLine, "FluxListener does not take the beginning of a turn for all of it when the server falls silent") {
  for (const std::size_t missing : {FluxTranscription::kNearlyAllMs, FluxTranscription::kNearlyAllMs + 1}) {
    start();
    listener->begin(1, "");
    speak(4000);
    info("StartOfTurn", 0, 4000 - missing, "I want to");
    listener->end();
    said();
    advance(FluxTranscription::kDecodeWait);
    advance(FluxTranscription::kAnswerWait);
    CHECK(said() == (missing == FluxTranscription::kNearlyAllMs ? "1:\"I want to\" " : "1:!timeout "));
    CHECK(socket().destroyed == (missing != FluxTranscription::kNearlyAllMs));
  }
  CHECK(why == "the recogniser flux-general-en did not say in time what it heard of the turn");
  hear(2);
  socket().handler.on_open();
  advance(FluxTranscription::kDecodeWait);
  advance(FluxTranscription::kAnswerWait);
  CHECK(said() == "2:!timeout ");
  CHECK(why == "the recogniser flux-general-en said nothing of the turn in time");
}

TEST_CASE_FIXTURE(FluxLine, "FluxListener takes it from the server that there is no turn to be ended") {
  listener->begin(1, "");
  speak(1000);
  info("StartOfTurn", 0, 900, "yes");
  listener->end();
  advance(FluxTranscription::kDecodeWait);
  CHECK(sent().ends_with("ForceEndTurn "));
  said();
  info("EndOfTurn", 0, 950, "Yes.", "model");  // On its way as ours was.
  CHECK(said() == "1:\"Yes.\"~ ");
  no_turn();
  CHECK(said() == "1:\"Yes.\" ");
  no_turn();
  CHECK(said() == "");
}

TEST_CASE_FIXTURE(FluxLine, "FluxListener forgets a turn that was noise, and the server's turn with it") {
  listener->begin(1, "");
  speak(400);
  info("StartOfTurn", 0, 300, "noise");
  listener->abandon();
  CHECK(sent() == "400 ForceEndTurn ");
  listener->begin(2, "");
  speak(1000);
  info("Update", 0, 450, "noise");  // Decoded beyond the place where the turn began.
  CHECK(said() == "");
  info("EndOfTurn", 0, 450, "noise", "manual");
  CHECK(said() == "");
  CHECK(listener->counters().late == 2);
  listener->end();
  info("Update", 1, 1500, "yes");
  CHECK(said() == "2:\"yes\"~ ");
  info("EndOfTurn", 1, 1600, "Yes.", "manual");
  CHECK(said() == "2:\"Yes.\" ");
}

TEST_CASE_FIXTURE(FluxLine, "FluxListener does not take the answer to an earlier end for that to its own") {
  listener->begin(1, "");
  speak(400);
  listener->abandon();
  hear(2);
  info("StartOfTurn", 0, 1400, "yes");
  CHECK(sent().ends_with("ForceEndTurn "));
  said();
  no_turn();
  CHECK(said() == "");
  info("EndOfTurn", 0, 1500, "Yes.", "manual");
  CHECK(said() == "2:\"Yes.\" ");
}

TEST_CASE_FIXTURE(FluxLine, "FluxListener keeps its socket with silence while nobody speaks") {
  advance(FluxTranscription::kKeepAlive - 1ms);
  CHECK(sent() == "");
  advance(1ms);
  CHECK(sent() == "80 ");
  listener->begin(1, "");
  speak(800);
  info("Update", 0, 80, "late");
  CHECK(said() == "");
  info("Update", 0, 800, "yes");
  CHECK(said() == "1:\"yes\"~ ");
}

TEST_CASE_FIXTURE(FluxLine, "FluxListener gives a new socket what is of no turn yet, when one breaks") {
  listener->begin(1, "");
  speak(1040);
  info("EndOfTurn", 0, 400, "One.", "model");
  info("StartOfTurn", 1, 900, "two");
  said();
  break_off();
  REQUIRE(sockets.all.size() == 2);
  CHECK(sockets.all[0]->destroyed);
  socket().handler.on_open();
  CHECK(sent() == "80 ");
  advance(400ms);  // Five quarters of it.
  CHECK(sent() == "560 ");
  listener->end();
  advance(1s);
  CHECK(sent() == "960 ");  // 640 ms that had no answer, and the silence behind them.
  info("Update", 0, 640, "Two");
  CHECK(sent() == "960 ForceEndTurn ");
  info("EndOfTurn", 0, 700, "Two.", "manual");
  CHECK(said() == "1:\"One. Two\"~ 1:\"One. Two.\" ");
  CHECK(listener->counters().reconnects == 1);
  const auto retries = listener->take_retries();
  REQUIRE(retries.size() == 1);
  CHECK(retries[0].then == kConnectsAgain);
}

TEST_CASE_FIXTURE(FluxLine, "FluxListener begins anew when a socket breaks while it waits for the end, and opens no third") {
  hear(1);
  info("StartOfTurn", 0, 1000, "yes");
  CHECK(sent().ends_with("ForceEndTurn "));
  break_off();
  socket().handler.on_open();
  advance(2s);
  CHECK(sent() == "1320 ");
  info("StartOfTurn", 0, 1000, "yes");
  CHECK(sent().ends_with("ForceEndTurn "));
  said();
  break_off();
  CHECK(said() == "1:!network ");
  CHECK(sockets.all.size() == 2);
}

TEST_CASE_FIXTURE(FluxLine, "FluxListener repeats no more audio than its bound") {
  for (const std::size_t more : {0U, 80U}) {
    start();
    listener->begin(1, "");
    speak(TurnUplink::kMaxResendMs + more);
    const std::size_t before = sockets.all.size();
    break_off();
    CHECK(said() == (more == 0 ? "" : "1:!network "));
    CHECK(sockets.all.size() == before + (more == 0 ? 1 : 0));
  }
}

TEST_CASE_FIXTURE(FluxLine, "FluxListener names the error of a server that gives up, and never its sentence") {
  hear(1);
  say({{"type", "Error"}, {"sequence_id", 1}, {"code", "UNPARSABLE_CLIENT_MESSAGE"}, {"description", "dg-canary"}});
  CHECK(said() == "1:!protocol ");
  CHECK(why == "the recogniser flux-general-en gave up (UNPARSABLE_CLIENT_MESSAGE): it refuses what it was sent");
  CHECK(socket().destroyed);
  hear(2);
  socket().handler.on_open();
  say({{"type", "Error"}, {"sequence_id", 1}, {"code", "INTERNAL_SERVER_ERROR"}, {"description", "x"}});
  CHECK(said() == "");
  CHECK(sockets.all.size() == 3);  // That may be over soon: once more.
  socket().handler.on_open();
  say({{"type", "Error"}, {"code", "two words"}});
  CHECK(said() == "2:!protocol ");
  CHECK(why == "the recogniser flux-general-en gave up: it refuses what it was sent");
}

TEST_CASE_FIXTURE(FluxLine, "FluxListener fails when its socket never opened, and says why") {
  break_off();
  hear(1);
  const auto held = sockets.all.back();
  held->handler.on_closed({std::nullopt, 400, "", 1006, "", {{"dg-error", "INVALID_QUERY_PARAMETER"}}});
  CHECK(said() == "1:!protocol ");
  CHECK(why.find("INVALID_QUERY_PARAMETER") != std::string::npos);
  CHECK(sockets.all.size() == 2);
}

TEST_CASE_FIXTURE(FluxLine, "FluxListener passes garbage and the unknown over, and counts it") {
  hear(1);
  const json good = {{"type", "TurnInfo"}, {"event", "Update"}, {"turn_index", 0}, {"audio_window_end", 1.0}, {"transcript", "x"}};
  const auto with = [&](const std::string& name, const json& value) {
    json frame = good;
    if (value.is_null()) frame.erase(name);
    else frame[name] = value;
    return frame.dump();
  };
  const std::string bad[] = {"garbage", "[]", "", with("event", "Surprise"), with("event", nullptr), with("turn_index", -1), with("turn_index", nullptr),
                             with("audio_window_end", -0.1), with("audio_window_end", 1000001), with("transcript", nullptr),
                             with("transcript", std::string(FluxReader::kMaxTranscript + 1, 'a'))};
  for (const std::string& frame : bad) socket().handler.on_text(frame);
  CHECK(listener->counters().garbage == std::size(bad));
  for (const char* frame : {R"({"type":"Connected","request_id":"r","sequence_id":0})", R"({"type":"ConfigureSuccess"})", R"({"type":"Warning","code":"X"})", "{}"}) {
    socket().handler.on_text(frame);
  }
  CHECK(listener->counters().garbage == std::size(bad));
  CHECK(said() == "");
  socket().handler.on_text(with("transcript", std::string(FluxReader::kMaxTranscript, 'a')));
  CHECK(said().size() > FluxReader::kMaxTranscript);
}

TEST_CASE_FIXTURE(FluxLine, "FluxListener bounds a turn and its text: what is beyond is left out, and counted") {
  listener->begin(1, "");
  for (std::size_t ms = 0; ms < TurnUplink::kMaxTurnMs; ms += 80) speak(80);
  CHECK(listener->counters().unheard_octets == 0);
  listener->feed(std::vector<std::int16_t>(1, 5));
  CHECK(listener->counters().unheard_octets == 1);
  const std::string half(FluxTranscription::kMaxText / 2, 'a');
  info("EndOfTurn", 0, 1000, half, "model");
  info("EndOfTurn", 1, 2000, half.substr(1), "model");
  CHECK(listener->counters().text_left_out == 0);
  info("EndOfTurn", 2, 3000, "b", "model");
  CHECK(listener->counters().text_left_out == 1);
}

TEST_CASE_FIXTURE(FluxLine, "FluxListener ends the stream when the call is over, on a socket that is there") {
  listener.reset();
  CHECK(sent() == "CloseStream ");
  CHECK(socket().destroyed);
  start();
  break_off();
  listener.reset();
  CHECK(sent() == "");
}

// --- turns that Flux ends ----------------------------------------------------------------------------------------------------

namespace {

struct OwnEndLine : FluxLine {
  OwnEndLine() {
    options.own_end.emplace();
    start();
  }
};

}  // namespace

TEST_CASE_FIXTURE(OwnEndLine, "FluxListener asks Flux to end turns within the bounds of the service") {
  const auto asked = [this] {
    start();
    const std::string& url = socket().request.url;
    return url.substr(url.find("eot_threshold"));
  };
  CHECK(asked() == "eot_threshold=0.70&eot_timeout_ms=2500");
  options.own_end = FluxEnd{0.9, 0.3, 60'000ms};
  CHECK(asked() == "eot_threshold=0.90&eager_eot_threshold=0.30&eot_timeout_ms=60000");
  options.own_end = FluxEnd{0.91, 0.29, 60'001ms};
  CHECK(asked() == "eot_threshold=0.90&eager_eot_threshold=0.30&eot_timeout_ms=60000");
  options.own_end = FluxEnd{0.5, 0.5, 500ms};
  CHECK(asked() == "eot_threshold=0.50&eager_eot_threshold=0.50&eot_timeout_ms=500");
  options.own_end = FluxEnd{0.49, 0.51, 499ms};
  CHECK(asked() == "eot_threshold=0.50&eager_eot_threshold=0.50&eot_timeout_ms=500");
}

TEST_CASE_FIXTURE(OwnEndLine, "FluxListener ends a turn when Flux does, though Offhook still hears a voice") {
  listener->begin(1, "");
  speak(1000);
  info("StartOfTurn", 0, 480, "yes");
  info("EndOfTurn", 0, 900, "Yes.", "model");
  CHECK(said() == "1:\"yes\"~ 1:\"Yes.\" ");
  CHECK(listener->counters().ended_there == 1);
  speak(200);  // Noise.
  listener->end();
  CHECK(said() == "");
  CHECK(sent() == "960 ");
  // The next turn is one of its own.
  listener->begin(2, "");
  speak(800);
  info("Update", 1, 1000, "");
  info("EndOfTurn", 1, 1500, "", "model");
  CHECK(said() == "");
  info("EndOfTurn", 2, 1700, "No.", "timeout");
  CHECK(said() == "2:\"No.\" ");
}

TEST_CASE_FIXTURE(OwnEndLine, "FluxListener does not end a turn before Flux does, and the caller may go on with it") {
  listener->begin(1, "");
  speak(1000);
  info("StartOfTurn", 0, 900, "I want a");
  listener->end();
  CHECK(sent() == "1000 ");  // No order to end it, and no silence that was not there.
  advance(79ms);
  CHECK(sent() == "1000 ");
  advance(1ms);
  CHECK(sent() == "1080 ");
  info("Update", 0, 1080, "I want a");
  CHECK(said() == "1:\"I want a\"~ ");
  advance(720ms);
  CHECK(sent() == "1800 ");
  listener->begin(2, "");
  speak(400);
  CHECK(sent() == "2200 ");
  info("Update", 0, 2100, "I want a table");
  listener->end();
  info("EndOfTurn", 0, 2200, "I want a table.", "model");
  CHECK(said() == "2:\"I want a table\"~ 2:\"I want a table.\" ");
  CHECK(sent() == "2200 ");
}

TEST_CASE_FIXTURE(OwnEndLine, "FluxListener ends a turn itself when Flux does not end it in its own time") {
  listener->begin(1, "");
  speak(960);
  info("StartOfTurn", 0, 900, "yes");
  listener->end();
  said();
  advance(2500ms + kOwnEndWait - 1ms);
  CHECK(sent().find("ForceEndTurn") == std::string::npos);
  advance(1ms);
  CHECK(sent().ends_with("ForceEndTurn "));
  SUBCASE("and it is over") {
    info("EndOfTurn", 0, 3000, "Yes.", "manual");
    CHECK(said() == "1:\"Yes.\" ");
  }
  SUBCASE("and the caller goes on") {
    listener->begin(2, "");
    speak(800);
    info("EndOfTurn", 0, 3000, "Yes", "manual");
    CHECK(said() == "2:\"Yes\"~ ");
    info("EndOfTurn", 1, 4500, "please.", "model");
    CHECK(said() == "2:\"Yes please.\" ");
  }
  SUBCASE("and nothing comes") {
    advance(FluxTranscription::kAnswerWait);
    CHECK(said() == "1:\"yes\" ");
  }
}

TEST_CASE_FIXTURE(OwnEndLine, "FluxListener takes a turn without words for silence, though Flux ends none") {
  listener->begin(1, "");
  speak(400);
  listener->end();
  info("Update", 0, 400, "");
  CHECK(said() == "1:? ");
  CHECK(sent() == "400 ");
}

TEST_CASE_FIXTURE(OwnEndLine, "FluxListener waits for the words behind an end that Flux found in the midst of a turn") {
  for (const std::size_t left : {FluxTranscription::kSettledMs, FluxTranscription::kSettledMs + 1}) {
    start();
    listener->begin(1, "");
    speak(2000);
    listener->end();
    info("EndOfTurn", 0, 2000 - left, "One", "model");
    if (left == FluxTranscription::kSettledMs) {
      CHECK(said() == "1:\"One\" ");
      continue;
    }
    info("StartOfTurn", 1, 1900, "two");
    CHECK(said() == "1:\"One\"~ 1:\"One two\"~ ");
    info("EndOfTurn", 1, 2000, "two.", "model");
    CHECK(said() == "1:\"One two.\" ");
  }
}

TEST_CASE_FIXTURE(OwnEndLine, "FluxListener ends a turn at an eager end, and tells what the caller adds to it once") {
  options.own_end->eager_threshold = 0.4;
  start();
  listener->begin(1, "");
  speak(960);
  info("EagerEndOfTurn", 0, 900, "I want a table");
  CHECK(said() == "1:\"I want a table\" ");
  SUBCASE("that was the end") {
    info("EndOfTurn", 0, 960, "I want a table.", "model");
    listener->begin(2, "");
    speak(960);
    info("EndOfTurn", 1, 1900, "For two.", "model");
    CHECK(said() == "2:\"For two.\" ");
  }
  SUBCASE("the caller goes on") {
    listener->begin(2, "");
    speak(960);
    info("TurnResumed", 0, 1500, "I want a table for");
    info("EndOfTurn", 0, 1900, "I want a table, for two.", "model");
    CHECK(said() == "2:\"for\"~ 2:\"for two.\" ");
  }
  SUBCASE("the caller goes on in a language without blanks") {
    listener->begin(2, "");
    speak(960);
    info("TurnResumed", 0, 1500, "I want a tableabcd");
    CHECK(said() == "");
    info("TurnResumed", 0, 1500, "I want a tableabcde");
    CHECK(said() == "2:\"abcde\"~ ");
  }
  SUBCASE("the end comes when the caller has begun anew") {
    listener->begin(2, "");
    speak(960);
    info("EndOfTurn", 0, 1000, "I want a table.", "model");
    CHECK(said() == "");
    info("EndOfTurn", 1, 1900, "Yes.", "model");
    CHECK(said() == "2:\"Yes.\" ");
  }
}

TEST_CASE_FIXTURE(OwnEndLine, "FluxListener lets Flux end a turn on another socket, when one breaks") {
  listener->begin(1, "");
  speak(1040);
  info("StartOfTurn", 0, 900, "two");
  listener->end();
  advance(160ms);
  CHECK(sent() == "1200 ");
  break_off();
  socket().handler.on_open();
  advance(1s);
  said();
  info("EndOfTurn", 0, 1200, "Two.", "model");
  CHECK(said() == "1:\"Two.\" ");
  CHECK(sent().find("ForceEndTurn") == std::string::npos);
}

TEST_CASE("Words of a text are counted and cut off by the blanks between them") {
  CHECK(count_words("") == 0);
  CHECK(count_words("  ") == 0);
  CHECK(count_words(" one  two ") == 2);
  CHECK(after_words("one two", 0) == "one two");
  CHECK(after_words(" one  two", 1) == "two");
  CHECK(after_words("one two", 2) == "");
  CHECK(after_words("", 1) == "");
}
