#include "realtime_line.hpp"

using namespace offhook_test;

TEST_CASE_FIXTURE(RealtimeLine, "If the caller interrupts before any audio, RealtimeSession cancels the response, drops its later audio, and deletes its items") {
  open_and_configure();
  speech(1);
  respond(1);
  const auto response = created();
  session->cancel(1);
  REQUIRE(sent("response.cancel").size() == 1);
  CHECK(sent("response.cancel")[0]["response_id"] == response);
  words(response, "late", "Too late");
  audio(response, "late", 800);
  CHECK(sent("conversation.item.delete").empty());
  item_done(response, "late", "incomplete");
  done(response, "cancelled", {{"status_details", {{"reason", "client_cancelled"}}}});
  REQUIRE(sent("conversation.item.delete").size() == 1);
  CHECK(sent("conversation.item.delete")[0]["item_id"] == "late");
  CHECK(session->counters().late_deltas == 2);
  CHECK(events.size() == 1);  // The only event is TurnTaken. No event follows the cancellation.
}

TEST_CASE_FIXTURE(RealtimeLine, "If the caller interrupts before response.created, RealtimeSession sends the cancel at once, and requests the next response after the end") {
  open_and_configure();
  speech(1);
  respond(1);
  session->cancel(1);
  CHECK(sent("response.cancel").size() == 1);
  speech(2);
  respond(2);
  CHECK(sent("response.create").size() == 1);
  const auto response = created();
  done(response, "cancelled");
  CHECK(sent("response.create").size() == 2);
  const auto next = created();
  audio(next, "i", 160);
  CHECK(all<ReplyText>().size() == 1);
  CHECK(all<ReplyText>()[0].turn == 2);
}

