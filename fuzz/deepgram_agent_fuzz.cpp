// The input is a script of messages, audio, connections, commands and time for the core of Deepgram's Voice Agent. Checks that the core
// stays consistent, that it sends JSON and only to a connected socket, and that no event follows for a reply that was cancelled or has
// ended.
#include "require.hpp"
#include "script.hpp"

#include <offhook/agent/providers/deepgram/agent_protocol.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace offhook::agent;
using namespace offhook::agent::deepgram;
using offhook::fuzz::require;
using offhook::fuzz::Script;

namespace {

/// Frames of a server. The script replaces each '#' by a digit, so that ids match in some runs.
constexpr std::string_view kFrames[] = {
    R"({"type":"Welcome","request_id":"r"})",
    R"({"type":"SettingsApplied"})",
    R"({"type":"ConversationText","role":"user","content":"words #"})",
    R"({"type":"ConversationText","role":"assistant","content":"Good day #."})",
    R"({"type":"UserStartedSpeaking"})",
    R"({"type":"AgentThinking","content":"hm"})",
    R"({"type":"AgentStartedSpeaking","total_latency":0.5})",
    R"({"type":"AgentAudioDone"})",
    R"({"type":"FunctionCallRequest","functions":[{"id":"f#","name":"n","arguments":"{}","client_side":true}]})",
    R"({"type":"FunctionCallRequest","functions":[{"id":"f#","name":"n","arguments":"{}","client_side":true},{"id":"g#","name":"m","arguments":"","client_side":true}]})",
    R"({"type":"FunctionCallRequest","functions":[{"id":"f#","name":"n","arguments":"{}","client_side":false}]})",
    R"({"type":"FunctionCallCancelled","functions":[{"id":"f#","name":"n"}]})",
    R"({"type":"ConversationText","role":"user","content":"[The caller says nothing.]"})",
    R"({"type":"Warning","code":"FORCE_END_TURN_UNSUPPORTED","description":"d"})",
    R"({"type":"Error","code":"INTERNAL_SERVER_ERROR","description":"d"})",
    R"({"type":"Error","code":"INVALID_SETTINGS","description":"d"})",
    R"({"type":"InjectionRefused","message":"m"})",
    R"({"type":"Nobody knows"})",
    "{garbage",
};

class Player {
 public:
  Player(Script script, AgentSettings settings) : script_(script), core_(std::move(settings), {"Be brief.", "en", &history_, nullptr}) {
    history_.add({HistoryEntry::Kind::Caller, 1, "hello", {}, {}, false});
    history_.add({HistoryEntry::Kind::ToolCall, 1, "{}", "n", "f1", false});
    history_.add({HistoryEntry::Kind::ToolResult, 1, "{}", {}, "f1", false});
  }

  void play() {
    core_.start(now_);
    drain();
    while (!script_.over()) {
      step();
      require(core_.is_consistent());
      drain();
    }
  }

 private:
  void step() {
    switch (script_.next() % 17) {
      case 0: now_ += std::chrono::milliseconds(script_.next() * 10); return core_.handle_timeout(now_);
      case 1: now_ += std::chrono::seconds(script_.next()); return core_.handle_timeout(now_);
      case 2:
        if (const auto due = core_.next_deadline()) now_ = std::max(now_, *due);
        return core_.handle_timeout(now_);
      case 3:
      case 4:
      case 5: return say();
      case 6: return core_.on_text(script_.text(script_.next()), now_);
      case 7: return core_.on_audio(script_.text(script_.next()), now_);
      case 8: return core_.on_closed({static_cast<FailureKind>(script_.next() % 8), "it broke", closed_for()}, now_);
      case 9: return core_.begin_turn(++listen_turn_, now_);
      case 10: return core_.append(std::vector<std::uint8_t>(script_.next() * 64U, 0x55), now_);
      case 11: return script_.next() % 2 != 0 ? core_.end_turn(now_) : core_.abandon_turn(now_);
      case 12: return respond();
      case 13: open_ = false; return core_.cancel(turn_, now_);
      case 14: return answer_call();
      case 15: return core_.on_heard({turn_, "Good", script_.next() % 2 != 0, 0, {}}, script_.next() % 2 != 0, now_);
      case 16:
        if (core_.try_again(static_cast<Stage>(script_.next() % 3), script_.next() % 2 != 0 ? "Good" : "", now_)) open_ = core_.reply_turn() != 0;
        return;
    }
  }

  std::optional<offhook::base::Duration> closed_for() { return script_.next() % 3 == 0 ? std::nullopt : std::optional(kNetworkRetry); }

  void say() {
    std::string frame(kFrames[script_.next() % std::size(kFrames)]);
    for (char& c : frame) {
      if (c == '#') c = static_cast<char>('1' + script_.next() % 4);
    }
    core_.on_text(frame, now_);
  }

  void respond() {
    TurnInput input;
    input.turn = ++turn_;
    input.kind = static_cast<TurnInput::Kind>(script_.next() % 5);
    if (input.kind == TurnInput::Kind::Digits) input.text = "1";
    if (script_.next() % 4 == 0) input.said = "Good";
    open_ = true;
    core_.respond(input, now_);
  }

  void answer_call() {
    ToolOutcome outcome{turn_, std::string(script_.next() % 2 != 0 ? "f" : "g") + static_cast<char>('1' + script_.next() % 4), "{}", {}, false};
    if (script_.next() % 4 == 0) outcome.action = ReplyAction{turn_, ReplyAction::What::HangUp, {}};
    core_.on_tool(outcome, now_);
  }

  void of_reply(std::uint32_t turn) const { require(open_ && turn == turn_); }
  void drain() {
    while (const auto out = core_.poll_out()) {
      if (out->what == SocketOut::What::Connect) has_socket_ = true;
      else if (out->what == SocketOut::What::Binary) require(has_socket_ && !out->bytes.empty());
      else require(has_socket_ && nlohmann::json::accept(out->bytes));
    }
    while (const auto event = core_.poll_event()) {
      if (const auto* began = std::get_if<ItemBegan>(&*event)) of_reply(began->turn);
      if (const auto* audio = std::get_if<ItemAudio>(&*event)) of_reply(audio->turn);
      if (const auto* call = std::get_if<CallAsked>(&*event)) of_reply(call->turn);
      if (const auto* taken = std::get_if<TurnIsTaken>(&*event)) require(taken->turn == listen_turn_);
      if (const auto* ended = std::get_if<ReplyEnded>(&*event)) of_reply(ended->turn), open_ = false;
      if (const auto* broken = std::get_if<ReplyBroken>(&*event)) of_reply(broken->turn), open_ = false;
    }
  }

  Script script_;
  History history_;
  offhook::base::TimePoint now_{};
  bool has_socket_ = false, open_ = false;  // open_: a reply was requested, and has been neither cancelled nor ended
  std::uint32_t listen_turn_ = 0, turn_ = 0;
  AgentProtocol core_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const char* const model : {"flux", "nova-3"}) {
    AgentSettings settings;
    settings.listen_model = model;
    Player(Script(data, size), std::move(settings)).play();
  }
  return 0;
}
