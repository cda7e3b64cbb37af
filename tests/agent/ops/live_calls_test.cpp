#include "logged.hpp"

#include <offhook/agent/live_calls.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>

using namespace offhook;
using namespace std::chrono_literals;

namespace {

const base::TimePoint kAnswered{100s};

struct Shown : agent::LiveCalls {
  static std::optional<media::LegStatistics> statistics(media::LegId leg) {
    if (leg.value == 2) return std::nullopt;  // Closed a moment ago.
    media::LegStatistics counted;
    counted.packets_received = 500;
    for (std::uint16_t i = 0; i < 500; ++i) counted.losses.on_packet(i, true);
    counted.one_way.peer_hears_nothing = true;
    counted.one_way_ever.nothing_comes = true;
    return counted;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Shown, "A call is shown from its answer to its end, with the figures that its record will have") {
  CHECK(json(&Shown::statistics, kAnswered) == R"({"calls":[]})");
  add({"a\"1", "x@y", false, "PCMU", kAnswered, media::LegId{1}});
  add({"b2", {}, true, "G722", kAnswered + 10s, media::LegId{2}});
  const std::string shown = json(&Shown::statistics, kAnswered + 12500ms);
  CHECK(shown.starts_with(R"({"calls":[{"id":"a\"1","sip_call_id":"x@y","direction":"in","codec":"PCMU","seconds":12.5)"));
  CHECK(shown.find(R"("packets_received":500)") != std::string::npos);
  CHECK(shown.find(R"("mos":4.)") != std::string::npos);
  CHECK(shown.find(R"("one_way":"the peer hears nothing")") != std::string::npos);  // What is, not what was.
  CHECK(shown.find(R"({"id":"b2","sip_call_id":"","direction":"out","codec":"G722","seconds":2.5)") != std::string::npos);
  CHECK(LiveCalls::statistics(&Shown::statistics).size() == 1);
  remove("a\"1");
  remove("never was");
  CHECK(json(&Shown::statistics, kAnswered).find("a\\\"1") == std::string::npos);
}

TEST_CASE_FIXTURE(Shown, "An operator pauses a recording and lets it go on, and is told where there is none to pause") {
  const auto recording = std::make_shared<agent::recordings::CallRecording>("file.opus", std::make_shared<media::RecordingTap>());
  add({"a", {}, false, "PCMU", kAnswered, media::LegId{2}, recording});
  add({"b", {}, false, "PCMU", kAnswered, media::LegId{2}});
  CHECK(pause_recording("a", true).text == R"({"id":"a","recording":"paused"})");
  CHECK(recording->tap()->is_paused());
  CHECK(json(&Shown::statistics, kAnswered).find(R"("recording":"paused")") != std::string::npos);
  CHECK(pause_recording("a", true).status == 200);
  CHECK(pause_recording("a", false).text == R"({"id":"a","recording":"recording"})");
  CHECK_FALSE(recording->tap()->is_paused());
  CHECK(pause_recording("b", true).status == 409);
  CHECK(pause_recording("b", true).text == R"({"id":"b","error":"this call is not recorded"})");
  CHECK(pause_recording("c\"", true).status == 404);
  CHECK(pause_recording("c\"", true).text.starts_with(R"({"id":"c\"","error":"no call)"));
  recording->stop();
  CHECK(pause_recording("a", false).status == 409);
}

TEST_CASE_FIXTURE(Shown, "An operator cannot lift what the model keeps out of a recording, and is told so") {
  const auto recording = std::make_shared<agent::recordings::CallRecording>("file.opus", std::make_shared<media::RecordingTap>());
  add({"a", {}, false, "PCMU", kAnswered, media::LegId{2}, recording});
  recording->pause(agent::recordings::Pauser::Model, true);
  CHECK(pause_recording("a", false).text == R"({"id":"a","recording":"paused","paused_by":"model"})");
  CHECK(recording->tap()->is_paused());
}

TEST_CASE_FIXTURE(Shown, "The log has what an operator asked for and what came of it, under the call's name there and in its record") {
  using agent::recordings::Pauser;
  const auto recording = std::make_shared<agent::recordings::CallRecording>("file.opus", std::make_shared<media::RecordingTap>());
  add({"k3x9", {}, false, "PCMU", kAnswered, media::LegId{2}, recording, "out-1"});
  const auto told = [this](bool paused) { return logged_by([&] { (void)pause_recording("k3x9", paused); }); };
  const auto has = [](const std::string& text, std::string_view what) { return text.find(what) != std::string::npos; };
  CHECK(has(told(false), "info    recording.unchanged call=out-1 record=k3x9 by=operator order=resume recording=recording"));
  CHECK(has(told(true), "warning recording.paused call=out-1 record=k3x9 by=operator order=pause recording=paused"));
  CHECK(has(told(true), "info    recording.unchanged call=out-1 record=k3x9 by=operator order=pause recording=paused"));
  recording->pause(Pauser::Model, true);
  CHECK(has(told(false), "info    recording.unchanged call=out-1 record=k3x9 by=operator order=resume recording=paused"));
  CHECK(has(told(true), "recording.paused "));
  recording->pause(Pauser::Model, false);
  CHECK(has(told(false), "info    recording.resumed call=out-1 record=k3x9 by=operator order=resume recording=recording"));
  CHECK(logged_by([&] { (void)pause_recording("none", true); }).empty());
}

TEST_CASE("How long each paused a recording adds up, also while a pause goes on") {
  using agent::recordings::Pauser;
  agent::recordings::CallRecording recording("file.opus", std::make_shared<media::RecordingTap>());
  CHECK(recording.paused_for(Pauser::Operator, kAnswered) == 0ms);
  recording.pause(Pauser::Operator, true, kAnswered);
  recording.pause(Pauser::Operator, true, kAnswered + 1s);  // Begins nothing anew.
  recording.pause(Pauser::Model, true, kAnswered + 2s);
  const auto ends = recording.pause(Pauser::Operator, false, kAnswered + 3s);
  CHECK(ends.changed);
  CHECK(ends.is_paused);
  recording.pause(Pauser::Operator, true, kAnswered + 5s);
  CHECK(recording.paused_for(Pauser::Operator, kAnswered + 5s + 1us) == 3001ms);
  CHECK(recording.paused_for(Pauser::Model, kAnswered + 9s) == 7s);
}

TEST_CASE_FIXTURE(Shown, "A call that is recorded says so, and whether that is paused or has ended; others say nothing of it") {
  const auto recording = std::make_shared<agent::recordings::CallRecording>("file.opus", std::make_shared<media::RecordingTap>());
  add({"a", {}, false, "PCMU", kAnswered, media::LegId{2}, recording});
  add({"b", {}, false, "PCMU", kAnswered, media::LegId{2}});
  const auto says = [this](std::string_view what) { return json(&Shown::statistics, kAnswered).find(what) != std::string::npos; };
  CHECK(says(R"(,"recording":"recording"},{"id":"b",)"));
  const std::string both = json(&Shown::statistics, kAnswered);
  CHECK(both.find("recording", both.find(R"("id":"b")")) == std::string::npos);
  recording->pause(agent::recordings::Pauser::Model, true);
  CHECK(says(R"("recording":"paused")"));
  recording->stop();
  CHECK(says(R"("recording":"stopped")"));
}
