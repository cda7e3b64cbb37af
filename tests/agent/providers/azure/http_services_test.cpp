#include "../fake_http.hpp"

#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/providers/azure/http_voice.hpp>
#include <offhook/agent/providers/azure/recognition_messages.hpp>
#include <offhook/agent/providers/azure/short_audio.hpp>
#include <offhook/media/files/wav.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::azure;

namespace {

Server server() {
  Server made;
  made.region = "westeurope";
  made.key = Secret("key-canary");
  return made;
}

/// Runs a turn of `samples` samples, answers with `status` and `body`, and returns the listener's result.
std::string heard(test::FakeHttp& http, std::size_t samples, int status, const std::string& body) {
  TurnListener listener(turn_service({server(), ""}), http, Wake{});
  SessionContext context;
  context.language = "pt-BR";
  listener.open(context);
  listener.begin(7, "");
  listener.feed(std::vector<std::int16_t>(samples, 5));
  listener.end();
  http.answer(http.all.size() - 1, status, body);
  const auto event = listener.poll();
  if (!event) return "nothing";
  if (const auto* failed = std::get_if<ListenFailed>(&*event)) return "!" + std::string(to_string(failed->kind)) + (failed->why.find("canary") == std::string::npos ? "" : " canary");
  const auto& transcript = std::get<Transcript>(*event);
  return transcript.rejected ? "?" : transcript.text;
}

std::size_t frames_of(const net::HttpRequest& request) {
  const auto wav = media::parse_wav({reinterpret_cast<const std::uint8_t*>(request.body.data()), request.body.size()});
  REQUIRE(wav);
  return wav->frames();
}

}  // namespace

TEST_CASE("The short audio service gets a turn as a WAV in a POST, with the language of the call in the URL") {
  test::FakeHttp http;
  CHECK(heard(http, 16000, 200, R"({"RecognitionStatus":"Success","Offset":0,"Duration":1,"NBest":[{"Confidence":0.5,"Display":"Ol\u00e1."}]})") == "Ol\xC3\xA1.");
  REQUIRE(http.all.size() == 1);
  const auto& request = http.all[0]->request;
  CHECK(request.url == "https://westeurope.stt.speech.microsoft.com/speech/recognition/conversation/cognitiveservices/v1?format=detailed&language=pt-BR");
  CHECK(request.headers[0] == std::pair<std::string, std::string>("ocp-apim-subscription-key", "key-canary"));
  CHECK(request.headers[1] == std::pair<std::string, std::string>("content-type", "audio/wav; codecs=audio/pcm; samplerate=16000"));
  CHECK(frames_of(request) == 16000);
  REQUIRE(http.warmed.size() == 2);
  CHECK(http.warmed[0] == "https://westeurope.stt.speech.microsoft.com/speech/recognition/conversation/cognitiveservices/v1");
}

TEST_CASE("TurnListener sends at most one minute of a turn to the short audio service, and counts the remaining samples as unheard") {
  test::FakeHttp http;
  TurnListener listener(turn_service({server(), ""}), http, Wake{});
  for (const std::size_t more : {0U, 1U, 7U}) {
    const std::uint64_t before = listener.unheard();
    listener.begin(1, "");
    listener.feed(std::vector<std::int16_t>(60 * 16000 - 5, 5));
    listener.feed(std::vector<std::int16_t>(5 + more, 5));
    listener.end();
    CHECK(frames_of(http.all.back()->request) == 60 * 16000);
    CHECK(listener.unheard() - before == more);
  }
}

TEST_CASE("ShortAudioAnswer gives a text, an empty text, or a failure that contains no secret") {
  test::FakeHttp http;
  CHECK(heard(http, 16000, 200, R"({"RecognitionStatus":"Success","DisplayText":" Yes. "})") == "Yes.");
  CHECK(heard(http, 16000, 200, R"({"RecognitionStatus":"NoMatch"})") == "?");
  CHECK(heard(http, 16000, 200, R"({"RecognitionStatus":"Success","DisplayText":""})") == "?");
  CHECK(heard(http, 16000, 200, R"({"RecognitionStatus":"TooManyRequests"})") == "!rate limited");
  CHECK(heard(http, 16000, 200, R"({"RecognitionStatus":"Forbidden"})") == "!auth");
  CHECK(heard(http, 16000, 200, R"({"RecognitionStatus":"key-canary"})") == "!protocol");
  CHECK(heard(http, 16000, 200, "key-canary") == "!protocol");
  CHECK(heard(http, 16000, 401, "key-canary") == "!auth");
  CHECK(heard(http, 16000, 429, "") == "!rate limited");
  CHECK(heard(http, 16000, 400, "") == "!protocol");
}

