#pragma once

#include "box.hpp"

#include <offhook/base/time.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace offhook::test {

using namespace offhook::agent;
using namespace offhook::agent::tools;
using namespace std::chrono_literals;

/// The tool box of a call, with built-in tools and a source.
struct Box {
  base::TimePoint now{1h};
  ToolBoxOptions options{{{rule("hang_up"), rule("transfer", Confirm::Caller), rule("hold"), rule("note"),
                           rule("look_up", Confirm::Never, ToolClass::Read), rule("pay", Confirm::Never, ToolClass::Money)},
                          {{"Sales", "sip:6002@pbx.example"}},
                          {}},
                         {"en"}};
  std::vector<ToolDescription> offered{
      {"look_up", "Looks up an order.", R"({"type":"object","properties":{"order":{"type":"string"}}})", ToolClass::Read},
      {"pay", "Pays.", R"({"type":"object","properties":{"amount":{"type":"number"}}})", ToolClass::Read}};
  FakeSource* source = nullptr;
  std::vector<ToolEvent> events;
  std::unique_ptr<CallToolBox> box;
  int calls = 0;
  std::vector<bool> paused;  // the orders to pause (true) or resume (false)
  bool by_operator = false;
  RecordingState state = RecordingState::Recording;

  CallToolBox& make() {
    auto made = std::make_unique<FakeSource>(offered);
    source = made.get();
    std::vector<std::unique_ptr<ToolSource>> sources;
    sources.push_back(std::move(made));
    box = std::make_unique<CallToolBox>(
        options, std::move(sources), [this](const ToolEvent& e) { events.push_back(e); }, now);
    return *box;
  }
  void run(const std::string& name, const std::string& arguments = "{}") {
    box->run({3, "id" + std::to_string(++calls), name, arguments});
  }
  ToolOutcome outcome() {
    auto next = box->poll();
    REQUIRE(next);
    CHECK(next->turn == 3);
    CHECK(nlohmann::json::accept(next->result));
    return *next;
  }
  void pass(base::Duration time) {
    now += time;
    box->tick(now);
  }
  std::string ask() {
    const auto question = box->poll_question();
    REQUIRE(question);
    box->on_question_began();
    pass(2s);
    box->on_question_heard();
    return *question;
  }
  /// Allows pause_recording, and handles its orders as CallRecording does.
  void record_with(Confirm confirm) {
    options.rules.allowed.push_back(rule("pause_recording", confirm, ToolClass::Write));
    options.pause_recording = [this](bool on) {
      PauseResult result{.state = state, .changed = paused.empty() ? on : paused.back() != on, .by_model = on, .by_operator = by_operator};
      paused.push_back(on);
      return result;
    };
  }
  std::size_t told(ToolEvent::What what) const {
    return static_cast<std::size_t>(
        std::count_if(events.begin(), events.end(), [what](const ToolEvent& e) { return e.what == what; }));
  }
};

}  // namespace offhook::test
