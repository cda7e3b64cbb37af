#include <offhook/agent/conversation/conversation.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace offhook;
using namespace offhook::agent;
using namespace std::chrono_literals;
using Kind = media::MediaEvent::Kind;

namespace {

/// A call on virtual time: the test plays the worker, the listener, the thinker and the speaker.
struct Call {
  base::TimePoint now{};
  ConversationActions out;
  ConversationActions seen;  // everything since the last take()
  Conversation core{ConversationOptions{}};
  std::uint64_t tick = 0;

  bool others = false;  // somebody else would do what failed
  void collect() {
    for (std::size_t i = 0; i < out.size(); ++i) {
      const auto* again = std::get_if<TryAgain>(&out[i]);
      if (again != nullptr && !others) core.on_no_other_way(Stage(again->stage), now, out);
    }
    seen.insert(seen.end(), out.begin(), out.end());
    out.clear();
    CHECK(core.is_consistent());
  }
  void advance(base::Duration by) {
    const auto end = now + by;
    while (now < end) {
      now = std::min(end, now + 10ms);
      tick = static_cast<std::uint64_t>(now.time_since_epoch() / 20ms);
      core.on_time(now, out);
      collect();
    }
  }
  template <class A>
  std::size_t count() const {
    return static_cast<std::size_t>(std::count_if(seen.begin(), seen.end(), [](const auto& a) { return std::holds_alternative<A>(a); }));
  }
  template <class A>
  const A* last() const {
    for (auto it = seen.rbegin(); it != seen.rend(); ++it) {
      if (const A* a = std::get_if<A>(&*it)) return a;
    }
    return nullptr;
  }
  void media(Kind kind, std::uint32_t utterance = 0, std::uint32_t word = 0, char digit = 0, std::uint64_t silent_ticks = 0) {
    core.on_media({kind, digit, 0, utterance, word, tick, tick - std::min(tick, silent_ticks)}, now, out);
    collect();
  }
  void think(ThinkEvent event) {
    core.on_think(event, now, out);
    collect();
  }
  void reply(std::string text) {
    const auto turn = core.turns();
    think(ReplyText{turn, std::move(text)});
    think(ReplyDone{turn});
  }
  /// The speaker delivers the utterance asked for last.
  void spoken() {
    const auto* speak = last<Speak>();
    REQUIRE(speak != nullptr);
    core.on_speak(SpeechAudio{speak->utterance, {0, 0}, {{"one", 0}, {"two", 100}, {"three", 200}}}, now, out);
    core.on_speak(SpeechDone{speak->utterance}, now, out);
    collect();
  }
  void sent() { media(Kind::UtteranceSent, last<Speak>()->utterance); }
  void connect_with_greeting() {
    core.start(now, out);
    collect();
    reply("Good morning.");
    spoken();
    core.on_connected(now, out);
    collect();
  }
  void greet() {
    connect_with_greeting();
    advance(1s);
    sent();
    seen.clear();
  }
  void caller_says(std::string text, base::Duration length = 800ms) {
    media(Kind::SpeechStarted);
    advance(length);
    media(Kind::SpeechStopped, 0, 0, 0, 10);
    advance(500ms);
    core.on_listen(Transcript{listening()->turn, true, std::move(text), 0.9, false}, now, out);
    collect();
  }
  const BeginListening* listening() const { return last<BeginListening>(); }
};

}  // namespace

TEST_CASE_FIXTURE(Call, "The call is answered when the first sample of the greeting is there, not before") {
  core.start(now, out);
  collect();
  REQUIRE(last<Respond>() != nullptr);
  CHECK(last<Respond>()->input.kind == TurnInput::Kind::Opening);
  advance(300ms);
  CHECK(count<AnswerCall>() == 0);
  reply("Good morning.");
  CHECK(count<AnswerCall>() == 0);
  spoken();
  CHECK(count<AnswerCall>() == 1);
}

TEST_CASE_FIXTURE(Call, "A greeting that is not ready does not delay the answer beyond its limit") {
  core.start(now, out);
  collect();
  advance(1990ms);
  CHECK(count<AnswerCall>() == 0);
  advance(10ms);
  CHECK(count<AnswerCall>() == 1);
}

TEST_CASE("A call rings as long as it shall, though the greeting is ready") {
  Call call;
  ConversationOptions options;
  options.ring_for = 3s;
  call.core = Conversation(options);
  call.core.start(call.now, call.out);
  call.collect();
  call.reply("Good morning.");
  call.spoken();
  call.advance(2990ms);
  CHECK(call.count<AnswerCall>() == 0);
  call.advance(10ms);
  CHECK(call.count<AnswerCall>() == 1);
}

TEST_CASE_FIXTURE(Call, "A turn ends after half a second of silence, counted from the last voiced frame") {
  greet();
  media(Kind::SpeechStarted);
  CHECK(count<BeginListening>() == 1);
  advance(1s);
  media(Kind::SpeechStopped, 0, 0, 0, 10);  // 200 ms of silence already
  advance(290ms);
  CHECK(count<EndListening>() == 0);
  advance(10ms);
  CHECK(count<EndListening>() == 1);
}

TEST_CASE_FIXTURE(Call, "A breath does not end a turn") {
  greet();
  media(Kind::SpeechStarted);
  advance(400ms);
  media(Kind::SpeechStopped, 0, 0, 0, 10);
  advance(200ms);
  media(Kind::SpeechStarted);
  advance(5s);
  CHECK(count<BeginListening>() == 1);
  CHECK(count<EndListening>() == 0);
}