TEST_CASE("ShortAudioAnswer accepts a body of kMaxBody octets, and fails for a longer one") {
  const auto events_of = [](std::size_t octets) {
    ShortAudioAnswer answer;
    std::vector<HeardEvent> events;
    std::string body = R"({"RecognitionStatus":"NoMatch"})";
    body.resize(octets, ' ');
    answer.on_bytes(body, events);
    answer.on_end(events);
    REQUIRE(events.size() == 1);
    return events[0];
  };
  CHECK(std::holds_alternative<HeardText>(events_of(ShortAudioAnswer::kMaxBody)));
  CHECK(std::holds_alternative<HearingFailed>(events_of(ShortAudioAnswer::kMaxBody + 1)));
}

TEST_CASE("HttpSpeaker posts SSML, and gives the raw samples of the response as they arrive") {
  test::FakeHttp http;
  SynthesisOptions options;
  options.server = server();
  options.language = "de";
  options.voice = "de-DE-KatjaNeural";
  options.rate_hz = 16000;
  HttpSpeaker speaker(speech_service(options), http, Wake{});
  SessionContext context;
  context.language = "pt-BR";
  speaker.open(context);
  CHECK(speaker.rate_hz() == 16000);
  speaker.speak(1, "AT&T.");
  REQUIRE(http.all.size() == 1);
  const auto& request = http.all[0]->request;
  CHECK(request.url == "https://westeurope.tts.speech.microsoft.com/cognitiveservices/v1");
  CHECK(request.body == write_ssml({"de-DE", "de-DE-KatjaNeural"}, "AT&T."));  // The language of the options has precedence over the language of the call.
  CHECK(request.headers[1] == std::pair<std::string, std::string>("content-type", "application/ssml+xml"));
  CHECK(request.headers[2] == std::pair<std::string, std::string>("x-microsoft-outputformat", "raw-16khz-16bit-mono-pcm"));
  http.head(0, 200);
  http.body(0, std::string("\x01\x00\x03\x00\x02", 5));
  auto event = speaker.poll();
  REQUIRE(event);
  CHECK(std::get<SpeechAudio>(*event).pcm == std::vector<std::int16_t>{1, 3});
  http.body(0, std::string("\x00", 1));
  http.end(0);
  event = speaker.poll();
  CHECK(std::get<SpeechAudio>(*event).pcm == std::vector<std::int16_t>{2});
  CHECK(std::holds_alternative<SpeechDone>(*speaker.poll()));
}

TEST_CASE("HttpSpeaker speaks the language of the call if its options have no language") {
  test::FakeHttp http;
  HttpSpeaker speaker(speech_service({server(), "V", "", 8000}), http, Wake{});
  speaker.speak(1, "Yes.");
  SessionContext context;
  context.language = "pt-BR";
  speaker.open(context);
  speaker.speak(2, "Sim.");
  REQUIRE(http.all.size() == 2);
  CHECK(http.all[0]->request.body == write_ssml({"en-US", "V"}, "Yes."));
  CHECK(http.all[1]->request.body == write_ssml({"pt-BR", "V"}, "Sim."));
}

TEST_CASE("HttpSpeaker aborts a response without audio, even while an earlier utterance is not complete") {
  test::FakeHttp http;
  HttpSpeaker speaker(speech_service({server(), "V", "de", 8000}), http, Wake{});
  speaker.speak(1, "One.");
  speaker.speak(2, "Two.");
  http.head(1, 200);
  http.body(1, "<html>");
  CHECK_FALSE(http.all[1]->aborted);
  speaker.tick({});
  CHECK(http.all[1]->aborted);
  CHECK_FALSE(http.all[0]->aborted);
}

TEST_CASE("The SSML of any text with at most max_chars characters has at most kMaxSsml octets") {
  const SpeechService service = speech_service({server(), "v", "de", 8000});
  for (const std::string each : {"\"", "\xF0\x9F\x98\x80", "\xFF"}) {
    std::string text;
    for (std::size_t i = 0; i < service.max_chars; ++i) text += each;
    CHECK(service.ask(text, "").body.size() <= kMaxSsml);
  }
}
