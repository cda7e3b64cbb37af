#include "fake_sockets.hpp"

#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/providers/deepgram/live_listener.hpp>
#include <offhook/agent/providers/deepgram/nova_protocol.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::deepgram;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

/// A LiveListener with fake sockets. Positions are in ms from the start of the current socket's audio, which begins with kPrimeMs of silence.
struct LiveLine {
  LiveLine() {
    options.server.base_url = "https://ears.example";
    options.server.key = Secret("dg-canary");
    options.keyterms = {"Off hook"};
    start();
  }
  void start() {
    listener.emplace(options, sockets, [this] { ++wakes; });
    SessionContext context;
    context.language = "de-AT";
    context.retries = &budget;
    listener->tick(now);
    listener->open(context);
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
  /// Sends a result for the socket's audio from `from_ms` to `to_ms`.
  void result(std::size_t from_ms, std::size_t to_ms, const std::string& text, const json& more = json::object()) {
    json frame = {{"type", "Results"}, {"channel_index", {0, 1}}, {"start", static_cast<double>(from_ms) / 1000},
                  {"duration", static_cast<double>(to_ms - from_ms) / 1000}, {"is_final", false}, {"speech_final", false},
                  {"channel", {{"alternatives", {{{"transcript", text}, {"confidence", 0.9}, {"words", json::array()}}}}}}};
    frame.update(more);
    say(frame.dump());
  }
  /// Sends a final result with the position of each word.
  void placed_result(std::size_t from_ms, std::size_t to_ms, const std::vector<std::pair<std::string, std::size_t>>& placed) {
    std::string text;
    json words = json::array();
    for (const auto& [word, at_ms] : placed) {
      text += (text.empty() ? "" : " ") + word;
      words.push_back({{"word", "x"}, {"punctuated_word", word}, {"start", static_cast<double>(at_ms) / 1000}, {"end", static_cast<double>(at_ms + 100) / 1000}});
    }
    const json heard = {{"transcript", text}, {"confidence", 0.9}, {"words", words}};
    result(from_ms, to_ms, text, {{"is_final", true}, {"channel", {{"alternatives", json::array({heard})}}}});
  }
  void final_result(std::size_t from_ms, std::size_t to_ms, const std::string& text) { result(from_ms, to_ms, text, {{"is_final", true}}); }
  void answer(std::size_t from_ms, std::size_t to_ms, const std::string& text) {
    result(from_ms, to_ms, text, {{"is_final", true}, {"speech_final", true}, {"from_finalize", true}});
  }
  void say(const std::string& frame) { socket().handler.on_text(frame); }
  void break_off(int code = 1006, const std::string& reason = "") {
    const auto held = sockets.all.back();
    held->handler.on_closed({code == 1006 ? std::optional(net::NetError{net::NetError::What::Closed, "it broke"}) : std::nullopt, 0, "", code, reason});
  }
  /// Returns the messages on the current socket: the length of the audio in ms, and the type of each text message.
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
  ListenOptions options;
  int wakes = 0;
  double confidence = 0;
  std::string why;
  base::TimePoint now{};
  TurnRetries budget{1000};
  std::optional<LiveListener> listener;
};

constexpr std::size_t kAt = NovaProtocol::kPrimeMs;  // start of a socket's first turn

}  // namespace

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

TEST_CASE_FIXTURE(LiveLine, "LiveListener waits a limited time for the answer to Finalize, and then uses the texts that it has") {
  listener->begin(1, "");
  speak(1000);
  final_result(kAt, kAt + 600, "Yes");
  result(kAt + 600, kAt + 800, "please");
  listener->end();
  said();
  advance(NovaProtocol::kAnswerWait - 1ms);
  CHECK(said() == "");
  advance(1ms);
  CHECK(said() == "1:\"Yes please\" ");
  CHECK(listener->counters().unanswered == 1);

  listener->begin(2, "");
  speak(1000);
  final_result(kAt + 1000, kAt + 1500, "No.");
  listener->end();
  said();
  advance(NovaProtocol::kShortAnswerWait - 1ms);
  CHECK(said() == "");
  advance(1ms);
  CHECK(said() == "2:\"No.\" ");
  CHECK(sockets.all.size() == 1);
}

TEST_CASE_FIXTURE(LiveLine, "If more than kNearlyAllMs of a turn have no final result, LiveListener waits longer than kShortAnswerWait") {
  listener->begin(1, "");
  speak(1000);
  final_result(kAt, kAt + 1000 - NovaProtocol::kNearlyAllMs - 1, "No.");
  listener->end();
  said();
  advance(NovaProtocol::kShortAnswerWait);
  CHECK(said() == "");
}

