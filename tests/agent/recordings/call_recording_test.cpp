#include <offhook/agent/recordings/call_recording.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::recordings;
using namespace std::chrono_literals;

namespace {

struct Recorded {
  base::TimePoint start{100s};
  std::shared_ptr<media::RecordingTap> tap = std::make_shared<media::RecordingTap>();
  CallRecording recording{"file.opus", tap};

  PauseResult pause(Pauser by, base::Duration at) { return recording.pause(by, true, start + at); }
  PauseResult lift(Pauser by, base::Duration at) { return recording.pause(by, false, start + at); }
  std::chrono::milliseconds by_model(base::Duration at) const { return recording.paused_for(start + at).by_model; }
  std::chrono::milliseconds by_operator(base::Duration at) const { return recording.paused_for(start + at).by_operator; }
};

}  // namespace

TEST_CASE_FIXTURE(Recorded, "A recording stays paused until the model and the operator have both ended their own pauses, and the result names the party that still pauses") {
  const auto first = pause(Pauser::Model, 0s);
  CHECK(first.changed);
  CHECK(first.state == RecordingState::Paused);
  CHECK(first.by_model);
  CHECK_FALSE(first.by_operator);
  pause(Pauser::Operator, 1s);
  const auto lifted = lift(Pauser::Operator, 2s);
  CHECK(lifted.changed);
  CHECK(lifted.state == RecordingState::Paused);
  CHECK(lifted.by_model);
  CHECK_FALSE(lifted.by_operator);
  CHECK(tap->is_paused());
  CHECK_FALSE(lift(Pauser::Operator, 3s).changed);
  CHECK(lift(Pauser::Model, 4s).state == RecordingState::Recording);
  CHECK_FALSE(tap->is_paused());
}

TEST_CASE_FIXTURE(Recorded, "paused_for() sums the pauses of each party, including a pause that has not ended") {
  CHECK(by_operator(0s) == 0ms);
  pause(Pauser::Operator, 0s);
  pause(Pauser::Operator, 1s);  // This pause is already active.
  pause(Pauser::Model, 2s);
  lift(Pauser::Operator, 3s);
  pause(Pauser::Operator, 5s);
  CHECK(by_operator(5s + 1us) == 3001ms);
  CHECK(by_model(9s) == 7s);
}

TEST_CASE_FIXTURE(Recorded, "The end of a recording ends its pauses, and later orders have no effect") {
  pause(Pauser::Model, 0s);
  recording.stop(start + 4s);
  CHECK(recording.state() == RecordingState::Stopped);
  CHECK(by_model(60s) == 4s);
  CHECK(by_operator(60s) == 0ms);
  for (const auto by : {Pauser::Model, Pauser::Operator}) {
    for (const auto& told : {pause(by, 61s), lift(by, 62s)}) {
      CHECK(told.is_over());
      CHECK_FALSE(told.changed);
      CHECK_FALSE(told.by_model);
      CHECK_FALSE(told.by_operator);
    }
  }
  recording.stop(start + 63s);
  CHECK(by_model(64s) == 4s);
  CHECK(by_operator(64s) == 0ms);
}

TEST_CASE_FIXTURE(Recorded, "A recording that was never paused reports no pause, and leaves no file if the call never connected") {
  recording.stop(start);
  CHECK(by_model(60s) == 0ms);
  CHECK_FALSE(recording.leaves_file(false));
}

TEST_CASE_FIXTURE(Recorded, "A failed recording has the state Failed, and leaves_file() is true only if the file has content") {
  CHECK(recording.leaves_file(true));
  pause(Pauser::Operator, 0s);
  tap->set_ended(true);
  CHECK(recording.state() == RecordingState::Failed);
  CHECK(to_string(recording.state()) == "failed");
  const auto told = lift(Pauser::Operator, 1s);
  CHECK(told.state == RecordingState::Failed);
  CHECK_FALSE(told.changed);
  CHECK_FALSE(recording.leaves_file(true));
  tap->set_kept(1);
  CHECK(recording.leaves_file(true));
}