TEST_CASE_FIXTURE(Call, "What the caller said is answered, spoken, and reported as heard when it has left") {
  greet();
  caller_says("when are you open");
  REQUIRE(last<Respond>() != nullptr);
  CHECK(last<Respond>()->input.text == "when are you open");
  reply("From nine to five.");
  spoken();
  CHECK(count<ReportHeard>() == 0);
  sent();
  REQUIRE(last<ReportHeard>() != nullptr);
  CHECK(last<ReportHeard>()->text == "From nine to five.");
  CHECK_FALSE(last<ReportHeard>()->interrupted);
}

TEST_CASE_FIXTURE(Call, "A cough while we speak lets us rise again; nothing is cancelled") {
  connect_with_greeting();
  seen.clear();
  media(Kind::SpeechStarted);
  advance(100ms);
  media(Kind::SpeechStopped, 0, 0, 0, 2);
  advance(1s);
  CHECK(count<RisePlayout>() == 1);
  CHECK(count<AbandonListening>() == 1);
  CHECK(count<FlushPlayout>() == 0);
}

TEST_CASE_FIXTURE(Call, "A call that ends while we speak can still tell what was heard of it") {
  connect_with_greeting();
  CHECK_FALSE(core.unfinished_reply());
  media(Kind::Sent, 1, 0);
  media(Kind::Sent, 1, 1);
  REQUIRE(core.unfinished_reply());
  CHECK(core.unfinished_reply()->text == "one two");
  CHECK(core.unfinished_reply()->interrupted);
  core.on_ended();
  CHECK_FALSE(core.unfinished_reply());
}

TEST_CASE_FIXTURE(Call, "An interruption stops us and the dialogue learns which words were heard") {
  connect_with_greeting();
  seen.clear();
  media(Kind::Sent, 1, 0);
  media(Kind::Sent, 1, 1);
  media(Kind::SpeechStarted);
  advance(230ms);
  CHECK(count<FlushPlayout>() == 0);
  advance(10ms);
  CHECK(count<FlushPlayout>() == 1);
  REQUIRE(last<ReportHeard>() != nullptr);
  CHECK(last<ReportHeard>()->text == "one two");
  CHECK(last<ReportHeard>()->interrupted);
  advance(500ms);
  media(Kind::SpeechStopped, 0, 0, 0, 10);
  advance(500ms);
  CHECK(count<EndListening>() == 1);
}

TEST_CASE_FIXTURE(Call, "A caller who goes on while we think is heard out: both parts become one input") {
  greet();
  caller_says("i would like");
  const auto first = core.turns();
  advance(50ms);
  caller_says("to be called back");
  CHECK(last<CancelThinking>()->turn == first);
  CHECK(last<Respond>()->input.text == "i would like to be called back");
  think(ReplyText{first, "A late answer to half a question."});
  CHECK(count<Speak>() == 0);
}

TEST_CASE_FIXTURE(Call, "A caller who goes on while the first half is still being recognised loses nothing") {
  greet();
  media(Kind::SpeechStarted);
  advance(600ms);
  media(Kind::SpeechStopped, 0, 0, 0, 10);
  advance(400ms);
  CHECK(count<EndListening>() == 1);
  const auto first = listening()->turn;
  media(Kind::SpeechStarted);
  core.on_listen(Transcript{first, true, "please give me", 0.9, false}, now, out);
  collect();
  CHECK(count<Respond>() == 0);
  advance(600ms);
  media(Kind::SpeechStopped, 0, 0, 0, 10);
  advance(400ms);
  core.on_listen(Transcript{listening()->turn, true, "the address", 0.9, false}, now, out);
  collect();
  REQUIRE(count<Respond>() == 1);
  CHECK(last<Respond>()->input.text == "please give me the address");
}

TEST_CASE_FIXTURE(Call, "A first half that is recognised only after the second has ended goes before it") {
  greet();
  media(Kind::SpeechStarted);
  advance(600ms);
  media(Kind::SpeechStopped, 0, 0, 0, 10);
  advance(400ms);
  const auto first = listening()->turn;
  media(Kind::SpeechStarted);
  advance(600ms);
  media(Kind::SpeechStopped, 0, 0, 0, 10);
  advance(400ms);
  CHECK(count<EndListening>() == 2);
  core.on_listen(Transcript{first, true, "please give me", 0.8, false}, now, out);
  collect();
  CHECK(count<Respond>() == 0);
  SUBCASE("both understood") {
    core.on_listen(Transcript{listening()->turn, true, "the address", 0.9, false}, now, out);
    collect();
    REQUIRE(count<Respond>() == 1);
    CHECK(last<Respond>()->input.text == "please give me the address");
  }
  SUBCASE("the second was a noise") {
    core.on_listen(Transcript{listening()->turn, true, "", 0.1, true}, now, out);
    collect();
    REQUIRE(count<Respond>() == 1);
    CHECK(last<Respond>()->input.text == "please give me");
    CHECK(last<Respond>()->input.confidence == 0.8);
    CHECK_FALSE(last<Respond>()->input.rejected);
  }
}

TEST_CASE_FIXTURE(Call, "The end of a later utterance speaks for the earlier ones of its reply, should theirs be lost") {
  greet();
  caller_says("goodbye");
  const auto turn = core.turns();
  think(ReplyText{turn, "Thank you."});
  spoken();
  think(ReplyText{turn, "Goodbye."});
  spoken();
  think(ReplyAction{turn, ReplyAction::What::HangUp, ""});
  think(ReplyDone{turn});
  CHECK(count<HangUpCall>() == 0);
  sent();  // of the second
  CHECK(count<HangUpCall>() == 1);
  CHECK(last<AgentSaid>()->text == "Thank you. Goodbye.");
}

