#include "fake_sockets.hpp"

#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/providers/deepgram/live_speaker.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::deepgram;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

struct SpeakLine {
  SpeakLine() {
    options.server.base_url = "https://voices.example/";
    options.server.key = Secret("dg-canary");
    options.model = "aura-x";
    start();
  }
  void start() {
    speaker.emplace(options, sockets, [this] { ++wakes; });
    speaker->tick(now);
    SessionContext context;
    context.retries = &budget;
    speaker->open(context);
    socket().handler.on_open();
  }
  test::FakeSockets::Socket& socket() { return sockets.last(); }
  void advance(base::Duration by) { speaker->tick(now += by); }
  void say(const json& frame) { socket().handler.on_text(frame.dump()); }
  /// Sends audio of `samples` samples from the server.
  void audio(std::size_t samples) { socket().handler.on_binary(std::string(2 * samples, '\x01')); }
  void flushed() { say({{"type", "Flushed"}, {"sequence_id", 0}}); }
  void cleared() { say({{"type", "Cleared"}, {"sequence_id", 0}}); }
  void break_off(int code = 1006, const std::string& reason = "") {
    const auto held = sockets.all.back();
    held->handler.on_closed({code == 1006 ? std::optional(net::NetError{net::NetError::What::Closed, "it broke"}) : std::nullopt, 0, "", code, reason});
  }
  /// Returns the messages on the current socket: texts in quotes, and the types of other messages.
  std::string sent() {
    std::string line;
    for (const auto& each : socket().sent) {
      REQUIRE_FALSE(each.binary);
      const json frame = json::parse(each.bytes);
      line += (frame["type"] == "Speak" ? frame["text"].dump() : frame["type"].get<std::string>()) + " ";
    }
    return line;
  }
  /// Returns the speaker's events: "utterance:samples" for audio, "utterance:." for an end, and "utterance:!kind" for a failure.
  std::string said() {
    std::string line;
    while (const auto event = speaker->poll()) {
      if (const auto* part = std::get_if<SpeechAudio>(&*event)) {
        line += std::to_string(part->utterance) + ":" + std::to_string(part->pcm.size()) + " ";
        for (const SpokenWord& word : part->words) words += word.text + "@" + std::to_string(word.first_sample) + " ";
        rate_hz = part->rate_hz;
      }
      if (const auto* done = std::get_if<SpeechDone>(&*event)) line += std::to_string(done->utterance) + ":. ";
      if (const auto* failed = std::get_if<SpeakFailed>(&*event)) {
        line += std::to_string(failed->utterance) + ":!" + std::string(to_string(failed->kind)) + " ";
        why = failed->why;
      }
    }
    return line;
  }

  test::FakeSockets sockets;
  SpeakOptions options;
  int wakes = 0;
  std::uint32_t rate_hz = 0;
  std::string words, why;
  base::TimePoint now{};
  TurnRetries budget{1000};
  std::optional<LiveSpeaker> speaker;
};

}  // namespace

TEST_CASE_FIXTURE(SpeakLine, "LiveSpeaker opens a socket at the start of the call, with its options in the URL") {
  CHECK(socket().request.url == "wss://voices.example/v1/speak?model=aura-x&encoding=linear16&sample_rate=8000");
  CHECK(socket().request.headers == net::Headers{{"authorization", "Token dg-canary"}});
  options.rate_hz = 24000;
  options.speed = 1.1;
  options.mip_opt_out = true;
  start();
  CHECK(socket().request.url.ends_with("?model=aura-x&encoding=linear16&sample_rate=24000&mip_opt_out=true&speed=1.10"));
  CHECK(speaker->rate_hz() == 24000);
}

TEST_CASE_FIXTURE(SpeakLine, "LiveSpeaker sends each utterance with a Flush, and gives its audio as it arrives") {
  speaker->speak(1, "Good \"day\".");
  CHECK(sent() == "\"Good \\\"day\\\".\" Flush ");
  say({{"type", "Metadata"}, {"request_id", "r"}, {"model_name", "aura"}});
  audio(800);
  CHECK(said() == "1:800 ");
  CHECK(rate_hz == 8000);
  CHECK(wakes > 0);
  audio(400);
  flushed();
  CHECK(said() == "1:400 1:. ");
  CHECK(words == "Good@0 \"day\".@500 ");
}

