#include "live_line.hpp"

#include <offhook/agent/providers/deepgram/live_results.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::deepgram;
using namespace offhook::test;
using namespace std::chrono_literals;

TEST_CASE_FIXTURE(LiveLine, "LiveListener opens a socket at the start of the call, with its options in the URL") {
  REQUIRE(sockets.all.size() == 1);
  CHECK(socket().request.url ==
        "wss://ears.example/v1/listen?model=nova-3&language=de-AT&punctuate=true&keyterm=Off%20hook&encoding=mulaw&sample_rate=8000"
        "&channels=1&interim_results=true&endpointing=300");
  CHECK(socket().request.headers == net::Headers{{"authorization", "Token dg-canary"}});
  CHECK(socket().request.max_message == kMaxFrame);
  CHECK(sent() == "20 ");
  CHECK(static_cast<unsigned char>(socket().sent[0].bytes[0]) == 0xFF);
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener puts the configured options into the URL") {
  options.server.auth = Server::Auth::Bearer;
  options.sound = {Sound::Encoding::Linear16, 16000};
  options.language = "multi";
  options.keyterms = std::vector<std::string>(ListenOptions::kMaxKeyterms + 1, "k");
  options.punctuate = false;
  options.mip_opt_out = options.numerals = options.smart_format = true;
  options.tag = "a&b";
  start();
  const std::string url = socket().request.url;
  CHECK(url.starts_with("wss://ears.example/v1/listen?model=nova-3&language=multi&smart_format=true&numerals=true&mip_opt_out=true&tag=a%26b&"));
  CHECK(url.ends_with("&encoding=linear16&sample_rate=16000&channels=1&interim_results=true&endpointing=100"));
  std::size_t keyterms = 0;
  for (std::size_t at = url.find("keyterm=k"); at != std::string::npos; at = url.find("keyterm=k", at + 1)) ++keyterms;
  CHECK(keyterms == ListenOptions::kMaxKeyterms);
  CHECK(socket().request.headers[0].second == "Bearer dg-canary");
  CHECK(listener->rate_hz() == 16000);
  listener->begin(1, "");
  listener->feed(std::vector<std::int16_t>(960, 0x0102));
  CHECK(socket().sent.back().bytes.substr(0, 2) == "\x02\x01");
  CHECK(socket().sent.back().bytes.size() == 1920);
  options.endpointing_ms = 0;
  start();
  CHECK(socket().request.url.ends_with("&endpointing=false"));
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener sends audio while the caller speaks, and gives the texts that the server sends") {
  listener->begin(3, "");
  speak(59);
  CHECK(sent() == "20 ");
  speak(1);
  CHECK(sent() == "80 ");
  speak(70);
  CHECK(sent() == "140 ");
  result(kAt, kAt + 110, "good");
  listener->end();
  CHECK(sent() == "150 Finalize ");
  final_result(kAt, kAt + 110, "Good day.");
  answer(kAt + 110, kAt + 130, "");
  CHECK(said() == "3:\"good\"~ 3:\"Good day.\"~ 3:\"Good day.\" ");
  CHECK(confidence == doctest::Approx(0.9));
  CHECK(wakes > 0);
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener joins the texts of windows. A later text of a window replaces an interim text, and a final text stays") {
  hear(1);
  result(kAt, kAt + 300, "I want");
  result(kAt, kAt + 400, "I want a");
  final_result(kAt, kAt + 500, "I want a");
  result(kAt + 500, kAt + 700, "table");
  result(kAt + 500, kAt + 700, "table");
  final_result(kAt + 500, kAt + 700, "");
  answer(kAt + 700, kAt + 1000, "pizza.");
  CHECK(said() == "1:\"I want\"~ 1:\"I want a\"~ 1:\"I want a table\"~ 1:\"I want a\"~ 1:\"I want a pizza.\" ");
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener ends a turn when all its audio has final results, even without an answer to Finalize") {
  hear(1);
  final_result(kAt, kAt + 989, "Not all.");
  CHECK(said() == "1:\"Not all.\"~ ");
  final_result(kAt + 989, kAt + 991, "");
  CHECK(said() == "1:\"Not all.\" ");
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener gives a rejected transcript for a turn that is too short or has a blank text") {
  hear(1, TurnUplink::kMinMs - 1);
  CHECK(said() == "1:? ");
  hear(2, TurnUplink::kMinMs);
  answer(kAt + 60, kAt + 160, " ");
  CHECK(said() == "2:? ");
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener bounds the audio of a turn, and counts the excess") {
  listener->begin(1, "");
  for (std::size_t ms = 0; ms < TurnUplink::kMaxTurnMs; ms += 10) speak(10);
  CHECK(listener->counters().unheard_octets == 0);
  listener->feed(std::vector<std::int16_t>(1, 5));
  CHECK(listener->counters().unheard_octets == 1);
  CHECK(sent() == std::to_string(TurnUplink::kMaxTurnMs + kAt) + " ");
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener bounds the text of a turn, and counts the excess") {
  hear(1);
  const std::string half(TranscriptionTraits{}.max_text / 2, 'a');
  final_result(kAt, kAt + 200, half);
  final_result(kAt + 200, kAt + 300, half.substr(1));
  CHECK(listener->counters().text_left_out == 0);
  final_result(kAt + 300, kAt + 400, "b");
  CHECK(listener->counters().text_left_out == 1);
  answer(kAt + 400, kAt + 1000, "");
  CHECK(said().ends_with("a\" "));
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener keeps its socket alive between turns") {
  advance(NovaProtocol::kKeepAlive - 1ms);
  CHECK(sent() == "20 ");
  advance(1ms);
  CHECK(sent() == "20 KeepAlive ");
  advance(NovaProtocol::kKeepAlive - 1ms);
  listener->begin(1, "");
  speak(60);
  advance(NovaProtocol::kKeepAlive - 1ms);
  CHECK(sent() == "20 KeepAlive 60 ");
  advance(1ms);
  CHECK(sent() == "20 KeepAlive 60 KeepAlive ");
  break_off(1011, "NET-0001");
  advance(1min);
  CHECK(sockets.all.size() == 2);  // The turn continues on the second socket.
}

