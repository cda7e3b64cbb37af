#include "agent_line.hpp"

using namespace offhook::test;

TEST_CASE_FIXTURE(AgentLine, "AgentSession sends Settings after Welcome, and audio only after SettingsApplied") {
  open();
  CHECK(socket().request.url == "wss://agent.deepgram.com/v1/agent/converse");
  REQUIRE(socket().request.headers.size() == 1);
  CHECK(socket().request.headers[0] == std::pair<std::string, std::string>("authorization", "Token dg-canary"));
  session->begin_turn(1, "");
  speak_for(200);
  CHECK(sent().empty());
  say_type("Welcome");
  CHECK(sent() == "Settings ");
  CHECK(settings_sent()["agent"]["think"]["prompt"].get<std::string>().starts_with("Be brief.\n"));
  speak_for(200);
  CHECK(sent().empty());
  say_type("SettingsApplied");
  CHECK(sent() == "400ms ");
}

TEST_CASE_FIXTURE(AgentLine, "AgentSession shortens a prompt that is too long, but keeps the text that it adds at the end of the prompt") {
  context.prompt = std::string(2 * kMaxPrompt, 'p');
  open();
  say_type("Welcome");
  const std::string prompt = settings_sent()["agent"]["think"]["prompt"];
  CHECK(prompt.size() == kMaxPrompt);
  CHECK(prompt.ends_with("Answer in the language en."));
}

TEST_CASE_FIXTURE(AgentLine, "AgentSession sends ForceEndTurn when the conversation ends a turn, and takes the turn when the words come") {
  open_and_apply();
  sent();
  session->begin_turn(1, "");
  speak_for(100);
  CHECK(sent() == "100ms ");
  speak_for(50);
  CHECK(sent().empty());  // The remaining audio does not fill a message.
  session->end_turn();
  CHECK(sent() == "50ms ForceEndTurn ");
  user_text("What time is it?");
  CHECK(told() == "taken:1 words:1=What time is it? ");
}

TEST_CASE_FIXTURE(AgentLine, "If Flux ends turns, AgentSession sends silence after a turn, and ForceEndTurn if Flux does not end the turn in time") {
  settings.own_end = FluxEnd{0.7, std::nullopt, 500ms};
  open_and_apply();
  sent();
  session->begin_turn(1, "");
  speak_for(160);
  session->end_turn();
  CHECK(sent() == "160ms ");
  advance(990ms);
  CHECK(sent() == "900ms ");
  SUBCASE("Flux finds no end") {
    advance(10ms);
    CHECK(sent() == "100ms ForceEndTurn ");
    user_text("hello");
    CHECK(told() == "taken:1 words:1=hello ");
  }
  SUBCASE("the caller continues") {
    session->begin_turn(2, "");
    speak_for(80);
    advance(1s);
    CHECK(sent() == "80ms ");
    user_text("I want a table");
    CHECK(told() == "taken:2 words:2=I want a table ");
  }
}

TEST_CASE_FIXTURE(AgentLine, "AgentSession plays a reply as one utterance, and ends the reply kSettle after its audio") {
  open_and_apply();
  turn(1, "hello");
  agent_text("Good day.");
  audio(200);
  CHECK(told() == "voiced:1 ");
  session->speak(1, "");
  CHECK(told() == "audio:1:200,Good ");
  agent_text("How are you?");
  audio(1500);
  audio_done();
  CHECK(told() == "audio:1:1500,day.,How,are audio:1:0,you? said:1 ");
  advance(AgentReplies::kSettle - 10ms);
  CHECK(told().empty());
  advance(10ms);
  CHECK(told() == "done:1 ");
}

TEST_CASE_FIXTURE(AgentLine, "AgentSession keeps a reply that comes before respond()") {
  open_and_apply();
  session->begin_turn(1, "");
  speak_for(600);
  session->end_turn();
  user_text("hello");
  reply("Good day.", 100);
  CHECK(told() == "taken:1 words:1=hello ");
  session->respond({1, TurnInput::Kind::Speech, {}, 1, false});
  CHECK(told() == "voiced:1 ");
}

TEST_CASE_FIXTURE(AgentLine, "AgentSession sends a turn without audio as text, and does not take the server's echo of the text as a turn") {
  open_and_apply();
  sent();
  session->respond({1, TurnInput::Kind::Opening, {}, 1, false});
  CHECK(sent() == "InjectUserMessage([The call begins. Greet the caller.]) ");
  user_text("[The call begins. Greet the caller.]");
  reply("Good day.", 100);
  CHECK(told() == "voiced:1 ");
  advance(1s);
  session->on_heard({1, "Good day.", false, 0, {}});
  session->respond({2, TurnInput::Kind::Digits, "42", 1, false});
  CHECK(sent() == "InjectUserMessage([The caller pressed the keys 42]) ");
  reply("Thank you.", 100);  // The server sends no echo, which is also correct.
  session->speak(1, "");
  CHECK(told() == "done:1 voiced:2 audio:1:100,Thank,you. said:1 ");
  CHECK(session->counters().unasked_turns == 0);
}

