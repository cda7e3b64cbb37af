#include "realtime_line.hpp"

#include <algorithm>

using namespace offhook_test;

// --- functions --------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(RealtimeLine, "If a response calls two functions, RealtimeSession sends one response.create after both results") {
  open_and_configure();
  speech(1);
  respond(1);
  const auto response = created();
  words(response, "m", "Let me see.");
  audio(response, "m", 800);
  say(json::parse(R"({"type":"response.function_call_arguments.done","response_id":"resp_1","item_id":"f1","call_id":"a","name":"look_up","arguments":"{}"})"));
  CHECK(count<ToolCall>() == 0);  // The session gives the calls only when the response is done.
  done_with_calls(response, {{"a", "look_up"}, {"b", "look_up"}});
  CHECK(count<ToolCall>() == 2);
  CHECK(count<ReplyDone>() == 0);
  session->on_tool({1, "b", "{}", {}, false});
  CHECK(sent("response.create").size() == 1);
  session->on_tool({1, "nobody's", "{}", {}, false});
  CHECK(sent("response.create").size() == 1);
  session->on_tool({1, "a", "{}", {}, false});
  CHECK(sent("conversation.item.create").size() == 2);
  CHECK(sent("response.create").size() == 2);
  done(created());  // The model adds no words.
  CHECK(count<ReplyDone>() == 1);
  CHECK(count<ThinkFailed>() == 0);
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession does not call a function of a cancelled response, and deletes its item") {
  open_and_configure();
  speech(1);
  respond(1);
  const auto response = created();
  say(json::parse(R"({"type":"response.output_item.done","response_id":"resp_1","item":{"id":"f","type":"function_call","status":"completed","call_id":"c","name":"n","arguments":"{}"}})"));
  session->cancel(1);
  done(response, "cancelled");
  CHECK(count<ToolCall>() == 0);
  REQUIRE(sent("conversation.item.delete").size() == 1);
  CHECK(sent("conversation.item.delete")[0]["item_id"] == "f");
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession calls a function of output_item.done if response.done lists no functions") {
  open_and_configure();
  speech(1);
  respond(1);
  const auto response = created();
  say(json::parse(R"({"type":"response.output_item.done","response_id":"resp_1","item":{"id":"f","type":"function_call","status":"completed","call_id":"c","name":"n","arguments":"{\"a\":1}"}})"));
  done(response);
  REQUIRE(count<ToolCall>() == 1);
  CHECK(all<ToolCall>()[0].arguments == "{\"a\":1}");
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession requests no further response after a function that hangs up") {
  open_and_configure();
  speech(1);
  respond(1);
  done_with_calls(created(), {{"a", "hang_up"}});
  session->on_tool({1, "a", "{}", ReplyAction{1, ReplyAction::What::HangUp, {}}, false});
  collect();
  CHECK(sent("response.create").size() == 1);
  CHECK(count<ReplyDone>() == 1);
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession sends a function result that comes after an interruption, but requests no response") {
  open_and_configure();
  speech(1);
  respond(1);
  done_with_calls(created(), {{"a", "look_up"}});
  session->cancel(1);
  session->on_tool({1, "a", "{\"x\":1}", {}, false});
  CHECK(sent("conversation.item.create").size() == 1);
  CHECK(sent("response.create").size() == 1);
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession tells the model that a function still runs in the next turn, and requests a response when the late result comes") {
  open_and_configure();
  speech(1);
  respond(1);
  done_with_calls(created(), {{"a", "look_up"}});
  session->cancel(1);
  speech(2);
  respond(2);
  REQUIRE(sent("conversation.item.create").size() == 1);
  CHECK(sent("conversation.item.create")[0]["item"]["role"] == "system");
  CHECK(sent("conversation.item.create")[0]["item"]["content"][0]["text"].get<std::string>().starts_with("[Still at work: look_up."));
  CHECK(sent("response.create").size() == 2);
  done(created());
  session->on_tool({1, "a", "{\"x\":1}", {}, false});
  respond(3, TurnInput::Kind::ToolResult, "look_up");
  const auto items = sent("conversation.item.create");
  REQUIRE(items.size() == 3);
  CHECK(items[1]["item"]["type"] == "function_call_output");
  CHECK(items[2]["item"]["content"][0]["text"].get<std::string>().starts_with("[The result of look_up has come"));
  CHECK(sent("response.create").size() == 3);
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession sends at most kMaxOutput octets of a function's result") {
  open_and_configure();
  for (const std::size_t size : {kMaxOutput, kMaxOutput + 1}) {
    speech(1);
    respond(1);
    done_with_calls(created(), {{"a", "look_up"}});
    session->on_tool({1, "a", std::string(size, 'x'), {}, false});
    CHECK(sent("conversation.item.create").back()["item"]["output"].get<std::string>().size() == kMaxOutput);
    done(created());
  }
}

