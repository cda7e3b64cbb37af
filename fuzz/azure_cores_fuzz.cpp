// The input is a script of turns, sockets, messages and time for the cores of Azure's recognition and synthesis. Checks that each turn and
// each utterance that is not cut off ends exactly once, whatever the service sends. Checks that an abandoned turn causes no event, that the
// cores report only requested languages, and that they send only valid messages.
#include "require.hpp"
#include "script.hpp"

#include <offhook/agent/providers/azure/recognition_protocol.hpp>
#include <offhook/agent/providers/azure/synthesis.hpp>
#include <offhook/agent/providers/http_failure.hpp>
#include <offhook/agent/providers/transcription/live_transcription.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
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
                                                 "response", "audio", "speech.fragment", "audio.metadata"};

constexpr std::string_view kTimestamp = "2026-07-01T12:00:00.250Z";

/// A synthesis socket, as UspSocket provides it.
struct SynthesisEdge {
  Synthesis& core;

  void connect() { core.on_connecting(); }
  void on_open() { core.on_open(); }
  void on_closed(const RequestFailure& failure) { core.on_closed(failure); }
  void on_message(const UspMessage& message) { core.on_message(message); }
  /// Carries out what the core requests. Calls `connect` and `drop` without arguments, and `sent` with a frame and whether it is binary.
  template <class Connect, class Drop, class Sent>
  void carry_out(Connect connect, Drop drop, Sent sent) {
    if (!core.has_socket()) drop();
    if (core.wants_socket()) {
      core.on_connecting();
      connect();
    }
    while (const auto message = core.poll_message()) sent(write_usp(*message, kTimestamp), message->binary);
  }
};

/// A recognition socket, as SocketListener provides it.
struct RecognitionEdge {
  LiveTranscription& core;

  void connect() { core.connect(); }
  void on_open() { core.on_open(); }
  void on_closed(const RequestFailure& failure) { core.on_closed(failure); }
  void on_message(const UspMessage& message) { core.on_text(text_of(message)); }
  template <class Connect, class Drop, class Sent>
  void carry_out(Connect connect, Drop drop, Sent sent) {
    while (const auto out = core.poll_out()) {
      switch (out->what) {
        case SocketOut::What::Connect: connect(); break;
        case SocketOut::What::Drop: drop(); break;
        case SocketOut::What::Text: sent(out->bytes, false); break;
        case SocketOut::What::Binary: sent(out->bytes, true); break;
      }
    }
  }

 private:
  static std::string text_of(const UspMessage& message) {
    return "Path: " + std::string(message.path) + "\r\nX-RequestId: " + std::string(message.request_id) + "\r\n\r\n" + std::string(message.body);
  }
};

/// A socket of a core. The messages that it receives may have any content, and may belong to the last request or to another one.
template <class Edge>
class Line {
 public:
  Line(Edge edge, Script& script) : edge_(edge), script_(script) {
    edge_.connect();
    carry_out();
  }

  void play(std::uint8_t what) {
    if (!there_) return;
    switch (what) {
      case 0: return open();
      case 1: return lose(script_.next() % 2 == 0 ? std::optional(kNetworkRetry) : std::nullopt);
      default: {
        const std::string_view path = kPaths[script_.next() % kPaths.size()];
        const std::uint8_t of = script_.next();
        const std::string_view body = script_.text(script_.next());
        edge_.on_message({path, of % 8 == 0 ? std::string_view("other") : std::string_view(last_id_), {}, of % 5 == 0 ? "2" : "1", body});
      }
    }
  }
  void carry_out() {
    const auto connect = [this] {
      there_ = true;
      open_ = false;
    };
    edge_.carry_out(connect, [this] { there_ = false; }, [this](const std::string& frame, bool binary) { take(frame, binary); });
  }
  void open() {
    if (there_ && !std::exchange(open_, true)) edge_.on_open();
  }
  void lose(std::optional<base::Duration> retry_in) {
    if (!std::exchange(there_, false)) return;
    edge_.on_closed({FailureKind::Network, "gone", retry_in});
  }

 private:
  void take(const std::string& frame, bool binary) {
    const auto message = binary ? parse_usp_binary(frame) : parse_usp_text(frame);
    require(there_ && message && !message->path.empty() && message->request_id.size() == 32);
    if (!message->path.starts_with("speech.config")) last_id_ = message->request_id;
  }

