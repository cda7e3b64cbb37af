#include <offhook/agent/providers/deepgram/agent_replies.hpp>

#include <algorithm>
#include <type_traits>
#include <utility>

// The messages of the server, and the owner of its speech.
namespace offhook::inline v0::agent::deepgram {

using base::TimePoint;

// --- the floor ---------------------------------------------------------------------------------------------------------------

bool AgentReplies::take_echo(std::string_view text) {
  const auto found = std::find(echoes_.begin(), echoes_.end(), text);
  if (found == echoes_.end()) return false;
  echoes_.erase(found);
  return true;
}

void AgentReplies::on_turn_taken(TimePoint now) {
  end_item(false);
  settle_at_.reset();
  more_by_.reset();
  pending_.clear();
  pending_octets_ = 0;
  floor_ = Floor::Pending;
  pending_until_ = now + kPendingWait;
  advance(now);
}

void AgentReplies::on_more_words() {
  if (floor_ == Floor::Pending) {
    pending_.clear();
    pending_octets_ = 0;
  } else if (floor_ != Floor::Ours || reply_.ledger.has_content()) {
    on_foreign_turn();
  }
}

void AgentReplies::on_foreign_turn() {
  // Until the reply has content, these words may be the text of this class, which some servers repeat with changes.
  if (floor_ == Floor::Ours && !reply_.ledger.has_content()) return;
  if (floor_ == Floor::Ours && reply_.phase == Reply::Phase::Running) end_reply();
  leave_pending();
  floor_ = Floor::Foreign;
}

void AgentReplies::on_user_started(TimePoint now) {
  if (floor_ == Floor::Pending) {
    pending_.clear();  // The server drops its answer, because the caller continues. More words follow.
    pending_octets_ = 0;
    return;
  }
  if (floor_ == Floor::Ours && reply_.phase == Reply::Phase::Running && !reply_.ledger.has_content()) return;  // The server will answer the new words too.
  const bool was_ours = floor_ == Floor::Ours;
  floor_ = Floor::Quiet;
  end_item(false);
  if (was_ours && reply_.phase == Reply::Phase::Running) end_reply();
  advance(now);
}

bool AgentReplies::is_ours() {
  if (floor_ == Floor::Quiet) floor_ = Floor::Foreign;
  return floor_ == Floor::Ours;
}

// --- messages that wait for the conversation ---------------------------------------------------------------------------------

bool AgentReplies::wait_in_line(Pending pending, std::size_t octets) {
  if (floor_ != Floor::Pending) return false;
  if (pending_.size() == kMaxPending || pending_octets_ + octets > kMaxPendingOctets) {
    counters_.audio_dropped += octets;
    return true;
  }
  pending_octets_ += octets;
  pending_.push_back(std::move(pending));
  return true;
}

void AgentReplies::replay_pending(TimePoint now) {
  pending_octets_ = 0;
  for (const Pending& each : std::exchange(pending_, {})) {
    std::visit(
        [&](const auto& what) {
          using What = std::decay_t<decltype(what)>;
          if constexpr (std::is_same_v<What, std::string>) on_agent_text(what, now);
          else if constexpr (std::is_same_v<What, Sound>) on_audio(what.octets, now);
          else if constexpr (std::is_same_v<What, AudioDone>) on_audio_done(now);
          else on_functions(what, now);
        },
        each);
  }
}

/// Drops the answer that waits, because the conversation did not request it.
void AgentReplies::leave_pending() {
  if (floor_ != Floor::Pending) return;
  const bool is_over = pending_.size() > 1 && std::holds_alternative<AudioDone>(pending_.back());
  for (const Pending& each : pending_) {
    const auto* functions = std::get_if<std::vector<FunctionAsked>>(&each);
    if (functions != nullptr) std::for_each(functions->begin(), functions->end(), [this](const FunctionAsked& call) { refuse(call); });
  }
  counters_.unasked_octets += std::exchange(pending_octets_, 0);
  pending_.clear();
  floor_ = is_over ? Floor::Quiet : Floor::Foreign;
}

// --- messages of the server --------------------------------------------------------------------------------------------------

std::uint32_t AgentReplies::item() {
  if (item_ == 0) {
    item_ = ++last_item_;
    item_began_ = item_has_text_ = false;
  }
  return item_;
}

void AgentReplies::end_item(bool whole) {
  const std::uint32_t ended = std::exchange(item_, 0);
  if (ended != 0 && item_began_) events_.push_back(ItemEnded{reply_.input.turn, ended, whole});
}

void AgentReplies::on_agent_text(std::string_view text, TimePoint) {
  if (wait_in_line(std::string(text)) || !is_ours()) return;
  settle_at_.reset();
  more_by_.reset();
  const std::string_view taken = reply_.ledger.add_words(text);
  counters_.text_dropped += text.size() - taken.size();
  if (taken.empty()) return;
  const std::uint32_t number = item();
  events_.push_back(ItemText{reply_.input.turn, number, (std::exchange(item_has_text_, true) ? " " : "") + std::string(taken)});
}

void AgentReplies::on_audio(std::string_view octets, TimePoint) {
  if (octets.empty() || wait_in_line(Sound{std::string(octets)}, octets.size())) return;
  if (!is_ours()) {
    counters_.unasked_octets += octets.size();
    return;
  }
  settle_at_.reset();
  if (!reply_.ledger.add_audio(octets.size(), format_)) {
    counters_.audio_dropped += octets.size();
    return;
  }
  if (item_ == 0) more_by_.reset();
  const std::uint32_t number = item();
  if (!std::exchange(item_began_, true)) {
    reply_.ledger.begin_sound();
    events_.push_back(ItemBegan{reply_.input.turn, number});
  }
  events_.push_back(ItemAudio{reply_.input.turn, number, {octets.begin(), octets.end()}});
}

void AgentReplies::on_audio_done(TimePoint now) {
  if (wait_in_line(AudioDone{})) return;
  if (floor_ == Floor::Ours) {
    if (item_ == 0 && !reply_.ledger.has_content()) return;  // This message is about audio of an earlier answer.
    end_item(true);
    if (reply_.phase == Reply::Phase::Running && !more_by_) settle_at_ = now + kSettle;  // The server may still call a function.
    return;
  }
  floor_ = Floor::Quiet;
  advance(now);
}

void AgentReplies::on_functions(const std::vector<FunctionAsked>& functions, TimePoint) {
  if (functions.empty() || wait_in_line(functions)) return;
  const bool ours = is_ours();
  for (const FunctionAsked& each : functions) {
    const auto is_it = [&each](const OpenCall& call) { return call.call.id == each.id; };
    const bool is_new = std::none_of(calls_.begin(), calls_.end(), is_it);
    if (!is_new) {
      ++counters_.calls_dropped;
    } else if (!ours || calls_.size() == kMaxOpenCalls) {
      refuse(each);
    } else {
      calls_.push_back({each, reply_.input.turn, true});
      events_.push_back(CallAsked{reply_.input.turn, each.id, each.name, each.arguments});
    }
  }
  if (!ours || !has_open_calls(reply_.input.turn)) return;
  settle_at_.reset();
  more_by_.reset();
  reply_.phase = Reply::Phase::Tools;
}

void AgentReplies::on_functions_cancelled(const std::vector<FunctionAsked>& functions) {
  for (const FunctionAsked& each : functions) {
    for (OpenCall& call : calls_) {
      if (call.call.id == each.id) call.is_known = false;
    }
  }
}

}  // namespace offhook::inline v0::agent::deepgram
