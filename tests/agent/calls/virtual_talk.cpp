#include <offhook/tests/agent/calls/virtual_talk.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

namespace offhook::inline v0::agent::test {

using namespace std::chrono_literals;

namespace {

constexpr base::Duration kStep = 10ms;
constexpr base::Duration kKeysTogether = 2s;  // After a key, the agent waits this long for another key.

/// Prints each action with its time since the start to standard error, if the environment has OFFHOOK_SIM_TRACE.
void trace(base::Duration at, const ConversationAction& action) {
  static const bool wanted = std::getenv("OFFHOOK_SIM_TRACE") != nullptr;
  if (!wanted) return;
  std::string what;
  if (const auto* a = std::get_if<Respond>(&action)) what = "respond " + std::to_string(a->input.turn);
  if (const auto* a = std::get_if<Speak>(&action)) what = "speak " + std::to_string(a->utterance) + ": " + a->text;
  if (const auto* a = std::get_if<TryAgain>(&action)) what = "again " + std::string(to_string(a->stage));
  if (const auto* a = std::get_if<ProviderSwitched>(&action)) what = "switched to " + a->to;
  if (const auto* a = std::get_if<AgentSaid>(&action)) what = "said: " + a->text;
  if (const auto* a = std::get_if<CallerSaid>(&action)) what = "caller: " + a->text;
  if (std::holds_alternative<CancelSpeaking>(action)) what = "cancel speaking";
  if (std::holds_alternative<CancelThinking>(action)) what = "cancel thinking";
  if (what.empty()) what = "action " + std::to_string(action.index());
  std::fprintf(stderr, "%8.2f s  %s\n", static_cast<double>(std::chrono::duration_cast<std::chrono::milliseconds>(at).count()) / 1000, what.c_str());
}

}  // namespace

VirtualTalk::VirtualTalk(std::uint32_t rate_hz, base::TimePoint start)
    : line_(rate_hz), notes_({}, {true, true}, {{}, base::TimePoint{}}), now_(start), start_(start) {}

void VirtualTalk::begin(TalkParts parts) {
  parts_ = std::move(parts);
  CallControl control;
  control.answer = [this] { connected_ = true; };
  control.hang_up = [this](const std::string& why) { end(why); };
  control.transfer = [](const std::string&) {};
  control.hold = [](bool) {};
  const auto observer = [this](const ConversationAction& action) { note(action); };
  bridge_ = std::make_unique<Bridge>(std::move(parts_.session), std::move(parts_.tools), line_.port(), control, observer, parts_.options);
  parts_.net(now_);
  line_.tick(now_);
  bridge_->start(parts_.context, now_);
}

void VirtualTalk::note(const ConversationAction& action) {
  trace(now_ - start_, action);
  notes_.on_action(action, {{}, now_});
  const auto* said = std::get_if<AgentSaid>(&action);  // A filler is no AgentSaid, so it does not end the wait for a reply.
  if (said != nullptr && !said->interrupted && std::exchange(waits_for_reply_, false)) answered_ += said_ > 0;
  seen_.push_back(action);
}

void VirtualTalk::end(const std::string& by) {
  if (!std::exchange(over_, true)) ended_by_ = by;
}

bool VirtualTalk::is_callers_turn() const {
  if (said_ < parts_.caller.size() && parts_.caller[said_].interrupts && line_.agent_speaks() && said_ > 0) {
    return now_ - began_to_speak_ >= parts_.caller[said_].after;
  }
  const base::Duration after = said_ < parts_.caller.size() ? parts_.caller[said_].after : 700ms;
  return !waits_for_reply_ && !line_.agent_speaks() && now_ - line_.agent_spoke_last() >= after;
}

/// Makes the caller's next move when it is the caller's turn. Hangs up after the last move.
void VirtualTalk::play_caller() {
  if (parts_.hangs_up_after && now_ - connected_at_ >= *parts_.hangs_up_after) return end("caller");
  if (line_.caller_speaks() || !is_callers_turn()) return;
  if (said_ == parts_.caller.size()) return end("caller");
  const CallerMove& turn = parts_.caller[said_++];
  waits_for_reply_ = true;
  switch (turn.what) {
    case CallerMove::What::Speak: return line_.say(turn.length);
    case CallerMove::What::Wait: pauses_ = true; return;
    case CallerMove::What::Key:
      quiet_until_ = now_ + kKeysTogether;
      return line_.press('5');
  }
}

/// Measures the silence that the caller hears.
void VirtualTalk::listen() {
  if (!line_.agent_speaks()) began_to_speak_ = now_;
  else pauses_ = false;
  if (pauses_) quiet_until_ = now_;
  const auto last = std::max({line_.agent_spoke_last(), line_.caller_spoke_last(), connected_at_, quiet_until_});
  longest_silence_ = std::max(longest_silence_, now_ - last);
}

void VirtualTalk::step() {
  now_ += kStep;
  parts_.net(now_);
  if (connected_ && now_.time_since_epoch() % VirtualLine::kTick == base::Duration::zero()) {
    line_.tick(now_);
    listen();
    play_caller();
  }
  if (over_) return;
  bridge_->tick(now_);
  most_queued_ = std::max(most_queued_, bridge_->samples_queued());
  if (connected_ && connected_at_ == base::TimePoint{}) {
    connected_at_ = now_;
    notes_.on_answered(media::AudioCodec::Pcmu, "PCMU", "", {{}, now_});
    bridge_->on_connected(now_);
  }
}

void VirtualTalk::advance(base::Duration by) {
  for (const auto end = now_ + by; now_ < end && !over_;) step();
}

void VirtualTalk::run(base::Duration limit) {
  advance(limit);
  if (over_) bridge_->on_ended();
}

records::CallRecord VirtualTalk::record() {
  notes_.on_ended({call::Ended::By::Peer, call::Ended::Cause::HungUp, {}, {}, ended_by_}, {}, {{}, now_});
  return *notes_.take();
}

}  // namespace offhook::inline v0::agent::test