// --- colliding responses -----------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(RealtimeLine, "If the server already has an active response, RealtimeSession repeats its request after that response") {
  open_and_configure();
  speech(1);
  respond(1);
  error("conversation_already_has_active_response", sent("response.create")[0]["event_id"]);
  CHECK(count<ThinkFailed>() == 0);
  CHECK(sent("response.create").size() == 1);
  done("somebody_elses");
  CHECK(sent("response.create").size() == 2);
  error("conversation_already_has_active_response");  // This error does not have the id of the refused event.
  advance(kBusyPause);
  CHECK(sent("response.create").size() == 3);
  CHECK(sent("conversation.item.create").empty());
  audio(created(), "i", 160);
  CHECK(count<ReplyText>() == 1);
}

TEST_CASE_FIXTURE(RealtimeLine, "If the server still has an active response after kMaxBusy attempts, RealtimeSession fails the reply") {
  open_and_configure();
  speech(1);
  respond(1);
  for (unsigned i = 0; i < kMaxBusy; ++i) {
    error("conversation_already_has_active_response");
    CHECK(count<ThinkFailed>() == 0);
    advance(kBusyPause);
  }
  error("conversation_already_has_active_response");
  REQUIRE(count<ThinkFailed>() == 1);
  CHECK(all<ThinkFailed>()[0].kind == FailureKind::Overloaded);
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession cancels a response that it did not request, and drops the audio") {
  open_and_configure();
  const auto response = created();
  REQUIRE(sent("response.cancel").size() == 1);
  CHECK(sent("response.cancel")[0]["response_id"] == response);
  audio(response, "i", 800);
  done(response);
  CHECK(events.empty());
  CHECK(session->counters().unasked_responses == 1);
}