TEST_CASE_FIXTURE(LiveLine, "If the server does not respond to a turn, LiveListener fails the turn and replaces the socket") {
  hear(1);
  advance(NovaProtocol::kAnswerWait);
  CHECK(said() == "1:!timeout ");
  CHECK(why == "the recogniser nova-3 sent nothing about the turn in time");
  CHECK(socket().destroyed);
  hear(2);
  CHECK(sockets.all.size() == 2);
  CHECK(sockets.all[0]->destroyed);
  socket().handler.on_open();
  answer(kAt, kAt + 1000, "Here.");
  CHECK(said() == "2:\"Here.\" ");
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener fails a turn if the texts of the server end more than kMaxGuessMs before the end of the turn") {
  listener->begin(1, "");
  speak(12000);
  final_result(kAt, kAt + 2000, "I want to");
  result(kAt + 2000, kAt + 12000 - NovaProtocol::kMaxGuessMs - 1, "order");
  listener->end();
  said();
  advance(NovaProtocol::kAnswerWait);
  CHECK(said() == "1:!timeout ");
  CHECK(why == "the recogniser nova-3 did not send the transcript of the turn in time");
  CHECK(socket().destroyed);

  listener->begin(2, "");
  socket().handler.on_open();
  speak(12000);
  final_result(kAt, kAt + 2000, "I want to");
  result(kAt + 2000, kAt + 12000 - NovaProtocol::kMaxGuessMs, "order");
  listener->end();
  said();
  advance(NovaProtocol::kAnswerWait);
  CHECK(said() == "2:\"I want to order\" ");
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener does not count an empty interim text as an answer") {
  hear(1, 400);
  result(kAt, kAt + 400, "");
  advance(NovaProtocol::kAnswerWait);
  CHECK(said() == "1:!timeout ");
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener uses the final texts if they cover all but kNearlyAllMs of the turn, and otherwise fails the turn") {
  for (const std::size_t missing : {NovaProtocol::kNearlyAllMs, NovaProtocol::kNearlyAllMs + 1}) {
    start();
    listener->begin(1, "");
    speak(3000);
    final_result(kAt, kAt + 3000 - missing, "Yes.");
    listener->end();
    said();
    advance(NovaProtocol::kAnswerWait);
    CHECK(said() == (missing == NovaProtocol::kNearlyAllMs ? "1:\"Yes.\" " : "1:!timeout "));
  }
}

