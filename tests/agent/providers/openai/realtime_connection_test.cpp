#include "realtime_line.hpp"

#include <algorithm>

using namespace offhook_test;

namespace {

std::vector<std::string> texts_of(const std::vector<json>& items) {
  std::vector<std::string> texts;
  for (const json& frame : items) {
    const json& item = frame["item"];
    texts.push_back(item["type"] == "message" ? item["role"].get<std::string>() + ": " + item["content"][0]["text"].get<std::string>()
                                              : item["type"].get<std::string>() + ": " + item["call_id"].get<std::string>());
  }
  return texts;
}

/// A call whose history has a greeting, a question, a tool call, an interrupted answer, an unanswered tool call, and keys.
struct TalkedIn : RealtimeLine {
  TalkedIn() {
    history.add({HistoryEntry::Kind::Agent, 1, "Hello.", {}, {}, false});
    history.add({HistoryEntry::Kind::Caller, 2, "what time is it", {}, {}, false});
    history.add({HistoryEntry::Kind::ToolCall, 2, "{}", "clock", "c1", false});
    history.add({HistoryEntry::Kind::ToolResult, 2, "\"noon\"", {}, "c1", false});
    history.add({HistoryEntry::Kind::Agent, 2, "It is", {}, {}, true});
    history.add({HistoryEntry::Kind::ToolCall, 3, "{}", "never_answered", "c2", false});
    history.add({HistoryEntry::Kind::Note, 3, "keys 12", {}, {}, false});
  }
  const std::vector<std::string> told{"assistant: Hello.", "user: what time is it", "function_call: c1", "function_call_output: c1",
                                      "assistant: It is [interrupted]", "system: [keys 12]"};
};

}  // namespace

// --- opening -----------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession sends session.update after session.created, and other messages only after session.updated") {
  open();
  CHECK(socket(0).sent.empty());
  session->begin_turn(1, "");
  session->feed(std::vector<std::int16_t>(1600, 1));
  session->end_turn();
  session->respond({1, TurnInput::Kind::Speech, {}, 1, false});
  collect();
  CHECK(count<TurnTaken>() == 1);
  connect(0);
  CHECK(types(0) == std::vector<std::string>{"session.update"});
  CHECK(socket(0).sent.size() == 1);
  say(json::parse(R"({"type":"session.updated","session":{}})"));
  CHECK(types(0) == std::vector<std::string>{"session.update", "input_audio_buffer.commit", "response.create"});
  CHECK(sent("input_audio_buffer.append").size() == 1);  // The session sends the audio that it kept until now.
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession keeps the last 30 s of a turn that begins before session.updated [CallerAudio]") {
  open();
  session->begin_turn(1, "");
  session->feed(std::vector<std::int16_t>(CallerAudio::kMostMs * 8, 1));
  CHECK(session->counters().early_audio_dropped == 0);
  session->feed(std::vector<std::int16_t>(160, 1));
  CHECK(session->counters().early_audio_dropped == CallerAudio::kStepMs * 8);
  configure(0);
  CHECK(sent("input_audio_buffer.append").size() == CallerAudio::kMostMs / 1000);
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession opens another socket if session.created or session.updated does not come in time") {
  open();
  advance(kOpenWithin - 1ms);
  CHECK(client.sockets.size() == 1);
  advance(1ms);
  REQUIRE(client.sockets.size() == 2);
  CHECK(socket(0).closed);
  connect(1);
  advance(kConfigureWithin);  // session.updated does not come either.
  CHECK(socket(1).closed);
  advance(250ms);
  REQUIRE(client.sockets.size() == 3);
  configure(2);
  speech(1);
  CHECK(sent("input_audio_buffer.commit").size() == 1);
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession sends the history as text before its first response.create") {
  history.add({HistoryEntry::Kind::Caller, 1, "good day", {}, {}, false});
  open();
  session->respond({1, TurnInput::Kind::Speech, "good day", 1, false});  // An earlier provider failed to answer this turn.
  configure(0);
  CHECK(texts_of(sent("conversation.item.create")) == std::vector<std::string>{"user: good day"});  // The session sends the text only once.
  CHECK(types(0).back() == "response.create");
}

