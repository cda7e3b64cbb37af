#include <offhook/agent/conversation/agent_floor.hpp>

#include <chrono>

namespace offhook::inline v0::agent {

using base::TimePoint;

TurnInput AgentFloor::begin(TurnInput input, TimePoint now) {
  const bool goes_on = is_filling();
  input.turn = ++turn_;
  if (goes_on) {
    reply_.go_on_as(turn_);
  } else {
    forget();
    state_ = State::Thinking;
    reply_.begin(turn_);
  }
  words_ = Words::Thinker;
  called_tool_ = false;
  expect_.clear();
  thinker_.begin(now, tools_.any());
  fill_by(now + (goes_on ? times_.filler_again : times_.filler_after));
  input_ = input;
  return input;
}

void AgentFloor::begin_own(Words words) {
  reply_.begin(turn_);
  words_ = words;
}

void AgentFloor::forget() {
  reply_.begin(turn_);
  reply_.complete();
  actions_.clear();
  kept_.clear();
  speaker_.forget();
  tools_.on_reply_over();
  if (words_ == Words::Filler) words_ = Words::Ours;
  state_ = State::Idle;
  stop();
}

bool AgentFloor::finish() {
  const bool was_filling = is_filling();
  state_ = State::Idle;
  if (was_filling) {
    words_ = Words::Ours;  // The listener still works, so the time of the next filler stays set.
  } else {
    stop();
  }
  return was_filling;
}

void AgentFloor::on_text(TimePoint now) {
  filler_at_.reset();
  thinker_.on_text(now, tools_.any());
  on_growth(now);
}

/// A sign of life extends only the stall deadline, never beyond the think time after the last text, because some servers send signs of life for ever.
void AgentFloor::on_growth(TimePoint now) {
  if (thinker_.at() && has_stalled(now)) thinker_.end_by_stall(now);
}

/// While the caller still hears earlier words, the conversation waits for a thinker that has stalled.
bool AgentFloor::take_think_due(TimePoint now) {
  if (!thinker_.take_due(now)) return false;
  if (!has_stalled(now) || !is_speaking()) return true;
  thinker_.end_by(now + kLookAgain);
  return false;
}

void AgentFloor::on_tool_call(const ToolCall& call, TimePoint now) {
  called_tool_ = true;
  tools_.on_call(call);
  thinker_.await_begin(now, tools_.any());
}

bool AgentFloor::on_tool_outcome(const ToolOutcome& outcome, TimePoint now) {
  if (outcome.turn != turn_ || is_idle() || speaks_own_words()) return false;
  if (!tools_.take(outcome)) return false;
  thinker_.await_begin(now, tools_.any());
  return true;
}

void AgentFloor::add_action(ReplyAction action) {
  if (actions_.size() < kMaxActions) actions_.push_back(std::move(action));
}

bool AgentFloor::keep(const ThinkEvent& event, TimePoint now) {
  const std::size_t room = std::holds_alternative<ReplyDone>(event) ? kMaxKept + 1 : kMaxKept;
  if (kept_.size() >= room) return false;
  kept_.push_back(event);
  thinker_.await(now, tools_.any());
  return true;
}

std::vector<ThinkEvent> AgentFloor::take_kept(TimePoint now) {
  thinker_.await(now, tools_.any());
  return std::exchange(kept_, {});
}

void AgentFloor::take_back(TimePoint now) {
  const bool was_filling = is_filling(), was_whole = reply_.is_complete();
  std::vector<std::string> texts = reply_.texts();
  reply_.begin(turn_);
  speaker_.drop();
  fill_again(now);
  state_ = was_filling ? State::Idle : State::Thinking;
  if (was_filling) return reply_.complete();
  for (std::string& text : texts) kept_.push_back(ReplyText{turn_, std::move(text), false});
  if (was_whole) kept_.push_back(ReplyDone{turn_});
  thinker_.await(now, tools_.any());
}

std::optional<Speak> AgentFloor::say(std::string text, Part part, TimePoint now) {
  const bool fits = part == Part::Aside ? reply_.add_aside(utterance_ + 1, text) : reply_.add(utterance_ + 1, text);
  if (!fits) return std::nullopt;
  ++utterance_;
  state_ = State::Speaking;
  speaker_.on_request(now);
  return Speak{utterance_, std::move(text)};
}

void AgentFloor::on_audio(const SpeechAudio& audio, TimePoint now) {
  reply_.on_words(audio.utterance, audio.words);
  speaker_.await(now);  // Audio without samples counts: RecordedSpeech sends it while its voice works.
  if (reply_.is_voiced() && thinker_.at()) on_text(now);  // If the model speaks itself, only its audio shows that it still works.
  if (audio.pcm.empty() || audio.rate_hz == 0) return;
  speaker_.on_audio(std::chrono::microseconds(1'000'000 * audio.pcm.size() / audio.rate_hz), now);
}

void AgentFloor::try_again(Stage stage, TimePoint now) {
  if (stage == Stage::Think) thinker_.try_again(now);
  else speaker_.await(now);
}

bool AgentFloor::is_consistent() const {
  if (state_ == State::Thinking && !thinker_.at()) return false;  // Without a deadline, the conversation could wait for the reply for ever.
  return speaker_.is_consistent();
}

}  // namespace offhook::inline v0::agent