TEST_CASE_FIXTURE(SpeakLine, "LiveSpeaker requests the next utterance before the current one is complete, and assigns audio to utterances by Flushed") {
  speaker->speak(1, "One.");
  speaker->speak(2, "Two.");
  CHECK(sent() == "\"One.\" Flush \"Two.\" Flush ");
  audio(10);
  flushed();
  audio(20);
  CHECK(said() == "1:10 1:. 2:20 ");
  flushed();
  CHECK(said() == "2:. ");
}

TEST_CASE_FIXTURE(SpeakLine, "LiveSpeaker requests at most kAhead utterances ahead") {
  for (std::uint32_t i = 1; i <= SpeechStream::kAhead + 1; ++i) speaker->speak(i, "x");
  CHECK(sent() == "\"x\" Flush \"x\" Flush ");
  audio(10);
  flushed();
  CHECK(sent() == "\"x\" Flush \"x\" Flush \"x\" Flush ");
}

TEST_CASE_FIXTURE(SpeakLine, "LiveSpeaker joins a sample that is divided between two messages") {
  speaker->speak(1, "One.");
  socket().handler.on_binary(std::string("\x01\x00\x02\x00\x03", 5));
  socket().handler.on_binary(std::string("\x00", 1));
  CHECK(said() == "1:3 ");
}

TEST_CASE_FIXTURE(SpeakLine, "LiveSpeaker sends Clear for cancelled speech, and requests no utterance until the server answers") {
  speaker->speak(1, "One.");
  speaker->speak(2, "Two.");
  audio(10);
  speaker->cancel();
  CHECK(sent() == "\"One.\" Flush \"Two.\" Flush Clear ");
  CHECK(said() == "");
  speaker->speak(3, "Three.");
  audio(20);
  flushed();
  CHECK(said() == "");
  CHECK(speaker->counters().stray_octets == 40);
  CHECK(sent().ends_with("Clear "));
  cleared();
  CHECK(sent().ends_with("Clear \"Three.\" Flush "));
  audio(30);
  flushed();
  CHECK(said() == "3:30 3:. ");
  speaker->cancel();
  CHECK(sent().ends_with("\"Three.\" Flush "));  // No request runs, so no Clear is sent.
}

TEST_CASE_FIXTURE(SpeakLine, "If speech is cancelled again before the answer to Clear, LiveSpeaker sends no second Clear, and requests only the last utterance") {
  speaker->speak(1, "One.");
  speaker->cancel();
  speaker->speak(2, "Two.");
  speaker->cancel();
  speaker->speak(3, "Three.");
  CHECK(sent() == "\"One.\" Flush Clear ");
  cleared();
  cleared();
  CHECK(sent() == "\"One.\" Flush Clear \"Three.\" Flush ");
  audio(20);
  CHECK(said() == "3:20 ");
}

TEST_CASE_FIXTURE(SpeakLine, "LiveSpeaker ignores Flushed messages of cancelled speech that come after Cleared") {
  speaker->speak(1, "One.");
  speaker->speak(2, "Two.");
  speaker->cancel();
  cleared();
  speaker->speak(3, "Three.");
  speaker->speak(4, "Four.");
  flushed();
  flushed();
  audio(30);
  flushed();
  audio(40);
  flushed();
  CHECK(said() == "3:30 3:. 4:40 4:. ");
  speaker->speak(5, "Five.");
  flushed();  // All Flushed of the cancelled speech have come, so this one belongs to utterance 5.
  CHECK(said() == "5:!empty ");
}

TEST_CASE_FIXTURE(SpeakLine, "After an utterance has ended with audio, LiveSpeaker expects no more Flushed of speech that was cancelled before") {
  speaker->speak(1, "One.");
  speaker->cancel();
  cleared();
  speaker->speak(2, "Two.");
  audio(20);
  flushed();
  speaker->speak(3, "Three.");
  flushed();
  CHECK(said() == "2:20 2:. 3:!empty ");
}

TEST_CASE_FIXTURE(SpeakLine, "If the server does not answer Clear, LiveSpeaker opens another socket, and requests the waiting utterances on it") {
  speaker->speak(1, "One.");
  speaker->cancel();
  speaker->speak(2, "Two.");
  advance(SpeechStream::kClearWait - 1ms);
  CHECK(sockets.all.size() == 1);
  advance(1ms);
  REQUIRE(sockets.all.size() == 2);
  CHECK(sockets.all[0]->destroyed);
  CHECK(sent() == "\"Two.\" Flush ");
  const auto retries = speaker->take_retries();
  REQUIRE(retries.size() == 1);
  CHECK(retries[0].why.find("did not stop in time") != std::string::npos);
  CHECK(retries[0].then == kConnectsAgain);
  socket().handler.on_open();
  audio(20);
  flushed();
  CHECK(said() == "2:20 2:. ");
}

