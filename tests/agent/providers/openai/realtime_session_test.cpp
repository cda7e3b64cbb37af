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

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession runs a minimal call: a greeting, a turn, a function call, and the reply after its result") {
  open();
  CHECK(socket(0).request.url == "wss://api.openai.com/v1/realtime?model=gpt-realtime");
  session->respond({1, TurnInput::Kind::Opening, {}, 1, false});  // The socket is not open yet.
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

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession sends audio in frames of 20 ms, for any size of its input, and a shorter frame before the commit") {
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

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession sends the G.711 codes of the line unchanged, except for mu-law's second zero") {
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

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession adds silence to a turn that is too short for the server, and does not send a turn without samples") {
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

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession clears an abandoned turn on the server, and gives no event") {
  open_and_configure();
  session->begin_turn(1, "");
  session->feed(std::vector<std::int16_t>(320, 5));
  session->abandon_turn();
  collect();
  CHECK(sent("input_audio_buffer.clear").size() == 1);
  CHECK(sent("input_audio_buffer.commit").empty());
  CHECK(events.empty());
  speech(2);
  session->abandon_turn();  // The turn is already committed, so the session deletes the item when it gets the item's id.
  say({{"type", "input_audio_buffer.committed"}, {"item_id", "noise"}});
  REQUIRE(sent("conversation.item.delete").size() == 1);
  CHECK(sent("conversation.item.delete")[0]["item_id"] == "noise");
}

