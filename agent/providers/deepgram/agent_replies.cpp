#include <offhook/agent/providers/deepgram/agent_replies.hpp>

#include <offhook/agent/providers/chat/model_question.hpp>
#include <offhook/agent/support/utf8.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

// The requests of the conversation. agent_replies_server.cpp handles the messages of the server.
namespace offhook::inline v0::agent::deepgram {

using base::TimePoint;

void AgentReplies::respond(const TurnInput& input, std::string_view taken_words, TimePoint now) {
  cancel(turn(), now);
  reply_ = {};
  reply_.phase = Reply::Phase::Waiting;
  reply_.input = input;
  reply_.ledger = ReplyLedger(input.said);
  if (!taken_words.empty()) reply_.input.text = taken_words;
  if (!taken_words.empty() && floor_ == Floor::Pending) {
    reply_.phase = Reply::Phase::Running;
    reply_.told = true;
    floor_ = Floor::Ours;
    return replay_pending(now);
  }
  advance(now);
}

void AgentReplies::advance(TimePoint now) {
  if (!wire_.ready || reply_.phase != Reply::Phase::Waiting) return;
  if (floor_ == Floor::Pending && now >= pending_until_) leave_pending();
  if (floor_ == Floor::Quiet) return ask();
  if (!quiet_by_) quiet_by_ = now + kQuietWait;
}

/// Sends the input as words of the caller, which is the only way to make the model reply. Text that the caller did not say is in
/// brackets.
void AgentReplies::ask() {
  std::string text = reply_.told ? std::string() : chat::words_of(reply_.input);
  const auto add = [&text](const std::string& more) { text += (text.empty() || more.empty() ? "" : " ") + more; };
  add(std::exchange(reply_.results, {}));
  add(reply_.ledger.take_note());
  reply_.told = true;
  reply_.phase = Reply::Phase::Running;
  floor_ = Floor::Ours;
  quiet_by_.reset();
  wire_.text(write_user_message(text));
  echoes_.push_back(std::move(text));
  if (echoes_.size() > kMaxEchoes) echoes_.pop_front();
}

void AgentReplies::cancel(std::uint32_t turn, TimePoint) {
  if (reply_.phase == Reply::Phase::None || reply_.input.turn != turn) return;
  const bool is_over = settle_at_.has_value();  // true: all audio of the reply has come
  if (floor_ == Floor::Ours) floor_ = is_over ? Floor::Quiet : Floor::Foreign;
  item_ = 0;
  reply_ = {};
  settle_at_.reset();
  more_by_.reset();
  quiet_by_.reset();
}

AgentReplies::Retry AgentReplies::try_again(std::string_view said) {
  using Phase = Reply::Phase;
  if (reply_.phase == Phase::None || reply_.phase == Phase::Tools || !reply_.ledger.may_retry()) return Retry::No;
  if (reply_.phase == Phase::Broken && reply_.in_vain) return Retry::No;
  const bool is_lost = reply_.phase == Phase::Broken && std::exchange(reply_.lost, false);
  reply_.ledger.retry(said);
  end_item(false);
  settle_at_.reset();
  more_by_.reset();
  quiet_by_.reset();
  reply_.phase = Phase::Waiting;
  if (floor_ == Floor::Ours) floor_ = Floor::Foreign;
  return is_lost ? Retry::Again : Retry::OnNewSocket;  // On the same socket, the server would fail in the same way.
}

// --- function calls ----------------------------------------------------------------------------------------------------------

bool AgentReplies::has_open_calls(std::uint32_t turn) const {
  return std::any_of(calls_.begin(), calls_.end(), [turn](const OpenCall& each) { return each.turn == turn; });
}

std::string AgentReplies::on_tool(const ToolOutcome& outcome, TimePoint now) {
  const auto found = std::find_if(calls_.begin(), calls_.end(), [&](const OpenCall& each) { return each.call.id == outcome.call_id; });
  if (found == calls_.end()) return {};
  const OpenCall call = std::move(*found);
  calls_.erase(found);
  const bool is_awaited = reply_.phase == Reply::Phase::Tools && reply_.input.turn == call.turn;
  const std::string output(cut_utf8(outcome.result, kMaxOutput));
  std::string news;
  if (call.is_known && wire_.ready) {
    wire_.text(write_function_response(call.call, output));
  } else {
    news = "[The function " + call.call.name + " was called, and returned: " + output + "]";
  }
  if (!is_awaited) return news;  // The reply was cancelled, but the function was called: the model gets the result as a note.
  if (!news.empty() && reply_.results.size() + news.size() <= kMaxOutput) reply_.results += (reply_.results.empty() ? "" : " ") + news;
  if (ends_conversation(outcome)) reply_.leaving = true;
  if (!has_open_calls(call.turn)) go_on_with_results(now);
  return {};
}

void AgentReplies::go_on_with_results(TimePoint now) {
  if (reply_.leaving) {
    if (floor_ == Floor::Ours) floor_ = Floor::Foreign;  // Drop what the server still says.
    return end_reply();
  }
  if (reply_.results.empty()) {  // The server got all results as answers to its requests: it continues to speak.
    leave_pending();
    floor_ = Floor::Ours;
    reply_.phase = Reply::Phase::Running;
    more_by_ = now + kMoreWait;
    return;
  }
  end_item(false);
  reply_.phase = Reply::Phase::Waiting;
  if (floor_ == Floor::Ours) floor_ = Floor::Foreign;  // The server got some results as answers to its requests, and speaks about them. Drop that speech.
  advance(now);
}

/// Answers a function request that Offhook does not carry out. Without an answer, the server would wait for ever.
void AgentReplies::refuse(const FunctionAsked& call) {
  ++counters_.calls_dropped;
  wire_.text(write_function_response(call, kNothingDone));
}

// --- the socket --------------------------------------------------------------------------------------------------------------

void AgentReplies::on_lost(const RequestFailure& failure) {
  pending_.clear();
  pending_octets_ = 0;
  echoes_.clear();
  for (OpenCall& each : calls_) each.is_known = false;
  floor_ = Floor::Quiet;
  quiet_by_.reset();
  reply_.told = false;
  end_item(false);
  if (reply_.phase != Reply::Phase::Running) return;
  fail(failure);
  reply_.lost = true;
}

void AgentReplies::on_given_up(const RequestFailure& failure) {
  if (reply_.phase != Reply::Phase::Waiting) return;
  fail(failure);
  reply_.lost = true;
}

void AgentReplies::adopt(TimePoint now) { advance(now); }

// --- the end of a reply ------------------------------------------------------------------------------------------------------

void AgentReplies::end_reply() {
  end_item(true);
  settle_at_.reset();
  more_by_.reset();
  quiet_by_.reset();
  events_.push_back(ReplyEnded{reply_.input.turn});
  reply_ = {};
}

void AgentReplies::fail(const RequestFailure& failure) {
  end_item(false);
  settle_at_.reset();
  more_by_.reset();
  quiet_by_.reset();
  if (floor_ == Floor::Ours) floor_ = Floor::Foreign;
  reply_.phase = Reply::Phase::Broken;
  reply_.in_vain = failure.kind == FailureKind::Auth || failure.kind == FailureKind::RateLimited;
  events_.push_back(ReplyBroken{reply_.input.turn, failure.why, failure.kind});
}

void AgentReplies::finish() {
  floor_ = Floor::Quiet;
  settle_at_.reset();
  more_by_.reset();
  if (reply_.ledger.has_content()) return end_reply();
  fail({FailureKind::Empty, "the voice agent's reply is empty", std::nullopt});
}

void AgentReplies::on_time(TimePoint now) {
  const bool is_due = (settle_at_ && now >= *settle_at_) || (more_by_ && now >= *more_by_);
  if (is_due) finish();
  advance(now);
}

std::optional<TimePoint> AgentReplies::next_deadline() const {
  std::optional<TimePoint> next;
  const auto pending = quiet_by_ && floor_ == Floor::Pending ? std::optional(pending_until_) : std::nullopt;
  for (const auto& at : {settle_at_, more_by_, quiet_by_, pending}) {
    if (at && (!next || *at < *next)) next = at;
  }
  return next;
}

bool AgentReplies::is_consistent() const {
  using Phase = Reply::Phase;
  const bool running = reply_.phase == Phase::Running;
  if ((settle_at_ || more_by_) && (!running || floor_ != Floor::Ours)) return false;
  if (quiet_by_ && (reply_.phase != Phase::Waiting || floor_ == Floor::Quiet || !wire_.ready)) return false;
  if (floor_ == Floor::Ours && !running && reply_.phase != Phase::Tools) return false;
  if (reply_.phase == Phase::Tools && !has_open_calls(reply_.input.turn)) return false;
  if (reply_.phase == Phase::Waiting && wire_.ready && !quiet_by_) return false;  // Without a deadline, this reply would never continue.
  if (item_ != 0 && !running && reply_.phase != Phase::Tools) return false;
  if (!pending_.empty() && floor_ != Floor::Pending) return false;
  return calls_.size() <= kMaxOpenCalls && pending_.size() <= kMaxPending && echoes_.size() <= kMaxEchoes && reply_.ledger.is_consistent();
}

}  // namespace offhook::inline v0::agent::deepgram
