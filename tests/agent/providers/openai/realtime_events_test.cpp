#include <offhook/agent/providers/openai/realtime_events.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace offhook::agent::openai;
using namespace offhook::agent::openai::realtime;

namespace {

struct Parsing {
  EventParser parser;
  std::vector<std::uint8_t> audio;

  offhook::base::Result<ServerEvent, EventError> operator()(std::string_view frame) { return parser.parse(frame, audio); }
  template <class Event>
  Event get(std::string_view frame) {
    const auto parsed = (*this)(frame);
    REQUIRE(parsed.has_value());
    REQUIRE(std::holds_alternative<Event>(*parsed));
    return std::get<Event>(*parsed);
  }
  std::string audio_text() const { return {audio.begin(), audio.end()}; }
};

std::string quoted(std::string_view type, std::string_view members) {
  return "{\"type\":\"" + std::string(type) + "\"" + std::string(members) + "}";
}

}  // namespace

TEST_CASE_FIXTURE(Parsing, "EventParser decodes an audio delta that has the name of the GA API or of the beta API") {
  for (const auto* type : {"response.output_audio.delta", "response.audio.delta"}) {
    const auto delta = get<AudioDelta>(
        quoted(type, R"(,"event_id":"e1","response_id":"r1","item_id":"i1","output_index":0,"content_index":0,"delta":"Zm9vYmFy")"));
    CHECK(delta.item_id == "i1");
    CHECK(delta.response_id == "r1");
    CHECK(audio_text() == "foobar");
  }
}

TEST_CASE_FIXTURE(Parsing, "EventParser accepts members in any order, with blanks between them and escapes in their values") {
  const auto delta = get<AudioDelta>("{ \"delta\" : \"Zm9v\\u002bmFy\" ,\n \"item_id\":\"i\\u0031\" , \"type\":\"response.output_audio.delta\" } \n");
  CHECK(delta.item_id == "i1");
  CHECK(audio.size() == 6);
  CHECK(get<AudioDelta>(R"({"delta":"\/\/\/\/","item_id":"i","type":"response.audio.delta"})").item_id == "i");
  CHECK(audio == std::vector<std::uint8_t>{0xFF, 0xFF, 0xFF});
}

TEST_CASE_FIXTURE(Parsing, "EventParser distinguishes transcript deltas from text deltas, with the names of the GA API and the beta API") {
  for (const auto* type : {"response.output_audio_transcript.delta", "response.audio_transcript.delta"})
    CHECK(get<TranscriptDelta>(quoted(type, R"(,"item_id":"i","delta":" Gr\u00fc\u00df Gott")")).text == " Gr\xC3\xBC\xC3\x9F Gott");
  for (const auto* type : {"response.output_text.delta", "response.text.delta"})
    CHECK(get<TextDelta>(quoted(type, R"(,"item_id":"i","delta":"a\nb")")).text == "a\nb");
  for (const auto* type : {"response.output_audio_transcript.done", "response.audio_transcript.done"})
    CHECK(get<TranscriptDone>(quoted(type, R"(,"item_id":"i","transcript":"all")")).text == "all");
}

