#include "filled_box.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::tools;
using namespace std::chrono_literals;
using test::Box;

TEST_CASE_FIXTURE(Box, "CallToolBox runs a tool that needs the caller's agreement only after the caller agrees") {
  make();
  run("transfer", R"({"destination":"Sales"})");
  CHECK_FALSE(box->poll());
  CHECK_FALSE(box->awaits_answer());
  CHECK(ask().starts_with("Shall I connect you to Sales?"));
  CHECK(box->awaits_answer());
  SUBCASE("the caller agrees") {
    box->on_caller_digit('1');
    const auto done = outcome();
    REQUIRE(done.action);
    CHECK(done.action->what == ReplyAction::What::Transfer);
    CHECK(done.action->argument == "sip:6002@pbx.example");
  }
  SUBCASE("the caller declines") {
    box->on_caller_words({1, true, "no thank you", 0.9, false}, now);
    CHECK(outcome().refused);
  }
  SUBCASE("the caller does not answer") {
    pass(15s);
    CHECK(outcome().refused);
  }
  CHECK_FALSE(box->awaits_answer());
  CHECK_FALSE(box->poll_question());
}

TEST_CASE_FIXTURE(Box, "CallToolBox does not take an interim transcript as the caller's answer") {
  make();
  run("transfer", R"({"destination":"Sales"})");
  ask();
  box->on_caller_words({1, false, "yes", 0.9, false}, now);
  CHECK(box->awaits_answer());
  CHECK_FALSE(box->poll());
}

TEST_CASE_FIXTURE(Box, "CallToolBox asks one question at a time, and uses an answer only for the question that was asked") {
  make();
  run("transfer", R"({"destination":"Sales"})");
  run("pay", R"({"amount":5})");
  ask();
  box->on_caller_digit('1');
  CHECK(outcome().action);
  box->on_caller_digit('1');  // The box has not asked the second question yet.
  CHECK(source->started.empty());
  ask();
  box->on_caller_digit('2');
  CHECK(outcome().refused);
  CHECK(source->started.empty());
}

TEST_CASE_FIXTURE(Box, "CallToolBox lets at most kMaxWaiting questions wait, and asks at most kMaxQuestionsPerCall questions in a telephone call") {
  options.rules.allowed.back().max_per_call = kMaxQuestionsPerCall;  // A tool call that the box refuses without a question does not count.
  make();
  for (std::size_t i = 0; i < kMaxWaiting; ++i) run("pay", R"({"amount":5})");
  CHECK_FALSE(box->poll());
  run("pay", R"({"amount":5})");
  CHECK(outcome().refused);
  for (std::size_t i = 0; i < kMaxWaiting; ++i) {
    ask();
    box->on_caller_digit('2');
    CHECK(outcome().refused);
  }
  for (unsigned i = kMaxWaiting; i < kMaxQuestionsPerCall; ++i) {
    run("pay", R"({"amount":5})");
    CHECK_FALSE(box->poll());
  }
  run("pay", R"({"amount":5})");
  CHECK(outcome().result.find("as often as it may") != std::string::npos);
}

TEST_CASE_FIXTURE(Box, "When a reply ends, CallToolBox refuses its waiting tool calls. A later answer belongs to the question of the next reply") {
  make();
  const auto pay = [&](std::uint32_t turn) { box->run({turn, "p" + std::to_string(++calls), "pay", R"({"amount":5})"}); };
  pay(3);
  pay(3);
  SUBCASE("the reply ends before the question") {}
  SUBCASE("the reply ends during the question") {
    REQUIRE(box->poll_question());
    box->on_question_began();
  }
  SUBCASE("the reply ends while the box waits for the answer") { ask(); }
  box->drop_questions(2);
  CHECK_FALSE(box->poll());
  pay(4);
  box->drop_questions(3);
  CHECK(outcome().refused);
  CHECK(outcome().refused);
  CHECK_FALSE(box->poll());
  CHECK_FALSE(box->awaits_answer());
  box->on_caller_digit('1');
  CHECK(source->started.empty());
  ask();
  box->on_caller_digit('1');
  CHECK(source->started.size() == 1);
  box->drop_questions(9);
  CHECK(source->started.size() == 1);
}

TEST_CASE_FIXTURE(Box, "CallToolBox repeats a spoilt question once, and ignores an answer from before the second question") {
  make();
  run("pay", R"({"amount":5})");
  const std::string first = ask();
  box->on_question_spoilt();
  CHECK_FALSE(box->awaits_answer());
  box->on_caller_digit('1');
  CHECK(source->started.empty());
  const base::TimePoint before = now;
  CHECK(ask() == first);
  box->on_caller_words({1, true, "yes", 0.9, false}, before);  // The caller began these words before the second question.
  CHECK(source->started.empty());
  SUBCASE("an answer to the second question counts") {
    box->on_caller_digit('1');
    CHECK(source->started.size() == 1);
    box->on_question_spoilt();
  }
  SUBCASE("the second question is spoilt too, and the box refuses the tool call") {
    box->on_question_spoilt();
    CHECK(outcome().refused);
    box->on_caller_digit('1');
    CHECK(source->started.empty());
  }
}

TEST_CASE_FIXTURE(Box, "CallToolBox counts a tool call towards max_per_call only after the call's question has begun") {
  options.rules.allowed.back().max_per_call = 1;
  make();
  for (std::uint32_t turn = 4; turn <= 9; ++turn) {
    box->run({turn, "p" + std::to_string(turn), "pay", R"({"amount":5})"});
    CHECK_FALSE(box->poll());
    CHECK(box->is_asking());
    box->drop_questions(turn);
    CHECK(box->poll()->refused);
    CHECK_FALSE(box->is_asking());
  }
  CHECK(told(ToolEvent::What::Asked) == 0);  // The caller heard no question.
  box->run({10, "p10", "pay", R"({"amount":5})"});
  REQUIRE(box->poll_question());
  box->on_question_began();
  box->on_question_began();
  CHECK(told(ToolEvent::What::Asked) == 1);
  box->drop_questions(10);
  CHECK(box->poll()->refused);
  box->run({11, "p11", "pay", R"({"amount":5})"});
  const auto capped = box->poll();
  REQUIRE(capped);
  CHECK(capped->result.find("as often as it may") != std::string::npos);
}

TEST_CASE_FIXTURE(Box,
                  "CallToolBox asks for the caller's agreement to a money tool, even if its rule says never and its source says that it only reads") {
  make();
  CHECK(box->descriptions().back().name == "pay");
  CHECK(box->descriptions().back().what == ToolClass::Money);
  run("pay", R"({"amount":5})");
  CHECK(source->started.empty());
  ask();
  box->on_caller_words({1, true, "yes please", 0.9, false}, now);
  CHECK(source->started.size() == 1);
}
