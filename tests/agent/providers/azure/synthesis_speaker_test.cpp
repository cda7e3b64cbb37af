#include "fake_usp.hpp"

#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/providers/azure/synthesis_speaker.hpp>

#include <optional>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::azure;
using namespace offhook::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const std::string kOneTwo("\x01\x00\x02\x00", 4);

struct Speaking {
  Speaking() {
    options.server.region = "westeurope";
    options.server.key = Secret("key-canary");
    options.voice = "de-DE-KatjaNeural";
    start();
  }
  void start() {
    speaker.emplace(options, client, [this] { ++wakes; });
    speaker->tick(now);
    SessionContext context;
    context.language = "de";
    context.retries = &budget;
    speaker->open(context);
    socket().open();
  }
  FakeUspSocket& socket() { return client.last(); }
  std::string id() { return socket().of("ssml").back().request_id; }
  void advance(base::Duration by) { speaker->tick(now += by); }
  void begin(const std::string& stream = "9F") {
    socket().say("turn.start", id(), {{"context", {{"serviceTag", "t"}}}});
    socket().say("response", id(), {{"context", {{"serviceTag", "t"}}}, {"audio", {{"type", "inline"}, {"streamId", stream}}}});
  }
  void audio(const std::string& octets, const std::string& stream = "9f") { socket().say_audio(id(), stream, octets); }
  void turn_end() { socket().say("turn.end", id(), json::object()); }
  /// Returns the messages on the current socket, one letter each: speech.confiG, synthesis.Context, Ssml, sTop.
  std::string sent() {
    std::string line;
    for (const auto& each : socket().sent)
      line += each.path == "speech.config" ? 'G' : each.path == "synthesis.context" ? 'C' : each.path == "ssml" ? 'S' : each.path == "synthesis.control" ? 'T' : '?';
    return line;
  }
  std::string said() {
    std::string line;
    while (const auto event = speaker->poll()) {
      if (const auto* sound = std::get_if<SpeechAudio>(&*event)) {
        line += std::to_string(sound->utterance) + ":(";
        for (const std::int16_t sample : sound->pcm) line += std::to_string(sample) + ",";
        line += ")";
        for (const auto& word : sound->words) words += word.text + " ";
      }
      if (const auto* done = std::get_if<SpeechDone>(&*event)) line += std::to_string(done->utterance) + ":.";
      if (const auto* failed = std::get_if<SpeakFailed>(&*event)) {
        line += std::to_string(failed->utterance) + ":!" + std::string(to_string(failed->kind));
        why = failed->why;
      }
      line += " ";
    }
    return line;
  }

  FakeUspClient client;
  SynthesisOptions options;
  int wakes = 0;
  std::string why, words;
  base::TimePoint now{};
  TurnRetries budget{1000};
  std::optional<SynthesisSpeaker> speaker;
};

}  // namespace

TEST_CASE_FIXTURE(Speaking, "SynthesisSpeaker opens its socket at the start of the call, and requests a text in its voice") {
  REQUIRE(client.sockets.size() == 1);
  CHECK(socket().request.url == "wss://westeurope.tts.speech.microsoft.com/tts/cognitiveservices/websocket/v1");
  CHECK(socket().request.headers[0] == std::pair<std::string, std::string>("ocp-apim-subscription-key", "key-canary"));
  CHECK(sent() == "G");
  speaker->speak(7, "AT&T.");
  REQUIRE(sent() == "GCS");
  const auto context = json::parse(socket().of("synthesis.context")[0].body);
  CHECK(context["synthesis"]["audio"]["outputFormat"] == "raw-8khz-16bit-mono-pcm");
  CHECK(context["synthesis"]["language"]["autoDetection"] == false);
  const auto ssml = socket().of("ssml")[0];
  CHECK(ssml.content_type == "application/ssml+xml");
  CHECK(ssml.body == write_ssml({"de-DE", "de-DE-KatjaNeural"}, "AT&T."));
  CHECK(ssml.request_id == socket().of("synthesis.context")[0].request_id);
  CHECK(output_format(16000) == "raw-16khz-16bit-mono-pcm");
  CHECK(output_format(24000) == "raw-24khz-16bit-mono-pcm");
}

