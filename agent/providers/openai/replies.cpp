#include <offhook/agent/providers/openai/replies.hpp>

#include <offhook/agent/providers/openai/history_replay.hpp>
#include <offhook/agent/support/utf8.hpp>
#include <offhook/agent/providers/openai/realtime_writer.hpp>

#include <algorithm>

// The requests of the conversation, and the start on a new socket. replies_server.cpp handles the messages of the server.
namespace offhook::inline v0::agent::openai::realtime {

using base::TimePoint;

namespace {

/// The input of a turn as a text. Text that the caller did not say is in brackets, so that the model does not take it for the caller's
/// words.
struct Telling { Role role = Role::System; std::string text; };

Telling telling_of(const TurnInput& input) {
  switch (input.kind) {
    case TurnInput::Kind::Opening:
      if (input.text == kMachineAnswered) return {Role::System, "[" + std::string(kMachineAnsweredNote) + "]"};
      return {};
    case TurnInput::Kind::Speech:
      if (!input.text.empty()) return {Role::User, input.text};
      return {Role::System, "[The caller said something that could not be understood.]"};
    case TurnInput::Kind::Digits: return {Role::User, "[The caller pressed the keys " + input.text + ".]"};
    case TurnInput::Kind::Silence: return {Role::System, "[The caller has said nothing for a while. Ask whether they are still there.]"};
    case TurnInput::Kind::Back: return {Role::System, "[The caller is back from a hold. Say in a few words that you are there.]"};
    case TurnInput::Kind::OtherCaller: return {Role::System, "[" + other_caller_note(input.text) + "]"};
    case TurnInput::Kind::ToolResult:
      return {Role::System, "[The result of " + input.text + " has come, and the caller has not heard of it. Tell them now, and go on with them.]"};
    case TurnInput::Kind::Failure:
      if (input.text == kTransferFailed)
        return {Role::System, "[The transfer failed: nobody answered there. Tell the caller so, and go on with them.]"};
      return {Role::System, "[This failed: " + input.text + ". Tell the caller so, and go on with them.]"};
  }
  return {};
}

}  // namespace

Replies::Replies(Wire& wire, RealtimeEvents& events, RealtimeCounters& counters, const RealtimeOptions& options)
    : wire_(wire), events_(events), counters_(counters), options_(options) {}

void Replies::respond(const TurnInput& input, bool as_sound, std::string opening_instructions, TimePoint now) {
  if (reply_.phase != Reply::Phase::None) cancel(reply_.input.turn, now);
  for (ReplyItem& item : items_.all()) {
    if (item.octets != 0) item.settled = true;  // No cut() follows. Items without audio are deleted with their response.
  }
  reply_ = {};
  reply_.phase = Reply::Phase::Waiting;
  reply_.input = input;
  reply_.as_sound = as_sound;
  reply_.opening_instructions = std::move(opening_instructions);
  reply_.ledger = ReplyLedger(input.said);
  advance(now);
}

void Replies::advance(TimePoint now) {
  if (!wire_.ready || reply_.phase != Reply::Phase::Waiting || response_.phase != Response::Phase::None) return;
  if (reply_.not_before && now < *reply_.not_before) return;
  reply_.not_before.reset();
  send_input();
  send_response(now);
}

void Replies::send_input() {
  const bool told = reply_.follow_up || reply_.as_sound || reply_.told_socket == wire_.socket;
  if (!reply_.follow_up && reply_.told_socket == 0) send_open_calls();
  reply_.told_socket = wire_.socket;
  if (const Telling telling = told ? Telling{} : telling_of(reply_.input); !telling.text.empty())
    wire_.send([&](std::string& out) { write_text_item(out, telling.role, telling.text); });
  if (const std::string note = reply_.ledger.take_note(); !note.empty())
    wire_.send([&](std::string& out) { write_text_item(out, Role::System, note); });
}

/// Sends a note about function calls of earlier turns that have no result yet. Without the note, the model would repeat them.
void Replies::send_open_calls() {
  std::string names;
  for (const OpenCall& call : calls_) {
    if (call.turn != reply_.input.turn) names += (names.empty() ? "" : ", ") + call.name;
  }
  if (names.empty()) return;
  const std::string note = "[Still at work: " + names + ". The results will come by themselves. Do not call these functions again for the same thing.]";
  wire_.send([&](std::string& out) { write_text_item(out, Role::System, note); });
}

void Replies::send_response(TimePoint) {
  response_ = {};
  response_.phase = Response::Phase::Requested;
  response_.wanted = true;
  response_.turn = reply_.input.turn;
  response_.event_id = "r" + std::to_string(++asked_);
  reply_.phase = Reply::Phase::Running;
  const bool opening = reply_.input.kind == TurnInput::Kind::Opening && !reply_.follow_up;
  wire_.send([&](std::string& out) { write_response(out, response_.event_id, opening ? reply_.opening_instructions : std::string_view{}); });
}

void Replies::cancel(std::uint32_t turn, TimePoint now) {
  drop_items(turn);
  if (reply_.phase == Reply::Phase::None || reply_.input.turn != turn) return;
  if (reply_.phase == Reply::Phase::Running) cancel_response(now);
  reply_ = {};
  replied_ = true;
}

void Replies::cancel_response(TimePoint now) {
  if (response_.phase == Response::Phase::None || !response_.wanted) return;
  response_.wanted = false;
  response_.cancel_by = now + kCancelWithin;
  wire_.send([this](std::string& out) { write_cancel(out, "x" + response_.event_id, response_.id); });
}

void Replies::drop_items(std::uint32_t turn) {
  for (ReplyItem& item : items_.all()) {
    if (item.turn == turn) item.wanted = false;
  }
}

void Replies::cut(std::uint32_t number, std::uint64_t heard_ms) {
  ReplyItem* const item = items_.find(number);
  if (item == nullptr || item->settled) return;
  item->settled = true;
  if (!wire_.ready || item->socket != wire_.socket) return;  // The socket of the item is gone. The present socket got the heard part in the history.
  const std::uint64_t received_ms = item->octets / octets_per_ms(options_.format);
  const std::uint64_t end_ms = std::min(heard_ms, received_ms);
  if (end_ms == 0) return delete_item(item->id);  // The server refuses to cut an item to 0 ms.
  if (item->ended && end_ms == received_ms) return;
  wire_.send([&](std::string& out) { write_truncate(out, "t" + std::to_string(number), item->id, end_ms); });
}

void Replies::delete_item(std::string_view item_id) {
  if (!item_id.empty()) wire_.send([item_id](std::string& out) { write_delete(out, {}, item_id); });
}

void Replies::settle(std::uint32_t turn) {
  for (ReplyItem& item : items_.all()) {
    if (item.turn == turn && (item.octets != 0 || response_.turn != turn)) item.settled = true;
  }
}

void Replies::on_own_words(std::uint32_t turn, std::string_view text) {
  if (text.empty() || items_.count(turn) != 0) return;
  wire_.send([text](std::string& out) { write_text_item(out, Role::Assistant, text); });  // If no socket is ready, the next one gets the text in the history.
}

// --- function calls ----------------------------------------------------------------------------------------------------------

bool Replies::has_open_calls(std::uint32_t turn) const {
  return std::any_of(calls_.begin(), calls_.end(), [turn](const OpenCall& call) { return call.turn == turn; });
}

bool Replies::is_open_call(std::string_view call_id) const {
  return std::any_of(calls_.begin(), calls_.end(), [call_id](const OpenCall& call) { return call.call_id == call_id; }) ||
         std::any_of(outputs_.begin(), outputs_.end(), [call_id](const WaitingOutput& each) { return each.call.call_id == call_id; });
}

void Replies::on_tool(const ToolOutcome& outcome, TimePoint now) {
  const auto found = std::find_if(calls_.begin(), calls_.end(), [&](const OpenCall& call) { return call.call_id == outcome.call_id; });
  if (found == calls_.end()) return;
  OpenCall call = std::move(*found);
  calls_.erase(found);
  const std::uint32_t turn = call.turn;
  const std::string_view output = cut_utf8(outcome.result, kMaxOutput);
  if (wire_.ready) {
    wire_.send([&](std::string& out) { write_output_item(out, call.call_id, output); });
  } else {
    outputs_.push_back({std::move(call), std::string(output)});
    if (outputs_.size() > kMaxOpenCalls) outputs_.erase(outputs_.begin());
  }
  // The reply was cancelled, but the function was called: the model gets the result, and does not speak about it by itself.
  if (reply_.phase != Reply::Phase::Tools || reply_.input.turn != turn) return;
  if (ends_conversation(outcome)) reply_.leaving = true;
  if (!has_open_calls(turn)) on_outputs(reply_.leaving, now);
}

void Replies::on_outputs(bool leaving, TimePoint now) {
  if (leaving) return end_reply();
  reply_.phase = Reply::Phase::Waiting;
  reply_.follow_up = true;
  advance(now);
}

// --- the socket --------------------------------------------------------------------------------------------------------------

void Replies::on_lost(const Fault& fault) {
  response_ = {};
  if (reply_.phase == Reply::Phase::Running) fail(fault);
}

void Replies::on_given_up(const Fault& fault) {
  if (reply_.phase == Reply::Phase::Waiting) fail(fault);
}

void Replies::adopt(const History* history) {
  response_ = {};
  retell_calls(history);
  if (reply_.phase == Reply::Phase::Waiting && history != nullptr && tells_of_turn(*history, reply_.input.turn))
    reply_.told_socket = wire_.socket;
}

void Replies::retell_calls(const History* history) {
  const auto told = [history](HistoryEntry::Kind kind, const OpenCall& call) {
    return history != nullptr && tells_of_call(*history, kind, call.call_id);
  };
  const auto report_call = [&](const OpenCall& call) {
    if (!told(HistoryEntry::Kind::ToolCall, call))
      wire_.send([&](std::string& out) { write_call_item(out, call.call_id, call.name, call.arguments); });
  };
  for (const OpenCall& call : calls_) report_call(call);
  for (const WaitingOutput& each : outputs_) {
    if (told(HistoryEntry::Kind::ToolResult, each.call)) continue;
    report_call(each.call);
    wire_.send([&](std::string& out) { write_output_item(out, each.call.call_id, each.output); });
  }
  outputs_.clear();
}

Replies::Retry Replies::try_again(std::string_view said) {
  using Phase = Reply::Phase;
  if (reply_.phase == Phase::None || reply_.phase == Phase::Tools || !reply_.ledger.may_retry()) return Retry::No;
  const bool refused = reply_.phase == Phase::Broken && (reply_.fault.fatal || reply_.fault.kind == FailureKind::RateLimited);
  if (refused) return Retry::No;
  const bool stuck = reply_.phase != Phase::Broken && wire_.ready;
  for (ReplyItem& item : items_.all()) {
    if (item.turn != reply_.input.turn) continue;
    end_item(item, false);
    item.wanted = false;
  }
  reply_.ledger.retry(said);  // After end_item(), which adds the text that the model wrote.
  reply_.phase = Phase::Waiting;
  reply_.not_before.reset();
  return stuck ? Retry::OnNewSocket : Retry::Again;
}

// --- time --------------------------------------------------------------------------------------------------------------------

void Replies::on_time(TimePoint now) {
  if (response_.cancel_by && now >= *response_.cancel_by) {
    ++counters_.lost_cancels;
    delete_unheard(response_.calls);
    response_ = {};
  }
  advance(now);
}

std::optional<TimePoint> Replies::next_deadline() const {
  if (response_.cancel_by) return response_.cancel_by;
  if (reply_.phase == Reply::Phase::Waiting && wire_.ready && response_.phase == Response::Phase::None) return reply_.not_before;
  return std::nullopt;
}

bool Replies::is_quiet() const {
  const bool over = reply_.phase == Reply::Phase::None || reply_.phase == Reply::Phase::Broken;
  return over && response_.phase == Response::Phase::None && calls_.empty() && outputs_.empty() && items_.all_settled();
}

bool Replies::is_consistent() const {
  using Phase = Reply::Phase;
  const bool running = response_.phase != Response::Phase::None;
  if (running && !wire_.ready) return false;
  if (running && response_.wanted != (reply_.phase == Phase::Running)) return false;
  if (!running && reply_.phase == Phase::Running) return false;
  if (response_.cancel_by && (!running || response_.wanted)) return false;
  if (reply_.phase == Phase::Tools && !has_open_calls(reply_.input.turn)) return false;
  if (reply_.phase == Phase::Waiting && wire_.ready && !running && !reply_.not_before) return false;  // Without a deadline, this reply would never continue.
  if (!outputs_.empty() && wire_.ready) return false;
  return calls_.size() <= kMaxOpenCalls && reply_.ledger.is_consistent() && reply_.items <= kMaxReplyItems;
}

}  // namespace offhook::inline v0::agent::openai::realtime
