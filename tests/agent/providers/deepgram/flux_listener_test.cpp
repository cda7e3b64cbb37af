#include "flux_line.hpp"

#include <offhook/agent/providers/deepgram/flux_messages.hpp>
#include <offhook/agent/providers/deepgram/flux_protocol.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::deepgram;
using namespace offhook::test;
using namespace std::chrono_literals;
using nlohmann::json;

TEST_CASE_FIXTURE(FluxLine, "FluxListener opens a socket at the start of the call, and sets thresholds that keep the server from ending turns itself") {
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

TEST_CASE_FIXTURE(FluxLine, "FluxListener sends ForceEndTurn when Offhook's turn has ended and the server has decoded all its audio") {
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
  CHECK(sent() == "1320 ");  // The listener adds silence. Otherwise the server would never decode the end of the audio.
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

TEST_CASE_FIXTURE(FluxLine, "FluxListener sends no ForceEndTurn if the server has already ended its turn near the end of Offhook's turn") {
  listener->begin(1, "");
  speak(1000);
  info("StartOfTurn", 0, 250, "yes");
  info("EndOfTurn", 0, 1000 - FluxProtocol::kSettledMs, "Yes.", "model");
  CHECK(said() == "1:\"yes\"~ 1:\"Yes.\"~ ");
  listener->end();
  CHECK(said() == "1:\"Yes.\" ");
  CHECK(sent() == "960 ");
  CHECK(listener->counters().at_once == 1);
  // With one more millisecond after the server's end, the listener waits, because this audio may contain words.
  listener->begin(2, "");
  speak(1000);
  info("EndOfTurn", 1, 960 + 1000 - FluxProtocol::kSettledMs - 1, "No.", "model");
  said();
  listener->end();
  CHECK(said() == "");
  info("Update", 2, 1960, "");
  CHECK(said() == "2:\"No.\" ");
  CHECK(listener->counters().at_once == 1);
}

TEST_CASE_FIXTURE(FluxLine, "FluxListener joins several turns of the server within one turn of Offhook") {
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

TEST_CASE_FIXTURE(FluxLine, "If the server recognises no words in a turn, FluxListener gives a rejected transcript, and sends no ForceEndTurn") {
  hear(1);
  info("Update", 0, 1000, "");
  CHECK(said() == "1:? ");
  CHECK(sent() == "1320 ");
  hear(2, TurnUplink::kMinMs - 1);
  CHECK(said() == "2:? ");
}

TEST_CASE_FIXTURE(FluxLine, "FluxListener waits at most kDecodeWait for the last words, and then at most kAnswerWait for the end of the turn") {
  listener->begin(1, "");
  speak(1000);
  info("StartOfTurn", 0, 900, "yes");
  listener->end();
  advance(FluxProtocol::kDecodeWait - 1ms);
  CHECK(sent() == "1320 ");
  advance(1ms);
  CHECK(sent() == "1320 ForceEndTurn ");
  said();
  advance(FluxProtocol::kAnswerWait - 1ms);
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

TEST_CASE_FIXTURE(FluxLine, "FluxListener fails a turn if the server stops responding more than kNearlyAllMs before the end of the turn") {
  for (const std::size_t missing : {FluxProtocol::kNearlyAllMs, FluxProtocol::kNearlyAllMs + 1}) {
    start();
    listener->begin(1, "");
    speak(4000);
    info("StartOfTurn", 0, 4000 - missing, "I want to");
    listener->end();
    said();
    advance(FluxProtocol::kDecodeWait);
    advance(FluxProtocol::kAnswerWait);
    CHECK(said() == (missing == FluxProtocol::kNearlyAllMs ? "1:\"I want to\" " : "1:!timeout "));
    CHECK(socket().destroyed == (missing != FluxProtocol::kNearlyAllMs));
  }
  CHECK(why == "the recogniser flux-general-en did not send the transcript of the turn in time");
  hear(2);
  socket().handler.on_open();
  advance(FluxProtocol::kDecodeWait);
  advance(FluxProtocol::kAnswerWait);
  CHECK(said() == "2:!timeout ");
  CHECK(why == "the recogniser flux-general-en sent nothing about the turn in time");
}

TEST_CASE_FIXTURE(FluxLine, "FluxListener ends the turn if the server answers ForceEndTurn with a warning that it has no active turn") {
  listener->begin(1, "");
  speak(1000);
  info("StartOfTurn", 0, 900, "yes");
  listener->end();
  advance(FluxProtocol::kDecodeWait);
  CHECK(sent().ends_with("ForceEndTurn "));
  said();
  info("EndOfTurn", 0, 950, "Yes.", "model");  // The server sends this before it receives ForceEndTurn.
  CHECK(said() == "1:\"Yes.\"~ ");
  no_turn();
  CHECK(said() == "1:\"Yes.\" ");
  no_turn();
  CHECK(said() == "");
}

TEST_CASE_FIXTURE(FluxLine, "FluxListener ignores the server's messages about an abandoned turn") {
  listener->begin(1, "");
  speak(400);
  info("StartOfTurn", 0, 300, "noise");
  listener->abandon();
  CHECK(sent() == "400 ForceEndTurn ");
  listener->begin(2, "");
  speak(1000);
  info("Update", 0, 450, "noise");  // The server's old turn ends 50 ms after the start of the new turn.
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

TEST_CASE_FIXTURE(FluxLine, "FluxListener distinguishes the answer to an earlier ForceEndTurn from the answer to the current ForceEndTurn") {
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

TEST_CASE_FIXTURE(FluxLine, "FluxListener keeps its socket alive with silence between turns") {
  advance(FluxProtocol::kKeepAlive - 1ms);
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

TEST_CASE_FIXTURE(FluxLine, "If a socket breaks, FluxListener sends the audio after the last finished turn of the server again on a new socket") {
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
  advance(400ms);  // The listener sends old audio at 5/4 of real time. It may send 500 ms now, and 480 ms of them fill whole frames.
  CHECK(sent() == "560 ");
  listener->end();
  advance(1s);
  CHECK(sent() == "960 ");  // 640 ms of unfinished audio, and 320 ms of silence.
  info("Update", 0, 640, "Two");
  CHECK(sent() == "960 ForceEndTurn ");
  info("EndOfTurn", 0, 700, "Two.", "manual");
  CHECK(said() == "1:\"One. Two\"~ 1:\"One. Two.\" ");
  CHECK(listener->counters().reconnects == 1);
  const auto retries = listener->take_retries();
  REQUIRE(retries.size() == 1);
  CHECK(retries[0].then == kConnectsAgain);
}

TEST_CASE_FIXTURE(FluxLine, "If a socket breaks after ForceEndTurn, FluxListener sends the turn again on a second socket. If this breaks too, the turn fails") {
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

TEST_CASE_FIXTURE(FluxLine, "FluxListener fails a turn if the socket breaks and it would have to send more than kMaxResendMs of audio again") {
  for (const std::size_t more : {0U, 80U}) {
    start();
    listener->begin(1, "");
    speak(FluxProtocol::kMaxResendMs + more);
    const std::size_t before = sockets.all.size();
    break_off();
    CHECK(said() == (more == 0 ? "" : "1:!network "));
    CHECK(sockets.all.size() == before + (more == 0 ? 1 : 0));
  }
}

TEST_CASE_FIXTURE(FluxLine, "FluxListener reports the code of a server's error, and never its text") {
  hear(1);
  say({{"type", "Error"}, {"sequence_id", 1}, {"code", "UNPARSABLE_CLIENT_MESSAGE"}, {"description", "dg-canary"}});
  CHECK(said() == "1:!protocol ");
  CHECK(why == "the recogniser flux-general-en gave up (UNPARSABLE_CLIENT_MESSAGE): it refuses the request");
  CHECK(socket().destroyed);
  hear(2);
  socket().handler.on_open();
  say({{"type", "Error"}, {"sequence_id", 1}, {"code", "INTERNAL_SERVER_ERROR"}, {"description", "x"}});
  CHECK(said() == "");
  CHECK(sockets.all.size() == 3);  // The fault may be temporary, so the listener opens another socket.
  socket().handler.on_open();
  say({{"type", "Error"}, {"code", "two words"}});
  CHECK(said() == "2:!protocol ");
  CHECK(why == "the recogniser flux-general-en gave up: it refuses the request");
}

TEST_CASE_FIXTURE(FluxLine, "If its socket never opens, FluxListener fails the turn, and the reason has the server's error code") {
  break_off();
  hear(1);
  const auto held = sockets.all.back();
  held->handler.on_closed({std::nullopt, 400, "", 1006, "", {{"dg-error", "INVALID_QUERY_PARAMETER"}}});
  CHECK(said() == "1:!protocol ");
  CHECK(why.find("INVALID_QUERY_PARAMETER") != std::string::npos);
  CHECK(sockets.all.size() == 2);
}

TEST_CASE_FIXTURE(FluxLine, "FluxListener ignores and counts garbage and unknown messages") {
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

TEST_CASE_FIXTURE(FluxLine, "FluxListener bounds the audio and the text of a turn, and counts the excess") {
  listener->begin(1, "");
  for (std::size_t ms = 0; ms < TurnUplink::kMaxTurnMs; ms += 80) speak(80);
  CHECK(listener->counters().unheard_octets == 0);
  listener->feed(std::vector<std::int16_t>(1, 5));
  CHECK(listener->counters().unheard_octets == 1);
  const std::string half(TranscriptionTraits{}.max_text / 2, 'a');
  info("EndOfTurn", 0, 1000, half, "model");
  info("EndOfTurn", 1, 2000, half.substr(1), "model");
  CHECK(listener->counters().text_left_out == 0);
  info("EndOfTurn", 2, 3000, "b", "model");
  CHECK(listener->counters().text_left_out == 1);
}

TEST_CASE_FIXTURE(FluxLine, "At the end of the call, FluxListener sends CloseStream if its socket is open") {
  listener.reset();
  CHECK(sent() == "CloseStream ");
  CHECK(socket().destroyed);
  start();
  break_off();
  listener.reset();
  CHECK(sent() == "");
}