TEST_CASE_FIXTURE(RealtimeLine, "If the server refuses the key, RealtimeSession does not reconnect, and fails every reply with FailureKind::Auth") {
  for (const int status : {401, 403}) {
    client.sockets.clear();
    events.clear();
    open();
    session->respond({1, TurnInput::Kind::Opening, {}, 1, false});
    refuse(0, status);
    REQUIRE(count<ThinkFailed>() == 1);
    CHECK(all<ThinkFailed>()[0].kind == FailureKind::Auth);
    CHECK(all<ThinkFailed>()[0].why.find(std::to_string(status)) != std::string::npos);
    CHECK_FALSE(session->try_again(Stage::Think, "auth"));
    REQUIRE(count<ServiceRetried>() == 1);
    CHECK(all<ServiceRetried>()[0].retry.then == kConnectsNoMore);
    advance(1h);
    respond(2);
    CHECK(count<ThinkFailed>() == 2);
    CHECK(client.sockets.size() == 1);
  }
}

TEST_CASE_FIXTURE(RealtimeLine, "After a 429, RealtimeSession reconnects at the Retry-After time, or fails the reply if that time is too late") {
  open();
  session->respond({1, TurnInput::Kind::Opening, {}, 1, false});
  refuse(0, 429, "3");
  CHECK(count<ThinkFailed>() == 0);
  advance(3s - 1ms);
  CHECK(client.sockets.size() == 1);
  advance(1ms);
  REQUIRE(client.sockets.size() == 2);
  refuse(1, 429, "11");
  REQUIRE(count<ThinkFailed>() == 1);
  CHECK(all<ThinkFailed>()[0].kind == FailureKind::RateLimited);
  CHECK_FALSE(session->try_again(Stage::Think, "429"));
  respond(2);
  CHECK(count<ThinkFailed>() == 2);
  CHECK(client.sockets.size() == 2);
  advance(11s);
  respond(3);  // The Retry-After time has passed.
  REQUIRE(client.sockets.size() == 3);
  configure(2);
  CHECK(sent("response.create").size() == 1);
}

TEST_CASE_FIXTURE(RealtimeLine, "After a 429 without Retry-After, RealtimeSession fails the reply at once") {
  open();
  session->respond({1, TurnInput::Kind::Opening, {}, 1, false});
  refuse(0, 429);
  REQUIRE(count<ThinkFailed>() == 1);
  CHECK(all<ThinkFailed>()[0].kind == FailureKind::RateLimited);
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession reconnects after a 503, but not after a 404, because the model is missing") {
  open();
  session->respond({1, TurnInput::Kind::Opening, {}, 1, false});
  refuse(0, 503);
  CHECK(client.sockets.size() == 2);
  refuse(1, 404);
  REQUIRE(count<ThinkFailed>() == 1);
  CHECK(all<ThinkFailed>()[0].kind == FailureKind::Protocol);
  CHECK_FALSE(session->try_again(Stage::Think, "404"));
}

TEST_CASE_FIXTURE(RealtimeLine, "After kMaxReconnects failed reconnections in a row, RealtimeSession reconnects only once for each request") {
  open();
  session->respond({1, TurnInput::Kind::Opening, {}, 1, false});
  for (unsigned i = 0; i < kMaxReconnects; ++i) {
    refuse(i, 500);
    CHECK(count<ThinkFailed>() == 0);
    advance(2s);
    REQUIRE(client.sockets.size() == i + 2);
  }
  refuse(kMaxReconnects, 500);
  REQUIRE(count<ThinkFailed>() == 1);
  CHECK(all<ThinkFailed>()[0].kind == FailureKind::Overloaded);
  REQUIRE(count<ServiceRetried>() == kMaxReconnects + 1);
  CHECK(all<ServiceRetried>().back().retry.then == kConnectsLater);
  advance(1min);
  CHECK(client.sockets.size() == kMaxReconnects + 1);
  CHECK(session->try_again(Stage::Think, "500"));
  collect();
  CHECK(count<ServiceRetried>() == kMaxReconnects + 3);  // The session requests the reply again on a new socket.
  CHECK(client.sockets.size() == kMaxReconnects + 2);
  configure(kMaxReconnects + 1);
  CHECK(sent("response.create").size() == 1);
}