TEST_CASE_FIXTURE(RealtimeLine, "If the caller interrupts a reply, RealtimeSession cancels the response, and truncates the item to the heard milliseconds, rounded down") {
  open_and_configure();
  const auto response = reply_to(1, "i1");
  session->speak(1, "");
  session->cancel(1);
  session->cancel_speech();
  session->on_heard({1, "Hello", true, 1, 123'999us});
  CHECK(types(0).back() == "conversation.item.truncate");
  const auto cut = sent("conversation.item.truncate");
  REQUIRE(cut.size() == 1);
  CHECK(cut[0]["item_id"] == "i1");
  CHECK(cut[0]["content_index"] == 0);
  CHECK(cut[0]["audio_end_ms"] == 123);
  audio(response, "i1", 800);
  done(response, "cancelled");
  collect();
  CHECK(samples_heard() == 0);  // The session drops audio that was not polled before the cancellation.
  CHECK(session->counters().late_deltas == 1);
  CHECK(sent("conversation.item.delete").empty());
  session->on_heard({1, "Hello", true, 1, 50ms});  // The session does not truncate the item twice.
  CHECK(sent("conversation.item.truncate").size() == 1);
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession truncates an item at most at the length that it received, and does not truncate an item that the caller heard wholly") {
  open_and_configure();
  reply_to(1, "i1");  // 4000 octets: 500 ms
  session->speak(1, "");
  session->cancel(1);
  session->on_heard({1, "Hello there", true, 1, 700ms});
  REQUIRE(sent("conversation.item.truncate").size() == 1);
  CHECK(sent("conversation.item.truncate")[0]["audio_end_ms"] == 500);
  done("resp_1", "cancelled");

  const auto response = reply_to(2, "i2");
  session->speak(2, "");
  item_done(response, "i2");
  done(response);
  session->cancel(2);
  session->on_heard({2, "Hello there", true, 2, 500ms});
  CHECK(sent("conversation.item.truncate").size() == 1);
  CHECK(sent("conversation.item.delete").empty());
}

TEST_CASE_FIXTURE(RealtimeLine, "If the caller interrupts a complete response, RealtimeSession truncates the item and sends no cancel") {
  open_and_configure();
  const auto response = reply_to(1, "i1");
  session->speak(1, "");
  item_done(response, "i1");
  done(response);
  CHECK(count<ReplyDone>() == 1);
  session->cancel(1);
  session->cancel_speech();
  session->on_heard({1, "Hello", true, 1, 200ms});
  CHECK(sent("response.cancel").empty());
  REQUIRE(sent("conversation.item.truncate").size() == 1);
  CHECK(sent("conversation.item.truncate")[0]["audio_end_ms"] == 200);
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession deletes an item that the caller did not hear, because an item cannot be truncated to zero") {
  open_and_configure();
  const auto response = reply_to(1, "i1");
  session->speak(1, "");
  session->cancel(1);
  session->on_heard({1, "", true, 1, 999us});
  CHECK(sent("conversation.item.truncate").empty());
  REQUIRE(sent("conversation.item.delete").size() == 1);
  CHECK(sent("conversation.item.delete")[0]["item_id"] == "i1");
  done(response, "cancelled");
  CHECK(sent("conversation.item.delete").size() == 1);
}

TEST_CASE_FIXTURE(RealtimeLine, "If a reply is cancelled before speak(), RealtimeSession deletes the item") {
  open_and_configure();
  reply_to(1, "i1");
  session->cancel(1);
  REQUIRE(sent("conversation.item.delete").size() == 1);
  CHECK(sent("conversation.item.delete")[0]["item_id"] == "i1");
}

TEST_CASE_FIXTURE(RealtimeLine, "If a reply has two items, RealtimeSession keeps a heard item, truncates an item that was heard partly, and deletes an unheard one") {
  open_and_configure();
  const auto two_items = [this](std::uint32_t turn, std::uint32_t utterance) {
    const std::string a = "a" + std::to_string(turn), b = "b" + std::to_string(turn);
    const auto response = reply_to(turn, a);
    item_done(response, a);
    audio(response, b, 1600);
    item_done(response, b);
    done(response);
    session->speak(utterance, "");
    session->speak(utterance + 1, "");
    collect();
    session->cancel(turn);
    session->cancel_speech();
  };
  two_items(1, 1);
  session->on_heard({1, "Hello there, and", true, 2, 80ms});
  REQUIRE(sent("conversation.item.truncate").size() == 1);
  CHECK(sent("conversation.item.truncate")[0]["item_id"] == "b1");
  two_items(2, 3);
  session->on_heard({2, "Hello", true, 3, 80ms});
  REQUIRE(sent("conversation.item.truncate").size() == 2);
  CHECK(sent("conversation.item.truncate")[1]["item_id"] == "a2");
  REQUIRE(sent("conversation.item.delete").size() == 1);
  CHECK(sent("conversation.item.delete")[0]["item_id"] == "b2");
  two_items(3, 5);
  session->on_heard({3, "", true, 0, {}});
  CHECK(sent("conversation.item.delete").size() == 3);
}

TEST_CASE_FIXTURE(RealtimeLine, "If RealtimeSession knows only the heard words, it truncates the item in proportion to the length of these words") {
  open_and_configure();
  const auto response = reply_to(1, "i1");  // "Hello there, ": 13 characters, 500 ms
  item_done(response, "i1");
  audio(response, "i2", 800);
  words(response, "i2", "goodbye.");
  session->speak(1, "");
  session->speak(2, "");
  session->cancel(1);
  session->cancel_speech();
  session->on_heard({1, "Hello", true, 0, {}});
  REQUIRE(sent("conversation.item.truncate").size() == 1);
  CHECK(sent("conversation.item.truncate")[0]["item_id"] == "i1");
  CHECK(sent("conversation.item.truncate")[0]["audio_end_ms"] == 192);  // 5/13 of 500 ms
  REQUIRE(sent("conversation.item.delete").size() == 1);
  CHECK(sent("conversation.item.delete")[0]["item_id"] == "i2");
}

TEST_CASE_FIXTURE(RealtimeLine, "If a cancelled response does not end, RealtimeSession requests the next response after kCancelWithin") {
  open_and_configure();
  speech(1);
  respond(1);
  created();
  session->cancel(1);
  speech(2);
  respond(2);
  advance(kCancelWithin - 1ms);
  CHECK(sent("response.create").size() == 1);
  advance(1ms);
  CHECK(sent("response.create").size() == 2);
  CHECK(session->counters().lost_cancels == 1);
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession drops events that were not polled before cancel(), and sends an error as the result of a dropped function call") {
  open_and_configure();
  speech(1);
  respond(1);
  const std::string response = "resp_1";
  say(0, R"({"type":"response.created","response":{"id":"resp_1"}})");
  say(0, R"({"type":"response.done","response":{"id":"resp_1","status":"completed","output":[{"type":"function_call","call_id":"c","name":"n","arguments":"{}"}]}})");
  session->cancel(1);
  collect();
  CHECK(count<ToolCall>() == 0);
  REQUIRE(sent("conversation.item.create").size() == 1);
  CHECK(sent("conversation.item.create")[0]["item"]["call_id"] == "c");
  CHECK(sent("response.create").size() == 1);
}
