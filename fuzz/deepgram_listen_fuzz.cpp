// The input is a script of frames, connections, turns and time for the core of Deepgram's live listening. Checks that the core stays
// consistent, sends no empty audio, and ends each turn once, with the transcript or failure of this turn.
#include "require.hpp"
#include "script.hpp"

#include <offhook/agent/providers/deepgram/nova_protocol.hpp>
#include <offhook/agent/providers/transcription/live_transcription.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

using namespace offhook::agent;
using namespace offhook::agent::deepgram;
using offhook::fuzz::require;
using offhook::fuzz::Script;

namespace {

class Player {
 public:
  Player(Script script, Sound sound) : script_(script), core_(std::make_unique<NovaProtocol>("the recogniser", sound)) {}

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
  /// Checks that the core ends a turn that the caller has ended, after the server has either closed finally or become silent.
  void settle() {
    core_.end();
    drain();
    if (script_.size() % 2 == 0 && has_socket_) {
      has_socket_ = false;
      core_.on_closed({FailureKind::Auth, "it is gone", std::nullopt});
      drain();
    }
    for (int i = 0; i < 300 && waits_; ++i) {  // The core sends the audio again at a limited rate.
      if (has_socket_ && i == 0) core_.on_open();
      core_.tick(now_ += std::chrono::seconds(1));
      drain();
    }
    require(!waits_);
  }

  void step() {
    switch (script_.next() % 10) {
      case 0: return core_.tick(now_ += std::chrono::milliseconds(script_.next() * 10));
      case 1: return open();
      case 2: return say();
      case 3: return core_.on_text(script_.text(script_.next()));
      case 4: return lose();
      case 5: waits_ = true; return core_.begin(++turn_);
      case 6: return core_.feed(std::vector<std::int16_t>(script_.next() * 64U, 5));
      case 7: return core_.end();
      case 8: waits_ = false; return core_.abandon();
      case 9: return core_.tick(now_);
    }
  }

  void open() {
    if (has_socket_) core_.on_open();
  }

  /// Delivers a result of one of three kinds, for some window of the audio.
  void say() {
    const std::uint8_t kind = script_.next();
    const nlohmann::json alternative = {{"transcript", std::string(script_.next() % 8, 'a')}, {"confidence", script_.next() / 100.0}};
    const nlohmann::json frame = {{"type", "Results"},
                                  {"start", script_.next() / 10.0},
                                  {"duration", script_.next() / 10.0},
                                  {"is_final", kind % 2 != 0},
                                  {"from_finalize", kind % 4 == 3},
                                  {"channel", {{"alternatives", nlohmann::json::array({alternative})}}}};
    core_.on_text(frame.dump());
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
      } else {
        require(has_socket_ && !out->bytes.empty());
      }
      if (out->what == SocketOut::What::Text) require(nlohmann::json::accept(out->bytes));
    }
    while (const auto event = core_.poll_event()) {
      const auto* const failed = std::get_if<ListenFailed>(&*event);
      require(waits_);
      if (failed != nullptr) {
        require(failed->turn == turn_ && !failed->why.empty());
        waits_ = false;
        continue;
      }
      const auto& transcript = std::get<Transcript>(*event);
      require(transcript.turn == turn_ && transcript.confidence >= 0 && transcript.confidence <= 1);
      require(transcript.final ? transcript.rejected == transcript.text.empty() : !transcript.text.empty());
      if (transcript.final) waits_ = false;
    }
  }

  Script script_;
  offhook::base::TimePoint now_{};
  bool has_socket_ = false, waits_ = false;
  std::uint32_t turn_ = 0;
  LiveTranscription core_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Script script(data, size);
  const std::uint8_t how = script.next();
  Player(script, {static_cast<Sound::Encoding>(how % 3), how / 3 % 2 == 0 ? 8000U : 16000U}).play();
  return 0;
}