TEST_CASE_FIXTURE(RealtimeLine, "If the server refuses the settings, RealtimeSession fails the reply and does not reconnect") {
  open();
  session->respond({1, TurnInput::Kind::Opening, {}, 1, false});
  connect(0);
  error("invalid_value", sent("session.update")[0]["event_id"], "invalid_request_error", "session.audio.output.voice");
  REQUIRE(count<ThinkFailed>() == 1);
  CHECK(all<ThinkFailed>()[0].kind == FailureKind::Protocol);
  CHECK(all<ThinkFailed>()[0].why == "the realtime server reports: invalid_value (session.audio.output.voice)");
  CHECK(socket(0).closed);
}

// --- errors ------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession counts and ignores errors that have no consequences") {
  open_and_configure();
  const auto response = reply_to(1, "i1");
  for (const auto* code : {"response_cancel_not_active", "input_audio_buffer_commit_empty", "item_truncate_invalid_item_id", "unsupported_content_type", ""})
    error(code, "x1");
  CHECK(session->counters().errors_passed == 5);
  done(response);
  CHECK(count<ReplyDone>() == 1);
  CHECK(count<ThinkFailed>() == 0);
}

TEST_CASE_FIXTURE(RealtimeLine, "After a refused commit, RealtimeSession still assigns later transcripts to the correct turns") {
  open_and_configure();
  speech(1);
  error("input_audio_buffer_commit_empty", sent("input_audio_buffer.commit")[0]["event_id"]);
  speech(2);
  say({{"type", "input_audio_buffer.committed"}, {"item_id", "u2"}});
  say({{"type", "conversation.item.input_audio_transcription.completed"}, {"item_id", "u2"}, {"transcript", "two"}});
  REQUIRE(count<Transcript>() == 1);
  CHECK(all<Transcript>()[0].turn == 2);
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession fails and does not reconnect after a fatal error in an event, in a failed response or in a close reason") {
  for (const auto* code : {"insufficient_quota", "invalid_api_key", "account_deactivated", "billing_hard_limit_reached"}) {
    for (int way = 0; way < 3; ++way) {
      CAPTURE(std::string(code));
      CAPTURE(way);
      client.sockets.clear();
      events.clear();
      open_and_configure();
      speech(1);
      respond(1);
      const auto response = created();
      if (way == 0) error(code);
      if (way == 1) done(response, "failed", {{"status_details", {{"error", {{"type", "invalid_request_error"}, {"code", code}}}}}});
      if (way == 2) lose(0, 3000, std::string("invalid_request_error.") + code);
      REQUIRE(count<ThinkFailed>() == 1);
      CHECK(all<ThinkFailed>()[0].kind == FailureKind::Auth);
      CHECK(all<ThinkFailed>()[0].why.find("secret words") == std::string::npos);
      CHECK(socket(0).closed);
      CHECK_FALSE(session->try_again(Stage::Think, code));
      advance(10min);
      CHECK(client.sockets.size() == 1);
    }
  }
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession ignores garbage until kMaxGarbageInARow messages in a row, and then opens another socket") {
  open_and_configure();
  for (unsigned i = 0; i + 1 < kMaxGarbageInARow; ++i) say(0, "{garbage");
  say(0, R"({"type":"nobody.knows"})");
  for (unsigned i = 0; i + 1 < kMaxGarbageInARow; ++i) socket(0).handler.on_binary("\x01\x02");
  CHECK(session->counters().garbage == 2 * (kMaxGarbageInARow - 1));
  CHECK(session->counters().unknown_events == 1);
  CHECK(client.sockets.size() == 1);
  say(0, "[]");
  CHECK(client.sockets.size() == 2);
  CHECK(socket(0).closed);
}