TEST_CASE_FIXTURE(Parsing, "EventParser reads the events about the caller's items: commit, detected speech, transcripts") {
  const auto committed = get<InputCommitted>(R"({"type":"input_audio_buffer.committed","previous_item_id":null,"item_id":"u1"})");
  CHECK(committed.item_id == "u1");
  CHECK(committed.previous_item_id.empty());
  CHECK(get<SpeechStarted>(R"({"type":"input_audio_buffer.speech_started","audio_start_ms":1320,"item_id":"u1"})").audio_start_ms == 1320);
  CHECK(get<SpeechStopped>(R"({"type":"input_audio_buffer.speech_stopped","audio_end_ms":2000,"item_id":"u1"})").audio_end_ms == 2000);
  const auto text = get<UserTranscript>(
      R"({"type":"conversation.item.input_audio_transcription.completed","item_id":"u1","content_index":0,"transcript":"hello","usage":{"type":"tokens"}})");
  CHECK(text.final);
  CHECK(text.text == "hello");
  CHECK(text.usage.input_tokens == 0);
  const auto usage = [this](const char* of) {
    return get<UserTranscript>(std::string(R"({"usage":)") + of + R"(,"type":"conversation.item.input_audio_transcription.completed","item_id":"u1","transcript":"x"})").usage;
  };
  const TranscriptionUsage tokens = usage(R"({"type":"tokens","input_tokens":20,"input_token_details":{"text_tokens":2,"audio_tokens":18},"output_tokens":5,"total_tokens":25})");
  CHECK(tokens.input_tokens == 20);
  CHECK(tokens.input_audio_tokens == 18);
  CHECK(tokens.output_tokens == 5);
  CHECK(tokens.seconds == 0);
  CHECK(usage(R"({"type":"duration","seconds":2.5})").seconds == 2.5);
  CHECK(usage(R"({"type":"duration","seconds":1000000})").seconds == kMaxAudioSeconds);
  for (const char* odd : {R"({"seconds":1000001})", R"({"seconds":-1})", R"({"seconds":"2"})", "null", "7", R"({"input_tokens":-1})"}) {
    CHECK(usage(odd).seconds == 0);
    CHECK(usage(odd).input_tokens == 0);
  }
  CHECK_FALSE(get<UserTranscript>(R"({"type":"conversation.item.input_audio_transcription.delta","item_id":"u1","delta":"he"})").final);
  const auto failed = get<UserTranscriptFailed>(
      R"({"type":"conversation.item.input_audio_transcription.failed","item_id":"u1","error":{"type":"x","code":"audio_unintelligible","message":"m","param":null}})");
  CHECK(failed.error.code == "audio_unintelligible");
}

TEST_CASE_FIXTURE(Parsing, "EventParser reads an item from the events of the GA API and the beta API") {
  for (const auto* type : {"conversation.item.added", "conversation.item.created"}) {
    const auto added = get<ItemAdded>(quoted(type, R"(,"previous_item_id":"p","item":{"id":"i","type":"message","role":"assistant","content":[]})"));
    CHECK(added.item_id == "i");
    CHECK(added.role == "assistant");
    CHECK(added.type == "message");
  }
  CHECK(get<ItemTruncated>(R"({"type":"conversation.item.truncated","item_id":"i","content_index":0,"audio_end_ms":10})").item_id == "i");
  CHECK(get<ItemDeleted>(R"({"type":"conversation.item.deleted","item_id":"i"})").item_id == "i");
}

TEST_CASE_FIXTURE(Parsing, "EventParser reads status, function calls and token counts from response.done") {
  const auto done = get<ResponseDone>(
      R"({"type":"response.done","response":{"object":"realtime.response","id":"r1","status":"completed","status_details":null,
          "output":[{"id":"m1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_audio","transcript":"Let me see."}]},
                    {"id":"f1","type":"function_call","status":"completed","call_id":"c1","name":"look_up","arguments":"{\"a\":1}"},
                    {"id":"f2","type":"function_call","status":"incomplete","call_id":"c2","name":"look_up","arguments":"{\"a"},
                    {"id":"f3","type":"function_call","call_id":"c3","name":"hang_up","arguments":"{}"}],
          "usage":{"total_tokens":30,"input_tokens":20,"output_tokens":10,"input_token_details":{"text_tokens":5,"audio_tokens":15,"cached_tokens":4},
                   "output_token_details":{"text_tokens":3,"audio_tokens":7}}}})");
  CHECK(done.response_id == "r1");
  CHECK(done.status == ResponseDone::Status::Completed);
  REQUIRE(done.calls.size() == 2);  // The parser omits an incomplete call.
  CHECK(done.calls[0].call_id == "c1");
  CHECK(done.calls[0].name == "look_up");
  CHECK(done.calls[0].arguments == "{\"a\":1}");
  CHECK(done.calls[1].call_id == "c3");
  CHECK(done.usage.input_tokens == 20);
  CHECK(done.usage.input_audio_tokens == 15);
  CHECK(done.usage.cached_tokens == 4);
  CHECK(done.usage.output_tokens == 10);
  CHECK(done.usage.output_audio_tokens == 7);
}