TEST_CASE_FIXTURE(SpeakLine, "If the server does not answer Clear, LiveSpeaker opens another socket, even if no utterance waits") {
  speaker->speak(1, "One.");
  speaker->cancel();
  advance(SpeechStream::kClearWait);
  REQUIRE(sockets.all.size() == 2);
  CHECK(sockets.all[0]->destroyed);
  break_off();
  advance(1min);
  CHECK(sockets.all.size() == 2);
}

TEST_CASE_FIXTURE(SpeakLine, "If a socket breaks, LiveSpeaker requests each utterance that has no audio yet once more on another socket") {
  speaker->speak(1, "One.");
  speaker->speak(2, "Two.");
  audio(10);
  break_off();
  CHECK(said() == "1:10 1:!network ");
  REQUIRE(sockets.all.size() == 2);
  CHECK(sent() == "\"Two.\" Flush ");
  socket().handler.on_open();
  break_off();
  CHECK(said() == "2:!network ");
  CHECK(sockets.all.size() == 2);
  speaker->speak(3, "Three.");
  REQUIRE(sockets.all.size() == 3);
  socket().handler.on_open();
  audio(10);
  flushed();
  CHECK(said() == "3:10 3:. ");
  speaker->speak(4, "Four.");
  break_off();
  CHECK(sockets.all.size() == 4);
  CHECK(speaker->counters().reconnects == 2);
  const auto retries = speaker->take_retries();
  REQUIRE(retries.size() == 2);
  CHECK(retries[0].then == kAsksAgain);
}

TEST_CASE_FIXTURE(SpeakLine, "LiveSpeaker does not repeat a request if the turn has no attempt left") {
  budget = TurnRetries(0);
  speaker->speak(1, "One.");
  speaker->speak(2, "Two.");
  break_off();
  CHECK(said() == "1:!network 2:!network ");
  CHECK(speaker->counters().reconnects == 0);
}

TEST_CASE_FIXTURE(SpeakLine, "LiveSpeaker uses one attempt of the turn to request all utterances of a broken socket again") {
  budget = TurnRetries(2);
  for (std::uint32_t i = 1; i <= 3; ++i) speaker->speak(i, "x");
  break_off();
  CHECK(said() == "");
  CHECK(sockets.all.size() == 2);
}

TEST_CASE_FIXTURE(SpeakLine, "LiveSpeaker requests each utterance again once, even if it has already requested an earlier utterance again") {
  speaker->speak(1, "One.");
  break_off();
  socket().handler.on_open();
  speaker->cancel();
  cleared();
  speaker->speak(2, "Two.");
  break_off();
  CHECK(said() == "");
  CHECK(sockets.all.size() == 3);
}

TEST_CASE_FIXTURE(SpeakLine, "After two failed sockets, LiveSpeaker fails all waiting utterances and does not reconnect") {
  for (std::uint32_t i = 1; i <= 4; ++i) speaker->speak(i, "x");
  break_off();
  CHECK(said() == "");
  CHECK(sockets.all.size() == 2);
  break_off();
  CHECK(said() == "1:!network 2:!network 3:!network 4:!network ");
  advance(1min);
  CHECK(sockets.all.size() == 2);
}

TEST_CASE_FIXTURE(SpeakLine, "If the server sends no audio for kStallWait, LiveSpeaker fails the current utterance and all waiting utterances") {
  speaker->speak(1, "One.");
  speaker->speak(2, "Two.");
  advance(SpeechStream::kStallWait - 1ms);
  audio(10);
  advance(SpeechStream::kStallWait - 1ms);
  audio(0);  // A message without samples does not count as audio.
  CHECK(said() == "1:10 ");
  advance(1ms);
  CHECK(said() == "1:!timeout 2:!timeout ");
  CHECK(why == "the voice aura-x sends no more audio");
  CHECK(socket().destroyed);
  advance(10min);
  speaker->speak(3, "Three.");
  CHECK(sockets.all.size() == 2);
}

TEST_CASE_FIXTURE(SpeakLine, "LiveSpeaker does not count the time between two utterances as a stall") {
  speaker->speak(1, "One.");
  audio(10);
  flushed();
  advance(SpeechStream::kStallWait * 10);
  speaker->speak(2, "Two.");
  advance(1ms);
  audio(10);
  flushed();
  CHECK(said() == "1:10 1:. 2:10 2:. ");
}