// --- broken sockets ----------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(TalkedIn, "If a socket breaks between turns, RealtimeSession opens another one at once, and sends the history on it") {
  for (const int code : {1001, 1005, 1006, 1011, 1012, 1013, 1015}) {
    client.sockets.clear();
    open_and_configure();
    CHECK(texts_of(sent("conversation.item.create")) == told);
    advance(1min);
    lose(0, code);
    REQUIRE(client.sockets.size() == 2);
    configure(1);
    CHECK(texts_of(sent("conversation.item.create")) == told);
    CHECK(sent("session.update").size() == 1);
    speech(4);
    respond(4);
    CHECK(types(1).back() == "response.create");
  }
  CHECK(count<TurnTaken>() == 7);
  CHECK(count<ServiceRetried>() == 7);
  CHECK(events.size() == 14);  // The session gives no other event.
  CHECK(all<ServiceRetried>()[0].retry.then == kConnectsAgain);
  CHECK(all<ServiceRetried>()[0].retry.why.find("1001") != std::string::npos);
}

TEST_CASE_FIXTURE(RealtimeLine, "After close code 1008, RealtimeSession does not reconnect until the next request") {
  open_and_configure();
  lose(0, 1008);
  advance(1min);
  CHECK(client.sockets.size() == 1);
  speech(1);
  respond(1);
  REQUIRE(client.sockets.size() == 2);
  configure(1);
  CHECK(types(1) == std::vector<std::string>{"session.update", "input_audio_buffer.commit", "response.create"});
}

TEST_CASE_FIXTURE(RealtimeLine, "If the session has expired, RealtimeSession immediately opens another socket, before the server closes the old one") {
  open_and_configure();
  error("session_expired");
  CHECK(socket(0).closed);
  REQUIRE(client.sockets.size() == 2);
  configure(1);
  speech(1);
  CHECK(sent("input_audio_buffer.commit").size() == 1);
}

TEST_CASE_FIXTURE(RealtimeLine, "If the socket breaks, RealtimeSession fails the reply, and continues it on the next socket after try_again()") {
  open_and_configure();
  const auto response = reply_to(1, "i1");
  words(response, "i1", "whose voice will never come ");
  session->speak(1, "");
  collect();
  lose(0, 1006);
  REQUIRE(count<ThinkFailed>() == 1);
  CHECK(all<ThinkFailed>()[0].kind == FailureKind::Network);
  CHECK(count<SpeechDone>() == 1);  // The audio that has come plays to its end.
  CHECK(session->try_again(Stage::Think, "closed"));
  CHECK(client.sockets.size() == 2);
  configure(1);
  // The turn has no transcript, so the session sends the audio again.
  CHECK(types(1) == std::vector<std::string>{"session.update", "input_audio_buffer.commit", "conversation.item.create", "response.create"});
  CHECK(sent("input_audio_buffer.append").size() == 1);
  CHECK(texts_of(sent("conversation.item.create"))[0].find("after these words: \"Hello there,\"") != std::string::npos);
  audio(created(), "i2", 800);
  CHECK(count<ReplyText>() == 2);
}

TEST_CASE_FIXTURE(RealtimeLine, "On another socket, RealtimeSession does not send the audio of a turn that has a transcript, because the history has the turn") {
  open_and_configure();
  speech(1);
  say({{"type", "input_audio_buffer.committed"}, {"item_id", "u1"}});
  respond(2);
  created();
  say({{"type", "conversation.item.input_audio_transcription.completed"}, {"item_id", "u1"}, {"transcript", "hello"}});
  history.set_caller_text(2, "hello");
  lose(0, 1006);
  CHECK(session->try_again(Stage::Think, "closed"));
  configure(1);
  CHECK(types(1) == std::vector<std::string>{"session.update", "conversation.item.create", "response.create"});
  CHECK(sent("input_audio_buffer.append").empty());
}

