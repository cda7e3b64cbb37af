#include "played_call.hpp"

using namespace offhook_test;

TEST_CASE_FIXTURE(Call, "A key interrupts the agent. If the conversation expects no digits, the key alone is an input") {
  connect_with_greeting();
  media(EventKind::Digit, 0, 0, '3');
  CHECK(count<FlushPlayout>() == 1);
  REQUIRE(last<Respond>() != nullptr);
  CHECK(last<Respond>()->input.kind == TurnInput::Kind::Digits);
  CHECK(last<Respond>()->input.text == "3");
}

TEST_CASE_FIXTURE(Call, "The conversation collects expected digits until their number is reached, or until '#' or a pause. '*' starts again") {
  greet();
  caller_says("call me back");
  think(ReplyExpects{core.turns(), "digits", 4});
  reply("Your number, please.");
  spoken();
  sent();
  seen.clear();
  SUBCASE("the expected number") {
    for (const char c : {'1', '2', '3', '4'}) media(EventKind::Digit, 0, 0, c);
    REQUIRE(count<Respond>() == 1);
    CHECK(last<Respond>()->input.text == "1234");
  }
  SUBCASE("the key '#'") {
    for (const char c : {'1', '2', '#'}) media(EventKind::Digit, 0, 0, c);
    REQUIRE(count<Respond>() == 1);
    CHECK(last<Respond>()->input.text == "12");
  }
  SUBCASE("a pause") {
    for (const char c : {'9', '*', '1', '2'}) media(EventKind::Digit, 0, 0, c);
    advance(2990ms);
    CHECK(count<Respond>() == 0);
    advance(10ms);
    REQUIRE(count<Respond>() == 1);
    CHECK(last<Respond>()->input.text == "12");
  }
}

TEST_CASE_FIXTURE(Call, "If a language model answers, unexpected keys that the caller presses in quick succession are one input") {
  ConversationOptions options;
  options.keys_together = true;
  options.digit_gap = 2s;
  core = Conversation(options);
  greet();
  const auto press = [&](std::string_view keys) { for (const char key : keys) media(EventKind::Digit, 0, 0, key); };
  SUBCASE("ended by '#'") {
    press("4*2#");
    REQUIRE(count<Respond>() == 1);
    CHECK(last<Respond>()->input.text == "4*2");
  }
  SUBCASE("ended by a pause") {
    press("42");
    advance(1990ms);
    CHECK(count<Respond>() == 0);
    advance(10ms);
    REQUIRE(count<Respond>() == 1);
    CHECK(last<Respond>()->input.text == "42");
  }
  SUBCASE("'#' alone is a key") {
    press("#");
    REQUIRE(count<Respond>() == 1);
    CHECK(last<Respond>()->input.text == "#");
  }
  SUBCASE("the greatest number of keys") {
    press(std::string(DigitCollector::kMaxDigits - 1, '7'));
    CHECK(count<Respond>() == 0);
    press("7");
    CHECK(count<Respond>() == 1);
  }
  SUBCASE("one expected key is an input at once") {
    caller_says("hello");
    think(ReplyExpects{core.turns(), "", 1});
    reply("Press one.");
    spoken();
    sent();
    seen.clear();
    press("1");
    CHECK(count<Respond>() == 1);
  }
}

TEST_CASE_FIXTURE(Call, "If the caller speaks and then presses unexpected keys, the model first gets the words and then the keys") {
  ConversationOptions options;
  options.keys_together = true;
  core = Conversation(options);
  greet();
  media(EventKind::SpeechStarted);
  advance(800ms);
  SUBCASE("the caller has just stopped speaking") { media(EventKind::SpeechStopped, 0, 0, 0, 5); }
  SUBCASE("the recogniser transcribes the words") {
    media(EventKind::SpeechStopped, 0, 0, 0, 10);
    advance(500ms);
  }
  media(EventKind::Digit, 0, 0, '4');
  advance(500ms);
  CHECK(count<AbandonListening>() == 0);
  REQUIRE(count<EndListening>() == 1);
  core.on_listen(Transcript{listening()->turn, true, "my number is", 0.9, false}, now, out);
  collect();
  REQUIRE(count<Respond>() == 1);
  CHECK(last<Respond>()->input.text == "my number is");
  reply("Yes?");  // The caller does not hear this reply, because more keys follow.
  media(EventKind::Digit, 0, 0, '2');
  advance(ConversationOptions{}.digit_gap);
  REQUIRE(count<Respond>() == 2);
  CHECK(last<Respond>()->input.kind == TurnInput::Kind::Digits);
  CHECK(last<Respond>()->input.text == "42");
  CHECK(count<AgentSaid>() == 0);
}

TEST_CASE_FIXTURE(Call, "The conversation does not ask about silence while the caller presses keys") {
  ConversationOptions options;
  options.keys_together = true;
  options.silence_prompt = 2s;
  core = Conversation(options);
  greet();
  advance(1s);
  for (const char key : {'4', '2'}) {
    media(EventKind::Digit, 0, 0, key);
    advance(2500ms);
  }
  CHECK(count<Respond>() == 0);
  media(EventKind::Digit, 0, 0, '#');
  REQUIRE(count<Respond>() == 1);
  CHECK(last<Respond>()->input.text == "42");
}

TEST_CASE_FIXTURE(Call, "A noise after the keys does not replace the collected keys") {
  greet();
  caller_says("call me back");
  think(ReplyExpects{core.turns(), "digits", 4});
  reply("Your number, please.");
  spoken();
  sent();
  seen.clear();
  for (const char c : {'1', '2'}) media(EventKind::Digit, 0, 0, c);
  advance(2400ms);
  media(EventKind::SpeechStarted);
  advance(100ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 2);
  advance(500ms);
  REQUIRE(count<Respond>() == 1);
  core.on_listen(Transcript{listening()->turn, true, "", 0, true}, now, out);
  collect();
  CHECK(count<Respond>() == 1);
  CHECK(last<Respond>()->input.text == "12");
}
