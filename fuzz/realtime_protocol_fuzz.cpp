// The input is a script of frames, connections, commands and time for the core of OpenAI Realtime. Checks that the core stays consistent,
// that it sends JSON and only to a connected socket, and that no event follows for a cancelled reply.
#include "require.hpp"
#include "script.hpp"

#include <offhook/agent/providers/openai/realtime_protocol.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace offhook::agent;
using namespace offhook::agent::openai::realtime;
using namespace std::chrono_literals;
using offhook::fuzz::require;
using offhook::fuzz::Script;

namespace {

/// Frames of a server. The script replaces each '#' by a digit, so that ids match in some runs.
constexpr std::string_view kFrames[] = {
    R"({"type":"session.created","session":{"id":"s"}})",
    R"({"type":"session.updated","session":{}})",
    R"({"type":"response.created","response":{"id":"r#"}})",
    R"({"type":"response.output_audio.delta","response_id":"r#","item_id":"i#","delta":"//////////8="})",
    R"({"type":"response.output_audio_transcript.delta","response_id":"r#","item_id":"i#","delta":"Hello there "})",
    R"({"type":"response.output_audio_transcript.done","response_id":"r#","item_id":"i#","transcript":"Hello."})",
    R"({"type":"response.output_text.delta","item_id":"i#","delta":"text"})",
    R"({"type":"response.output_item.done","response_id":"r#","item":{"id":"i#","type":"message","status":"completed"}})",
    R"({"type":"response.output_item.done","response_id":"r#","item":{"id":"f#","type":"function_call","status":"completed","call_id":"c#","name":"n","arguments":"{}"}})",
    R"({"type":"response.done","response":{"id":"r#","status":"completed","output":[]}})",
    R"({"type":"response.done","response":{"id":"r#","status":"completed","output":[{"id":"f#","type":"function_call","call_id":"c#","name":"n","arguments":"{}"},{"id":"g","type":"function_call","call_id":"d#","name":"n","arguments":"{}"}]}})",
    R"({"type":"response.done","response":{"id":"r#","status":"cancelled"}})",
    R"({"type":"response.done","response":{"id":"r#","status":"incomplete"}})",
    R"({"type":"response.done","response":{"id":"r#","status":"failed","status_details":{"error":{"code":"server_error"}}}})",
    R"({"type":"response.done","response":{"status":"failed","status_details":{"error":{"code":"rate_limit_exceeded"}}}})",
    R"({"type":"response.done","response":{"status":"failed","status_details":{"error":{"code":"insufficient_quota"}}}})",
    R"({"type":"input_audio_buffer.committed","item_id":"u#"})",
    R"({"type":"conversation.item.input_audio_transcription.completed","item_id":"u#","transcript":"words"})",
    R"({"type":"conversation.item.input_audio_transcription.failed","item_id":"u#"})",
    R"({"type":"error","error":{"code":"conversation_already_has_active_response","event_id":"r#"}})",
    R"({"type":"error","error":{"code":"conversation_already_has_active_response"}})",
    R"({"type":"error","error":{"type":"invalid_request_error","code":"invalid_value","event_id":"r#"}})",
    R"({"type":"error","error":{"code":"input_audio_buffer_commit_empty","event_id":"c#"}})",
    R"({"type":"error","error":{"code":"session_expired"}})",
    R"({"type":"rate_limits.updated","rate_limits":[{"remaining":0,"reset_seconds":#}]})",
    R"({"type":"nobody.knows"})",
    "{garbage",
};

class Player {
 public:
  Player(Script script, RealtimeOptions options) : script_(script), core_(std::move(options), briefing()) {
    history_.add({HistoryEntry::Kind::Caller, 1, "hello", {}, {}, false});
    history_.add({HistoryEntry::Kind::ToolCall, 1, "{}", "n", "c1", false});
  }

  void play() {
    core_.start(now_);
    drain();
    while (!script_.over()) {
      step();
      drain();
      require(core_.is_consistent());
    }
    core_.close();
    drain();
    require(sockets_.empty());
  }

 private:
  RealtimeBriefing briefing() { return {"Be brief.", "Greet.", "", &history_, nullptr}; }

  std::uint32_t some_socket() { return sockets_.empty() ? script_.next() : sockets_[script_.next() % sockets_.size()]; }

