// A conversation whose model is not loaded yet.
#include "played_call.hpp"

using namespace offhook_test;

namespace {

struct LoadingModel : Call {
  ConversationOptions options;
  LoadingModel() {
    options.transfer_when_lost = "6000";
    options.filler.clear();
    core = Conversation(options);
  }
  void loads() { think(ModelLoads{core.turns(), std::string(64, 'x') + " is being loaded", "ollama/think"}); }
  void is_transferred() {
    CHECK(count<TryAgain>() == 0);
    CHECK(count<GaveUp>() == 1);
    CHECK(last<Speak>()->text == options.apology);
    CHECK(last<CancelThinking>()->why == std::string(64, 'x') + " is being loaded");  // The event with this text no longer exists, so the text must be a copy.
    spoken();
    sent();
    REQUIRE(count<TransferCall>() == 1);
    CHECK(last<TransferCall>()->target == "6000");
  }
};

}  // namespace

TEST_CASE_FIXTURE(LoadingModel, "Conversation transfers the caller to a person if the model is not loaded within the time of a reply") {
  greet();
  caller_says("hello");
  loads();
  advance(options.think_deadline - 10ms);
  CHECK(count<GaveUp>() == 0);
  advance(10ms);
  is_transferred();
  // After the failed transfer, the conversation neither repeats the transfer nor hangs up.
  core.on_transfer_failed(AfterTransfer::Stays, now, out);
  collect();
  loads();
  advance(options.think_deadline);
  CHECK(count<TransferCall>() == 1);
  CHECK(count<HangUpCall>() == 0);
}

TEST_CASE_FIXTURE(LoadingModel, "Conversation transfers the caller to a person if the model is not loaded within the time of the greeting") {
  core.start(now, out);
  collect();
  loads();
  advance(options.answer_at_latest);
  REQUIRE(count<AnswerCall>() == 1);
  core.on_connected(now, out);
  advance(options.think_deadline - options.answer_at_latest - 10ms);
  CHECK(count<GaveUp>() == 0);
  advance(10ms);
  is_transferred();
}

TEST_CASE_FIXTURE(LoadingModel, "Conversation waits for the reply of a model that is loaded in time, and asks again if that reply stops") {
  others = true;
  greet();
  caller_says("hello");
  loads();
  REQUIRE(count<ServiceRetried>() == 1);
  CHECK(last<ServiceRetried>()->service == "ollama/think");
  CHECK(last<ServiceRetried>()->retry.then == kWaitsForModel);
  SUBCASE("the reply comes") {
    reply("Yes?");
    CHECK(last<Speak>()->text == "Yes?");
  }
  SUBCASE("the reply stops") {
    think(ReplyGrows{core.turns()});
    advance(options.think_deadline);
    CHECK(count<TryAgain>() == 1);
  }
  SUBCASE("the next turn has its own deadline") {
    caller_says("are you there");
    advance(options.think_deadline);
    CHECK(count<TryAgain>() == 1);
  }
  CHECK(count<GaveUp>() == 0);
}

TEST_CASE_FIXTURE(LoadingModel, "If the model is not loaded in time and the agent has no transfer_when_lost, Conversation asks for another attempt") {
  options.transfer_when_lost.clear();
  core = Conversation(options);
  others = true;
  greet();
  caller_says("hello");
  loads();
  advance(options.think_deadline);
  CHECK(count<TryAgain>() == 1);
  CHECK(count<GaveUp>() == 0);
}
