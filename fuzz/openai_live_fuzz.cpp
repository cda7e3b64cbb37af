// The input is a script of frames, connections and turns for the core of OpenAI's live transcription. Checks that each turn ends once, with
// the transcript or failure of this turn. Checks that the core sends JSON, starts with the settings of the session, and commits no audio
// that is too short for the server.
#include "require.hpp"
#include "script.hpp"

#include <offhook/agent/providers/openai/live_protocol.hpp>
#include <offhook/agent/providers/transcription/live_transcription.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace offhook::agent;
using offhook::fuzz::require;
using offhook::fuzz::Script;

namespace {

class Player {
 public:
  Player(Script script, AudioFormat format) : script_(script), core_(std::make_unique<openai::LiveProtocol>(shape(format))) {}

  void play() {
    core_.connect();
    drain();
    while (!script_.over()) {
      step();
      drain();
      require(core_.is_consistent());
    }
    core_.end();
    drain();
    core_.on_closed({FailureKind::Network, "it is gone", std::nullopt});  // A closed connection ends the last turn.
    drain();
    require(!waits_);
  }

 private:
  static openai::LiveShape shape(AudioFormat format) {
    openai::LiveShape made;
    made.format = format;
    return made;
  }

  void step() {
    switch (script_.next() % 7) {
      case 0: return lose();
      case 1: return say();
      case 2: return core_.on_text(script_.text(script_.next()));
      case 3: return begin();
      case 4: return core_.feed(std::vector<std::int16_t>(script_.next() * 16U, 5));
      case 5: return core_.end();
      case 6: waits_ = false; return core_.abandon();
    }
  }

  void lose() {
    if (!std::exchange(has_socket_, false)) return;
    core_.on_closed({static_cast<FailureKind>(script_.next() % 8), "it broke", std::optional(kNetworkRetry)});
  }

  void begin() {
    waits_ = true;
    core_.begin(++turn_);
  }

  /// Delivers a valid event, which is about the item of this turn or another item.
  void say() {
    const std::uint8_t what = script_.next();
    const std::string item = "item_" + std::to_string(script_.next() % 4), of = "conversation.item.input_audio_transcription.";
    const std::string words(script_.next() % 8, 'a');
    nlohmann::json event{{"event_id", "e"}, {"item_id", item}};
    switch (what % 5) {
      case 0: event["type"] = "input_audio_buffer.committed"; break;
      case 1: event.update({{"type", of + "delta"}, {"content_index", 0}, {"delta", words}}); break;
      case 2: event.update({{"type", of + "completed"}, {"content_index", 0}, {"transcript", words}}); break;
      case 3: event.update({{"type", of + "failed"}, {"content_index", 0}, {"error", {{"type", "transcription_error"}, {"code", words}, {"message", words}}}}); break;
      default: {
        const std::string code = what % 2 == 0 ? "input_audio_buffer_commit_empty" : "session_expired";
        event = {{"type", "error"}, {"event_id", "e"}, {"error", {{"type", "server_error"}, {"code", code}, {"message", words}, {"event_id", "commit_" + std::to_string(turn_)}}}};
      }
    }
    core_.on_text(event.dump());
  }

  void drain() {
    while (const auto out = core_.poll_out()) {
      if (out->what == SocketOut::What::Connect || out->what == SocketOut::What::Drop) {
        is_new_ = has_socket_ = out->what == SocketOut::What::Connect;
        sent_ms_ = 0;
        continue;
      }
      require(has_socket_ && out->what == SocketOut::What::Text);
      const auto frame = nlohmann::json::parse(out->bytes, nullptr, false);
      require(frame.is_object() && frame["type"].is_string());
      const std::string type = frame["type"];
      require(std::exchange(is_new_, false) == (type == "session.update"));
      if (type == "input_audio_buffer.append") sent_ms_ += openai::LiveProtocol::kFrameMs;
      if (type == "input_audio_buffer.commit") require(std::exchange(sent_ms_, 0) >= TurnUplink::kMinMs);
      if (type == "input_audio_buffer.clear") sent_ms_ = 0;
    }
    while (const auto event = core_.poll_event()) {
      require(waits_);
      if (const auto* failed = std::get_if<ListenFailed>(&*event)) {
        require(failed->turn == turn_ && !failed->why.empty());
        waits_ = false;
        continue;
      }
      const auto& transcript = std::get<Transcript>(*event);
      require(transcript.turn == turn_ && transcript.text.size() <= openai::realtime::kMaxText);
      require(transcript.final ? transcript.rejected == transcript.text.empty() : !transcript.text.empty());
      if (transcript.final) waits_ = false;
    }
  }

  Script script_;
  std::uint32_t turn_ = 0;
  std::size_t sent_ms_ = 0;  // upper bound of the audio in ms that was sent on this connection since the last commit or clear
  bool has_socket_ = false, waits_ = false, is_new_ = false;
  LiveTranscription core_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Script script(data, size);
  const auto format = static_cast<AudioFormat>(script.next() % 3);
  Player(script, format).play();
  return 0;
}