TEST_CASE_FIXTURE(RealtimeLine, "If the socket breaks during a turn, RealtimeSession sends the whole turn on the next socket") {
  open_and_configure();
  session->begin_turn(1, "");
  session->feed(std::vector<std::int16_t>(800, 1));
  lose(0, 1012);
  session->feed(std::vector<std::int16_t>(320, 1));
  configure(1);
  session->feed(std::vector<std::int16_t>(320, 1));
  session->end_turn();
  std::size_t characters = 0;
  for (const auto& frame : sent(1, "input_audio_buffer.append")) characters += offhook::base::base64_decoded_size(frame["audio"].get<std::string>());
  CHECK(characters == 1440);
  CHECK(sent("input_audio_buffer.commit").size() == 1);
}

TEST_CASE_FIXTURE(RealtimeLine, "If the server does not respond, RealtimeSession tries another socket once, and once more after the server has sent audio") {
  open_and_configure();
  speech(1);
  respond(1);
  created();
  advance(8s);
  CHECK(session->try_again(Stage::Think, "no reply in time"));
  CHECK(socket(0).closed);
  REQUIRE(client.sockets.size() == 2);
  configure(1);
  CHECK(sent("response.create").size() == 1);
  CHECK(count<ThinkFailed>() == 0);
  CHECK_FALSE(session->try_again(Stage::Think, "no reply in time"));
  audio(created(), "i", 160);  // The server has sent audio, so the next failure gets an attempt of its own.
  session->speak(1, "");
  CHECK(session->try_again(Stage::Speak, "stalled"));
  advance(250ms);  // Waits for the pause before the second reconnection in a row.
  CHECK(client.sockets.size() == 3);
}

TEST_CASE_FIXTURE(RealtimeLine, "If a function result comes while no socket is open, RealtimeSession sends the call and the result on the next socket") {
  open_and_configure();
  speech(1);
  respond(1);
  done_with_calls(created(), {{"a", "look_up"}, {"b", "look_up"}});
  lose(0, 1006);
  session->on_tool({1, "a", "{\"x\":1}", {}, false});
  configure(1);
  CHECK(texts_of(sent("conversation.item.create")) == std::vector<std::string>{"function_call: b", "function_call: a", "function_call_output: a"});
  CHECK(sent("response.create").empty());
  session->on_tool({1, "b", "{}", {}, false});
  CHECK(sent("response.create").size() == 1);
  CHECK(count<ThinkFailed>() == 0);
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession sends a function call and its result once, even if the history also has them") {
  open_and_configure();
  speech(1);
  respond(1);
  done_with_calls(created(), {{"a", "look_up"}});
  history.add({HistoryEntry::Kind::ToolCall, 1, "{}", "look_up", "a", false});
  lose(0, 1006);
  session->on_tool({1, "a", "{}", {}, false});
  history.add({HistoryEntry::Kind::ToolResult, 1, "{}", {}, "a", false});
  configure(1);
  CHECK(texts_of(sent("conversation.item.create")) == std::vector<std::string>{"function_call: a", "function_call_output: a"});
  CHECK(sent("response.create").size() == 1);
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession ignores on_heard() for an item of an old socket") {
  open_and_configure();
  reply_to(1, "i1");
  session->speak(1, "");
  lose(0, 1006);
  configure(1);
  session->cancel(1);
  session->on_heard({1, "Hello", true, 1, 100ms});
  CHECK(sent("conversation.item.truncate").empty());
  CHECK(sent("conversation.item.delete").empty());
}