TEST_CASE_FIXTURE(Speaking, "SynthesisSpeaker gives audio as it arrives, and joins a sample that is divided between two frames") {
  speaker->speak(1, "One two.");
  begin();
  audio(std::string("\x01\x00\x02\x00\xff", 5));
  CHECK(said() == "1:(1,2,) ");
  audio("\xff");
  CHECK(said() == "1:(-1,) ");
  socket().say("audio.metadata", id(), {{"Metadata", json::array()}});
  audio("");
  turn_end();
  CHECK(said() == "1:() 1:. ");
  CHECK(words == "One two. ");
  CHECK(wakes > 0);
}

TEST_CASE_FIXTURE(Speaking, "SynthesisSpeaker requests one utterance at a time on one socket, and keeps the order") {
  speaker->speak(1, "One.");
  speaker->speak(2, "Two.");
  CHECK(sent() == "GCS");
  begin();
  audio(kOneTwo);
  const std::string first = id();
  turn_end();
  CHECK(sent() == "GCSCS");
  CHECK(id() != first);
  begin("AB");
  audio(kOneTwo, "AB");
  CHECK(said() == "1:(1,2,) 1:. 2:(1,2,) ");
  turn_end();
  CHECK(said() == "2:. ");
  CHECK(client.sockets.size() == 1);
}

TEST_CASE_FIXTURE(Speaking, "SynthesisSpeaker ignores messages of another request or stream") {
  speaker->speak(1, "One.");
  begin();
  audio(kOneTwo, "77");
  socket().say_audio("abcd", "9f", kOneTwo);
  socket().say("turn.end", "abcd", json::object());
  socket().say_raw("garbage");
  socket().say_raw("Path: response\r\nX-RequestId: " + id() + "\r\n\r\n{");
  CHECK(said() == "");
  CHECK(speaker->counters().late == 3);
  CHECK(speaker->counters().garbage == 2);
}

TEST_CASE_FIXTURE(Speaking, "SynthesisSpeaker stops a cancelled utterance, and requests the next one when the service has ended the cancelled one") {
  speaker->speak(1, "A long story.");
  begin();
  audio(kOneTwo);
  const std::string first = id();
  speaker->cancel();
  CHECK(sent() == "GCST");
  CHECK(socket().of("synthesis.control")[0].request_id == first);
  CHECK(json::parse(socket().of("synthesis.control")[0].body) == json{{"action", "stop"}});
  speaker->speak(2, "Yes?");
  audio(kOneTwo);
  CHECK(said() == "");
  CHECK(sent() == "GCST");
  turn_end();
  CHECK(sent() == "GCSTCS");
  begin();
  audio(kOneTwo);
  turn_end();
  CHECK(said() == "2:(1,2,) 2:. ");
  speaker->cancel();
  CHECK(sent() == "GCSTCS");  // No request runs, so no stop is sent.
}

TEST_CASE_FIXTURE(Speaking, "If the service does not end a cancelled utterance, SynthesisSpeaker requests the waiting utterance on another socket") {
  speaker->speak(1, "A long story.");
  speaker->cancel();
  speaker->speak(2, "Yes?");
  advance(1s - 1ms);
  CHECK(client.sockets.size() == 1);
  advance(1ms);
  REQUIRE(client.sockets.size() == 2);
  CHECK(client.sockets[0]->destroyed);
  socket().open();
  CHECK(sent() == "GCS");
}

