#include <offhook/agent/providers/deepgram/agent_caller.hpp>

#include <offhook/agent/providers/deepgram/agent_messages.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace offhook::inline v0::agent::deepgram {

using base::TimePoint;

namespace {

std::string octets_of(std::span<const std::uint8_t> octets) { return {octets.begin(), octets.end()}; }

}  // namespace

void AgentCaller::begin(std::uint32_t turn, bool hold) {
  if (phase_ == Phase::Awaiting && server_ends_turns()) return go_on_as(turn);
  if (phase_ == Phase::Awaiting) earlier_ = turn_;
  settle();
  turn_ = turn;
  phase_ = Phase::Open;
  hold_ = hold;
  noticed_ = retried_ = false;
}

/// Continues the open turn under the number `turn`. The caller paused, but the server has not ended its turn: for the server, both parts are one turn.
void AgentCaller::go_on_as(std::uint32_t turn) {
  turn_ = turn;
  phase_ = Phase::Open;
  text_by_.reset();
  silence_at_.reset();
}

/// Ends the turn, if there is one, and drops its audio.
void AgentCaller::settle() {
  phase_ = Phase::None;
  audio_.forget();
  unsent_ = 0;
  text_by_.reset();
  silence_at_.reset();
}

void AgentCaller::add(std::span<const std::uint8_t> octets) {
  if (phase_ != Phase::Open && phase_ != Phase::Taken) return;
  const auto before = audio_.forgotten();
  audio_.add(octets);
  unsent_ = std::min(unsent_ + octets.size(), audio_.octets().size());
  if (!wire_.ready) counters_.early_audio_dropped += audio_.forgotten() - before;
  if (audio_.total() > kHoldMs * octets_per_ms(format_)) hold_ = false;
  send(false);
}

void AgentCaller::send(bool all) {
  if (!wire_.ready || hold_) return;
  const std::size_t frame = kFrameMs * octets_per_ms(format_), most = kPieceMs * octets_per_ms(format_);
  while (unsent_ >= frame || (all && unsent_ > 0)) {
    const std::size_t size = std::min(unsent_, most);
    wire_.audio(octets_of(audio_.octets().last(unsent_).first(size)));
    unsent_ -= size;
  }
}

void AgentCaller::release() {
  hold_ = false;
  if (phase_ == Phase::Open) send(false);
}

void AgentCaller::end(TimePoint now) {
  if (phase_ == Phase::Taken) return settle();
  if (phase_ != Phase::Open) return;
  earlier_.reset();  // Words that come from now on belong to this turn.
  if (audio_.total() == 0) {
    settle();
    events_.push_back(NothingHeard{turn_});
    return;
  }
  phase_ = Phase::Awaiting;
  await_words(now);
}

void AgentCaller::await_words(TimePoint now) {
  hold_ = false;
  send(true);
  if (!wire_.ready) return;  // adopt() sends the whole turn, and ends it.
  text_by_ = now + force_after_ + kTextWait;
  silence_at_ = now + kSilenceStep;
  force_again_at_ = now + (server_ends_turns() ? force_after_ : kForceAgain);
  if (forces_end_ && !server_ends_turns()) wire_.text(std::string(kForceEndTurn));
}

/// Drops the turn. No command makes the server forget its audio: the words of that audio come later as Unasked, or with the next turn.
void AgentCaller::abandon() {
  earlier_.reset();
  settle();
}

bool AgentCaller::try_again() {
  if (phase_ != Phase::Awaiting || std::exchange(retried_, true)) return false;
  text_by_.reset();
  silence_at_.reset();
  return true;
}

AgentCaller::Words AgentCaller::on_user_text(std::string_view text) {
  if (earlier_) {
    events_.push_back(EarlierText{*std::exchange(earlier_, std::nullopt), std::string(text)});
    return Words::Earlier;
  }
  const bool was_sent = audio_.total() > unsent_;
  if (phase_ == Phase::Awaiting || (phase_ == Phase::Open && was_sent)) {
    const bool is_open = phase_ == Phase::Open;
    settle();
    if (is_open) phase_ = Phase::Taken;
    taken_ = turn_;
    words_ = text;
    events_.push_back(TurnIsTaken{turn_, words_});
    return Words::Taken;
  }
  if (phase_ == Phase::Open || taken_ == 0 || taken_ != turn_) {
    ++counters_.unasked_turns;
    return Words::Unasked;
  }
  if (words_.size() + text.size() < AgentMessageReader::kMaxText) words_ += ' ' + std::string(text);
  events_.push_back(MoreText{turn_, words_});
  return Words::More;
}

void AgentCaller::on_lost() {
  earlier_.reset();  // Its audio is lost.
  text_by_.reset();
  silence_at_.reset();
  noticed_ = false;
}

void AgentCaller::on_given_up(const RequestFailure& failure) {
  if (phase_ == Phase::Awaiting) events_.push_back(TurnFailed{turn_, failure.why, failure.kind});
}

void AgentCaller::adopt(TimePoint now) {
  if (phase_ != Phase::Open && phase_ != Phase::Awaiting) return;
  unsent_ = audio_.octets().size();
  if (phase_ == Phase::Awaiting) {
    await_words(now);
  } else {
    send(false);
  }
}

void AgentCaller::on_time(TimePoint now) {
  if (silence_at_ && now >= *silence_at_) {
    const auto code = static_cast<char>(silence_octet(format_));
    wire_.audio(std::string(static_cast<std::size_t>(kSilenceStep / std::chrono::milliseconds(1)) * octets_per_ms(format_), code));
    *silence_at_ += kSilenceStep;
  }
  if (text_by_ && forces_end_ && now >= force_again_at_) {
    wire_.text(std::string(kForceEndTurn));  // The server ignores a ForceEndTurn that comes before it has noticed the turn.
    force_again_at_ = now + kForceAgain;
  }
  if (!text_by_ || now < *text_by_) return;
  text_by_.reset();
  silence_at_.reset();
  const bool noise = !noticed_ && audio_.total() < kNoiseMs * octets_per_ms(format_);
  if (noise || retried_) {
    settle();
    events_.push_back(NothingHeard{turn_});
  } else {
    events_.push_back(TurnFailed{turn_, "the voice agent sent no transcript of the caller's words", FailureKind::Timeout});
  }
}

std::optional<TimePoint> AgentCaller::next_deadline() const {
  if (silence_at_ && text_by_) return std::min(*silence_at_, *text_by_);
  return text_by_;
}

bool AgentCaller::is_consistent() const {
  if ((text_by_ || silence_at_) && phase_ != Phase::Awaiting) return false;
  if (silence_at_ && !text_by_) return false;
  if (text_by_ && !wire_.ready) return false;
  return unsent_ <= audio_.octets().size();
}

}  // namespace offhook::inline v0::agent::deepgram