TEST_CASE_FIXTURE(LiveLine, "At the end of the call, LiveListener sends CloseStream if its socket is open") {
  listener.reset();
  CHECK(sent() == "20 CloseStream ");
  CHECK(socket().destroyed);
  start();
  break_off();
  listener.reset();
  CHECK(sent() == "20 ");
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener ignores and counts garbage and unknown messages") {
  hear(1);
  const std::string bad[] = {"garbage", "[]", "{\"type\":", R"({"type":"Results"})", R"({"type":"Results","start":0,"duration":1,"channel":{"alternatives":[]}})",
                             R"({"type":"Results","start":-1,"duration":1,"channel":{"alternatives":[{"transcript":"x"}]}})",
                             R"({"type":"Results","start":0,"duration":1000001,"channel":{"alternatives":[{"transcript":"x"}]}})",
                             R"({"type":"Results","start":0,"duration":1,"channel":{"alternatives":[{"transcript":")" +
                                 std::string(LiveReader::kMaxTranscript + 1, 'a') + "\"}]}}"};
  for (const std::string& frame : bad) say(frame);
  CHECK(listener->counters().garbage == std::size(bad));
  for (const char* frame : {R"({"type":"SpeechStarted","channel":[0,1],"timestamp":0.1})", R"({"type":"UtteranceEnd","last_word_end":0.5})",
                            R"({"type":"Metadata","request_id":"x"})", R"({"type":"Nobody knows"})", "{}"}) {
    say(frame);
  }
  CHECK(listener->counters().garbage == std::size(bad));
  CHECK(said() == "");
  result(kAt, kAt + 1000, std::string(LiveReader::kMaxTranscript, 'a'));
  CHECK(said().size() > LiveReader::kMaxTranscript);
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener reports the duration of the audio that it sent, without audio that it could not send") {
  std::vector<base::Duration> used;
  options.report_use = [&used](const ServiceUse& use) { used.push_back(use.audio); };
  start();
  hear(1);
  CHECK(used.empty());
  answer(kAt, kAt + 1000, "Yes.");
  said();
  CHECK(used == std::vector<base::Duration>{std::chrono::milliseconds(kAt + 1000)});
  listener->begin(2, "");
  speak(600);
  listener->abandon();
  CHECK(used.back() == 600ms);
  break_off();
  hear(3);
  const auto held = sockets.all.back();
  held->handler.on_closed({std::nullopt, 402, "", 1006, "", {}});
  said();
  listener.reset();
  CHECK(used.size() == 2);
}
