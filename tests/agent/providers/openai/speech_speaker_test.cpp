#include "../fake_http.hpp"

#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/providers/speech_decoder.hpp>
#include <offhook/agent/providers/openai/speech_speaker.hpp>
#include <offhook/media/files/wav.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::openai;
using namespace std::chrono_literals;
using nlohmann::json;
using Pcm = std::vector<std::int16_t>;

namespace {

struct Speaking {
  Speaking() {
    SpeechOptions options;
    options.server.base_url = "https://voices.example/v1";
    options.server.key = Secret("sk-canary");
    options.model = "tts-x";
    options.voice = "coral";
    options.instructions = "Cheerfully.";
    options.speed = 1.1;
    speaker.emplace(std::move(options), http, [this] { ++wakes; });
  }
  void advance(base::Duration by) { speaker->tick(now += by); }
  /// Returns the events: "utterance:(samples)" for audio, "utterance:." for an end, and "utterance:!kind" for a failure.
  std::string said() {
    std::string line;
    while (const auto event = speaker->poll()) {
      if (const auto* audio = std::get_if<SpeechAudio>(&*event)) {
        line += std::to_string(audio->utterance) + ":(";
        for (const std::int16_t sample : audio->pcm) line += std::to_string(sample) + ",";
        line += ")";
        rate_hz = audio->rate_hz;
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

  test::FakeHttp http;
  base::TimePoint now{};
  int wakes = 0;
  std::uint32_t rate_hz = 0;
  std::string why;
  std::optional<SpeechSpeaker> speaker;
};

const std::string kOneTwo("\x01\x00\x02\x00", 4);

}  // namespace

TEST_CASE_FIXTURE(Speaking, "SpeechSpeaker requests the text with its configured options") {
  speaker->open(SessionContext{});
  CHECK(http.warmed == std::vector<std::string>{"https://voices.example/v1/audio/speech"});
  CHECK(speaker->rate_hz() == 24000);
  speaker->speak(7, "Hello \"you\".");
  REQUIRE(http.all.size() == 1);
  CHECK(http.all[0]->request.url == "https://voices.example/v1/audio/speech");
  CHECK(http.all[0]->request.headers[0].second == "Bearer sk-canary");
  CHECK(
      json::parse(http.all[0]->request.body) ==
      json::parse(
          R"({"model":"tts-x","input":"Hello \"you\".","voice":"coral","response_format":"pcm",)"
          R"("instructions":"Cheerfully.","speed":1.1})"));
}

TEST_CASE_FIXTURE(Speaking, "SpeechSpeaker gives audio as it arrives, and joins a sample that is divided between two pieces") {
  speaker->speak(1, "Hello.");
  http.head(0, 200);
  http.body(0, std::string("\x01\x00\x02\x00\xff", 5));
  CHECK(said() == "1:(1,2,) ");
  CHECK(rate_hz == 24000);
  CHECK(wakes == 1);
  http.body(0, "\xff");
  CHECK(said() == "1:(-1,) ");
  http.body(0, "\x07");
  http.end(0);
  CHECK(said() == "1:. ");
}

TEST_CASE_FIXTURE(Speaking, "SpeechSpeaker estimates the positions of the words in the audio") {
  const auto second = [](std::size_t parts) { return std::string(48000 / parts, '\x11'); };  // 24000 samples
  std::vector<SpokenWord> words;
  const auto poll = [&] {
    while (const auto event = speaker->poll()) {
      if (const auto* audio = std::get_if<SpeechAudio>(&*event)) words.insert(words.end(), audio->words.begin(), audio->words.end());
    }
  };
  speaker->speak(1, "We are open from nine to six in the evening.");  // 44 characters take about three seconds.
  http.head(0, 200);
  http.body(0, second(1));
  poll();
  REQUIRE(words.size() == 4);  // "We are open from" begins within 15 characters.
  CHECK(words[3].text == "from");
  CHECK(words[3].first_sample == 12U * 24000 / 15);
  http.body(0, second(1));
  http.end(0);
  poll();
  REQUIRE(words.size() == 10);  // All audio has come: two seconds.
  CHECK(words[9].text == "evening.");
  CHECK(words[9].first_sample < 48000);
  CHECK(words[9].first_sample > 36000);
}

TEST_CASE_FIXTURE(Speaking, "SpeechSpeaker gives no words after the point at which the audio broke off") {
  std::size_t words = 0;
  speaker->speak(1, "We are open from nine to six in the evening.");
  http.head(0, 200);
  http.body(0, std::string(24000, '\x11'));
  http.end(0, net::NetError{net::NetError::What::Closed, ""});
  while (const auto event = speaker->poll()) {
    if (const auto* audio = std::get_if<SpeechAudio>(&*event)) words += audio->words.size();
  }
  CHECK(words >= 2);
  CHECK(words <= 3);
}

TEST_CASE_FIXTURE(Speaking,
                  "SpeechSpeaker requests one utterance ahead, and gives utterances in order") {
  for (std::uint32_t utterance = 1; utterance <= 4; ++utterance) speaker->speak(utterance, "Hello.");
  REQUIRE(http.all.size() == 2);
  http.answer(1, 200, std::string("\x05\x00", 2));
  CHECK(said() == "");
  CHECK(http.all.size() == 3);
  http.answer(2, 200, std::string("\x06\x00", 2));
  CHECK(http.all.size() == 4);
  http.head(0, 200);
  http.body(0, kOneTwo);
  CHECK(said() == "1:(1,2,) ");
  http.end(0);
  CHECK(said() == "1:. 2:(5,) 2:. 3:(6,) 3:. ");
  http.answer(3, 200, kOneTwo);
  CHECK(said() == "4:(1,2,) 4:. ");
}

TEST_CASE_FIXTURE(Speaking, "SpeechSpeaker::cancel() aborts all requests") {
  for (std::uint32_t utterance = 1; utterance <= 3; ++utterance) speaker->speak(utterance, "Hello.");
  http.head(0, 200);
  http.body(0, kOneTwo);
  speaker->cancel();
  CHECK(http.all[0]->aborted);
  CHECK(http.all[1]->aborted);
  CHECK(said() == "");
  speaker->speak(4, "Again.");
  http.answer(2, 200, kOneTwo);
  CHECK(said() == "4:(1,2,) 4:. ");
}

TEST_CASE_FIXTURE(Speaking, "SpeechSpeaker sends no request for an empty text") {
  speaker->speak(1, " ");
  CHECK(http.all.empty());
  CHECK(said() == "1:. ");
}

TEST_CASE_FIXTURE(Speaking, "SpeechSpeaker fails a text with more than kMaxChars characters") {
  std::string text;
  for (std::size_t i = 0; i < SpeechSpeaker::kMaxChars; ++i) text += "\xc3\xa9";
  speaker->speak(1, text);
  CHECK(http.all.size() == 1);
  speaker->speak(2, text + "x");
  CHECK(http.all.size() == 1);
  http.answer(0, 200, kOneTwo);
  CHECK(said() == "1:(1,2,) 1:. 2:!local ");
}

TEST_CASE_FIXTURE(Speaking, "SpeechSpeaker repeats a request once if it failed before the first sample") {
  speaker->speak(1, "Hello.");
  speaker->speak(2, "You.");
  http.answer(0, 503, "");
  http.answer(1, 200, kOneTwo);
  CHECK(said() == "");
  advance(0ms);
  advance(249ms);
  CHECK(http.all.size() == 2);
  advance(1ms);
  REQUIRE(http.all.size() == 3);
  CHECK(http.all[2]->request.body.find("Hello.") != std::string::npos);
  const auto retries = speaker->take_retries();
  REQUIRE(retries.size() == 1);
  CHECK(retries[0].why.find("503") != std::string::npos);
  CHECK(retries[0].then == kAsksAgain);
  http.break_off(2);
  CHECK(said() == "1:!network 2:(1,2,) 2:. ");
  advance(1s);
  CHECK(http.all.size() == 3);
}

TEST_CASE_FIXTURE(Speaking, "SpeechSpeaker fails an utterance that broke in the middle, and continues with the next") {
  speaker->speak(1, "Hello.");
  speaker->speak(2, "You.");
  http.head(0, 200);
  http.body(0, kOneTwo);
  http.break_off(0);
  http.answer(1, 200, kOneTwo);
  CHECK(said() == "1:(1,2,) 1:!network 2:(1,2,) 2:. ");
}

TEST_CASE_FIXTURE(Speaking, "SpeechSpeaker reports the kind of a failure, and shows no secret") {
  struct { int status; std::string body, kind; } const cases[] = {
      {401, R"({"error":{"message":"sk-canary","code":"invalid_api_key"}})", "auth"},
      {429, "", "rate limited"},
      {400, R"({"error":{"param":"voice"}})", "protocol"},
      {200, "ID3\x04 mp3", "protocol"},
      {200, "OggSxxxx", "protocol"},
      {200, "{\"error\":1}", "protocol"},
  };
  std::uint32_t utterance = 0;
  for (const auto& one : cases) {
    speaker->speak(++utterance, "Hello.");
    http.answer(http.all.size() - 1, one.status, one.body);
    CHECK(said() == std::to_string(utterance) + ":!" + one.kind + " ");
    CHECK(why.find("sk-canary") == std::string::npos);
    CHECK(why.find("tts-x") != std::string::npos);
  }
  speaker->speak(9, "Hello.");
  http.answer(http.all.size() - 1, 200, "");
  advance(0ms);
  advance(1s);
  http.answer(http.all.size() - 1, 200, "x");
  CHECK(said() == "9:!empty ");
}

TEST_CASE("SpeechDecoder reads a WAV if it gets the octets in pieces of any size, and uses the WAV's sample rate") {
  media::WavFormat format;
  format.rate_hz = 16000;
  const Pcm pcm{1, -2, 300, -400};
  auto octets = media::write_wav(format, pcm);
  for (std::size_t i = 40; i < 44; ++i) octets[i] = 0xff;  // A server writes these octets if it does not know the length yet.
  const std::string wav(octets.begin(), octets.end());
  for (std::size_t step = 1; step <= wav.size(); ++step) {
    CAPTURE(step);
    SpeechDecoder decoder(24000);
    Pcm got;
    for (std::size_t at = 0; at < wav.size(); at += step) CHECK_FALSE(decoder.feed(std::string_view(wav).substr(at, step), got));
    CHECK(got == pcm);
    CHECK(decoder.rate_hz() == 16000);
    CHECK(decoder.samples() == 4);
  }
}

TEST_CASE("SpeechDecoder refuses a WAV that it cannot play") {
  const auto trouble = [](std::uint32_t rate_hz, std::uint16_t channels) {
    media::WavFormat format;
    format.rate_hz = rate_hz;
    format.channels = channels;
    const auto octets = media::write_wav(format, Pcm{1, 2});
    SpeechDecoder decoder(24000);
    Pcm got;
    return decoder.feed(std::string(octets.begin(), octets.end()), got);
  };
  CHECK_FALSE(trouble(8000, 1));
  CHECK(trouble(22050, 1)->kind == FailureKind::Protocol);
  CHECK(trouble(24000, 2)->why.find("2 channels at 24000 Hz") != std::string::npos);
}

TEST_CASE("SpeechDecoder bounds the size of a WAV's header") {
  const auto feed = [](std::size_t octets) {
    std::string head("RIFF\xff\xff\xff\xffWAVEjunk\x00\x00\x01\x00", 20);
    head.resize(octets, 'x');
    SpeechDecoder decoder(24000);
    Pcm got;
    return decoder.feed(head, got).has_value();
  };
  CHECK_FALSE(feed(SpeechDecoder::kMaxWavHead));
  CHECK(feed(SpeechDecoder::kMaxWavHead + 1));
}
