// Any bytes as a script of turns, sockets, messages and time for the cores of Azure's recognition and synthesis: each turn has at most one
// end, nothing is said of one that was abandoned, and what is sent is always a message.
#include "require.hpp"
#include "script.hpp"

#include <offhook/agent/providers/azure/recognition.hpp>
#include <offhook/agent/providers/azure/synthesis.hpp>

#include <array>
#include <chrono>
#include <string>
#include <variant>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::azure;
using namespace std::chrono_literals;
using offhook::fuzz::require;
using offhook::fuzz::Script;

namespace {

constexpr std::array<std::string_view, 9> kPaths{"turn.start", "speech.hypothesis", "speech.phrase", "turn.end", "speech.startDetected",
                                                 "response",   "audio",             "speech.fragment", "audio.metadata"};

/// What both have in common: a socket that comes and goes, and says anything to the last request.
void play_socket(UspCore& core, Script& script, std::uint8_t what, std::string& last_id) {
  switch (what) {
    case 0: core.on_connecting(); break;
    case 1: core.on_open(); break;
    case 2: core.on_closed({FailureKind::Network, "gone", script.next() % 2 == 0}); break;
    default: {
      const std::string_view path = kPaths[script.next() % kPaths.size()];
      const std::uint8_t of = script.next();
      const std::string_view body = script.text(script.next());
      core.on_message({path, of % 8 == 0 ? std::string_view("other") : std::string_view(last_id), {}, of % 5 == 0 ? "2" : "1", body});
    }
  }
  while (const auto message = core.poll_message()) {
    require(!message->path.empty() && message->request_id.size() == 32);
    const std::string frame = write_usp(*message, "2026-07-01T12:00:00.250Z");
    require(message->binary ? parse_usp_binary(frame).has_value() : parse_usp_text(frame).has_value());
    if (!message->path.starts_with("speech.config")) last_id = message->request_id;
  }
}

void play_recognition(Script script) {
  base::SeededRandom random(1);
  Recognition core({8000, "en-US", {"Offhook"}}, 2s, random);
  base::TimePoint now{};
  std::string id;
  std::uint32_t turn = 0;
  bool open = false;
  while (!script.over()) {
    const std::uint8_t what = script.next();
    switch (what % 9) {
      case 4:
        core.begin(++turn);
        open = true;
        break;
      case 5: core.feed(std::vector<std::int16_t>(std::size_t{script.next()} * 80, 7)); break;
      case 6: core.end(); break;
      case 7:
        core.abandon();
        open = false;
        break;
      case 8: core.on_time(now += std::chrono::milliseconds(10) * script.next()); break;
      default: play_socket(core, script, what % 9, id);
    }
    while (const auto event = core.poll_event()) {
      const auto* const heard = std::get_if<Transcript>(&*event);
      require(open && (heard != nullptr ? heard->turn : std::get<ListenFailed>(*event).turn) == turn);
      if (heard != nullptr) require(heard->text.size() <= kMaxRecognisedText && heard->confidence >= 0 && heard->confidence <= 1);
      if (heard == nullptr || heard->final) open = false;
    }
  }
}

void play_synthesis(Script script) {
  base::SeededRandom random(1);
  Synthesis core({{"en-US", "v"}, 8000}, random);
  base::TimePoint now{};
  std::string id;
  std::uint32_t asked = 0, ended = 0;
  while (!script.over()) {
    const std::uint8_t what = script.next();
    switch (what % 9) {
      case 4:
      case 5: core.speak(++asked, script.text(script.next() % 16)); break;
      case 6:
      case 7:
        core.cancel();
        ended = asked;
        break;
      case 8: core.on_time(now += std::chrono::milliseconds(10) * script.next()); break;
      default: play_socket(core, script, what % 9, id);
    }
    while (const auto event = core.poll_event()) {
      if (const auto* audio = std::get_if<SpeechAudio>(&*event)) require(audio->utterance == ended + 1);
      else ++ended;
      require(ended <= asked);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  play_recognition(Script(data, size));
  play_synthesis(Script(data, size));
  return 0;
}