TEST_CASE_FIXTURE(Parsing, "EventParser reads the reason of a response that failed, was cancelled or is incomplete") {
  const auto failed = get<ResponseDone>(
      R"({"type":"response.done","response":{"id":"r","status":"failed","status_details":{"type":"failed","error":{"type":"tokens","code":"rate_limit_exceeded","message":"Slow down"}},"output":[]}})");
  CHECK(failed.status == ResponseDone::Status::Failed);
  CHECK(failed.error.code == "rate_limit_exceeded");
  const auto cancelled = get<ResponseDone>(
      R"({"type":"response.done","response":{"id":"r","status":"cancelled","status_details":{"type":"cancelled","reason":"client_cancelled"},"output":[]}})");
  CHECK(cancelled.status == ResponseDone::Status::Cancelled);
  CHECK(cancelled.reason == "client_cancelled");
  CHECK(get<ResponseDone>(R"({"type":"response.done","response":{"id":"r","status":"incomplete"}})").status == ResponseDone::Status::Incomplete);
  CHECK(get<ResponseDone>(R"({"type":"response.done","response":{"id":"r","status":"new"}})").status == ResponseDone::Status::Unknown);
}

TEST_CASE_FIXTURE(Parsing, "EventParser reads a complete function call from output_item.done") {
  const auto done = get<OutputItemDone>(
      R"({"type":"response.output_item.done","response_id":"r","output_index":1,"item":{"id":"f","type":"function_call","status":"completed","call_id":"c","name":"n","arguments":"{}"}})");
  CHECK(done.completed);
  REQUIRE(done.call.has_value());
  CHECK(done.call->call_id == "c");
  const auto broken = get<OutputItemDone>(
      R"({"type":"response.output_item.done","response_id":"r","item":{"id":"f","type":"function_call","status":"incomplete","call_id":"c","name":"n","arguments":"{"}})");
  CHECK_FALSE(broken.completed);
  CHECK_FALSE(broken.call.has_value());
  CHECK_FALSE(get<OutputItemDone>(R"({"type":"response.output_item.done","item":{"id":"m","type":"message","status":"completed"}})").call.has_value());
}

TEST_CASE_FIXTURE(Parsing, "EventParser reads errors, rate limits and sessions") {
  const auto error = get<ServerError>(
      R"({"type":"error","event_id":"e","error":{"type":"invalid_request_error","code":"conversation_already_has_active_response","message":"m","param":null,"event_id":"r7"}})");
  CHECK(error.error.code == "conversation_already_has_active_response");
  CHECK(error.error.event_id == "r7");
  CHECK(error.error.param.empty());
  CHECK(get<ServerError>(R"({"type":"error","error":{"type":"invalid_request_error","code":"invalid_value","param":"session.audio.output.voice"}})").error.param ==
        "session.audio.output.voice");
  CHECK(get<ServerError>(R"({"type":"error","error":null})").error.code.empty());
  const auto limits = get<RateLimits>(
      R"({"type":"rate_limits.updated","rate_limits":[{"name":"requests","limit":100,"remaining":0,"reset_seconds":1.5},{"name":"tokens","remaining":5,"reset_seconds":60}]})");
  CHECK(limits.wait_s == doctest::Approx(1.5));
  CHECK(get<SessionCreated>(R"({"type":"session.created","session":{"id":"sess_1","tools":[],"audio":{"input":{"format":{"type":"audio/pcmu"}}}}})").id == "sess_1");
  (void)get<SessionUpdated>(R"({"type":"session.updated","session":{}})");
}

TEST_CASE_FIXTURE(Parsing, "EventParser does not report an error for an unknown event") {
  CHECK(get<Unknown>(R"({"deep":[[[[{"a":[1,2,{"b":null}]}]]]],"type":"response.thoughts.delta","item_id":7})").type == "response.thoughts.delta");
  (void)get<Ignored>(R"({"type":"response.content_part.added","part":{"type":"audio"}})");
}

TEST_CASE_FIXTURE(Parsing, "EventParser returns an error for garbage") {
  for (const auto* frame : {"", " ", "{", "{\"type\":", "{\"type\":\"error\"", "{\"type\":\"error\"} x", "{\"type\":\"error\"}}",
                            "{\"type\":\"err\xFFor\"}", "{\"type\":\"a\nb\"}", "{\"type\" \"error\"}", "{'type':'error'}"}) {
    CAPTURE(std::string(frame));
    CHECK((*this)(frame) == offhook::base::fail(EventError::NotJson));
  }
  for (const auto* frame : {"[]", "[{\"type\":\"error\"}]", "\"error\"", "7", "null", "x"}) {
    CAPTURE(std::string(frame));
    const auto parsed = (*this)(frame);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed == offhook::base::fail(EventError::NotAnObject));
  }
  CHECK((*this)("{}") == offhook::base::fail(EventError::NoType));
  CHECK((*this)("{\"type\":7}") == offhook::base::fail(EventError::NoType));
  CHECK((*this)(R"({"type":"response.output_audio.delta","delta":"AAAA"})") == offhook::base::fail(EventError::MissingField));
  CHECK((*this)(R"({"type":"response.output_audio.delta","item_id":"i","delta":"AAA"})") == offhook::base::fail(EventError::BadAudio));
  CHECK((*this)(R"({"type":"response.output_audio.delta","item_id":"i","delta":"AA!A"})") == offhook::base::fail(EventError::BadAudio));
  CHECK(audio.empty());
}

