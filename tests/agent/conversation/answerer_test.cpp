// Outgoing calls: the verdict whether a person or a machine answered, and the agent's response to it.
#include "played_call.hpp"

using namespace offhook_test;
using media::Answerer;
using media::AnswerSign;
using media::LineTone;

namespace {

struct Dialled : Call {
  void begin(MachinePolicy policy) {
    ConversationOptions options;
    options.machine = policy;
    core = Conversation(options);
    connect_with_greeting();
    seen.clear();
  }
  void known(Answerer who, AnswerSign sign = AnswerSign::LongGreeting) {
    core.on_answerer({media::AnswerVerdict{who, sign, 1500ms}, false}, now, out);
    collect();
  }
  void beeped() {
    core.on_answerer({std::nullopt, true}, now, out);
    collect();
  }
  void tone(LineTone tone) {
    media::MediaEvent event;
    event.kind = EventKind::Tone;
    event.tone = tone;
    core.on_media(event, now, out);
    collect();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Dialled, "With MachinePolicy::Ignore, the greeting does not wait for a verdict about who answered") {
  begin(MachinePolicy::Ignore);
  CHECK_FALSE(core.holds_back());
}

TEST_CASE_FIXTURE(Dialled, "The greeting waits for the verdict that a person answered. The person's hello is neither an interruption nor a turn") {
  begin(MachinePolicy::HangUp);
  CHECK(core.holds_back());
  media(EventKind::SpeechStarted);
  advance(600ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  advance(800ms);
  CHECK(count<BeginListening>() == 0);
  CHECK(count<CancelSpeaking>() == 0);
  known(Answerer::Human, AnswerSign::ShortGreeting);
  CHECK_FALSE(core.holds_back());
  REQUIRE(last<AnsweredBy>() != nullptr);
  CHECK(last<AnsweredBy>()->verdict.who == Answerer::Human);
  advance(1s);
  core.on_media({EventKind::UtteranceSent, 0, 0, 1, 0}, now, out);
  collect();
  caller_says("good morning");
  CHECK(last<Respond>()->input.text == "good morning");
}

TEST_CASE_FIXTURE(Dialled, "The conversation asks a silent person about the silence only after the verdict that a person answered") {
  ConversationOptions options;
  options.machine = MachinePolicy::HangUp;
  core = Conversation(options);
  core.start(now, out);
  think(ReplyDone{1});  // The greeting has no words.
  core.on_connected(now, out);
  collect();
  advance(10s);
  CHECK(count<Respond>() == 1);
  known(Answerer::Human, AnswerSign::ShortGreeting);
  advance(8s);
  CHECK(count<Respond>() == 2);
  CHECK(last<Respond>()->input.kind == TurnInput::Kind::Silence);
}

TEST_CASE_FIXTURE(Dialled, "If the party that answered stays silent, the greeting plays") {
  begin(MachinePolicy::HangUp);
  known(Answerer::Unknown, AnswerSign::Silence);
  CHECK_FALSE(core.holds_back());
  CHECK(count<HangUpCall>() == 0);
}

TEST_CASE_FIXTURE(Dialled, "With MachinePolicy::HangUp, the conversation hangs up on a machine without a greeting") {
  begin(MachinePolicy::HangUp);
  known(Answerer::Machine);
  REQUIRE(last<HangUpCall>() != nullptr);
  CHECK(last<HangUpCall>()->why == "answering machine");
  CHECK_FALSE(core.holds_back());
}

TEST_CASE_FIXTURE(Dialled, "The conversation prepares a message while a machine speaks, plays it after the beep, and then ends the call") {
  begin(MachinePolicy::Speak);
  known(Answerer::Machine);
  CHECK(count<CancelSpeaking>() == 1);  // This cancels the greeting for a person.
  REQUIRE(last<Respond>() != nullptr);
  CHECK(last<Respond>()->input.kind == TurnInput::Kind::Opening);
  CHECK(last<Respond>()->input.text == kMachineAnswered);
  reply("This is Anna. Please call me.");
  spoken();
  media(EventKind::SpeechStarted);
  advance(12s);
  CHECK(core.holds_back());
  CHECK(count<Respond>() == 1);  // A machine gets no question about its silence.
  beeped();
  CHECK_FALSE(core.holds_back());
  seen.clear();
  media(EventKind::SpeechStarted);
  CHECK(count<RisePlayout>() == 1);
  CHECK(count<BeginListening>() == 0);
  core.on_media({EventKind::UtteranceSent, 0, 0, 2, 0}, now, out);
  collect();
  REQUIRE(last<HangUpCall>() != nullptr);
  CHECK(last<HangUpCall>()->why == "message left");
}

TEST_CASE_FIXTURE(Dialled, "If a beep follows the verdict that a person answered, the conversation stops the greeting and prepares the message at once") {
  begin(MachinePolicy::Speak);
  known(Answerer::Human, AnswerSign::ShortGreeting);
  media(EventKind::Sent, 1, 1);
  core.on_answerer({media::AnswerVerdict{Answerer::Machine, AnswerSign::Beep, 4000ms}, true}, now, out);
  collect();
  CHECK(count<FlushPlayout>() == 1);
  CHECK_FALSE(core.holds_back());
  CHECK(last<Respond>()->input.text == kMachineAnswered);
  CHECK(count<AnsweredBy>() == 2);
}

TEST_CASE_FIXTURE(Dialled, "The conversation hangs up on a fax, even with MachinePolicy::Speak") {
  begin(MachinePolicy::Speak);
  known(Answerer::Fax, AnswerSign::FaxTone);
  REQUIRE(last<HangUpCall>() != nullptr);
  CHECK(last<HangUpCall>()->why == "fax");
}

TEST_CASE_FIXTURE(Dialled, "In a connected call, a busy tone ends the call, ringback does not, and each of the two tones gives a ToneHeard") {
  begin(MachinePolicy::Ignore);
  tone(LineTone::Ringback);
  CHECK(count<ToneHeard>() == 1);
  CHECK(count<HangUpCall>() == 0);
  tone(LineTone::Busy);
  REQUIRE(last<HangUpCall>() != nullptr);
  CHECK(last<HangUpCall>()->why == "network tone");
  CHECK(last<ToneHeard>()->tone == LineTone::Busy);
}

TEST_CASE_FIXTURE(Dialled, "Before the answer, a busy tone gives a ToneHeard, but the conversation does not end the call") {
  core.start(now, out);
  collect();
  tone(LineTone::Busy);
  CHECK(count<ToneHeard>() == 1);
  CHECK(count<HangUpCall>() == 0);
  core.on_answerer({media::AnswerVerdict{Answerer::Machine, AnswerSign::Beep, 0ms}, true}, now, out);
  collect();
  CHECK(count<AnsweredBy>() == 0);
}
