// The input is a script of frames, audio, connections, texts and time for the core of Deepgram's speech. Checks that the core stays
// consistent, and that the utterances end once each, in order. Checks that no audio follows for a cancelled utterance or from a closed
// socket.
#include "require.hpp"
#include "script.hpp"

#include <offhook/agent/providers/deepgram/speech_stream.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>

using namespace offhook::agent;
using namespace offhook::agent::deepgram;
using offhook::fuzz::require;
using offhook::fuzz::Script;

namespace {

constexpr std::string_view kFrames[] = {
    R"({"type":"Flushed","sequence_id":0})", R"({"type":"Cleared","sequence_id":0})", R"({"type":"Warning","code":"x","description":"y"})",
    R"({"type":"Metadata","request_id":"r"})", R"({"type":7})", "{garbage",
};

class Player {
 public:
  explicit Player(Script script) : script_(script), core_("the voice", 8000) {}

  void play() {
    core_.connect();
    drain();
    while (!script_.over()) {
      step();
      drain();
      require(core_.is_consistent());
    }
    settle();
    core_.close();
    drain();
  }

 private:
  /// Checks that every utterance ends after the server has either closed finally or become silent.
  void settle() {
    if (script_.size() % 2 == 0 && has_socket_) {
      has_socket_ = false;
      core_.on_closed({FailureKind::Auth, "it is gone", std::nullopt});
      drain();
    }
    for (int i = 0; i < 10 && ended_ < asked_; ++i) {
      if (has_socket_) core_.on_open();
      core_.tick(now_ += std::chrono::seconds(5));
      drain();
    }
    require(ended_ == asked_ || cut_off_ == asked_);
  }

  void step() {
    switch (script_.next() % 10) {
      case 0: return core_.tick(now_ += std::chrono::milliseconds(script_.next() * 20));
      case 1: return core_.tick(now_ += std::chrono::minutes(script_.next()));
      case 2:
        if (has_socket_) core_.on_open();
        return;
      case 3: return core_.on_text(kFrames[script_.next() % std::size(kFrames)]);
      case 4: return core_.on_text(script_.text(script_.next()));
      case 5: return core_.on_audio(script_.text(script_.next()));
      case 6: return lose();
      case 7: return core_.speak(++asked_, script_.text(script_.next() % 32));
      case 8: return core_.speak(++asked_, std::string(script_.next() * 8U, 'a'));
      case 9: cut_off_ = asked_; return core_.cancel();
    }
  }

  void lose() {
    if (!has_socket_) return;
    has_socket_ = false;
    const std::uint8_t how = script_.next();
    core_.on_closed({static_cast<FailureKind>(how % 8), "it broke", how % 3 == 0 ? std::nullopt : std::optional(kNetworkRetry)});
  }

  void drain() {
    while (const auto out = core_.poll_out()) {
      if (out->what == SocketOut::What::Connect || out->what == SocketOut::What::Drop) {
        has_socket_ = out->what == SocketOut::What::Connect;
        continue;
      }
      require(has_socket_ && out->what == SocketOut::What::Text && nlohmann::json::accept(out->bytes));
    }
    while (const auto event = core_.poll_event()) {
      const std::uint32_t utterance = std::visit([](const auto& each) { return each.utterance; }, *event);
      require(utterance > cut_off_ && utterance > ended_ && utterance <= asked_);
      if (!std::holds_alternative<SpeechAudio>(*event)) ended_ = utterance;
    }
  }

  Script script_;
  offhook::base::TimePoint now_{};
  bool has_socket_ = false;
  std::uint32_t asked_ = 0, ended_ = 0, cut_off_ = 0;
  SpeechStream core_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Player(Script(data, size)).play();
  return 0;
}