TEST_CASE_FIXTURE(Call, "A short noise that means nothing is ignored") {
  greet();
  media(Kind::SpeechStarted);
  advance(100ms);
  media(Kind::SpeechStopped, 0, 0, 0, 2);
  advance(500ms);
  core.on_listen(Transcript{listening()->turn, true, "", 0, true}, now, out);
  collect();
  CHECK(count<Respond>() == 0);
}

TEST_CASE_FIXTURE(Call, "Speech that was not understood is answered all the same") {
  greet();
  caller_says("");
  REQUIRE(last<Respond>() != nullptr);
  CHECK(last<Respond>()->input.rejected);
}

TEST_CASE_FIXTURE(Call, "An empty reply is no dead air") {
  greet();
  caller_says("hello");
  think(ReplyDone{core.turns()});
  REQUIRE(last<Speak>() != nullptr);
  CHECK(last<Speak>()->text == ConversationOptions{}.empty_reply);
}

TEST_CASE_FIXTURE(Call, "Goodbye is heard to its end before the call is hung up") {
  greet();
  caller_says("goodbye");
  const auto turn = core.turns();
  think(ReplyText{turn, "Goodbye."});
  think(ReplyAction{turn, ReplyAction::What::HangUp, ""});
  think(ReplyDone{turn});
  spoken();
  advance(500ms);
  CHECK(count<HangUpCall>() == 0);
  sent();
  REQUIRE(last<HangUpCall>() != nullptr);
  CHECK(last<HangUpCall>()->why == "goodbye");
  CHECK(core.phase() == Conversation::Phase::Ended);
}

TEST_CASE_FIXTURE(Call, "A caller who interrupts the goodbye keeps the call") {
  greet();
  caller_says("goodbye");
  const auto turn = core.turns();
  think(ReplyText{turn, "Goodbye."});
  think(ReplyAction{turn, ReplyAction::What::HangUp, ""});
  think(ReplyDone{turn});
  spoken();
  media(Kind::SpeechStarted);
  advance(300ms);
  CHECK(count<FlushPlayout>() == 1);
  media(Kind::UtteranceSent, last<Speak>()->utterance);
  CHECK(count<HangUpCall>() == 0);
}

TEST_CASE_FIXTURE(Call, "A transfer is asked for when its announcement has been heard") {
  greet();
  caller_says("sales please");
  const auto turn = core.turns();
  think(ReplyText{turn, "One moment."});
  think(ReplyAction{turn, ReplyAction::What::Transfer, "6100"});
  think(ReplyDone{turn});
  spoken();
  CHECK(count<TransferCall>() == 0);
  sent();
  REQUIRE(last<TransferCall>() != nullptr);
  CHECK(last<TransferCall>()->target == "6100");
  advance(120s);  // It may ring there for long: nobody is asked whether they are still there.
  CHECK(last<Respond>()->input.kind == TurnInput::Kind::Speech);
  caller_says("sales please");
  think(ReplyText{core.turns(), "One moment."});
  think(ReplyAction{core.turns(), ReplyAction::What::Transfer, "6100"});
  think(ReplyDone{core.turns()});
  spoken();
  sent();
  CHECK(count<TransferCall>() == 1);
}