TEST_CASE_FIXTURE(LiveLine, "The time limit for an answer begins when LiveListener's socket is open") {
  listener->tick(now);
  break_off();
  hear(1);
  advance(10s);
  CHECK(said() == "");
  socket().handler.on_open();
  advance(NovaProtocol::kAnswerWait - 1ms);
  CHECK(said() == "");
  advance(1ms);
  CHECK(said() == "1:!timeout ");
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

TEST_CASE_FIXTURE(LiveLine, "LiveListener ignores later results of an abandoned turn") {
  listener->begin(1, "");
  speak(300);
  result(kAt, kAt + 300, "noise");
  listener->abandon();
  CHECK(sent() == "320 Finalize ");
  hear(2);
  final_result(kAt, kAt + 290, "noise");
  answer(kAt + 290, kAt + 300, "noise");
  CHECK(said() == "");
  CHECK(listener->counters().late == 1);
  answer(kAt + 300, kAt + 1300, "Yes.");
  CHECK(said() == "2:\"Yes.\" ");
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener accepts the answer to a turn's Finalize, even if the answer to an earlier Finalize never came") {
  listener->begin(1, "");
  speak(300);
  listener->abandon();
  hear(2);
  answer(kAt + 300, kAt + 1300, "Yes.");
  CHECK(said() == "2:\"Yes.\" ");
  hear(3);
  answer(kAt + 1300, kAt + 2300, "No.");
  CHECK(said() == "3:\"No.\" ");
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener distinguishes a late answer to the previous turn's Finalize from the answer to the current one") {
  listener->begin(1, "");
  speak(1000);
  final_result(kAt, kAt + 1000, "Yes.");
  listener->end();
  advance(NovaProtocol::kShortAnswerWait);
  CHECK(said() == "1:\"Yes.\"~ 1:\"Yes.\" ");
  hear(2);
  answer(kAt + 990, kAt + 1000, "");
  CHECK(said() == "");
  answer(kAt + 1000, kAt + 2000, "No.");
  CHECK(said() == "2:\"No.\" ");
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener gives the words of a turn only once, even if their final result comes during the next turn") {
  hear(1);
  result(kAt, kAt + 1000, "Yes please");
  advance(NovaProtocol::kAnswerWait);  // The server does not answer Finalize.
  CHECK(said() == "1:\"Yes please\"~ 1:\"Yes please\" ");
  listener->begin(2, "");  // The caller coughs.
  speak(400);
  placed_result(kAt + 400, kAt + 1200, {{"please", kAt + 800}});
  CHECK(said() == "");
  listener->end();
  answer(kAt + 1200, kAt + 1400, "");
  CHECK(said() == "2:? ");

  listener->begin(3, "");
  speak(1000);
  placed_result(kAt + 800, kAt + 1900, {{"please", kAt + 800}, {"no", kAt + 1348}, {"Not", kAt + 1352}, {"that.", kAt + 1600}});
  CHECK(said() == "3:\"Not that.\"~ ");
}

TEST_CASE_FIXTURE(LiveLine, "If a result has no word positions, LiveListener assigns it to the turn at the middle of its window") {
  for (const std::size_t early : {99U, 101U}) {
    start();
    listener->begin(1, "");
    speak(960);
    listener->abandon();
    listener->begin(2, "");
    speak(400);
    final_result(kAt + 960 - early, kAt + 1060, "Word.");
    CHECK(said() == (early == 99 ? "2:\"Word.\"~ " : ""));
  }
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener uses a socket's first window, although this begins before the turn") {
  listener->begin(1, "");
  speak(1000);
  placed_result(0, kAt + 900, {{"Good", kAt}, {"day.", kAt + 500}});
  CHECK(said() == "1:\"Good day.\"~ ");
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

TEST_CASE_FIXTURE(LiveLine, "LiveListener does not reconnect if the turn has no attempt left") {
  budget = TurnRetries(0);
  listener->begin(1, "");
  speak(1000);
  break_off();
  CHECK(said() == "1:!network ");
  CHECK(sockets.all.size() == 1);
}

TEST_CASE_FIXTURE(LiveLine, "If a socket breaks, LiveListener sends the audio without a final result again on a new socket, at the allowed speed") {
  listener->begin(1, "");
  speak(1000);
  final_result(kAt, kAt + 400, "One");
  result(kAt + 400, kAt + 900, "two thre");
  break_off();
  REQUIRE(sockets.all.size() == 2);
  CHECK(sockets.all[0]->destroyed);
  CHECK(sent() == "80 ");
  speak(180);
  listener->end();
  CHECK(sent() == "80 ");
  socket().handler.on_open();
  advance(96ms);  // The listener sends 120 ms of audio.
  CHECK(sent() == "200 ");
  advance(400ms);  // The listener may send 620 ms in total. It sends whole frames of 60 ms.
  CHECK(sent() == "680 ");
  advance(100ms);
  CHECK(sent() == "800 Finalize ");
  answer(kAt, kAt + 780, "two three.");
  CHECK(said() == "1:\"One\"~ 1:\"One two thre\"~ 1:\"One two three.\" ");
  CHECK(listener->counters().reconnects == 1);
  const auto retries = listener->take_retries();
  REQUIRE(retries.size() == 1);
  CHECK(retries[0].then == kConnectsAgain);
}

TEST_CASE_FIXTURE(LiveLine, "When LiveListener has sent the delayed audio on a new socket, it sends new audio at once") {
  listener->begin(1, "");
  speak(120);
  break_off();
  socket().handler.on_open();
  CHECK(sent() == "80 ");
  advance(48ms);
  CHECK(sent() == "140 ");
  speak(900);
  CHECK(sent() == "1040 ");
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener opens a second socket in a turn, but not a third") {
  hear(1);
  break_off();
  socket().handler.on_open();
  break_off(1011, "NET-0000 and words");
  CHECK(said() == "1:!overloaded ");
  CHECK(why == "the recogniser nova-3 closed the connection with 1011 (NET-0000)");
  CHECK(sockets.all.size() == 2);
  hear(2);
  CHECK(sockets.all.size() == 3);
  socket().handler.on_open();
  break_off();
  CHECK(sockets.all.size() == 4);
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener fails a turn if the socket breaks and it would have to send more than kMaxResendMs of audio again") {
  listener->begin(1, "");
  speak(NovaProtocol::kMaxResendMs);
  break_off();
  CHECK(said() == "");
  CHECK(sockets.all.size() == 2);
  socket().handler.on_open();
  hear(2, 200);
  answer(kAt + 60, kAt + 260, "x");
  said();

  for (const std::size_t more : {10U, 20U}) {  // With 20 ms, the audio fills whole frames, so the listener has sent all of it.
    start();
    listener->begin(3, "");
    speak(NovaProtocol::kMaxResendMs + more);
    break_off();
    CHECK(said() == "3:!network ");
    speak(60);
    listener->end();
    CHECK(said() == "");
  }

  start();
  listener->begin(4, "");
  for (int i = 0; i < 10; ++i) {
    speak(1000);
    final_result(kAt + 1000 * i, kAt + 1000 * i + 900, "w");
  }
  said();
  break_off();
  CHECK(said() == "");  // Only a short part of this long turn has no final result.
  socket().handler.on_open();
  CHECK(sent() == "80 ");
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener reports the kind of a failure, and shows no secret") {
  struct { net::WebSocketClosed closed; std::string kind, in_why; } const cases[] = {
      {{net::NetError{net::NetError::What::Refused, "x"}, 401, "", 1006, ""}, "auth", "answered 401"},
      {{net::NetError{net::NetError::What::Refused, "x"}, 402, "", 1006, ""}, "auth", "answered 402"},
      {{net::NetError{net::NetError::What::Refused, "x"}, 429, "", 1006, ""}, "rate limited", "answered 429"},
      {{net::NetError{net::NetError::What::Refused, "x"}, 400, "", 1006, ""}, "protocol", "answered 400"},
      {{net::NetError{net::NetError::What::Refused, "x"}, 503, "", 1006, ""}, "overloaded", "answered 503"},
      {{net::NetError{net::NetError::What::Timeout, "nobody"}, 0, "", 1006, ""}, "timeout", "nobody"},
      {{net::NetError{net::NetError::What::NotFound, "no host"}, 0, "", 1006, ""}, "network", "no host"},
      {{std::nullopt, 0, "", 1008, "DATA-0000 dg-canary"}, "protocol", "1008 (DATA-0000)"},
      {{std::nullopt, 0, "", 1011, "dg-canary"}, "overloaded", "1011"},
      {{std::nullopt, 0, "", 1000, "NOCODE-12a4"}, "network", "1000"},
  };
  std::uint32_t turn = 0;
  break_off();
  for (const auto& one : cases) {
    CAPTURE(one.in_why);
    hear(++turn);
    const auto held = sockets.all.back();
    held->handler.on_closed(one.closed);
    CHECK(said() == std::to_string(turn) + ":!" + one.kind + " ");
    CHECK(why.find("dg-canary") == std::string::npos);
    CHECK(why.find("nova-3") != std::string::npos);
    CHECK(why.find(one.in_why) != std::string::npos);
  }
  CHECK(sockets.all.size() == std::size(cases) + 1);  // The listener opens no second socket in a turn whose socket never opened.
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener reports the error code and the request id of a refused handshake, and no other text of the server") {
  break_off();
  const auto refused = [&](const std::string& error) {
    hear(1);
    const auto held = sockets.all.back();
    held->handler.on_closed({std::nullopt, 402, "", 1006, "", {{"dg-error", error}, {"dg-request-id", "0a1b-2c"}}});
    CHECK(said() == "1:!auth ");
    return why;
  };
  CHECK(refused("ASR_PAYMENT_REQUIRED") ==
        "the recogniser nova-3 answered 402 (ASR_PAYMENT_REQUIRED, 0a1b-2c): check the key, and the permissions of its account");
  CHECK(refused("Project dg-canary has no credits").find("answered 402 (0a1b-2c)") != std::string::npos);
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener does not reconnect after the server has refused its data") {
  hear(1);
  break_off(1008, "DATA-0000");
  CHECK(said() == "1:!protocol ");
  CHECK(sockets.all.size() == 1);
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

TEST_CASE_FIXTURE(LiveLine, "LiveListener reports the used audio duration of a broken socket once, even if the next socket does not open") {
  std::vector<base::Duration> used;
  options.report_use = [&used](const ServiceUse& use) { used.push_back(use.audio); };
  start();
  hear(1);
  break_off();
  REQUIRE(sockets.all.size() == 3);
  CHECK(used == std::vector<base::Duration>{std::chrono::milliseconds(kAt + 1000)});
  const auto held = sockets.all.back();
  held->handler.on_closed({std::nullopt, 402, "", 1006, "", {}});
  said();
  CHECK(used.size() == 1);
}
