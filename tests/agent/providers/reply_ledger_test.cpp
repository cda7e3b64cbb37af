#include <offhook/agent/providers/reply_ledger.hpp>

#include <doctest/doctest.h>

#include <string>

using offhook::agent::AudioFormat;
using offhook::agent::ReplyAction;
using offhook::agent::ReplyLedger;
using offhook::agent::ToolOutcome;

TEST_CASE("After a retry, ReplyLedger returns one note with the words that were already spoken, and then none") {
  ReplyLedger ledger;
  CHECK(ledger.take_note().empty());
  ledger.retry("Good day.");
  CHECK(ledger.take_note() == "[A fault broke your reply off after these words: \"Good day.\" Go on from there; do not repeat them.]");
  CHECK(ledger.take_note().empty());

  ReplyLedger taken_over("Hello.");
  CHECK_FALSE(taken_over.has_content());
  taken_over.retry("How are");
  CHECK(taken_over.take_note() == "[A fault broke your reply off after these words: \"Hello. How are\" Go on from there; do not repeat them.]");
}

TEST_CASE("ReplyLedger allows one retry, and another one after more audio of the reply has begun") {
  ReplyLedger ledger;
  CHECK(ledger.may_retry());
  ledger.retry("");
  CHECK(ledger.take_note().empty());
  CHECK_FALSE(ledger.may_retry());
  ledger.begin_sound();
  CHECK(ledger.has_content());
  CHECK(ledger.may_retry());
}

TEST_CASE("ReplyLedger accepts at most kMaxSeconds of audio and kMaxText octets of words") {
  ReplyLedger ledger;
  CHECK(ledger.add_audio(ReplyLedger::kMaxSeconds * 8000, AudioFormat::Pcmu));
  CHECK_FALSE(ledger.add_audio(1, AudioFormat::Pcmu));
  CHECK(ledger.add_words(std::string(ReplyLedger::kMaxText - 1, 'a')).size() == ReplyLedger::kMaxText - 1);
  CHECK(ledger.add_words("bc") == "b");
  CHECK(ledger.add_words("d").empty());
  CHECK(ledger.is_consistent());
}

TEST_CASE("ends_conversation is true for a tool that hangs up or transfers, and false for other tools") {
  ToolOutcome outcome;
  CHECK_FALSE(ends_conversation(outcome));
  outcome.action.emplace();
  for (const auto what : {ReplyAction::What::HangUp, ReplyAction::What::Transfer}) {
    outcome.action->what = what;
    CHECK(ends_conversation(outcome));
  }
  outcome.action->what = ReplyAction::What::Hold;
  CHECK_FALSE(ends_conversation(outcome));
}
