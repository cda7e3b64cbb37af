#include "logged.hpp"

#include <offhook/agent/app/live_calls.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

using namespace offhook;
using namespace std::chrono_literals;

namespace {

const base::TimePoint kAnswered{100s};

struct Shown : agent::LiveCalls {
  static std::optional<media::LegStatistics> statistics(media::LegId leg) {
    if (leg.value == 2) return std::nullopt;  // The leg was closed a moment ago.
    media::LegStatistics counted;
    counted.packets_received = 500;
    for (std::uint16_t i = 0; i < 500; ++i) counted.losses.on_packet(i, true);
    counted.one_way.peer_hears_nothing = true;
    counted.one_way_ever.nothing_comes = true;
    return counted;
  }
};

std::shared_ptr<agent::recordings::CallRecording> recorded(std::string call = {}) {
  return std::make_shared<agent::recordings::CallRecording>("file.opus", std::make_shared<media::RecordingTap>(), std::move(call));
}

}  // namespace

TEST_CASE_FIXTURE(Shown, "A call is shown from its answer to its end, with the same statistics as in its record") {
  CHECK(json(&Shown::statistics, kAnswered) == R"({"calls":[]})");
  add({"a\"1", "x@y", false, "PCMU", kAnswered, media::LegId{1}});
  add({"b2", {}, true, "G722", kAnswered + 10s, media::LegId{2}});
  const std::string shown = json(&Shown::statistics, kAnswered + 12500ms);
  CHECK(shown.starts_with(R"({"calls":[{"id":"a\"1","sip_call_id":"x@y","direction":"in","codec":"PCMU","seconds":12.5)"));
  CHECK(shown.find(R"("packets_received":500)") != std::string::npos);
  CHECK(shown.find(R"("mos":4.)") != std::string::npos);
  CHECK(shown.find(R"("one_way":"the peer hears nothing")") != std::string::npos);  // The value is the current state, not that of the whole call.
  CHECK(shown.find(R"({"id":"b2","sip_call_id":"","direction":"out","codec":"G722","seconds":2.5)") != std::string::npos);
  CHECK(LiveCalls::statistics(&Shown::statistics).size() == 1);
  remove("a\"1");
  remove("never was");
  CHECK(json(&Shown::statistics, kAnswered).find("a\\\"1") == std::string::npos);
}

TEST_CASE_FIXTURE(Shown, "An operator can pause and resume a recording, and gets an error if the call has no recording") {
  const auto recording = recorded();
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
  CHECK(pause_recording("c\"", true).text.starts_with(R"({"id":"c\"","error":"no running call)"));
}

TEST_CASE_FIXTURE(Shown, "An operator may name a call by the beginning of its id, if no other call has an id with this beginning") {
  const auto recording = recorded();
  add({"k3x9aaa", {}, false, "PCMU", kAnswered, media::LegId{2}, recording});
  CHECK(pause_recording("k3x", true).status == 404);
  CHECK(pause_recording("k3x9", true).text == R"({"id":"k3x9aaa","recording":"paused"})");
  add({"k3x9bbb", {}, false, "PCMU", kAnswered, media::LegId{2}, recorded()});
  CHECK(pause_recording("k3x9", false).status == 409);
  CHECK(pause_recording("k3x9", false).text.starts_with(R"({"id":"k3x9","error":"more than one running call)"));
  CHECK(pause_recording("k3x9a", false).text == R"({"id":"k3x9aaa","recording":"recording"})");
}

TEST_CASE_FIXTURE(Shown, "An order for a recording that has ended is refused with a reason, and changes nothing") {
  using agent::Pauser;
  const auto recording = recorded();
  add({"a", {}, false, "PCMU", kAnswered, media::LegId{2}, recording});
  std::string why = "the recording of this call has ended";
  SUBCASE("stopped by Offhook") { recording->stop(); }
  SUBCASE("ended with the leg") { recording->tap()->finish(); }
  SUBCASE("the file could not be made") {
    recording->tap()->set_ended(true);
    why = "the recording of this call has failed: nothing is recorded";
    CHECK(json(&Shown::statistics, kAnswered).find(R"("recording":"failed")") != std::string::npos);
  }
  for (const bool paused : {true, false}) {
    const auto reply = pause_recording("a", paused);
    CHECK(reply.status == 409);
    CHECK(reply.text == R"({"id":"a","error":")" + why + "\"}");
  }
  CHECK_FALSE(recording->tap()->is_paused());
  CHECK(recording->paused_for(base::Clock::now() + 1h).by_operator == 0ms);
}

TEST_CASE_FIXTURE(Shown, "An operator cannot end the model's pause, and the response says so") {
  const auto recording = recorded();
  add({"a", {}, false, "PCMU", kAnswered, media::LegId{2}, recording});
  recording->pause(agent::Pauser::Model, true);
  CHECK(pause_recording("a", false).text == R"({"id":"a","recording":"paused","paused_by":"model"})");
  CHECK(recording->tap()->is_paused());
}

TEST_CASE_FIXTURE(Shown, "The log has each operator's order with its result, and each change by the model, with the call's id") {
  using agent::Pauser;
  const auto recording = recorded("k3x9f0a");
  add({"k3x9f0a", {}, false, "PCMU", kAnswered, media::LegId{2}, recording});
  const auto told = [this](bool paused) { return logged_by([&] { (void)pause_recording("k3x9", paused); }); };
  const auto has = [](const std::string& text, std::string_view what) { return text.find(what) != std::string::npos; };
  CHECK(has(told(false), "info    recording.unchanged call=k3x9f0a by=operator order=resume recording=recording"));
  CHECK(has(told(true), "warning recording.paused call=k3x9f0a by=operator order=pause recording=paused"));
  CHECK(has(told(true), "info    recording.unchanged call=k3x9f0a by=operator order=pause recording=paused"));
  const auto told_by_model = [&](bool paused) { return logged_by([&] { recording->pause(Pauser::Model, paused); }); };
  CHECK(has(told_by_model(true), "warning recording.paused call=k3x9f0a by=model order=pause recording=paused"));
  CHECK(told_by_model(true).empty());
  CHECK(has(told(false), "info    recording.unchanged call=k3x9f0a by=operator order=resume recording=paused"));
  CHECK(has(told_by_model(false), "info    recording.resumed call=k3x9f0a by=model order=resume recording=recording"));
  CHECK(told_by_model(false).empty());
  CHECK(has(told_by_model(true), "recording.paused "));
  CHECK(has(told(true), "recording.paused "));
  CHECK(has(told_by_model(false), "info    recording.unchanged call=k3x9f0a by=model order=resume recording=paused"));
  CHECK(has(told(false), "info    recording.resumed call=k3x9f0a by=operator order=resume recording=recording"));
  recording->stop();
  CHECK(has(told(true), "info    recording.unchanged call=k3x9f0a by=operator order=pause recording=stopped"));
  CHECK(logged_by([&] { (void)pause_recording("none", true); }).empty());
}

TEST_CASE_FIXTURE(Shown, "A recorded call shows the state of its recording, and a call without a recording shows no such state") {
  const auto recording = recorded();
  add({"a", {}, false, "PCMU", kAnswered, media::LegId{2}, recording});
  add({"b", {}, false, "PCMU", kAnswered, media::LegId{2}});
  const auto says = [this](std::string_view what) { return json(&Shown::statistics, kAnswered).find(what) != std::string::npos; };
  CHECK(says(R"(,"recording":"recording"},{"id":"b",)"));
  const std::string both = json(&Shown::statistics, kAnswered);
  CHECK(both.find("recording", both.find(R"("id":"b")")) == std::string::npos);
  recording->pause(agent::Pauser::Model, true);
  CHECK(says(R"("recording":"paused")"));
  recording->stop();
  CHECK(says(R"("recording":"stopped")"));
}