namespace {

struct Transferring : Call {
  Transferring() {
    greet();
    caller_says("sales please");
    think(ReplyText{core.turns(), "One moment."});
    think(ReplyAction{core.turns(), ReplyAction::What::Transfer, "6100"});
    think(ReplyDone{core.turns()});
    spoken();
    sent();
    REQUIRE(count<TransferCall>() == 1);
    seen.clear();
  }
  void fail() {
    core.on_transfer_failed(now, out);
    collect();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Transferring, "The thinker is told of a transfer that failed, the call goes on, and another may be tried") {
  advance(20s);
  fail();
  REQUIRE(last<Respond>() != nullptr);
  CHECK(last<Respond>()->input.kind == TurnInput::Kind::Failure);
  CHECK(last<Respond>()->input.text == kTransferFailed);
  reply("Nobody is there. What else can I do for you?");
  spoken();
  sent();
  CHECK(count<HangUpCall>() == 0);
  caller_says("the workshop then");
  think(ReplyAction{core.turns(), ReplyAction::What::Transfer, "6200"});
  think(ReplyDone{core.turns()});
  REQUIRE(last<TransferCall>() != nullptr);
  CHECK(last<TransferCall>()->target == "6200");
}

TEST_CASE_FIXTURE(Transferring, "A thinker with nothing to say to a failed transfer leaves the apology to us") {
  fail();
  think(ReplyDone{core.turns()});
  REQUIRE(last<Speak>() != nullptr);
  CHECK(last<Speak>()->text == ConversationOptions{}.transfer_apology);
}

TEST_CASE_FIXTURE(Transferring, "News of a failed transfer waits for the caller to finish, and then for the reply") {
  media(Kind::SpeechStarted);
  fail();
  CHECK(count<Respond>() == 0);
  advance(600ms);
  media(Kind::SpeechStopped, 0, 0, 0, 10);
  advance(500ms);
  core.on_listen(Transcript{listening()->turn, true, "hello", 0.9, false}, now, out);
  collect();
  REQUIRE(count<Respond>() == 1);
  CHECK(last<Respond>()->input.kind == TurnInput::Kind::Speech);
  reply("Hello.");
  spoken();
  advance(1s);
  CHECK(count<Respond>() == 1);
  sent();
  advance(10ms);
  REQUIRE(count<Respond>() == 2);
  CHECK(last<Respond>()->input.kind == TurnInput::Kind::Failure);
}

TEST_CASE_FIXTURE(Transferring, "News of a failed transfer that the caller cut off before its first word is told again, once") {
  fail();
  SUBCASE("while it is thought about") {}
  SUBCASE("while it is made to be spoken") {
    reply("Nobody is there.");
    spoken();
  }
  caller_says("hello");
  REQUIRE(last<Respond>()->input.kind == TurnInput::Kind::Speech);
  reply("Hello.");
  spoken();
  sent();
  advance(10ms);
  REQUIRE(count<Respond>() == 3);
  CHECK(last<Respond>()->input.kind == TurnInput::Kind::Failure);
  reply("Nobody is there.");
  spoken();
  media(Kind::Sent, last<Speak>()->utterance, 0);
  caller_says("I see");
  reply("Anything else?");
  spoken();
  sent();
  advance(10ms);
  CHECK(count<Respond>() == 4);
}

TEST_CASE_FIXTURE(Transferring, "A caller who answers news of a failed transfer by a key hears it after that") {
  fail();
  media(Kind::Digit, 0, 0, '3');
  REQUIRE(last<Respond>()->input.kind == TurnInput::Kind::Digits);
  reply("Three.");
  spoken();
  sent();
  advance(10ms);
  CHECK(last<Respond>()->input.kind == TurnInput::Kind::Failure);
}

TEST_CASE_FIXTURE(Transferring, "News of a failed transfer waits for a number that is being keyed in") {
  caller_says("another number then");
  think(ReplyExpects{core.turns(), "", 4});
  reply("Which one?");
  spoken();
  sent();
  for (const char digit : {'1', '2'}) media(Kind::Digit, 0, 0, digit);
  fail();
  advance(1s);
  CHECK(count<Respond>() == 1);
  for (const char digit : {'3', '4'}) media(Kind::Digit, 0, 0, digit);
  REQUIRE(count<Respond>() == 2);
  CHECK(last<Respond>()->input.text == "1234");
}

TEST_CASE_FIXTURE(Transferring, "Another transfer makes the news of the one that failed needless") {
  media(Kind::SpeechStarted);
  fail();
  advance(600ms);
  media(Kind::SpeechStopped, 0, 0, 0, 10);
  advance(500ms);
  core.on_listen(Transcript{listening()->turn, true, "the workshop then", 0.9, false}, now, out);
  collect();
  think(ReplyAction{core.turns(), ReplyAction::What::Transfer, "6200"});
  think(ReplyDone{core.turns()});
  REQUIRE(count<TransferCall>() == 1);
  advance(60s);
  CHECK(count<Respond>() == 1);
}

TEST_CASE_FIXTURE(Transferring, "When the thinker fails on a failed transfer we tell the caller ourselves") {
  fail();
  think(ThinkFailed{core.turns(), "no answer"});
  REQUIRE(last<Speak>() != nullptr);
  CHECK(last<Speak>()->text == ConversationOptions{}.transfer_apology);
}

TEST_CASE_FIXTURE(Call, "A failed transfer that was never asked for is no news") {
  greet();
  core.on_transfer_failed(now, out);
  collect();
  CHECK(count<Respond>() == 0);
}

TEST_CASE_FIXTURE(Call, "A key interrupts us and is an input of its own when nothing is expected") {
  connect_with_greeting();
  media(Kind::Digit, 0, 0, '3');
  CHECK(count<FlushPlayout>() == 1);
  REQUIRE(last<Respond>() != nullptr);
  CHECK(last<Respond>()->input.kind == TurnInput::Kind::Digits);
  CHECK(last<Respond>()->input.text == "3");
}

TEST_CASE_FIXTURE(Call, "Expected digits are gathered until enough, '#', or a pause; '*' starts over") {
  greet();
  caller_says("call me back");
  think(ReplyExpects{core.turns(), "digits", 4});
  reply("Your number, please.");
  spoken();
  sent();
  seen.clear();
  SUBCASE("enough") {
    for (const char c : {'1', '2', '3', '4'}) media(Kind::Digit, 0, 0, c);
    REQUIRE(count<Respond>() == 1);
    CHECK(last<Respond>()->input.text == "1234");
  }
  SUBCASE("hash") {
    for (const char c : {'1', '2', '#'}) media(Kind::Digit, 0, 0, c);
    REQUIRE(count<Respond>() == 1);
    CHECK(last<Respond>()->input.text == "12");
  }
  SUBCASE("pause") {
    for (const char c : {'9', '*', '1', '2'}) media(Kind::Digit, 0, 0, c);
    advance(2990ms);
    CHECK(count<Respond>() == 0);
    advance(10ms);
    REQUIRE(count<Respond>() == 1);
    CHECK(last<Respond>()->input.text == "12");
  }
}

TEST_CASE_FIXTURE(Call, "Keys that a model did not ask for are one input when they are pressed together") {
  ConversationOptions options;
  options.keys_together = true;
  options.digit_gap = 2s;
  core = Conversation(options);
  greet();
  const auto press = [&](std::string_view keys) { for (const char key : keys) media(Kind::Digit, 0, 0, key); };
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
  SUBCASE("as many as there can be") {
    press(std::string(DigitCollector::kMaxDigits - 1, '7'));
    CHECK(count<Respond>() == 0);
    press("7");
    CHECK(count<Respond>() == 1);
  }
  SUBCASE("a menu of one key is one all the same, where it was asked for") {
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

TEST_CASE_FIXTURE(Call, "Who keys in a number is not asked why they say nothing") {
  ConversationOptions options;
  options.keys_together = true;
  options.silence_prompt = 2s;
  core = Conversation(options);
  greet();
  advance(1s);
  for (const char key : {'4', '2'}) {
    media(Kind::Digit, 0, 0, key);
    advance(2500ms);
  }
  CHECK(count<Respond>() == 0);
  media(Kind::Digit, 0, 0, '#');
  REQUIRE(count<Respond>() == 1);
  CHECK(last<Respond>()->input.text == "42");
}

TEST_CASE_FIXTURE(Call, "Silence is asked about three times, then we say goodbye and hang up") {
  greet();
  for (unsigned i = 1; i <= 3; ++i) {
    advance(8s);
    REQUIRE(count<Respond>() == i);
    CHECK(last<Respond>()->input.kind == TurnInput::Kind::Silence);
    reply("Are you still there?");
    spoken();
    sent();
  }
  advance(8s);
  CHECK(count<Respond>() == 3);
  CHECK(last<Speak>()->text == ConversationOptions{}.silence_goodbye);
  spoken();
  sent();
  REQUIRE(last<HangUpCall>() != nullptr);
  CHECK(last<HangUpCall>()->why == "silence");
}

TEST_CASE_FIXTURE(Call, "The call limit ends the call with a sentence, even in the middle of a reply") {
  greet();
  for (int i = 0; i < 400 && last<HangUpCall>() == nullptr; ++i) {
    caller_says("tell me more");
    reply("There is more.");
    spoken();
    advance(4s);
    if (last<Speak>()->text == ConversationOptions{}.limit_goodbye) {
      spoken();
      sent();
    } else {
      sent();
    }
  }
  REQUIRE(last<HangUpCall>() != nullptr);
  CHECK(last<HangUpCall>()->why == "time limit");
  CHECK(now.time_since_epoch() < 31min);
}

TEST_CASE_FIXTURE(Call, "A thinker that says nothing is waited for so long, then we apologise") {
  greet();
  caller_says("hello");
  advance(2490ms);
  CHECK(count<Speak>() == 0);
  advance(10ms);
  REQUIRE(count<Speak>() == 1);
  CHECK(last<Speak>()->text == ConversationOptions{}.filler);
  spoken();
  sent();
  CHECK(last<ReportHeard>() == nullptr);  // An aside is no reply: the thinker does not hear of it.
  advance(5490ms);
  CHECK(count<Speak>() == 1);
  advance(10ms);
  REQUIRE(count<Speak>() == 2);
  CHECK(last<Speak>()->text == ConversationOptions{}.apology);
}

TEST_CASE_FIXTURE(Call, "A listener that takes its time is filled with words too, and the reply follows them") {
  greet();
  media(Kind::SpeechStarted);
  advance(800ms);
  media(Kind::SpeechStopped, 0, 0, 0, 10);
  advance(300ms + ConversationOptions{}.filler_after);
  REQUIRE(count<Speak>() == 1);
  CHECK(last<Speak>()->text == ConversationOptions{}.filler);
  core.on_listen(Transcript{listening()->turn, true, "hello", 0.9, false}, now, out);
  collect();
  REQUIRE(count<Respond>() == 1);
  CHECK(count<FlushPlayout>() == 0);  // The filler is heard to its end.
  const auto filler = last<Speak>()->utterance;
  core.on_speak(SpeechAudio{filler, {0}, {{"One", 0}}}, now, out);
  core.on_speak(SpeechDone{filler}, now, out);
  collect();
  reply("Good day.");
  spoken();
  media(Kind::UtteranceSent, filler);
  CHECK(count<AgentSaid>() == 0);
  sent();
  REQUIRE(count<AgentSaid>() == 1);
  CHECK(last<AgentSaid>()->text == "Good day.");
  CHECK(last<ReportHeard>()->text == "Good day.");
}

TEST_CASE_FIXTURE(Call, "A filler that was heard before the transcript came leaves the listener its deadline") {
  greet();
  media(Kind::SpeechStarted);
  advance(800ms);
  media(Kind::SpeechStopped, 0, 0, 0, 10);
  advance(300ms + ConversationOptions{}.filler_after);
  REQUIRE(count<Speak>() == 1);
  spoken();
  sent();
  CHECK(count<AgentSaid>() == 0);
  advance(ConversationOptions{}.listen_deadline - ConversationOptions{}.filler_after);
  CHECK(last<Speak>()->text == ConversationOptions{}.apology);
}

TEST_CASE_FIXTURE(Call, "A thought that stops in the middle of a reply is filled when what there was of it has been heard") {
  greet();
  caller_says("hello");
  think(ReplyText{core.turns(), "Well,"});
  spoken();
  sent();
  advance(ConversationOptions{}.filler_after);
  CHECK(last<Speak>()->text == ConversationOptions{}.filler);
}

TEST_CASE_FIXTURE(Call, "A thought that lasts is filled again and again, not without end in between") {
  others = true;
  greet();
  caller_says("hello");
  for (int i = 0; i < 3; ++i) {
    advance(i == 0 ? ConversationOptions{}.filler_after : ConversationOptions{}.filler_again);
    REQUIRE(count<Speak>() == static_cast<std::size_t>(i + 1));
    CHECK(last<Speak>()->text == ConversationOptions{}.filler);
    spoken();
    sent();
  }
}

TEST_CASE_FIXTURE(Call, "A reply that comes after the filler is told without it") {
  greet();
  caller_says("hello");
  advance(3s);
  spoken();
  sent();
  reply("Good day.");
  spoken();
  sent();
  REQUIRE(last<ReportHeard>() != nullptr);
  CHECK(last<ReportHeard>()->text == "Good day.");
}

TEST_CASE_FIXTURE(Call, "A thought that fails is thought again by somebody else, and the caller hears nothing of it") {
  others = true;
  greet();
  caller_says("hello");
  think(ThinkFailed{core.turns(), "down"});
  REQUIRE(count<TryAgain>() == 1);
  CHECK(last<TryAgain>()->stage == Stage::Think);
  CHECK(count<Speak>() == 0);
  reply("Good day.");
  CHECK(last<Speak>()->text == "Good day.");
}

TEST_CASE_FIXTURE(Call, "A stage is tried again so often, and then we apologise") {
  others = true;
  greet();
  caller_says("hello");
  for (unsigned i = 0; i < ConversationOptions{}.max_attempts; ++i) think(ThinkFailed{core.turns(), "down"});
  CHECK(count<TryAgain>() == ConversationOptions{}.max_attempts);
  CHECK(count<Speak>() == 0);
  think(ThinkFailed{core.turns(), "down"});
  CHECK(count<TryAgain>() == ConversationOptions{}.max_attempts);
  CHECK(last<Speak>()->text == ConversationOptions{}.apology);
}

TEST_CASE_FIXTURE(Call, "Each stage that stays silent is tried again at its deadline") {
  others = true;
  greet();
  media(Kind::SpeechStarted);
  advance(800ms);
  media(Kind::SpeechStopped, 0, 0, 0, 10);
  advance(500ms);
  REQUIRE(last<EndListening>() != nullptr);
  advance(ConversationOptions{}.filler_after);
  spoken();
  sent();
  advance(ConversationOptions{}.listen_deadline - ConversationOptions{}.filler_after);
  REQUIRE(last<TryAgain>() != nullptr);
  CHECK(last<TryAgain>()->stage == Stage::Listen);
  CHECK(count<AbandonListening>() == 0);
  core.on_listen(Transcript{listening()->turn, true, "hello", 0.9, false}, now, out);
  collect();
  think(ReplyText{core.turns(), "Good"});
  advance(ConversationOptions{}.speak_deadline);
  CHECK(last<TryAgain>()->stage == Stage::Speak);
  spoken();
  advance(ConversationOptions{}.think_deadline);
  CHECK(last<TryAgain>()->stage == Stage::Think);
}

TEST_CASE_FIXTURE(Call, "An empty reply is asked for again before the caller is asked to repeat") {
  others = true;
  greet();
  caller_says("hello");
  think(ReplyDone{core.turns()});
  CHECK(count<TryAgain>() == 1);
  CHECK(count<Speak>() == 0);
  others = false;
  think(ReplyDone{core.turns()});
  CHECK(last<Speak>()->text == ConversationOptions{}.empty_reply);
}

TEST_CASE_FIXTURE(Call, "A turn that is taken as sound is answered at once; its words come late, for the record") {
  greet();
  media(Kind::SpeechStarted);
  advance(800ms);
  media(Kind::SpeechStopped, 0, 0, 0, 10);
  advance(500ms);
  core.on_taken(listening()->turn, now, out);
  collect();
  REQUIRE(last<Respond>() != nullptr);
  CHECK(last<Respond>()->input.kind == TurnInput::Kind::Speech);
  CHECK(last<CallerSaid>() == nullptr);
  const auto turn = core.turns();
  think(ReplyText{turn, "", true});
  core.on_listen(Transcript{listening()->turn, true, "good morning", 0.9, false}, now, out);
  collect();
  REQUIRE(last<CallerSaid>() != nullptr);
  CHECK(last<CallerSaid>()->turn == turn);
  CHECK(core.turns() == turn);
  CHECK(count<Respond>() == 1);
}

TEST_CASE_FIXTURE(Call, "Who finds the end of a turn before us is believed") {
  greet();
  media(Kind::SpeechStarted);
  advance(800ms);
  core.on_taken(listening()->turn, now, out);
  collect();
  CHECK(count<EndListening>() == 1);
  CHECK(count<Respond>() == 1);
  media(Kind::SpeechStopped, 0, 0, 0, 10);
  advance(2s);
  CHECK(count<EndListening>() == 1);
  CHECK(count<Respond>() == 1);
}

TEST_CASE("A cough is not given to who takes turns as sound") {
  Call call;
  ConversationOptions options;
  options.drop_brief_turns = true;
  call.core = Conversation(options);
  call.greet();
  call.media(Kind::SpeechStarted);
  call.advance(100ms);
  call.media(Kind::SpeechStopped);
  call.advance(1s);
  CHECK(call.count<EndListening>() == 0);
  CHECK(call.count<AbandonListening>() == 1);
}

TEST_CASE_FIXTURE(Call, "The words of a voiced reply are what the caller heard of it") {
  greet();
  caller_says("hello");
  think(ReplyText{core.turns(), "", true});
  const auto utterance = last<Speak>()->utterance;
  CHECK(last<Speak>()->text.empty());
  core.on_speak(SpeechAudio{utterance, {0}, {{"one", 0}}}, now, out);
  core.on_speak(SpeechAudio{utterance, {0}, {{"two", 100}}}, now, out);
  core.on_speak(SpeechDone{utterance}, now, out);
  collect();
  think(ReplyDone{core.turns()});
  media(Kind::Sent, utterance, 0);
  CHECK(core.unfinished_reply()->text == "one");
  sent();
  CHECK(last<AgentSaid>()->text == "one two");
}

TEST_CASE_FIXTURE(Call, "A tool runs while we speak, and what it wants done waits for the end of the sentence") {
  greet();
  caller_says("connect me");
  const auto turn = core.turns();
  think(ReplyText{turn, "I will connect you."});
  think(ToolCall{turn, "call_1", "transfer", "{}"});
  REQUIRE(count<RunTool>() == 1);
  spoken();
  core.on_tool({turn, "call_1", "{}", ReplyAction{turn, ReplyAction::What::Transfer, "6002"}, false}, now, out);
  collect();
  CHECK(count<TellTool>() == 1);
  CHECK(count<TransferCall>() == 0);
  think(ReplyDone{turn});
  CHECK(count<TransferCall>() == 0);
  sent();
  REQUIRE(count<TransferCall>() == 1);
  CHECK(last<TransferCall>()->target == "6002");
}

TEST_CASE_FIXTURE(Call, "What a tool wants done in a reply that the caller cut off is not done, but its result is told") {
  greet();
  caller_says("connect me");
  const auto turn = core.turns();
  think(ReplyText{turn, "I will connect you."});
  think(ToolCall{turn, "call_1", "transfer", "{}"});
  spoken();
  media(Kind::Sent, last<Speak>()->utterance, 0);
  media(Kind::SpeechStarted);
  advance(300ms);
  REQUIRE(count<FlushPlayout>() == 1);
  core.on_tool({turn, "call_1", "{}", ReplyAction{turn, ReplyAction::What::Transfer, "6002"}, false}, now, out);
  collect();
  CHECK(count<TellTool>() == 1);
  advance(5s);
  CHECK(count<TransferCall>() == 0);
}

TEST_CASE_FIXTURE(Call, "A note is written down at once, though the caller cuts the reply off") {
  greet();
  caller_says("write that down");
  const auto turn = core.turns();
  think(ReplyText{turn, "I will."});
  think(ToolCall{turn, "call_1", "note", "{}"});
  core.on_tool({turn, "call_1", "{}", ReplyAction{turn, ReplyAction::What::Note, "Call back."}, false}, now, out);
  collect();
  REQUIRE(count<NoteLeft>() == 1);
  think(ReplyDone{turn});
  spoken();
  sent();
  CHECK(count<NoteLeft>() == 1);
}

TEST_CASE_FIXTURE(Call, "A question that begins while the caller begins to speak is heard to its end") {
  greet();
  caller_says("connect me");
  think(ToolCall{core.turns(), "call_1", "transfer", "{}"});
  core.ask("Shall I?", now, out);
  core.set_awaits_answer(false);  // What is said before its first frame is no answer to it.
  collect();
  seen.clear();
  core.on_speak(SpeechAudio{2, {0, 0}, {{"Shall", 0}, {"I", 100}}}, now, out);
  media(Kind::SpeechStarted);
  advance(100ms);
  SUBCASE("it has begun") {
    core.set_awaits_answer(true);
    advance(300ms);
    CHECK(count<FlushPlayout>() == 0);
    CHECK(count<RisePlayout>() == 1);
  }
  SUBCASE("it has not") {
    advance(300ms);
    CHECK(count<FlushPlayout>() == 1);
  }
}

TEST_CASE_FIXTURE(Call, "A tool's question is asked when nobody speaks, and what the caller says then is the answer to it") {
  greet();
  caller_says("connect me");
  const auto turn = core.turns();
  think(ToolCall{turn, "call_1", "transfer", "{}"});
  core.ask("Shall I?", now, out);
  collect();
  REQUIRE(last<Speak>()->text == "Shall I?");
  media(Kind::Sent, last<Speak>()->utterance, 0);
  CHECK(count<QuestionBegan>() == 1);
  spoken();
  sent();
  CHECK(count<QuestionHeard>() == 1);
  const auto thoughts = count<Respond>();
  caller_says("yes please");
  REQUIRE(last<AnswerWords>() != nullptr);
  CHECK(last<AnswerWords>()->transcript.text == "yes please");
  CHECK(count<Respond>() == thoughts);
  media(Kind::Digit, 0, 0, '1');
  REQUIRE(last<AnswerDigit>() != nullptr);
  CHECK(count<Respond>() == thoughts);
  core.set_awaits_answer(false);
  core.on_tool({turn, "call_1", "{}", std::nullopt, false}, now, out);
  collect();
  reply("Done.");
  CHECK(last<Speak>()->text == "Done.");
  media(Kind::Digit, 0, 0, '1');
  CHECK(count<Respond>() == thoughts + 1);
}

TEST_CASE_FIXTURE(Call, "A hold ends by itself, and nobody asks the waiting caller why they are silent") {
  greet();
  caller_says("wait");
  const auto turn = core.turns();
  think(ReplyText{turn, "One moment."});
  think(ReplyAction{turn, ReplyAction::What::Hold, "30"});
  think(ReplyDone{turn});
  spoken();
  sent();
  REQUIRE(count<HoldCall>() == 1);
  CHECK(last<HoldCall>()->on);
  const auto thoughts = count<Respond>();
  advance(29900ms);
  CHECK(count<Respond>() == thoughts);
  advance(100ms);
  REQUIRE(count<HoldCall>() == 2);
  CHECK_FALSE(last<HoldCall>()->on);
  advance(ConversationOptions{}.silence_prompt);
  CHECK(count<Respond>() == thoughts + 1);
}

TEST_CASE_FIXTURE(Call, "So many actions of one reply are done, and no more [kMaxActions]") {
  greet();
  caller_says("write");
  const auto turn = core.turns();
  for (std::size_t i = 0; i < Conversation::kMaxActions + 1; ++i) think(ReplyAction{turn, ReplyAction::What::Note, "n"});
  reply("Noted.");
  spoken();
  sent();
  CHECK(count<NoteLeft>() == Conversation::kMaxActions);
}

TEST_CASE_FIXTURE(Call, "Three failures in a row end the call with an apology, not in a loop") {
  greet();
  for (int i = 0; i < 2; ++i) {
    caller_says("hello");
    think(ThinkFailed{core.turns(), "down"});
    CHECK(last<Speak>()->text == ConversationOptions{}.apology);
    spoken();
    sent();
  }
  caller_says("hello");
  think(ThinkFailed{core.turns(), "down"});
  CHECK(last<Speak>()->text == ConversationOptions{}.failure_goodbye);
  spoken();
  sent();
  CHECK(last<HangUpCall>()->why == "failure");
}

TEST_CASE("When nothing works any more the caller is given to a person, once") {
  Call call;
  ConversationOptions options;
  options.transfer_when_lost = "6000";
  call.core = Conversation(options);
  call.greet();
  const auto fail = [&call] {
    call.caller_says("hello");
    call.think(ThinkFailed{call.core.turns(), "down"});
    call.spoken();
    call.sent();
  };
  fail();
  fail();
  CHECK(call.count<TransferCall>() == 0);
  fail();
  REQUIRE(call.count<TransferCall>() == 1);
  CHECK(call.last<TransferCall>()->target == "6000");
  call.core.on_transfer_failed(call.now, call.out);
  call.collect();
  call.think(ThinkFailed{call.core.turns(), "down"});
  CHECK(call.last<Speak>()->text == options.failure_goodbye);
}

TEST_CASE_FIXTURE(Call, "A speaker that fails for good ends the call instead of leaving it mute") {
  greet();
  caller_says("hello");
  reply("Yes?");
  for (int i = 0; i < 5 && last<HangUpCall>() == nullptr; ++i) {
    core.on_speak(SpeakFailed{last<Speak>()->utterance, "no voice"}, now, out);
    collect();
  }
  CHECK(last<HangUpCall>() != nullptr);
}

TEST_CASE_FIXTURE(Call, "A listener that never finishes is given up and the caller asked again") {
  greet();
  media(Kind::SpeechStarted);
  advance(500ms);
  media(Kind::SpeechStopped, 0, 0, 0, 10);
  advance(300ms + 4s);
  CHECK(count<AbandonListening>() == 1);
  CHECK(last<Speak>()->text == ConversationOptions{}.apology);
}

TEST_CASE_FIXTURE(Call, "A call whose audio stopped is hung up after the limit, and not when it comes back") {
  greet();
  SUBCASE("for good") {
    media(Kind::MediaLost);
    advance(20s);
    CHECK(last<HangUpCall>() != nullptr);
    CHECK(last<HangUpCall>()->why == "no media");
  }
  SUBCASE("back in time") {
    media(Kind::MediaLost);
    advance(5s);
    media(Kind::MediaBack);
    advance(20s);
    CHECK(last<HangUpCall>() == nullptr);
  }
}

TEST_CASE_FIXTURE(Call, "Closing says the farewell and hears nothing more; before the answer it hangs up at once") {
  SUBCASE("connected") {
    greet();
    core.close("shutdown", "We close now.", now, out);
    collect();
    CHECK(last<Speak>()->text == "We close now.");
    media(Kind::SpeechStarted);
    CHECK(count<BeginListening>() == 0);
    spoken();
    sent();
    CHECK(last<HangUpCall>()->why == "shutdown");
  }
  SUBCASE("ringing") {
    core.start(now, out);
    core.close("shutdown", "We close now.", now, out);
    collect();
    CHECK(last<HangUpCall>()->why == "shutdown");
    CHECK(count<Speak>() == 0);
  }
}

TEST_CASE_FIXTURE(Call, "A farewell that nothing can carry, as on hold, does not keep the call for ever") {
  greet();
  core.close("shutdown", "We close now.", now, out);
  collect();
  spoken();  // Synthesised, but it never leaves: no UtteranceSent.
  advance(ConversationOptions{}.farewell_limit - 10ms);
  CHECK(count<HangUpCall>() == 0);
  advance(10ms);
  REQUIRE(count<HangUpCall>() == 1);
  CHECK(last<HangUpCall>()->why == "shutdown");
}

TEST_CASE_FIXTURE(Call, "Closing at once ends a farewell too; a second farewell does not begin anew") {
  greet();
  core.close("time limit", "Goodbye.", now, out);
  collect();
  core.close("shutdown", "We close now.", now, out);
  collect();
  CHECK(count<Speak>() == 1);
  CHECK(count<HangUpCall>() == 0);
  core.close("shutdown", {}, now, out);
  collect();
  REQUIRE(count<HangUpCall>() == 1);
  CHECK(last<HangUpCall>()->why == "time limit");
}

TEST_CASE_FIXTURE(Call, "A farewell does not stay ducked under a caller whom nobody hears any more") {
  greet();
  core.close("shutdown", "We close now.", now, out);
  collect();
  media(Kind::SpeechStarted);
  CHECK(count<RisePlayout>() == 1);
  CHECK(count<BeginListening>() == 0);
}

TEST_CASE_FIXTURE(Call, "A noise behind the keys does not take the place of what was keyed in") {
  greet();
  caller_says("call me back");
  think(ReplyExpects{core.turns(), "digits", 4});
  reply("Your number, please.");
  spoken();
  sent();
  seen.clear();
  for (const char c : {'1', '2'}) media(Kind::Digit, 0, 0, c);
  advance(2400ms);
  media(Kind::SpeechStarted);
  advance(100ms);
  media(Kind::SpeechStopped, 0, 0, 0, 2);
  advance(500ms);
  REQUIRE(count<Respond>() == 1);
  core.on_listen(Transcript{listening()->turn, true, "", 0, true}, now, out);
  collect();
  CHECK(count<Respond>() == 1);
  CHECK(last<Respond>()->input.text == "12");
}

TEST_CASE_FIXTURE(Call, "A cough while we think does not unsay what was said before it") {
  greet();
  caller_says("i would like to be called back");
  media(Kind::SpeechStarted);
  advance(300ms);
  media(Kind::SpeechStopped, 0, 0, 0, 10);
  advance(500ms);
  core.on_listen(Transcript{listening()->turn, true, "uh", 0.1, true}, now, out);
  collect();
  REQUIRE(count<Respond>() == 2);
  CHECK(last<Respond>()->input.text == "i would like to be called back");
  CHECK_FALSE(last<Respond>()->input.rejected);
}