TEST_CASE_FIXTURE(Parsing, "EventParser reads a frame of kMaxFrame octets, and refuses a frame with one octet more") {
  const std::string head = R"({"type":"response.output_audio.delta","item_id":"i","delta":")";
  std::string frame = head + std::string((kMaxFrame - head.size() - 2) / 4 * 4, 'A') + "\"}";
  frame.resize(kMaxFrame, ' ');
  CHECK((*this)(frame).has_value());
  frame += ' ';
  CHECK((*this)(frame) == offhook::base::fail(EventError::TooLarge));
  CHECK(get<AudioDelta>(head + "Zm9v\"}").item_id == "i");  // The parser reads the next frame as usual.
  CHECK(audio_text() == "foo");
}

TEST_CASE_FIXTURE(Parsing, "EventParser accepts an id of kMaxId octets, and refuses a longer one") {
  const auto with_id = [](std::size_t size) { return R"({"type":"response.audio.delta","delta":"","item_id":")" + std::string(size, 'i') + "\"}"; };
  CHECK((*this)(with_id(kMaxId)).has_value());
  CHECK((*this)(with_id(kMaxId + 1)) == offhook::base::fail(EventError::TooLong));
}

TEST_CASE_FIXTURE(Parsing, "EventParser accepts arguments of kMaxArguments octets, drops longer ones, and cuts transcripts at their bound") {
  const auto with_arguments = [](std::size_t size) {
    return R"({"type":"response.done","response":{"id":"r","status":"completed","output":[{"type":"function_call","call_id":"c","name":"n","arguments":")" +
           std::string(size, 'a') + "\"}]}}";
  };
  CHECK(get<ResponseDone>(with_arguments(realtime::kMaxArguments)).calls[0].arguments.size() == realtime::kMaxArguments);
  CHECK(get<ResponseDone>(with_arguments(realtime::kMaxArguments + 1)).calls[0].arguments.empty());
  const auto with_text = [](std::size_t size) {
    return R"({"type":"response.audio_transcript.delta","item_id":"i","delta":")" + std::string(size, 'a') + "\"}";
  };
  CHECK(get<TranscriptDelta>(with_text(kMaxText)).text.size() == kMaxText);
  CHECK(get<TranscriptDelta>(with_text(kMaxText + 1)).text.size() == kMaxText);
}

TEST_CASE_FIXTURE(Parsing, "EventParser accepts kMaxCalls function calls, and counts further calls") {
  const auto with_calls = [](std::size_t count) {
    std::string frame = R"({"type":"response.done","response":{"id":"r","status":"completed","output":[)";
    for (std::size_t i = 0; i < count; ++i) frame += std::string(i == 0 ? "" : ",") + R"({"type":"function_call","call_id":"c","name":"n","arguments":"{}"})";
    return frame + "]}}";
  };
  CHECK(get<ResponseDone>(with_calls(realtime::kMaxCalls)).calls.size() == realtime::kMaxCalls);
  CHECK(get<ResponseDone>(with_calls(realtime::kMaxCalls)).calls_dropped == 0);
  CHECK(get<ResponseDone>(with_calls(realtime::kMaxCalls + 1)).calls.size() == realtime::kMaxCalls);
  CHECK(get<ResponseDone>(with_calls(realtime::kMaxCalls + 1)).calls_dropped == 1);
}

TEST_CASE_FIXTURE(Parsing, "EventParser returns an error for deeply nested JSON") {
  const std::string frame = "{\"type\":\"x\",\"a\":" + std::string(100'000, '[');
  CHECK_FALSE((*this)(frame).has_value());
  CHECK((*this)("{\"a\":" + std::string(2000, '[') + std::string(2000, ']') + ",\"type\":\"x\"}").has_value());
}
