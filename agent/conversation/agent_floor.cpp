#include <offhook/agent/conversation/agent_floor.hpp>

#include <algorithm>

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
  think_attempts_ = speak_attempts_ = 0;
  expect_.clear();
  has_begun_ = false;
  watch_thinker(now);
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
  unspoken_ = 0;
  audio_until_ = {};
  for (OpenTool& tool : tools_) late_tools_.push_back(std::move(tool));
  tools_.clear();
  if (late_tools_.size() > kMaxTools) late_tools_.erase(late_tools_.begin(), late_tools_.end() - kMaxTools);
  if (words_ == Words::Filler) words_ = Words::Ours;
  state_ = State::Idle;
  stop();
}

bool AgentFloor::finish() {
  const bool was_filling = is_filling();
  state_ = State::Idle;
  if (was_filling) {
    words_ = Words::Ours;  // The listener still works, and its deadline continues.
  } else {
    stop();
  }
  return was_filling;
}

void AgentFloor::on_text(TimePoint now) {
  filler_at_.reset();
  watch_thinker(now);
  has_begun_ = true;
  on_growth(now);
}

/// The thinker keeps the deadline for its first words, even if it seems busy: some servers send signs of life for ever.
void AgentFloor::on_growth(TimePoint now) {
  if (think_at_ && has_stalled(now)) think_at_ = std::min(since_ + times_.think, now + times_.stall);
}

/// While the caller still hears earlier words, the conversation waits for a thinker that has stalled.
bool AgentFloor::take_think_due(TimePoint now) {
  if (!take_due(think_at_, now)) return false;
  if (!has_stalled(now) || !is_speaking()) return true;
  think_at_ = std::min(since_ + times_.think, now + kLookAgain);
  return false;
}

void AgentFloor::on_tool_call(const ToolCall& call, TimePoint now) {
  called_tool_ = true;
  has_begun_ = false;
  if (tools_.size() < kMaxTools) tools_.push_back({call.turn, call.call_id, call.name});
  watch_thinker(now);
}

bool AgentFloor::on_tool_outcome(const ToolOutcome& outcome, TimePoint now) {
  if (outcome.turn != turn_ || is_idle() || speaks_own_words()) return false;
  const auto tool = find(tools_, outcome);
  if (tool == tools_.end()) return false;
  tools_.erase(tool);
  has_begun_ = false;
  watch_thinker(now);
  return true;
}

std::optional<std::string> AgentFloor::take_late_tool(const ToolOutcome& outcome) {
  const auto tool = find(late_tools_, outcome);
  if (tool == late_tools_.end()) return std::nullopt;
  std::string name = std::move(tool->name);
  late_tools_.erase(tool);
  return name;
}

std::vector<AgentFloor::OpenTool>::iterator AgentFloor::find(std::vector<OpenTool>& tools, const ToolOutcome& outcome) {
  return std::find_if(tools.begin(), tools.end(), [&](const OpenTool& tool) { return tool.turn == outcome.turn && tool.call_id == outcome.call_id; });
}

void AgentFloor::add_action(ReplyAction action) {
  if (actions_.size() < kMaxActions) actions_.push_back(std::move(action));
}

bool AgentFloor::keep(const ThinkEvent& event, TimePoint now) {
  const std::size_t room = std::holds_alternative<ReplyDone>(event) ? kMaxKept + 1 : kMaxKept;
  if (kept_.size() >= room) return false;
  kept_.push_back(event);
  watch_thinker(now);
  return true;
}

std::vector<ThinkEvent> AgentFloor::take_kept(TimePoint now) {
  watch_thinker(now);
  return std::exchange(kept_, {});
}

void AgentFloor::take_back(TimePoint now) {
  const bool was_filling = is_filling(), was_whole = reply_.is_complete();
  std::vector<std::string> texts = reply_.texts();
  reply_.begin(turn_);
  unspoken_ = 0;
  speak_at_.reset();
  fill_again(now);
  state_ = was_filling ? State::Idle : State::Thinking;
  if (was_filling) return reply_.complete();
  for (std::string& text : texts) kept_.push_back(ReplyText{turn_, std::move(text), false});
  if (was_whole) kept_.push_back(ReplyDone{turn_});
  watch_thinker(now);
}

std::optional<Speak> AgentFloor::say(std::string text, Part part, TimePoint now) {
  const bool fits = part == Part::Aside ? reply_.add_aside(utterance_ + 1, text) : reply_.add(utterance_ + 1, text);
  if (!fits) return std::nullopt;
  ++utterance_;
  state_ = State::Speaking;
  if (++unspoken_ == 1) watch_speaker(now);  // A speaker that works already gets no more time for a longer request.
  return Speak{utterance_, std::move(text)};
}

bool AgentFloor::awaits(std::uint32_t utterance) const {
  return state_ == State::Speaking && utterance <= utterance_ && utterance + unspoken_ > utterance_;
}

void AgentFloor::on_audio(const SpeechAudio& audio, TimePoint now) {
  reply_.on_words(audio.utterance, audio.words);
  watch_speaker(now);  // Audio without samples counts: RecordedSpeech sends it while its voice works.
  if (reply_.is_voiced() && think_at_) on_text(now);  // A model that speaks itself shows its work only by its audio.
  if (audio.pcm.empty() || audio.rate_hz == 0 || !speak_at_) return;
  audio_until_ = std::max(audio_until_, now) + std::chrono::microseconds(1'000'000 * audio.pcm.size() / audio.rate_hz);
  speak_at_ = std::clamp(audio_until_, std::min(now + times_.stall, *speak_at_), *speak_at_);
}

void AgentFloor::on_spoken(TimePoint now) {
  --unspoken_;
  watch_speaker(now);
}

/// A thinker is not slow while it waits for a tool, or for the caller's answer to the tool's question.
void AgentFloor::watch_thinker(TimePoint now) {
  since_ = now;
  think_at_ = now + (!tools_.empty() ? times_.tool : times_.think);
}

void AgentFloor::watch_speaker(TimePoint now) {
  speak_at_.reset();
  if (unspoken_ > 0) speak_at_ = now + times_.speak;
}

void AgentFloor::try_again(Stage stage, TimePoint now) {
  if (stage == Stage::Think) {
    ++think_attempts_;
    has_begun_ = false;
    since_ = now;
    think_at_ = now + times_.think;
  } else {
    ++speak_attempts_;
    watch_speaker(now);
  }
}

bool AgentFloor::is_consistent() const {
  if (state_ == State::Thinking && !think_at_) return false;  // Without a deadline, the reply could be awaited for ever.
  return unspoken_ == 0 || speak_at_.has_value();
}

}  // namespace offhook::inline v0::agent