TEST_CASE_FIXTURE(Speaking, "If the service does not end a cancelled utterance, SynthesisSpeaker opens another socket even if no utterance waits") {
  speaker->speak(1, "A long story.");
  speaker->cancel();
  advance(1s);
  REQUIRE(client.sockets.size() == 2);
  CHECK(client.sockets[0]->destroyed);
  socket().open();
  speaker->speak(2, "Yes?");
  CHECK(sent() == "GCS");
  speaker->cancel();
  advance(1s);
  CHECK(client.sockets.size() == 2);  // The second socket gave no audio, so the speaker opens a third one only for the next utterance.
  speaker->speak(3, "Yes?");
  REQUIRE(client.sockets.size() == 3);
  socket().open();
  begin();
  audio(kOneTwo);
  turn_end();
  speaker->speak(4, "No?");
  speaker->cancel();
  advance(1s);
  CHECK(client.sockets.size() == 4);
}

TEST_CASE_FIXTURE(Speaking, "If no audio comes for kStallWait, SynthesisSpeaker fails the current utterance and all waiting utterances") {
  speaker->speak(1, "One.");
  speaker->speak(2, "Two.");
  advance(Synthesis::kStallWait - 1ms);
  begin();
  advance(Synthesis::kStallWait - 1ms);
  begin();  // A repeated start does not extend the time limit.
  audio(kOneTwo);
  advance(Synthesis::kStallWait - 1ms);
  audio("");
  socket().say("audio.metadata", id(), {{"Metadata", json::array()}});
  CHECK(said() == "1:(1,2,) ");
  advance(1ms);
  CHECK(said() == "1:!timeout 2:!timeout ");
  CHECK(why == "the voice of Azure sends no more audio");
  CHECK(client.sockets[0]->destroyed);
  speaker->speak(3, "Three.");
  CHECK(client.sockets.size() == 2);
}

TEST_CASE_FIXTURE(Speaking, "A repeated start, or the end of another request, does not extend SynthesisSpeaker's wait for audio") {
  speaker->speak(1, "One.");
  begin();
  advance(Synthesis::kStallWait - 1ms);
  begin();
  socket().say("turn.end", "abcd", json::object());
  CHECK(said() == "");
  advance(1ms);
  CHECK(said() == "1:!timeout ");
  advance(10 * Synthesis::kStallWait);
  CHECK(said() == "");
}

TEST_CASE_FIXTURE(Speaking, "SynthesisSpeaker does not repeat a request if the turn has no attempt left") {
  budget = TurnRetries(0);
  speaker->speak(1, "One.");
  socket().close(1006);
  CHECK(said() == "1:!network ");
  CHECK(speaker->counters().reconnects == 0);
}

TEST_CASE_FIXTURE(Speaking, "If a socket breaks before the audio of an utterance begins, SynthesisSpeaker requests the utterance once more on another socket") {
  speaker->speak(1, "One.");
  socket().close(1006);
  CHECK(said() == "");
  advance(10ms);
  REQUIRE(client.sockets.size() == 2);
  socket().open();
  CHECK(sent() == "GCS");
  socket().close(1006);
  CHECK(said() == "1:!network ");
  advance(10ms);
  CHECK(client.sockets.size() == 2);
  speaker->speak(2, "Two.");
  CHECK(client.sockets.size() == 3);
  socket().open();
  begin();
  audio(kOneTwo);
  socket().close(1006);
  CHECK(said() == "2:(1,2,) 2:!network ");
  CHECK(speaker->counters().reconnects == 1);
  const auto retries = speaker->take_retries();
  REQUIRE(retries.size() == 1);
  CHECK(retries[0].then == kAsksAgain);
}

TEST_CASE_FIXTURE(Speaking, "If the service refuses a request, SynthesisSpeaker fails all waiting utterances and does not reconnect") {
  speaker->speak(1, "One.");
  speaker->speak(2, "Two.");
  socket().close(1007, "Quota exceeded");
  CHECK(said() == "1:!rate limited 2:!rate limited ");
  CHECK(why.find("quota") != std::string::npos);
  advance(10s);
  CHECK(client.sockets.size() == 1);
  speaker->speak(3, "Three.");
  socket().refuse(401);
  CHECK(said() == "3:!auth ");
  CHECK(why.find("key-canary") == std::string::npos);
}