  Edge edge_;
  Script& script_;
  std::string last_id_;
  bool there_ = true, open_ = false;
};

class Recognising {
 public:
  Recognising(Script script, std::vector<std::string> candidates)
      : script_(script),
        core_(std::make_unique<RecognitionProtocol>(RecognitionShape{8000, "en-US", {"Offhook"}, std::move(candidates)}, 2s,
                                                    std::make_unique<base::SeededRandom>(1), [] { return std::string(kTimestamp); })),
        line_({core_}, script_) {}

  void play() {
    while (!script_.over()) {
      step(script_.next() % 8);
      line_.carry_out();
      take();
      require(core_.is_consistent());
    }
    core_.end();
    if (script_.size() % 2 == 0) line_.lose(std::nullopt);
    take();
    // The service now stays silent. The core may send the audio again at a limited rate, at most twice.
    for (int i = 0; i < 300 && open_; ++i) {
      line_.open();
      core_.tick(now_ += 1s);
      line_.carry_out();
      take();
    }
    require(!open_);
  }
  [[nodiscard]] const std::string& heard_language() const { return core_.heard_language(); }

 private:
  void step(std::uint8_t what) {
    switch (what) {
      case 3:
        core_.begin(++turn_);
        open_ = true;
        return;
      case 4: return core_.feed(std::vector<std::int16_t>(std::size_t{script_.next()} * 80, 7));
      case 5: return core_.end();
      case 6:
        core_.abandon();
        open_ = false;
        return;
      case 7: return core_.tick(now_ += std::chrono::milliseconds(10) * script_.next());
      default: return line_.play(what);
    }
  }
  void take() {
    while (const auto event = core_.poll_event()) {
      const auto* const heard = std::get_if<Transcript>(&*event);
      require(open_ && (heard != nullptr ? heard->turn : std::get<ListenFailed>(*event).turn) == turn_);
      if (heard != nullptr) require(heard->text.size() <= kMaxRecognisedText && heard->confidence >= 0 && heard->confidence <= 1);
      if (heard == nullptr || heard->final) open_ = false;
    }
  }

  Script script_;
  base::TimePoint now_{};
  std::uint32_t turn_ = 0;
  bool open_ = false;
  LiveTranscription core_;
  Line<RecognitionEdge> line_;
};

class Speaking {
 public:
  explicit Speaking(Script script) : script_(script), core_({{"en-US", "v"}, 8000}, random_), line_({core_}, script_) {}

  void play() {
    while (!script_.over()) {
      step(script_.next() % 7);
      line_.carry_out();
      take();
    }
    if (script_.size() % 2 == 0) line_.lose(std::nullopt);
    take();
    for (int i = 0; i < 10 && ended_ < asked_; ++i) {
      line_.open();
      core_.on_time(now_ += 5s);
      line_.carry_out();
      take();
    }
    require(ended_ == asked_);
  }

 private:
  void step(std::uint8_t what) {
    switch (what) {
      case 3:
      case 4: return core_.speak(++asked_, script_.text(script_.next() % 16));
      case 5:
        core_.cancel();
        ended_ = asked_;
        return;
      case 6: return core_.on_time(now_ += std::chrono::milliseconds(10) * script_.next());
      default: return line_.play(what);
    }
  }
  void take() {
    while (const auto event = core_.poll_event()) {
      if (const auto* audio = std::get_if<SpeechAudio>(&*event)) require(audio->utterance == ended_ + 1);
      else ++ended_;
      require(ended_ <= asked_);
    }
  }

  Script script_;
  base::SeededRandom random_{1};
  base::TimePoint now_{};
  std::uint32_t asked_ = 0, ended_ = 0;
  Synthesis core_;
  Line<SynthesisEdge> line_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::string> candidates{"en-US", "de-DE"};
  Recognising detecting(Script(data, size), candidates), fixed(Script(data, size), {});
  detecting.play();
  fixed.play();
  const std::string& heard = detecting.heard_language();
  require(heard.empty() || std::find(candidates.begin(), candidates.end(), heard) != candidates.end());
  require(fixed.heard_language().empty());
  Speaking(Script(data, size)).play();
  return 0;
}