TEST_CASE_FIXTURE(RealtimeLine, "With Pcm24k, RealtimeSession sends and receives audio at 24 kHz") {
  options.format = AudioFormat::Pcm24k;
  open_and_configure();
  CHECK(session->listen_rate_hz() == 24'000);
  speech(1, 4800);
  CHECK(sent("input_audio_buffer.append").size() == 10);
  CHECK(octets_of(sent("input_audio_buffer.append")).size() == 9600);
  respond(1);
  const auto response = created();
  audio(response, "i", 961, 0x01);  // The last octet is the first half of a sample.
  session->speak(1, "");
  audio(response, "i", 959, 0x01);  // The first octet is the second half of that sample.
  CHECK(samples_heard() == 960);
  CHECK(all<SpeechAudio>()[0].rate_hz == 24'000);
  CHECK(all<SpeechAudio>()[0].pcm[0] == 0x0101);
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession sends keys, silence and a failed transfer as text in brackets, and requests a response") {
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

TEST_CASE_FIXTURE(RealtimeLine, "If an answering machine answered, RealtimeSession tells the model, and requests a response") {
  open_and_configure();
  respond(1, TurnInput::Kind::Opening, std::string(kMachineAnswered));
  REQUIRE(sent("conversation.item.create").size() == 1);
  const auto item = sent("conversation.item.create")[0]["item"];
  CHECK(item["role"] == "system");
  CHECK(item["content"][0]["text"].get<std::string>().starts_with("[An answering machine"));
  CHECK_FALSE(sent("response.create").back()["response"].contains("instructions"));
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession sends a turn that has only text as the caller's words") {
  open_and_configure();
  respond(1, TurnInput::Kind::Speech, "good morning");
  REQUIRE(sent("conversation.item.create").size() == 1);
  CHECK(sent("conversation.item.create")[0]["item"] ==
        json::parse(R"({"type":"message","role":"user","content":[{"type":"input_text","text":"good morning"}]})"));
}

// --- transcripts -------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession assigns transcripts to turns by their item id, even if they come late and in another order") {
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

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession remembers at most kMaxOpenItems items without a transcript, and forgets the oldest") {
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

// --- the server's turn detection ---------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(RealtimeLine, "If the server detects turns, RealtimeSession sends all audio, and takes the turn when the server commits it") {
  options.turn_detection.kind = TurnDetection::Kind::ServerVad;
  open_and_configure();
  CHECK(session->hears_always());
  session->feed(std::vector<std::int16_t>(320, 0));
  CHECK(sent("input_audio_buffer.append").size() == 2);
  session->begin_turn(1, "");
  session->feed(std::vector<std::int16_t>(1600, 900));
  say({{"type", "input_audio_buffer.speech_stopped"}, {"audio_end_ms", 200}, {"item_id", "u"}});
  say({{"type", "input_audio_buffer.committed"}, {"item_id", "u"}});
  CHECK(count<TurnTaken>() == 1);  // Offhook has not detected the end yet.
  session->end_turn();
  collect();
  CHECK(count<TurnTaken>() == 1);
  CHECK(sent("input_audio_buffer.commit").empty());
  respond(1);
  CHECK(sent("response.create").size() == 1);
  CHECK(sent("conversation.item.create").empty());
}

TEST_CASE_FIXTURE(RealtimeLine, "If the server detects no end of a turn in time, RealtimeSession commits the turn") {
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
  CHECK(session->try_again(Stage::Listen, "slow"));  // The conversation has waited too long.
  collect();
  CHECK(count<TurnTaken>() == 1);
  CHECK_FALSE(session->try_again(Stage::Listen, "slow"));
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession reports the tokens of each response once, even of a cancelled response") {
  open_and_configure();
  const auto used = [](int input, int audio, int output) {
    return json{{"input_tokens", input}, {"input_token_details", {{"audio_tokens", audio}}}, {"output_tokens", output}};
  };
  const auto end = [&](const std::string& response, const char* status, json usage) {
    say({{"type", "response.done"}, {"response", {{"id", response}, {"status", status}, {"usage", std::move(usage)}}}});
  };
  session->respond({1, TurnInput::Kind::Opening, {}, 1, false});
  end(created(), "completed", used(20, 15, 10));
  REQUIRE(count<TokensUsed>() == 1);
  CHECK(all<TokensUsed>()[0].input == 20);
  CHECK(all<TokensUsed>()[0].audio_input == 15);
  CHECK(all<TokensUsed>()[0].output == 10);
  end("somebody_elses", "cancelled", used(5, 0, 1));
  REQUIRE(count<TokensUsed>() == 2);
  CHECK(all<TokensUsed>()[1].input == 5);
  CHECK(all<TokensUsed>()[1].output == 1);
  collect();
  CHECK(count<TokensUsed>() == 2);
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession reports the usage of the transcription model separately from its own tokens") {
  open_and_configure();
  say({{"type", "conversation.item.input_audio_transcription.completed"}, {"item_id", "u1"}, {"transcript", "hello"},
       {"usage", {{"type", "tokens"}, {"input_tokens", 20}, {"input_token_details", {{"audio_tokens", 18}}}, {"output_tokens", 5}}}});
  say({{"type", "conversation.item.input_audio_transcription.completed"}, {"item_id", "u2"}, {"transcript", "you"}, {"usage", {{"type", "duration"}, {"seconds", 1.25}}}});
  say({{"type", "conversation.item.input_audio_transcription.completed"}, {"item_id", "u3"}, {"transcript", "there"}});
  REQUIRE(services_used.size() == 2);
  CHECK(services_used[0].service == "transcription");
  CHECK(services_used[0].input_tokens == 20);
  CHECK(services_used[0].audio_input_tokens == 18);
  CHECK(services_used[0].output_tokens == 5);
  CHECK(services_used[1].audio == 1250ms);
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession reports the first failed transcription, unless the turn was noise, and continues the call") {
  open_and_configure();
  const auto fail = [this](const std::string& code, const std::string& param) {
    say({{"type", "conversation.item.input_audio_transcription.failed"}, {"item_id", "u1"},
         {"error", {{"type", "invalid_request_error"}, {"code", code}, {"message", "secret words"}, {"param", param}}}});
  };
  fail("audio_unintelligible", "");
  CHECK(failures.empty());
  fail("model_not_found", "model");
  fail("model_not_found", "model");
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].stage == Stage::Listen);
  CHECK(failures[0].service == "transcription");
  CHECK(failures[0].why == "the realtime server reports: model_not_found (model)");
  CHECK(count<ThinkFailed>() == 0);
}
