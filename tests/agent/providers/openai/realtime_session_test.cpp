#include "realtime_line.hpp"

#include <offhook/media/codec/g711.hpp>

using namespace offhook_test;

namespace {

std::vector<std::uint8_t> octets_of(const std::vector<json>& appends) {
  std::vector<std::uint8_t> octets;
  for (const json& frame : appends) {
    const auto text = frame["audio"].get<std::string>();
    const std::size_t before = octets.size();
    octets.resize(before + offhook::base::base64_decoded_size(text));
    REQUIRE(offhook::base::decode_base64(text, std::span(octets).subspan(before)).has_value());
  }
  return octets;
}

}  // namespace

TEST_CASE_FIXTURE(RealtimeLine, "the minimal exchange: greeting, a turn, a function call, its answer [providers.md 1.13]") {
  open();
  CHECK(socket(0).request.url == "wss://api.openai.com/v1/realtime?model=gpt-realtime");
  session->respond({1, TurnInput::Kind::Opening, {}, 1, false});  // While the socket still opens.
  connect(0);
  REQUIRE(sent("session.update").size() == 1);
  CHECK(sent("response.create").empty());
  say({{"type", "session.updated"}, {"session", json::object()}});
  REQUIRE(sent("response.create").size() == 1);
  const auto greeting = sent("response.create")[0]["response"]["instructions"].get<std::string>();
  CHECK(greeting.starts_with("Be brief."));
  CHECK(greeting.find("Greet the caller") != std::string::npos);

  const std::string first = created();
  words(first, "item_1", "Hello! ");
  audio(first, "item_1", 800);
  REQUIRE(count<ReplyText>() == 1);
  CHECK(all<ReplyText>()[0].voiced);
  CHECK(all<ReplyText>()[0].text.empty());
  session->speak(1, "");
  collect();
  REQUIRE(count<SpeechAudio>() == 1);
  CHECK(all<SpeechAudio>()[0].utterance == 1);
  CHECK(all<SpeechAudio>()[0].rate_hz == 8000);
  CHECK(all<SpeechAudio>()[0].pcm == std::vector<std::int16_t>(800, offhook::media::decode_mulaw(0xFE)));
  item_done(first, "item_1");
  CHECK(count<SpeechDone>() == 1);
  done(first);
  CHECK(count<ReplyDone>() == 1);
  session->on_heard({1, "Hello!", false, 0, {}});

  speech(1);
  CHECK(count<TurnTaken>() == 1);
  CHECK(sent("input_audio_buffer.commit").size() == 1);
  respond(2);
  CHECK(sent("response.create").size() == 2);
  CHECK_FALSE(sent("response.create")[1].contains("response"));
  const std::string second = created();
  done_with_calls(second, {{"call_1", "look_up"}});
  REQUIRE(count<ToolCall>() == 1);
  CHECK(all<ToolCall>()[0].turn == 2);
  CHECK(all<ToolCall>()[0].call_id == "call_1");
  session->on_tool({2, "call_1", R"({"found":1})", {}, false});
  REQUIRE(sent("conversation.item.create").size() == 1);
  CHECK(sent("conversation.item.create")[0]["item"] == json::parse(R"({"type":"function_call_output","call_id":"call_1","output":"{\"found\":1}"})"));
  CHECK(sent("response.create").size() == 3);
  const std::string third = created();
  audio(third, "item_3", 160);
  done(third);
  CHECK(count<ReplyDone>() == 2);
  CHECK(all<ReplyDone>()[1].turn == 2);
  CHECK(count<ThinkFailed>() == 0);
}

TEST_CASE_FIXTURE(RealtimeLine, "audio goes up in frames of 20 ms, whatever it is fed in, and the rest before the commit") {
  open_and_configure();
  session->begin_turn(1, "");
  session->feed(std::vector<std::int16_t>(100, 5));
  CHECK(sent("input_audio_buffer.append").empty());
  session->feed(std::vector<std::int16_t>(700, 5));
  CHECK(sent("input_audio_buffer.append").size() == 5);
  session->feed(std::vector<std::int16_t>(50, 5));
  session->end_turn();
  CHECK(octets_of(sent("input_audio_buffer.append")).size() == 850);
  CHECK(socket(0).sent.back()["type"] == "input_audio_buffer.commit");
}

TEST_CASE_FIXTURE(RealtimeLine, "codes of the line come out of the session as they went in, but for mu-law's second zero") {
  open_and_configure();
  std::vector<std::uint8_t> codes(256);
  for (std::size_t i = 0; i < 256; ++i) codes[i] = static_cast<std::uint8_t>(i);
  std::vector<std::int16_t> pcm(256);
  REQUIRE(offhook::media::decode_mulaw(codes, pcm).has_value());
  for (int i = 0; i < 5; ++i) {
    session->begin_turn(static_cast<std::uint32_t>(i + 1), "");
    session->feed(std::span(pcm).first(static_cast<std::size_t>(i) * 31));
    session->feed(std::span(pcm).subspan(static_cast<std::size_t>(i) * 31));
    for (int more = 0; more < 3; ++more) session->feed(pcm);
    session->end_turn();
  }
  auto expected = codes;
  expected[0x7F] = 0xFF;
  const auto sent_octets = octets_of(sent("input_audio_buffer.append"));
  REQUIRE(sent_octets.size() == 20 * 256);
  for (std::size_t i = 0; i < sent_octets.size(); ++i) REQUIRE(sent_octets[i] == expected[i % 256]);
}

TEST_CASE_FIXTURE(RealtimeLine, "a turn shorter than the server takes is filled up with silence; one without a sample is none") {
  open_and_configure();
  speech(1, 799);
  auto octets = octets_of(sent("input_audio_buffer.append"));
  CHECK(octets.size() == 800);
  CHECK(octets.back() == offhook::media::kMulawSilence);
  speech(2, 800);
  CHECK(octets_of(sent("input_audio_buffer.append")).size() == 1600);
  speech(3, 0);
  CHECK(sent("input_audio_buffer.commit").size() == 2);
  REQUIRE(count<Transcript>() == 1);
  CHECK(all<Transcript>()[0].turn == 3);
  CHECK(all<Transcript>()[0].rejected);
}

TEST_CASE_FIXTURE(RealtimeLine, "a turn that was noise is cleared, and nothing is said of it") {
  open_and_configure();
  session->begin_turn(1, "");
  session->feed(std::vector<std::int16_t>(320, 5));
  session->abandon_turn();
  collect();
  CHECK(sent("input_audio_buffer.clear").size() == 1);
  CHECK(sent("input_audio_buffer.commit").empty());
  CHECK(events.empty());
  speech(2);
  session->abandon_turn();  // Committed already: the item goes when we know its name.
  say({{"type", "input_audio_buffer.committed"}, {"item_id", "noise"}});
  REQUIRE(sent("conversation.item.delete").size() == 1);
  CHECK(sent("conversation.item.delete")[0]["item_id"] == "noise");
}

TEST_CASE_FIXTURE(RealtimeLine, "24 kHz both ways when the options say so") {
  options.format = AudioFormat::Pcm24k;
  open_and_configure();
  CHECK(session->listen_rate_hz() == 24'000);
  speech(1, 4800);
  CHECK(sent("input_audio_buffer.append").size() == 10);
  CHECK(octets_of(sent("input_audio_buffer.append")).size() == 9600);
  respond(1);
  const auto response = created();
  audio(response, "i", 961, 0x01);  // Half a sample is over ...
  session->speak(1, "");
  audio(response, "i", 959, 0x01);  // ... and comes here.
  CHECK(samples_heard() == 960);
  CHECK(all<SpeechAudio>()[0].rate_hz == 24'000);
  CHECK(all<SpeechAudio>()[0].pcm[0] == 0x0101);
}

TEST_CASE_FIXTURE(RealtimeLine, "keys, silence and a failed transfer are told in brackets, and replied to") {
  open_and_configure();
  const auto item = [this] { return sent("conversation.item.create").back()["item"]; };
  respond(1, TurnInput::Kind::Digits, "123#");
  CHECK(item()["role"] == "user");
  CHECK(item()["content"][0]["text"] == "[The caller pressed the keys 123#.]");
  done(created());
  respond(2, TurnInput::Kind::Silence);
  CHECK(item()["role"] == "system");
  CHECK(item()["content"][0]["text"].get<std::string>().starts_with("[The caller has said nothing"));
  done(created());
  respond(3, TurnInput::Kind::Failure, std::string(kTransferFailed));
  CHECK(item()["content"][0]["text"].get<std::string>().starts_with("[The transfer failed"));
  CHECK(sent("response.create").size() == 3);
}

TEST_CASE_FIXTURE(RealtimeLine, "a turn that came as text, from elsewhere, is told as the caller's words") {
  open_and_configure();
  respond(1, TurnInput::Kind::Speech, "good morning");
  REQUIRE(sent("conversation.item.create").size() == 1);
  CHECK(sent("conversation.item.create")[0]["item"] ==
        json::parse(R"({"type":"message","role":"user","content":[{"type":"input_text","text":"good morning"}]})"));
}

// --- what the caller said, in words ------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(RealtimeLine, "transcripts come late and in any order, and belong to their turns by item id [providers.md 1.13]") {
  open_and_configure();
  speech(1);
  say({{"type", "input_audio_buffer.committed"}, {"item_id", "u1"}});
  speech(2);
  say({{"type", "input_audio_buffer.committed"}, {"item_id", "u2"}, {"previous_item_id", "u1"}});
  const auto transcript = [this](const char* item, const char* text) {
    say({{"type", "conversation.item.input_audio_transcription.completed"}, {"item_id", item}, {"transcript", text}});
  };
  transcript("u2", "second");
  transcript("u1", "first");
  transcript("u9", "nobody's");
  transcript("u1", "again");
  REQUIRE(count<Transcript>() == 2);
  CHECK(all<Transcript>()[0].turn == 2);
  CHECK(all<Transcript>()[0].text == "second");
  CHECK(all<Transcript>()[0].final);
  CHECK(all<Transcript>()[1].turn == 1);
  CHECK(all<Transcript>()[1].text == "first");
}

TEST_CASE_FIXTURE(RealtimeLine, "the caller's items whose words are awaited are bounded: the oldest is forgotten") {
  open_and_configure();
  for (std::uint32_t turn = 1; turn <= kMaxOpenItems + 1; ++turn) {
    speech(turn);
    say({{"type", "input_audio_buffer.committed"}, {"item_id", "u" + std::to_string(turn)}});
  }
  for (std::uint32_t turn = 1; turn <= kMaxOpenItems + 1; ++turn)
    say({{"type", "conversation.item.input_audio_transcription.completed"}, {"item_id", "u" + std::to_string(turn)}, {"transcript", "t"}});
  CHECK(count<Transcript>() == kMaxOpenItems);
  CHECK(all<Transcript>()[0].turn == 2);
}

// --- the caller interrupts ---------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(RealtimeLine, "interrupted before any audio: cancelled, what still comes is dropped and deleted [providers.md 1.6]") {
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
  CHECK(events.size() == 1);  // TurnTaken, and nothing after the cancel.
}

TEST_CASE_FIXTURE(RealtimeLine, "interrupted before response.created: the cancel goes at once, the next response waits for the end of that one") {
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

TEST_CASE_FIXTURE(RealtimeLine, "interrupted in the middle: cancelled, and cut to what was heard, rounded down [providers.md 8.4]") {
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
  CHECK(samples_heard() == 0);  // Purged before it was polled.
  CHECK(session->counters().late_deltas == 1);
  CHECK(sent("conversation.item.delete").empty());
  session->on_heard({1, "Hello", true, 1, 50ms});  // Not twice.
  CHECK(sent("conversation.item.truncate").size() == 1);
}

TEST_CASE_FIXTURE(RealtimeLine, "more heard than received is cut at what was received; all of a whole item is not cut at all") {
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

TEST_CASE_FIXTURE(RealtimeLine, "interrupted when all has come but not all was heard: cut, without a cancel") {
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

TEST_CASE_FIXTURE(RealtimeLine, "an item of which nothing was heard is deleted, for it cannot be cut to nothing [providers.md 1.6]") {
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

TEST_CASE_FIXTURE(RealtimeLine, "an item that was never asked to be spoken is deleted when its reply is cancelled") {
  open_and_configure();
  reply_to(1, "i1");
  session->cancel(1);
  REQUIRE(sent("conversation.item.delete").size() == 1);
  CHECK(sent("conversation.item.delete")[0]["item_id"] == "i1");
}

TEST_CASE_FIXTURE(RealtimeLine, "of two items the first was heard, the second is cut, or deleted") {
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

TEST_CASE_FIXTURE(RealtimeLine, "what was heard in words alone is cut by its share of the words") {
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

TEST_CASE_FIXTURE(RealtimeLine, "a reply that another provider began is gone on with") {
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

TEST_CASE_FIXTURE(RealtimeLine, "a response that never ends after its cancel holds the next up for a bounded time") {
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

TEST_CASE_FIXTURE(RealtimeLine, "events that nobody has polled yet do not follow a cancel; a function asked for in them is answered as not made") {
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

// --- functions ---------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(RealtimeLine, "two functions in one response: one response.create after both results [providers.md 1.7]") {
  open_and_configure();
  speech(1);
  respond(1);
  const auto response = created();
  words(response, "m", "Let me see.");
  audio(response, "m", 800);
  say(json::parse(R"({"type":"response.function_call_arguments.done","response_id":"resp_1","item_id":"f1","call_id":"a","name":"look_up","arguments":"{}"})"));
  CHECK(count<ToolCall>() == 0);  // Not before the response is done.
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
  done(created());  // The model has nothing to add.
  CHECK(count<ReplyDone>() == 1);
  CHECK(count<ThinkFailed>() == 0);
}

TEST_CASE_FIXTURE(RealtimeLine, "a function of a response that did not complete is not made, and is deleted [providers.md 1.7]") {
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

TEST_CASE_FIXTURE(RealtimeLine, "a function is known from output_item.done when response.done lists nothing") {
  open_and_configure();
  speech(1);
  respond(1);
  const auto response = created();
  say(json::parse(R"({"type":"response.output_item.done","response_id":"resp_1","item":{"id":"f","type":"function_call","status":"completed","call_id":"c","name":"n","arguments":"{\"a\":1}"}})"));
  done(response);
  REQUIRE(count<ToolCall>() == 1);
  CHECK(all<ToolCall>()[0].arguments == "{\"a\":1}");
}

TEST_CASE_FIXTURE(RealtimeLine, "after a hang-up or a transfer the model is asked for nothing more") {
  open_and_configure();
  speech(1);
  respond(1);
  done_with_calls(created(), {{"a", "hang_up"}});
  session->on_tool({1, "a", "{}", ReplyAction{1, ReplyAction::What::HangUp, {}}, false});
  collect();
  CHECK(sent("response.create").size() == 1);
  CHECK(count<ReplyDone>() == 1);
}

TEST_CASE_FIXTURE(RealtimeLine, "a result that comes after an interruption is told, and not spoken of [providers.md 8.4]") {
  open_and_configure();
  speech(1);
  respond(1);
  done_with_calls(created(), {{"a", "look_up"}});
  session->cancel(1);
  session->on_tool({1, "a", "{\"x\":1}", {}, false});
  CHECK(sent("conversation.item.create").size() == 1);
  CHECK(sent("response.create").size() == 1);
}

TEST_CASE_FIXTURE(RealtimeLine, "a function's result of the bound is sent, a longer one is cut there") {
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

// --- responses in each other's way -------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(RealtimeLine, "a server that runs a response of its own is asked again when that is over [providers.md 1.9]") {
  open_and_configure();
  speech(1);
  respond(1);
  error("conversation_already_has_active_response", sent("response.create")[0]["event_id"]);
  CHECK(count<ThinkFailed>() == 0);
  CHECK(sent("response.create").size() == 1);
  done("somebody_elses");
  CHECK(sent("response.create").size() == 2);
  error("conversation_already_has_active_response");  // From a server that does not say which of our events it means.
  advance(kBusyPause);
  CHECK(sent("response.create").size() == 3);
  CHECK(sent("conversation.item.create").empty());
  audio(created(), "i", 160);
  CHECK(count<ReplyText>() == 1);
}

TEST_CASE_FIXTURE(RealtimeLine, "a server that is busy for ever fails the reply after so many tries") {
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

TEST_CASE_FIXTURE(RealtimeLine, "a response that nobody asked for is cancelled, and nobody hears it") {
  open_and_configure();
  const auto response = created();
  REQUIRE(sent("response.cancel").size() == 1);
  CHECK(sent("response.cancel")[0]["response_id"] == response);
  audio(response, "i", 800);
  done(response);
  CHECK(events.empty());
  CHECK(session->counters().unasked_responses == 1);
}

// --- how responses end -------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(RealtimeLine, "an empty reply, one that failed, one that is incomplete and one that was cancelled there are told apart") {
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

TEST_CASE_FIXTURE(RealtimeLine, "an empty reply is asked for once more, on the same socket; then it stays failed") {
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

TEST_CASE_FIXTURE(RealtimeLine, "a refused response.create fails the reply by the name of the error, never by its sentence") {
  open_and_configure();
  speech(1);
  respond(1);
  error("invalid_value", sent("response.create")[0]["event_id"]);
  REQUIRE(count<ThinkFailed>() == 1);
  CHECK(all<ThinkFailed>()[0].kind == FailureKind::Protocol);
  CHECK(all<ThinkFailed>()[0].why == "the realtime server says: invalid_value");
}

TEST_CASE_FIXTURE(RealtimeLine, "a model that writes instead of speaking is spoken for by the other voice") {
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

// --- the voice ---------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(RealtimeLine, "utterances are heard in the order in which they were asked for, whoever speaks them") {
  open_and_configure();
  speech(1);
  respond(1);
  session->speak(1, "One moment, please.");
  const auto response = created();
  audio(response, "i", 800);
  session->speak(2, "");
  session->speak(3, "Sorry.");
  collect();
  item_done(response, "i");
  std::vector<std::uint32_t> order;
  for (const auto& done : all<SpeechDone>()) order.push_back(done.utterance);
  CHECK(order == std::vector<std::uint32_t>{1, 2, 3});
  std::uint32_t last = 0;
  for (const auto& piece : all<SpeechAudio>()) {
    CHECK(piece.utterance >= last);
    last = piece.utterance;
    CHECK(piece.rate_hz == (piece.utterance == 2 ? 8'000 : 16'000));
  }
  CHECK(speaker->said == std::vector<std::string>{"One moment, please.", "Sorry."});
}

TEST_CASE_FIXTURE(RealtimeLine, "what was heard in words of our own is told to the model as said by it; its own replies are not told twice") {
  open_and_configure();
  session->speak(1, "Hello, this is the bakery.");
  session->on_heard({1, "Hello, this is the bakery.", false, 0, {}});
  REQUIRE(sent("conversation.item.create").size() == 1);
  CHECK(sent("conversation.item.create")[0]["item"]["role"] == "assistant");
  CHECK(sent("conversation.item.create")[0]["item"]["content"][0]["text"] == "Hello, this is the bakery.");
  reply_to(2, "i1");
  session->speak(2, "");
  session->on_heard({2, "Hello there,", false, 0, {}});
  CHECK(sent("conversation.item.create").size() == 1);
}

TEST_CASE_FIXTURE(RealtimeLine, "cancelled speech is heard no more, and the next begins anew") {
  open_and_configure();
  const auto response = reply_to(1, "i1");
  session->speak(1, "");
  session->speak(2, "Own words.");
  session->cancel_speech();
  CHECK(speaker->cancelled);
  audio(response, "i1", 800);
  collect();
  CHECK(count<SpeechAudio>() == 0);
  session->speak(3, "Again.");
  collect();
  REQUIRE(count<SpeechDone>() == 1);
  CHECK(all<SpeechDone>()[0].utterance == 3);
}

TEST_CASE_FIXTURE(RealtimeLine, "without a voice for own words those fail, and the model's is heard all the same") {
  session = std::make_unique<RealtimeSession>(client, options, nullptr, Wake{});
  session->open(context, now);
  configure(0);
  session->speak(1, "Sorry.");
  collect();
  REQUIRE(count<SpeakFailed>() == 1);
  CHECK(all<SpeakFailed>()[0].utterance == 1);
  reply_to(1, "i1");
  session->speak(2, "");
  collect();
  CHECK(samples_heard() == 4000);
}

TEST_CASE_FIXTURE(RealtimeLine, "words come with the audio that they are in, in order, and all of them in the end") {
  open_and_configure();
  speech(1);
  respond(1);
  const auto response = created();
  words(response, "i", "Good morning, how may I help ");
  words(response, "i", "you today?");
  audio(response, "i", 80);
  session->speak(1, "");
  collect();
  std::size_t samples = 0;
  std::string text;
  std::uint32_t last = 0;
  const auto check = [&] {
    for (const auto& piece : all<SpeechAudio>()) {
      samples += piece.pcm.size();
      for (const auto& word : piece.words) {
        CHECK(word.first_sample < samples);
        CHECK(word.first_sample >= last);
        last = word.first_sample;
        text += word.text + ' ';
      }
    }
    events.clear();
  };
  check();
  CHECK(text == "Good ");
  for (int i = 0; i < 40; ++i) audio(response, "i", 400);
  check();
  CHECK(text == "Good morning, how may I help you ");  // The last word may go on.
  item_done(response, "i");
  check();
  CHECK(text == "Good morning, how may I help you today? ");
  CHECK(samples == 16'080);
}

// --- what a server can send faster than anybody hears ------------------------------------------------------------------------

TEST_CASE_FIXTURE(RealtimeLine, "a reply of 180 s is heard, what is beyond is dropped and counted") {
  open_and_configure();
  speech(1);
  respond(1);
  const auto response = created();
  constexpr std::size_t kPiece = 48'000;
  static_assert(kMaxReplySeconds * 8000 % kPiece == 0);
  for (std::size_t i = 0; i < kMaxReplySeconds * 8000 / kPiece; ++i) audio(response, "i", kPiece);
  CHECK(session->counters().audio_dropped == 0);
  audio(response, "i", 1);
  CHECK(session->counters().audio_dropped == 1);
  session->speak(1, "");
  collect();
  CHECK(samples_heard() == kMaxReplySeconds * 8000);
}

TEST_CASE_FIXTURE(RealtimeLine, "words of a reply up to 64 KiB are taken, those beyond are dropped and counted") {
  open_and_configure();
  speech(1);
  respond(1);
  const auto response = created();
  words(response, "i", std::string(kMaxReplyText, 'a'));
  CHECK(session->counters().text_dropped == 0);
  words(response, "i", "b");
  CHECK(session->counters().text_dropped == 1);
}

TEST_CASE_FIXTURE(RealtimeLine, "items of a reply up to the bound are heard, one more is dropped and counted") {
  open_and_configure();
  speech(1);
  respond(1);
  const auto response = created();
  for (std::size_t i = 0; i < kMaxReplyItems; ++i) audio(response, "i" + std::to_string(i), 8);
  CHECK(session->counters().items_dropped == 0);
  CHECK(count<ReplyText>() == kMaxReplyItems);
  audio(response, "one more", 8);
  CHECK(session->counters().items_dropped == 1);
  CHECK(count<ReplyText>() == kMaxReplyItems);
}

// --- turns that the server finds ---------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(RealtimeLine, "with the server's turn detection all is sent, and the turn is taken when the server commits") {
  options.turn_detection.kind = TurnDetection::Kind::ServerVad;
  open_and_configure();
  CHECK(session->hears_always());
  session->feed(std::vector<std::int16_t>(320, 0));
  CHECK(sent("input_audio_buffer.append").size() == 2);
  session->begin_turn(1, "");
  session->feed(std::vector<std::int16_t>(1600, 900));
  say({{"type", "input_audio_buffer.speech_stopped"}, {"audio_end_ms", 200}, {"item_id", "u"}});
  say({{"type", "input_audio_buffer.committed"}, {"item_id", "u"}});
  CHECK(count<TurnTaken>() == 1);  // Before we found its end ourselves.
  session->end_turn();
  collect();
  CHECK(count<TurnTaken>() == 1);
  CHECK(sent("input_audio_buffer.commit").empty());
  respond(1);
  CHECK(sent("response.create").size() == 1);
  CHECK(sent("conversation.item.create").empty());
}

TEST_CASE_FIXTURE(RealtimeLine, "a server that does not find the end of a turn is told it") {
  options.turn_detection.kind = TurnDetection::Kind::ServerVad;
  open_and_configure();
  speech(1);
  CHECK(count<TurnTaken>() == 0);
  advance(kServerVadWait - 1ms);
  CHECK(count<TurnTaken>() == 0);
  advance(1ms);
  CHECK(count<TurnTaken>() == 1);
  CHECK(sent("input_audio_buffer.commit").size() == 1);
  options.turn_detection.kind = TurnDetection::Kind::SemanticVad;
  client.sockets.clear();
  events.clear();
  open_and_configure();
  speech(1);
  CHECK(session->try_again(Stage::Listen, "slow"));  // The conversation waits no longer.
  collect();
  CHECK(count<TurnTaken>() == 1);
  CHECK_FALSE(session->try_again(Stage::Listen, "slow"));
}