TEST_CASE_FIXTURE(SpeakLine, "To keep the server's limit of flushes, LiveSpeaker delays an utterance by at most kLongestHold, or else fails it") {
  const auto say = [&](std::uint32_t utterance) {
    speaker->speak(utterance, "x");
    audio(1);
    flushed();
  };
  for (std::uint32_t i = 1; i <= SpeechStream::kMaxFlushes; ++i) say(i);
  said();
  speaker->speak(21, "x");
  CHECK(said() == "21:!local ");
  CHECK(why == "the voice aura-x accepts no more text from one call within a minute");
  CHECK(socket().sent.size() == 2 * SpeechStream::kMaxFlushes);
  advance(SpeechStream::kWindow - SpeechStream::kLongestHold - 1ms);
  speaker->speak(22, "x");
  speaker->speak(23, "x");
  CHECK(said() == "22:!local 23:!local ");
  advance(1ms);
  speaker->speak(24, "x");  // The speaker delays this utterance, because the wait is not noticeable.
  advance(SpeechStream::kLongestHold - 1ms);
  CHECK(socket().sent.size() == 2 * SpeechStream::kMaxFlushes);
  CHECK(said() == "");
  advance(1ms);
  CHECK(socket().sent.size() == 2 * SpeechStream::kMaxFlushes + 2);
  audio(1);
  flushed();
  CHECK(said() == "24:1 24:. ");
}

TEST_CASE_FIXTURE(SpeakLine, "If a reply has more than kMaxFlushes utterances, LiveSpeaker fails each further utterance at once") {
  for (std::uint32_t i = 1; i <= SpeechStream::kMaxFlushes + 3; ++i) speaker->speak(i, "x");
  for (std::size_t i = 0; i < SpeechStream::kMaxFlushes; ++i) {
    audio(1);
    flushed();
    advance(10ms);
  }
  CHECK(said().ends_with("20:1 20:. 21:!local 22:!local 23:!local "));
}

TEST_CASE_FIXTURE(SpeakLine, "LiveSpeaker fails an utterance that would exceed the server's limit of characters per minute") {
  speaker->speak(1, std::string(SpeechStream::kMaxCharsInWindow - SpeakOptions::kMaxChars, 'a'));
  speaker->speak(2, std::string(SpeakOptions::kMaxChars, 'a'));
  CHECK(socket().sent.size() == 4);
  audio(1);
  flushed();
  audio(1);
  flushed();
  said();
  speaker->speak(3, "a");
  CHECK(said() == "3:!local ");
  CHECK(socket().sent.size() == 4);
  advance(SpeechStream::kWindow);
  speaker->speak(4, "a");
  CHECK(socket().sent.size() == 6);
}

TEST_CASE_FIXTURE(SpeakLine, "LiveSpeaker bounds the texts and the number of utterances") {
  speaker->speak(1, std::string(SpeakOptions::kMaxChars, 'a'));
  CHECK(said() == "");
  speaker->speak(2, std::string(SpeakOptions::kMaxChars + 1, 'a'));
  speaker->speak(3, " \n");
  audio(1);
  flushed();
  CHECK(said() == "1:1 1:. 2:!local 3:. ");
  for (std::size_t i = 1; i <= SpeechStream::kMaxJobs; ++i) speaker->speak(static_cast<std::uint32_t>(i), "x");
  speaker->speak(1000, "x");
  break_off(1008, "DATA-0000");
  const std::string all = said();
  CHECK(all.find("256:!protocol ") != std::string::npos);
  CHECK(all.ends_with("1000:!local "));
}

TEST_CASE_FIXTURE(SpeakLine, "LiveSpeaker bounds an utterance's audio") {
  speaker->speak(1, "One.");
  for (std::size_t second = 0; second < SpeechStream::kMaxSeconds; ++second) audio(8000);
  CHECK(said().find('!') == std::string::npos);
  audio(1);
  CHECK(said() == "1:1 1:!protocol ");
  CHECK(socket().destroyed);  // The server still sends audio on this socket, so the speaker closes the socket.
  speaker->speak(2, "Two.");
  CHECK(sockets.all.size() == 2);
}

TEST_CASE_FIXTURE(SpeakLine, "LiveSpeaker replaces its socket between two utterances before the socket is one hour old, the limit of the server") {
  advance(SpeechStream::kRenewAfter - 1ms);
  speaker->speak(1, "One.");
  CHECK(sockets.all.size() == 1);
  advance(1ms);
  speaker->speak(2, "Two.");
  CHECK(sockets.all.size() == 1);
  audio(1);
  flushed();
  audio(1);
  flushed();
  speaker->speak(3, "Three.");
  CHECK(sockets.all.size() == 2);
  CHECK(sent() == "\"Three.\" Flush ");
}