  void step() {
    switch (script_.next() % 18) {
      case 0: now_ += std::chrono::milliseconds(script_.next() * 10); return core_.handle_timeout(now_);
      case 1: now_ += std::chrono::minutes(script_.next() % 64); return core_.handle_timeout(now_);
      case 2:
        if (const auto due = core_.next_deadline()) now_ = std::max(now_, *due);
        return core_.handle_timeout(now_);
      case 3: return core_.on_socket_open(some_socket(), now_);
      case 4:
      case 5: return say();
      case 6: {
        const std::uint32_t socket = some_socket();
        return core_.on_frame(socket, script_.text(script_.next()), now_);
      }
      case 7: return lose();
      case 8: return core_.begin_turn(++listen_turn_, now_);
      case 9: return core_.append(std::vector<std::uint8_t>(script_.next() * 8U, 0x55));
      case 10: return core_.end_turn(now_);
      case 11: return core_.abandon_turn(now_);
      case 12: return respond();
      case 13: return cancel();
      case 14: return answer_call();
      case 15: return core_.cut(script_.next(), script_.next(), now_);
      case 16: return script_.next() % 2 != 0 ? core_.settle(turn_, now_) : core_.on_own_words(turn_, "ours", now_);
      case 17:
        if (core_.try_again(script_.next() % 2 != 0 ? "Hello" : "", now_)) cancelled_ = false;
        return;
    }
  }

  void say() {
    std::string frame(kFrames[script_.next() % std::size(kFrames)]);
    for (char& c : frame) {
      if (c == '#') c = static_cast<char>('1' + script_.next() % 4);
    }
    core_.on_frame(some_socket(), frame, now_);
  }

  void lose() {
    constexpr int kCodes[] = {1000, 1001, 1006, 1008, 1011, 3000};
    constexpr int kStatus[] = {401, 404, 429, 500};
    const std::uint32_t socket = some_socket();
    std::erase(sockets_, socket);
    const std::uint8_t how = script_.next();
    if (how < 200) return core_.on_socket_closed(socket, {std::nullopt, 0, {}, kCodes[how % std::size(kCodes)], {}}, now_);
    core_.on_socket_closed(socket, {net::NetError{}, kStatus[how % std::size(kStatus)], std::to_string(how % 16), 0, {}}, now_);
  }

  void respond() {
    TurnInput input;
    input.turn = ++turn_;
    input.kind = static_cast<TurnInput::Kind>(script_.next() % 5);
    input.text = "words";
    cancelled_ = false;
    core_.respond(input, now_);
  }

  void cancel() {
    core_.cancel(turn_, now_);
    cancelled_ = true;
  }

  void answer_call() {
    if (calls_.empty()) return;
    const CallAsked call = calls_.back();
    calls_.pop_back();
    ToolOutcome outcome{call.turn, call.call_id, "{}", std::nullopt, false};
    if (script_.next() % 8 == 0) outcome.action = ReplyAction{call.turn, ReplyAction::What::HangUp, {}};
    core_.on_tool(outcome, now_);
  }

  void drain() {
    while (const auto transmit = core_.poll_transmit()) {
      const bool known = std::find(sockets_.begin(), sockets_.end(), transmit->socket) != sockets_.end();
      switch (transmit->what) {
        case Transmit::What::Open:
          require(!known);
          sockets_.push_back(transmit->socket);
          break;
        case Transmit::What::Close:
          require(known);
          std::erase(sockets_, transmit->socket);
          break;
        case Transmit::What::Text:
          require(known);
          require(nlohmann::json::accept(transmit->text));
          break;
      }
      require(sockets_.size() <= 2);
    }
    while (auto event = core_.poll_event()) {
      if (auto* call = std::get_if<CallAsked>(&*event)) calls_.push_back(*call);
      const bool of_reply = !std::holds_alternative<TurnIsTaken>(*event) && !std::holds_alternative<NothingHeard>(*event) && !std::holds_alternative<CallerText>(*event);
      const std::uint32_t turn = std::visit([](const auto& each) { return each.turn; }, *event);
      if (of_reply) require(turn == turn_ && !cancelled_);
    }
  }

  Script script_;
  History history_;
  offhook::base::TimePoint now_{};
  std::vector<std::uint32_t> sockets_;
  std::vector<CallAsked> calls_;
  std::uint32_t turn_ = 0, listen_turn_ = 0;
  bool cancelled_ = false;
  RealtimeProtocol core_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Script script(data, size);
  RealtimeOptions options;
  const std::uint8_t how = script.next();
  options.turn_detection.kind = static_cast<TurnDetection::Kind>(how % 3);
  options.format = static_cast<AudioFormat>(how / 3 % 3);
  Player(script, std::move(options)).play();
  return 0;
}