// --- ends of responses -------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession gives different events for empty, failed, incomplete and cancelled responses") {
  open_and_configure();
  const auto end = [this](std::uint32_t turn, const std::string& status, json details, bool with_audio) {
    speech(turn);
    respond(turn);
    const auto response = created();
    if (with_audio) audio(response, "i" + std::to_string(turn), 160);
    done(response, status, {{"status_details", std::move(details)}});
    events.erase(std::remove_if(events.begin(), events.end(), [](const auto& e) { return std::holds_alternative<TurnTaken>(e); }), events.end());
  };
  end(1, "completed", nullptr, false);
  REQUIRE(count<ThinkFailed>() == 1);
  CHECK(all<ThinkFailed>()[0].kind == FailureKind::Empty);
  end(2, "failed", {{"error", {{"type", "server_error"}, {"code", "server_error"}}}}, true);
  REQUIRE(count<ThinkFailed>() == 2);
  CHECK(all<ThinkFailed>()[1].kind == FailureKind::Overloaded);
  end(3, "failed", {{"error", {{"type", "tokens"}, {"code", "rate_limit_exceeded"}}}}, false);
  REQUIRE(count<ThinkFailed>() == 3);
  CHECK(all<ThinkFailed>()[2].kind == FailureKind::RateLimited);
  CHECK_FALSE(session->try_again(Stage::Think, ""));
  end(4, "incomplete", {{"reason", "max_output_tokens"}}, true);
  CHECK(count<ThinkFailed>() == 3);
  CHECK(all<ReplyDone>().back().turn == 4);
  end(5, "incomplete", {{"reason", "content_filter"}}, false);
  REQUIRE(count<ThinkFailed>() == 4);
  CHECK(all<ThinkFailed>()[3].kind == FailureKind::Empty);
  end(6, "cancelled", {{"reason", "turn_detected"}}, true);
  CHECK(all<ReplyDone>().back().turn == 6);
  end(7, "completed", nullptr, true);
  CHECK(all<ReplyDone>().back().turn == 7);
  CHECK(client.sockets.size() == 1);
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession requests an empty reply once more on the same socket, and then fails it") {
  open_and_configure();
  speech(1);
  respond(1);
  done(created());
  CHECK(session->try_again(Stage::Think, "empty"));
  CHECK(client.sockets.size() == 1);
  CHECK(sent("response.create").size() == 2);
  CHECK(sent("conversation.item.create").empty());
  done(created());
  CHECK(count<ThinkFailed>() == 2);
  CHECK_FALSE(session->try_again(Stage::Think, "empty"));
}

TEST_CASE_FIXTURE(RealtimeLine, "If the server refuses response.create, RealtimeSession fails the reply, and the reason has the name of the error but not its text") {
  open_and_configure();
  speech(1);
  respond(1);
  error("invalid_value", sent("response.create")[0]["event_id"]);
  REQUIRE(count<ThinkFailed>() == 1);
  CHECK(all<ThinkFailed>()[0].kind == FailureKind::Protocol);
  CHECK(all<ThinkFailed>()[0].why == "the realtime server reports: invalid_value");
}

TEST_CASE_FIXTURE(RealtimeLine, "If the model writes text instead of audio, RealtimeSession gives the text for its speaker") {
  open_and_configure();
  speech(1);
  respond(1);
  const auto response = created();
  for (const auto* piece : {"Good ", "day."})
    say({{"type", "response.output_text.delta"}, {"response_id", response}, {"item_id", "w"}, {"delta", piece}});
  item_done(response, "w");
  REQUIRE(count<ReplyText>() == 1);
  CHECK_FALSE(all<ReplyText>()[0].voiced);
  CHECK(all<ReplyText>()[0].text == "Good day.");
  done(response);
  CHECK(count<ReplyDone>() == 1);
}

TEST_CASE_FIXTURE(RealtimeLine, "If the model stalls, RealtimeSession tells it on the next socket the text that it had written") {
  open_and_configure();
  speech(1);
  respond(1);
  const auto response = created();
  say({{"type", "response.output_text.delta"}, {"response_id", response}, {"item_id", "w"}, {"delta", "Good "}});
  CHECK(session->try_again(Stage::Think, "slow"));
  REQUIRE(client.sockets.size() == 2);
  configure(1);
  REQUIRE(count<ReplyText>() == 1);
  CHECK(all<ReplyText>()[0].text == "Good ");
  const auto items = sent("conversation.item.create");
  const auto is_note = [](const auto& item) { return item["item"]["role"] == "system" && item.dump().find("Good ") != std::string::npos; };
  CHECK(std::any_of(items.begin(), items.end(), is_note));
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession asks the model to continue a reply that another provider began") {
  open_and_configure();
  TurnInput input{1, TurnInput::Kind::Speech, "what time is it", 1, false};
  input.said = "It is now";
  session->respond(input);
  const auto items = sent("conversation.item.create");
  REQUIRE(items.size() == 2);
  CHECK(items[0]["item"]["content"][0]["text"] == "what time is it");
  CHECK(items[1]["item"]["role"] == "system");
  CHECK(items[1]["item"]["content"][0]["text"].get<std::string>().find("\"It is now\"") != std::string::npos);
}
