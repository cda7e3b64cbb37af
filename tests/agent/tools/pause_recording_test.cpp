#include "filled_box.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::tools;
using namespace std::chrono_literals;
using test::Box;

TEST_CASE_FIXTURE(Box, "pause_recording takes effect immediately, and accepts only true or false") {
  record_with(Confirm::Never);
  make();
  run("pause_recording", R"({"paused":true})");
  CHECK(paused == std::vector{true});
  CHECK_FALSE(outcome().action);
  run("pause_recording", R"({"paused":false})");
  CHECK(paused == std::vector{true, false});
  const auto goes_on = outcome();
  CHECK_FALSE(goes_on.refused);
  CHECK(goes_on.result.find("recorded again") != std::string::npos);
  for (const char* wrong : {"{}", R"({"paused":"true"})", R"({"paused":1})", R"({"paused":null})", R"({"on":true})", R"({"paused":true,"for":5})"}) {
    CAPTURE(wrong);
    run("pause_recording", wrong);
    CHECK(outcome().refused);
  }
  CHECK(paused.size() == 2);
}

TEST_CASE_FIXTURE(Box, "If an operator keeps the recording paused, the result of pause_recording says this") {
  record_with(Confirm::Never);
  by_operator = true;
  make();
  run("pause_recording", R"({"paused":false})");
  const auto told = outcome();
  CHECK_FALSE(told.refused);
  CHECK(told.result.find("An operator keeps the recording paused") != std::string::npos);
  CHECK(told.result.find("may end at any time: pause again before") != std::string::npos);
  CHECK(told.result.find("recorded again") == std::string::npos);
}

TEST_CASE_FIXTURE(Box, "After the end of the recording, each result of pause_recording says that nothing is recorded") {
  record_with(Confirm::Never);
  make();
  for (const auto over : {RecordingState::Stopped, RecordingState::Failed}) {
    state = over;
    for (const char* order : {R"({"paused":true})", R"({"paused":false})"}) {
      run("pause_recording", order);
      CHECK(outcome().result.find("The recording of this call has ended: nothing is recorded.") != std::string::npos);
    }
  }
}

TEST_CASE_FIXTURE(Box, "A model that has reached its limit of attempts can still pause the recording, and a flood of pauses adds no events") {
  record_with(Confirm::Never);
  make();
  for (unsigned i = 0; i <= kMaxAttemptsPerMinute; ++i) run("delete_all");
  while (box->poll()) continue;
  events.clear();
  for (int i = 0; i < 1000; ++i) run("pause_recording", R"({"paused":true})");
  CHECK(paused == std::vector<bool>(1000, true));
  CHECK_FALSE(outcome().refused);
  CHECK(told(ToolEvent::What::Allowed) == 0);
  CHECK(told(ToolEvent::What::Done) == 1);
  run("pause_recording", R"({"paused":false})");
  CHECK(paused.back());
  pass(1min);
  run("pause_recording", R"({"paused":false})");
  CHECK_FALSE(paused.back());
}

TEST_CASE_FIXTURE(Box, "If CallToolBox cannot ask the caller any more, it pauses the recording without a question, but refuses to resume it") {
  record_with(Confirm::Caller);
  make();
  for (std::size_t i = 0; i < kMaxWaiting; ++i) run("pay", R"({"amount":5})");
  run("pause_recording", R"({"paused":false})");
  CHECK(outcome().refused);
  CHECK(paused.empty());
  run("pause_recording", R"({"paused":true})");
  CHECK_FALSE(outcome().refused);
  CHECK(paused == std::vector{true});
}

TEST_CASE_FIXTURE(Box, "If a pause needs the caller's agreement, the recording continues until the agreement") {
  record_with(Confirm::Caller);
  make();
  run("pause_recording", R"({"paused":true})");
  CHECK(ask().find("pause recording") != std::string::npos);
  CHECK(paused.empty());
  box->on_caller_digit('1');
  pass(1s);
  CHECK(paused == std::vector{true});
}