TEST_CASE_FIXTURE(Speaking, "SynthesisSpeaker fails all waiting utterances after two failed connections") {
  for (std::uint32_t i = 1; i <= 3; ++i) speaker->speak(i, "x");
  socket().shut();
  CHECK(said() == "");
  advance(49ms);
  CHECK(client.sockets.size() == 1);
  advance(1ms);
  REQUIRE(client.sockets.size() == 2);
  socket().shut();
  CHECK(said() == "1:!network 2:!network 3:!network ");
  advance(10s);
  CHECK(client.sockets.size() == 2);
}

TEST_CASE_FIXTURE(Speaking, "SynthesisSpeaker does not reconnect before the Retry-After time") {
  speaker->speak(1, "One.");
  socket().refuse(429, "1");
  advance(1s - 1ms);
  CHECK(client.sockets.size() == 1);
  advance(1ms);
  REQUIRE(client.sockets.size() == 2);
  socket().refuse(429, "1");
  CHECK(said() == "1:!rate limited ");
  speaker->speak(2, "Two.");
  CHECK(client.sockets.size() == 2);
  advance(1s);
  REQUIRE(client.sockets.size() == 3);
  socket().refuse(503);
  advance(249ms);
  CHECK(client.sockets.size() == 3);
  advance(1ms);
  CHECK(client.sockets.size() == 4);
}

TEST_CASE_FIXTURE(Speaking, "SynthesisSpeaker immediately replaces a socket that the service closes. If the second socket closes, the next utterance opens a third") {
  socket().close(1000);
  CHECK(client.sockets.size() == 1);
  advance(10ms);
  REQUIRE(client.sockets.size() == 2);
  socket().open();
  socket().close(1000);
  advance(60s);
  CHECK(client.sockets.size() == 2);
  speaker->speak(1, "One.");
  REQUIRE(client.sockets.size() == 3);
  socket().open();
  CHECK(sent() == "GCS");
}

TEST_CASE_FIXTURE(Speaking, "If the service closes an unused socket with a refusal, SynthesisSpeaker does not replace the socket") {
  socket().close(1007, "Quota exceeded");
  advance(60s);
  CHECK(client.sockets.size() == 1);
}

TEST_CASE_FIXTURE(Speaking, "SynthesisSpeaker sends no request for a text without words or with too much SSML, and fails an utterance without audio") {
  speaker->speak(1, " \n");
  CHECK(said() == "1:. ");
  CHECK(sent() == "G");
  speaker->speak(2, "Hm.");
  begin();
  turn_end();
  CHECK(said() == "2:!empty ");
  const std::size_t around = write_ssml({"de-DE", options.voice}, "").size();
  speaker->speak(3, std::string(kMaxSsml - around + 1, 'x'));
  CHECK(said() == "3:!local ");
  speaker->speak(4, std::string(kMaxSsml - around, 'x'));
  CHECK(sent() == "GCSCS");
}

TEST_CASE_FIXTURE(Speaking, "SynthesisSpeaker fails an utterance that is too long, and an utterance whose octets are not samples") {
  speaker->speak(1, "One.");
  begin();
  const std::string minute(60 * 16000, '\x11');
  for (int i = 0; i < 10; ++i) audio(minute);
  advance(10ms);
  CHECK(client.sockets.size() == 1);
  audio(kOneTwo);
  const std::string all = said();
  CHECK(all.ends_with("1:!protocol "));
  CHECK(all.find("1:.") == std::string::npos);
  CHECK(client.sockets[0]->destroyed == false);  // The speaker does not destroy the socket within the socket's handler.
  advance(10ms);
  CHECK(client.sockets[0]->destroyed);
  speaker->speak(2, "Two.");
  CHECK(client.sockets.size() == 2);
  socket().open();
  begin();
  audio("{\"error\":\"key-canary\"}");
  CHECK(said() == "2:!protocol ");
  CHECK(why.find("canary") == std::string::npos);
}