// --- limit of one hour -------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(TalkedIn, "After 50 minutes, while both sides are silent, RealtimeSession opens a second socket with the history, and uses it from then on") {
  open_and_configure();
  advance(kRenewFrom - 1ms);
  CHECK(client.sockets.size() == 1);
  advance(1ms);
  REQUIRE(client.sockets.size() == 2);
  CHECK_FALSE(socket(0).closed);
  connect(1);
  CHECK(sent(1, "conversation.item.create").empty());
  say(json::parse(R"({"type":"session.updated","session":{}})"));
  CHECK(socket(0).closed);
  CHECK(texts_of(sent(1, "conversation.item.create")) == told);
  CHECK(session->counters().renewals == 1);
  speech(4);
  respond(4);
  audio(created(), "i", 160);
  CHECK(count<ReplyText>() == 1);
  CHECK(count<ThinkFailed>() == 0);
  advance(kRenewFrom);  // The session does not change its socket during a reply.
  CHECK(client.sockets.size() == 2);
}

TEST_CASE_FIXTURE(RealtimeLine, "During speech, RealtimeSession opens the second socket after 55 minutes, and uses it when both sides are silent") {
  open_and_configure();
  const auto response = reply_to(1, "i1");
  session->speak(1, "");
  advance(kRenewAt - 1ms);
  CHECK(client.sockets.size() == 1);
  advance(1ms);
  REQUIRE(client.sockets.size() == 2);
  connect(1);
  say(1, R"({"type":"session.updated","session":{}})");
  CHECK_FALSE(socket(0).closed);
  say(0, json({{"type", "response.done"}, {"response", {{"id", response}, {"status", "completed"}}}}).dump());
  collect();
  CHECK(count<ReplyDone>() == 1);
  CHECK_FALSE(socket(0).closed);  // The reply still plays, and the session may have to truncate it on this socket.
  history.add({HistoryEntry::Kind::Agent, 1, "Hello there,", {}, {}, false});
  session->on_heard({1, "Hello there,", false, 0, {}});
  CHECK(socket(0).closed);
  CHECK(texts_of(sent(1, "conversation.item.create")) == std::vector<std::string>{"assistant: Hello there,"});
}

TEST_CASE_FIXTURE(RealtimeLine, "If the second socket fails, RealtimeSession continues with the first one, and tries again after kRenewRetry") {
  open_and_configure();
  advance(kRenewFrom);
  REQUIRE(client.sockets.size() == 2);
  refuse(1, 503);
  advance(kRenewRetry - 1ms);
  CHECK(client.sockets.size() == 2);
  advance(1ms);
  CHECK(client.sockets.size() == 3);
  CHECK_FALSE(socket(0).closed);
}

TEST_CASE_FIXTURE(TalkedIn, "If the first socket ends while the second socket opens, RealtimeSession continues with the second one") {
  open_and_configure();
  advance(kRenewFrom);
  REQUIRE(client.sockets.size() == 2);
  lose(0, 1001, "maximum duration");
  CHECK(client.sockets.size() == 2);
  speech(4);
  respond(4);
  configure(1);
  CHECK(texts_of(sent("conversation.item.create")) == told);
  CHECK(sent("response.create").size() == 1);
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession's destructor closes its sockets") {
  open_and_configure();
  session.reset();
  CHECK(socket(0).closed);
  CHECK(socket(0).destroyed);
}

TEST_CASE("Outbox gives open, frames and close in the order in which they were added") {
  Outbox out;
  out.open(1);
  out.send(1, [](std::string& text) { text += "a"; });
  out.send(2, [](std::string& text) { text += "bc"; });
  CHECK(out.poll()->what == Transmit::What::Open);
  CHECK(out.poll()->text == "a");
  out.send(1, [](std::string& text) { text += "d"; });  // The second frame still waits.
  CHECK(out.poll()->text == "bc");
  CHECK(out.poll()->text == "d");
  CHECK_FALSE(out.poll().has_value());
  out.send(1, [](std::string& text) { text.append(Outbox::kKept * 2, 'x'); });
  CHECK(out.poll()->text.size() == Outbox::kKept * 2);
  out.close(1);
  CHECK(out.poll()->what == Transmit::What::Close);
}