TEST_CASE("LiveSpeaker measures the age of a socket correctly if it opened the socket before the first tick") {
  SpeakLine call;
  call.now = base::TimePoint{} + 10 * SpeechStream::kRenewAfter;  // The machine has run for a long time.
  call.speaker.emplace(call.options, call.sockets, nullptr);
  call.speaker->open(SessionContext{});
  call.speaker->tick(call.now);
  call.socket().handler.on_open();
  const std::size_t sockets = call.sockets.all.size();
  call.speaker->speak(1, "One.");
  CHECK(call.sockets.all.size() == sockets);
}

TEST_CASE_FIXTURE(SpeakLine, "If speak() has already opened a socket, LiveSpeaker::open() opens no second one") {
  speaker.emplace(options, sockets, [this] { ++wakes; });
  speaker->tick(now);
  speaker->speak(1, "Good morning.");
  const auto before = sockets.all.size();
  speaker->open(SessionContext{});
  CHECK(sockets.all.size() == before);
  socket().handler.on_open();
  CHECK(sent() == "\"Good morning.\" Flush ");
}

TEST_CASE_FIXTURE(SpeakLine, "If the server closes an idle socket, LiveSpeaker opens another one for the next utterance") {
  break_off(1011, "NET-0001");
  CHECK(sockets.all.size() == 1);
  speaker->speak(1, "One.");
  CHECK(sockets.all.size() == 2);
  CHECK(sent() == "\"One.\" Flush ");
}

TEST_CASE_FIXTURE(SpeakLine, "LiveSpeaker fails an utterance for which the server sends no audio") {
  speaker->speak(1, "One.");
  flushed();
  CHECK(said() == "1:!empty ");
}

TEST_CASE_FIXTURE(SpeakLine, "LiveSpeaker reports the kind of a failure, and shows no secret") {
  struct { net::WebSocketClosed closed; std::string kind, in_why; } const cases[] = {
      {{net::NetError{net::NetError::What::Refused, "x"}, 401, "", 1006, ""}, "auth", "answered 401"},
      {{net::NetError{net::NetError::What::Refused, "x"}, 429, "", 1006, ""}, "rate limited", "answered 429"},
      {{std::nullopt, 0, "", 1008, "DATA-0001 dg-canary"}, "protocol", "1008 (DATA-0001)"},
      {{std::nullopt, 0, "", 1003, "MESSAGE-0000"}, "protocol", "1003 (MESSAGE-0000)"},
  };
  std::uint32_t utterance = 0;
  break_off();
  for (const auto& one : cases) {
    speaker->speak(++utterance, "x");
    const auto held = sockets.all.back();
    held->handler.on_closed(one.closed);
    CHECK(said() == std::to_string(utterance) + ":!" + one.kind + " ");
    CHECK(why.find("dg-canary") == std::string::npos);
    CHECK(why.find("the voice aura-x") != std::string::npos);
    CHECK(why.find(one.in_why) != std::string::npos);
  }
}

TEST_CASE_FIXTURE(SpeakLine, "LiveSpeaker ignores and counts garbage, warnings and unknown messages") {
  speaker->speak(1, "One.");
  socket().handler.on_text("garbage");
  socket().handler.on_text("[1]");
  say({{"type", "Warning"}, {"code", "x"}, {"description", "y"}});
  say({{"type", "nobody knows"}});
  say(json::object());
  CHECK(speaker->counters().garbage == 2);
  CHECK(speaker->counters().warnings == 1);
  audio(5);
  flushed();
  CHECK(said() == "1:5 1:. ");
  audio(5);
  flushed();
  CHECK(said() == "");
  CHECK(speaker->counters().stray_octets == 10);
}

TEST_CASE_FIXTURE(SpeakLine, "LiveSpeaker fails an utterance if the binary message has text instead of samples") {
  speaker->speak(1, "One.");
  socket().handler.on_binary("{\"error\":\"dg-canary\"}");
  CHECK(said() == "1:!protocol ");
  CHECK(socket().destroyed);
  CHECK(why.find("dg-canary") == std::string::npos);
}

TEST_CASE_FIXTURE(SpeakLine, "LiveSpeaker sends Close at the end of the call") {
  speaker.reset();
  CHECK(sent() == "Close ");
  CHECK(socket().destroyed);
}
