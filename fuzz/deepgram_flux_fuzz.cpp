// The input is a script of frames, connections, turns and time for the core of listening with Flux. Checks that the core stays consistent,
// sends no empty audio, and ends each turn once, whatever the server sends.
#include "require.hpp"
#include "script.hpp"

#include <offhook/agent/providers/deepgram/flux_protocol.hpp>
#include <offhook/agent/providers/transcription/live_transcription.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace offhook::agent;
using namespace offhook::agent::deepgram;
using offhook::fuzz::require;
using offhook::fuzz::Script;

namespace {

constexpr const char* kEvents[] = {"Update", "StartOfTurn", "EagerEndOfTurn", "TurnResumed", "EndOfTurn"};
constexpr const char* kTriggers[] = {"model", "manual", "timeout", "nobody knows"};

class Player {
 public:
  Player(Script script, Sound sound) : script_(script), core_(std::make_unique<FluxProtocol>("the recogniser", sound)) {}

  void play() {
    core_.connect();
    drain();
    while (!script_.over()) {
      step(script_.next() % 11);
      drain();
      require(core_.is_consistent());
    }
    settle();
    core_.close();
    drain();
  }

 private:
  void step(std::uint8_t what) {
    switch (what) {
      case 0: return core_.tick(now_ += std::chrono::milliseconds(script_.next() * 10));
      case 1: return open();
      case 2:
      case 3: return say_turn();
      case 4: return say(script_.text(script_.next()));
      case 5: return say(R"({"type":"Warning","code":"FORCE_END_TURN_NO_ACTIVE_TURN"})");
      case 6: return lose();
      case 7:
        waits_ = true;
        return core_.begin(++turn_);
      case 8: return core_.feed(std::vector<std::int16_t>(script_.next() * 64U, 5));
      case 9: return core_.end();
      default: waits_ = false; return core_.abandon();
    }
  }

  void open() {
    if (has_socket_ && !std::exchange(open_, true)) core_.on_open();
  }
  /// Delivers a frame if the socket is open.
  void say(std::string_view frame) {
    if (open_) core_.on_text(frame);
  }

  void say_turn() {
    const std::uint8_t kind = script_.next();
    const nlohmann::json word = {{"word", "a"}, {"confidence", script_.next() / 100.0}};
    const nlohmann::json frame = {{"type", "TurnInfo"},
                                  {"event", kEvents[kind % 5]},
                                  {"trigger", kTriggers[kind / 5 % 4]},
                                  {"turn_index", kind / 20},
                                  {"audio_window_end", script_.next() / 10.0},
                                  {"transcript", std::string(script_.next() % 8, 'a')},
                                  {"words", nlohmann::json::array({word})}};
    say(frame.dump());
  }

  void lose() {
    if (!has_socket_) return;
    const std::uint8_t how = script_.next();
    if (how % 4 == 3) return say(how % 8 == 3 ? R"({"type":"Error","code":"INTERNAL_SERVER_ERROR"})" : R"({"type":"Error","code":"X"})");
    has_socket_ = open_ = false;
    core_.on_closed({static_cast<FailureKind>(how % 8), "it broke", how % 3 == 0 ? std::nullopt : std::optional(kNetworkRetry)});
  }

  /// Checks that the core ends a turn that the caller has ended, after the server has either closed finally or become silent.
  void settle() {
    core_.end();
    drain();
    if (script_.size() % 2 == 0 && has_socket_) {
      has_socket_ = open_ = false;
      core_.on_closed({FailureKind::Auth, "it is gone", std::nullopt});
      drain();
    }
    open();
    for (int i = 0; i < 300 && waits_; ++i) {  // The core sends the audio again at a limited rate.
      core_.tick(now_ += std::chrono::seconds(1));
      drain();
    }
    require(!waits_);
  }

  void drain() {
    while (const auto out = core_.poll_out()) {
      if (out->what == SocketOut::What::Connect || out->what == SocketOut::What::Drop) {
        has_socket_ = out->what == SocketOut::What::Connect;
        open_ = false;
        continue;
      }
      require(has_socket_ && !out->bytes.empty());
      if (out->what == SocketOut::What::Text) require(nlohmann::json::accept(out->bytes));
    }
    while (const auto event = core_.poll_event()) {
      require(waits_);
      if (const auto* failed = std::get_if<ListenFailed>(&*event)) {
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
  bool has_socket_ = false, open_ = false, waits_ = false;
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
