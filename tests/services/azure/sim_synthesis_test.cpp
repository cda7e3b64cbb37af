#include "virtual_service.hpp"

#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/providers/azure/synthesis_speaker.hpp>

#include <optional>
#include <string>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::test;
using namespace std::chrono_literals;

namespace {

struct Voice {
  explicit Voice(const std::string& scenario) : service(scenario) {
    azure::SynthesisOptions options;
    options.server.region = "westeurope";
    speaker.emplace(options, service, Wake{});
    speaker->open(SessionContext{});
    step();
  }
  void step() {
    now += 10ms;
    speaker->tick(now);
    service.run(now);
    while (const auto event = speaker->poll()) {
      if (const auto* audio = std::get_if<SpeechAudio>(&*event)) {
        samples += audio->pcm.size();
        for (const auto& word : audio->words) words += word.text + " ";
      } else if (const auto* failed = std::get_if<SpeakFailed>(&*event)) {
        said += std::to_string(failed->utterance) + ":!" + std::string(to_string(failed->kind)) + " ";
      } else {
        said += std::to_string(std::get<SpeechDone>(*event).utterance) + ":. ";
      }
    }
  }
  std::string wait(base::Duration time = 3s) {
    for (base::Duration at{}; at < time; at += 10ms) step();
    return std::exchange(said, {});
  }

  VirtualService service;
  std::optional<azure::SynthesisSpeaker> speaker;
  base::TimePoint now{};
  std::string said, words;
  std::size_t samples = 0;
};

}  // namespace

TEST_CASE("SynthesisSpeaker gets two texts completely, one after the other, on one socket of the simulated voice") {
  Voice voice("{}");
  voice.speaker->speak(1, "AT&T is <here>.");
  voice.speaker->speak(2, "Second \"text\".");
  CHECK(voice.wait() == "1:. 2:. ");
  CHECK(voice.words == "AT&T is <here>. Second \"text\". ");
  CHECK(voice.samples > 8000);
  CHECK(voice.service.lines.size() == 1);
  CHECK(voice.service.log.find("refused") == std::string::npos);
}

TEST_CASE("After cancel(), the simulated voice stops, and SynthesisSpeaker speaks the next text on the same socket") {
  Voice voice(R"({"speed":1})");
  voice.speaker->speak(1, "A long story about nothing at all, told at leisure.");
  (void)voice.wait(500ms);
  CHECK(voice.samples > 0);
  voice.speaker->cancel();
  voice.samples = 0;
  voice.speaker->speak(2, "Yes.");
  CHECK(voice.wait(5s) == "2:. ");
  CHECK(voice.service.log.find("stop") != std::string::npos);
  CHECK(voice.service.log.find("refused") == std::string::npos);
  CHECK(voice.service.lines.size() == 1);
}

TEST_CASE("SynthesisSpeaker::cancel() after the end of a text has no effect") {
  Voice voice("{}");
  voice.speaker->speak(1, "Yes.");
  CHECK(voice.wait() == "1:. ");
  voice.speaker->cancel();
  voice.speaker->speak(2, "No.");
  CHECK(voice.wait() == "2:. ");
}

TEST_CASE("SynthesisSpeaker reports or repairs each fault of the simulated voice") {
  Voice voice(R"({"doors":{"synthesis_turns":{"faults":[{"kind":"drop"},{"kind":"none"},{"kind":"drop","after_ms":300},{"kind":"empty"},{"kind":"garbage"},
                  {"kind":"close","status":4429}]}}})");
  voice.speaker->speak(1, "One drop before it began.");
  CHECK(voice.wait() == "1:. ");
  CHECK(voice.service.lines.size() == 2);
  voice.speaker->speak(2, "One in the middle of it all.");
  CHECK(voice.wait() == "2:!network ");
  voice.speaker->speak(3, "Nothing.");
  CHECK(voice.wait() == "3:!empty ");
  voice.speaker->speak(4, "Garbage.");
  CHECK(voice.wait() == "4:. ");
  CHECK(voice.speaker->counters().garbage == 2);
  voice.speaker->speak(5, "Too much.");
  CHECK(voice.wait() == "5:!rate limited ");
}

TEST_CASE("If the simulated voice stalls, SynthesisSpeaker ends the utterance with a timeout") {
  Voice voice(R"({"doors":{"synthesis_turns":{"faults":[{"kind":"stall"},{"kind":"stall","after_ms":300},{"kind":"none"}]}}})");
  voice.speaker->speak(1, "Nothing comes.");
  CHECK(voice.wait(5s) == "1:!timeout ");
  voice.speaker->speak(2, "Half of it comes, and then nothing more.");
  CHECK(voice.wait(6s) == "2:!timeout ");
  CHECK(voice.samples > 0);
  voice.speaker->speak(3, "All of it comes.");
  CHECK(voice.wait() == "3:. ");
}

TEST_CASE("The simulated service reads Offhook's SSML with an XML parser, and refuses invalid SSML") {
  CHECK(read_ssml(azure::write_ssml({"de-DE", "K"}, "a & <b> 'c' \"d\" ]]>")).text == "a & <b> 'c' \"d\" ]]>");
  CHECK(read_ssml(azure::write_ssml({"de-DE", "K"}, "x")).voice == "K");
  CHECK(read_ssml(azure::write_ssml({"de-DE", "K"}, "x")).language == "de-DE");
  CHECK_FALSE(read_ssml("<speak><voice>").complaint.empty());
  CHECK_FALSE(read_ssml("<speak>x</speak>").complaint.empty());
  CHECK(rate_of_format("raw-24khz-16bit-mono-pcm") == 24000);
  CHECK(rate_of_format("audio-16khz-32kbitrate-mono-mp3") == 0);
}