TEST_CASE_FIXTURE(AgentLine, "The session's own speaker speaks Offhook's sentences, and AgentSession adds the sentences to the prompt") {
  open_and_apply();
  sent();
  session->speak(1, "Hello");
  CHECK(told() == "audio:1:0,Hello said:1 ");
  session->on_heard({1, "Hello", false, 0, {}});
  CHECK(sent() == "UpdatePrompt([These words were said to the caller in your name: \"Hello\"]) ");
}

TEST_CASE_FIXTURE(AgentLine, "AgentSession reports a function call and sends its result, and the reply continues after the result") {
  open_and_apply();
  turn(1, "hello");
  sent();
  reply("One moment.", 100);
  asks("f1");
  CHECK(told() == "voiced:1 call:1:f1:look_up ");
  advance(2s);
  CHECK(told().empty());
  session->on_tool({1, "f1", R"({"time":"noon"})", {}, false});
  CHECK(sent() == R"(FunctionCallResponse({"time":"noon"}) )");
  advance(2s);
  reply("It is noon.", 100);
  advance(1s);
  CHECK(told() == "voiced:1 done:1 ");
}

TEST_CASE_FIXTURE(AgentLine, "AgentSession sends no result for a function that the server itself calls") {
  open_and_apply();
  turn(1, "hello");
  sent();
  asks("f1", "theirs", false);
  reply("Done.", 100);
  advance(1s);
  CHECK(told() == "voiced:1 done:1 ");
  CHECK(sent().empty());
}

TEST_CASE_FIXTURE(AgentLine, "After a function that ends the telephone call, AgentSession ends the reply, and drops more audio of it") {
  open_and_apply();
  turn(1, "bye");
  reply("Goodbye.", 100);
  asks("f1", "hang_up");
  told();
  session->on_tool({1, "f1", "{}", ReplyAction{1, ReplyAction::What::HangUp, ""}, false});
  CHECK(told() == "done:1 ");
  reply("Are you still there?", 100);
  CHECK(told().empty());
  CHECK(session->counters().unasked_octets == 800);
}

TEST_CASE_FIXTURE(AgentLine, "If the server sends nothing after a function's result, AgentSession ends the reply after kMoreWait") {
  open_and_apply();
  turn(1, "note this");
  reply("I do.", 100);
  asks("f1");
  session->on_tool({1, "f1", "{}", {}, false});
  told();
  advance(AgentReplies::kMoreWait - 10ms);
  CHECK(told().empty());
  advance(10ms);
  CHECK(told() == "done:1 ");
}

TEST_CASE_FIXTURE(AgentLine, "AgentSession fails a reply without audio, and requests it once more on another socket") {
  open_and_apply();
  turn(1, "hello");
  agent_text("Words without a sound.");
  audio_done();
  advance(1s);
  CHECK(told() == "broken:1:empty ");
  CHECK(session->try_again(Stage::Think, "empty"));
  advance(AgentProtocol::kBackOff);
  REQUIRE(sockets.all.size() == 2);
  apply();
  CHECK(sent() == "Settings InjectUserMessage(hello) ");
  agent_text("And again.");
  audio_done();
  advance(1s);
  CHECK(told() == "broken:1:empty ");
  CHECK_FALSE(session->try_again(Stage::Think, "empty"));
}

TEST_CASE_FIXTURE(AgentLine, "AgentSession sends KeepAlive while it sends no audio") {
  open_and_apply();
  sent();
  advance(AgentProtocol::kKeepAliveEvery - 10ms);
  CHECK(sent().empty());
  advance(10ms);
  CHECK(sent() == "KeepAlive ");
  advance(3s);
  session->begin_turn(1, "");
  speak_for(200);
  CHECK(sent() == "200ms ");
  advance(AgentProtocol::kKeepAliveEvery - 10ms);
  CHECK(sent().empty());
  advance(10ms);
  CHECK(sent() == "KeepAlive ");
}

TEST_CASE_FIXTURE(AgentLine, "AgentSession reports at the end of the call how long it was connected to the Voice Agent") {
  std::vector<ServiceUse> used;
  session = std::make_unique<AgentSession>(sockets, settings, std::make_unique<OwnVoice>(), Wake{}, [&used](const ServiceUse& use) { used.push_back(use); });
  session->open(context, now);
  apply();
  advance(3s);
  CHECK(used.empty());
  session.reset();
  REQUIRE(used.size() == 1);
  CHECK(used[0].connected == 3s);
}
