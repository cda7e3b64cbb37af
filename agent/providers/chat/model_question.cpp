#include <offhook/agent/providers/chat/model_question.hpp>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <set>
#include <string_view>
#include <utility>

namespace offhook::inline v0::agent::chat {

namespace {

using Kind = HistoryEntry::Kind;

/// Builds the list of messages, with the oldest first.
class Messages {
 public:
  void say(ModelMessage::Kind kind, std::string_view text) {
    if (text.empty()) return;
    if (!list_.empty() && list_.back().kind == kind) {
      list_.back().text += '\n';
    } else {
      list_.push_back({kind, {}, {}});
    }
    list_.back().text += text;
  }
  void call(std::vector<ModelMessage::Call> calls) {
    std::erase_if(calls, [this](const auto& call) { return !known_.insert(call.id).second; });
    if (!calls.empty()) list_.push_back({ModelMessage::Kind::Calls, {}, std::move(calls)});
  }
  [[nodiscard]] std::vector<ModelMessage> take() { return std::move(list_); }

 private:
  std::vector<ModelMessage> list_;
  std::set<std::string> known_;  // ids of the function calls in the list; a repeated id would confuse the server
};

/// The result that the model gets for a function call of an earlier turn that is still in progress.
constexpr std::string_view kAtWork = R"({"status":"still at work","note":"The result will come by itself. Do not make this call again."})";

const HistoryEntry* result_of(const History& history, const std::string& call_id) {
  const auto& entries = history.entries();
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const HistoryEntry& entry) {
    return entry.kind == Kind::ToolResult && entry.call_id == call_id;
  });
  return found == entries.end() ? nullptr : &*found;
}

/// Returns true for an entry of the present turn that messages_of() adds after the history: first the model's text, then its function calls with
/// their results. In the history's order, the model's own text could be the last message, and the model would have nothing to answer.
bool is_told_later(const HistoryEntry& entry, const PresentTurn& now) {
  if (entry.kind == Kind::Agent) return entry.turn == now.input.turn && !now.rounds.empty() && !now.said.empty();
  if (entry.kind != Kind::ToolCall) return false;
  return std::any_of(now.rounds.begin(), now.rounds.end(), [&](const auto& round) {
    return std::any_of(round.begin(), round.end(), [&](const auto& call) { return call.id == entry.call_id; });
  });
}

void add_history(const History& history, const PresentTurn& now, Messages& out) {
  std::vector<ModelMessage::Call> calls;  // consecutive function calls in the history: they come from one answer of the model
  for (const HistoryEntry& entry : history.entries()) {
    if (is_told_later(entry, now)) continue;
    if (entry.kind == Kind::ToolCall) {
      const HistoryEntry* result = result_of(history, entry.call_id);
      if (result != nullptr || entry.turn < now.input.turn)
        calls.push_back({entry.call_id, entry.name, entry.text, result != nullptr ? result->text : std::string(kAtWork)});
      continue;
    }
    if (!calls.empty()) out.call(std::exchange(calls, {}));
    switch (entry.kind) {
      case Kind::Caller: out.say(ModelMessage::Kind::User, entry.text); break;
      case Kind::Agent: out.say(ModelMessage::Kind::Assistant, entry.interrupted ? entry.text + "..." : entry.text); break;
      case Kind::Note: out.say(ModelMessage::Kind::User, "[" + entry.text + "]"); break;
      case Kind::ToolCall:
      case Kind::ToolResult: break;
    }
  }
  if (!calls.empty()) out.call(std::move(calls));
}

bool holds(const History* history, std::uint32_t turn, std::initializer_list<Kind> kinds) {
  if (history == nullptr) return false;
  const auto& entries = history->entries();
  return std::any_of(entries.rbegin(), entries.rend(), [&](const HistoryEntry& entry) {
    return entry.turn == turn && std::find(kinds.begin(), kinds.end(), entry.kind) != kinds.end();
  });
}

std::size_t octets_of(const ModelMessage& message) {
  std::size_t octets = message.text.size();
  for (const ModelMessage::Call& call : message.calls) octets += call.id.size() + call.name.size() + call.arguments.size() + call.result.size();
  return octets;
}

constexpr std::string_view kCutOff = "[A fault of the line cut you off there. Go on right behind your last word, and repeat nothing.]";

bool is_of_user(const ModelMessage& message) { return message.kind == ModelMessage::Kind::User && message.text != kCutOff; }

}  // namespace

std::string words_of(const TurnInput& input) {
  switch (input.kind) {
    case TurnInput::Kind::Opening:
      return input.text == kMachineAnswered ? "[" + std::string(kMachineAnsweredNote) + "]" : "[The call begins. Greet the caller.]";
    case TurnInput::Kind::Digits: return "[The caller pressed the keys " + input.text + "]";
    case TurnInput::Kind::Silence: return "[The caller says nothing.]";
    case TurnInput::Kind::Back: return "[The caller is back from a hold. Say in a few words that you are there.]";
    case TurnInput::Kind::OtherCaller: return "[" + other_caller_note(input.text) + "]";
    case TurnInput::Kind::ToolResult: return "[The result of " + input.text + " has come, and the caller has not heard of it. Tell them now.]";
    case TurnInput::Kind::Failure:
      return input.text == kTransferFailed ? "[The transfer failed: nobody was reached. Tell the caller, and go on.]"
                                           : "[This failed: " + input.text + "]";
    case TurnInput::Kind::Speech: break;
  }
  if (!input.rejected && !input.text.empty()) return input.text;
  return input.text.empty() ? "[The caller said something that was not understood.]" : input.text + " [perhaps misheard]";
}

std::vector<ModelMessage> messages_of(const History* history, const PresentTurn& now) {
  Messages out;
  if (history != nullptr) add_history(*history, now, out);
  const bool is_speech = now.input.kind == TurnInput::Kind::Speech;
  if (!holds(history, now.input.turn,
             is_speech ? std::initializer_list<Kind>{Kind::Caller} : std::initializer_list<Kind>{Kind::Caller, Kind::Note}))
    out.say(ModelMessage::Kind::User, words_of(now.input));
  if (!now.input.said.empty()) {
    out.say(ModelMessage::Kind::Assistant, now.input.said);
    out.say(ModelMessage::Kind::User, kCutOff);
  }
  if (!now.rounds.empty() || !holds(history, now.input.turn, {Kind::Agent})) out.say(ModelMessage::Kind::Assistant, now.said);
  for (const auto& round : now.rounds) out.call(round);
  return out.take();
}

std::size_t octets_of(const std::vector<ModelMessage>& messages) {
  return std::accumulate(messages.begin(), messages.end(), std::size_t{0},
                         [](std::size_t sum, const ModelMessage& message) { return sum + octets_of(message); });
}

void keep_newest(std::vector<ModelMessage>& messages, std::size_t most_octets) {
  if (octets_of(messages) <= most_octets) return;
  auto first = messages.end();
  for (std::size_t octets = 0; first != messages.begin(); --first) {
    octets += octets_of(*std::prev(first));
    if (octets > most_octets) break;
  }
  const auto last_words = std::find_if(messages.rbegin(), messages.rend(), is_of_user);
  if (last_words == messages.rend()) return;
  first = std::min(std::find_if(first, messages.end(), is_of_user), std::prev(last_words.base()));
  messages.erase(messages.begin(), first);
}

}  // namespace offhook::inline v0::agent::chat
