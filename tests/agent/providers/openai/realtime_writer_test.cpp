#include <offhook/agent/support/json_text.hpp>
#include <offhook/agent/support/utf8.hpp>
#include <offhook/agent/providers/voice_format.hpp>
#include <offhook/agent/providers/openai/realtime_events.hpp>
#include <offhook/agent/providers/openai/realtime_options.hpp>
#include <offhook/agent/providers/openai/realtime_writer.hpp>
#include <offhook/base/base64.hpp>
#include <offhook/media/codec/g711.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace offhook::agent;
using namespace offhook::agent::openai;
using namespace offhook::agent::openai::realtime;
using nlohmann::json;

namespace {

template <class Write>
json written(Write write) {
  std::string out;
  write(out);
  return json::parse(out);
}

json session_of(const RealtimeOptions& options, const SessionShape& shape) {
  return written([&](std::string& out) { write_session(out, "s1", options, shape); });
}

std::string header(const net::WebSocketRequest& request, std::string_view name) {
  const auto found = std::find_if(request.headers.begin(), request.headers.end(), [name](const auto& each) { return each.first == name; });
  return found == request.headers.end() ? "" : found->second;
}

}  // namespace

TEST_CASE("session.update has the form of the GA API: type, modality, nested audio, no turn detection") {
  RealtimeOptions options;
  const std::vector<ToolDescription> tools{{"look_up", "Looks up.", R"({"type":"object","properties":{"a":{"type":"string"}}})", ToolClass::Read}};
  const json frame = session_of(options, {"Be \"brief\".\n", "pt-BR", &tools});
  CHECK(frame == json::parse(R"({"type":"session.update","event_id":"s1","session":{"type":"realtime","output_modalities":["audio"],
      "instructions":"Be \"brief\".\n",
      "audio":{"input":{"format":{"type":"audio/pcmu"},"turn_detection":null,"noise_reduction":null,
                        "transcription":{"model":"gpt-4o-mini-transcribe","language":"pt"}},
               "output":{"format":{"type":"audio/pcmu"},"voice":"marin"}},
      "tools":[{"type":"function","name":"look_up","description":"Looks up.","parameters":{"type":"object","properties":{"a":{"type":"string"}}}}],
      "tool_choice":"auto"}})"));
}

TEST_CASE("session.update contains the configured options") {
  RealtimeOptions options;
  options.format = AudioFormat::Pcm24k;
  options.transcription_model.clear();
  options.noise_reduction = NoiseReduction::FarField;
  options.speed = 1.25;
  options.max_output_tokens = 900;
  options.turn_detection.kind = TurnDetection::Kind::ServerVad;
  options.turn_detection.silence_ms = 200;
  json session = session_of(options, {"x", "", nullptr})["session"];
  CHECK(session["audio"]["input"]["format"] == json::parse(R"({"type":"audio/pcm","rate":24000})"));
  CHECK(session["audio"]["output"]["format"] == json::parse(R"({"type":"audio/pcm","rate":24000})"));
  CHECK(session["audio"]["output"]["speed"] == 1.25);
  CHECK(session["audio"]["input"]["transcription"].is_null());
  CHECK(session["audio"]["input"]["noise_reduction"]["type"] == "far_field");
  CHECK(session["max_output_tokens"] == 900);
  CHECK_FALSE(session.contains("tools"));
  CHECK(session["audio"]["input"]["turn_detection"] == json::parse(
      R"({"type":"server_vad","threshold":0.5,"prefix_padding_ms":300,"silence_duration_ms":200,"create_response":false,"interrupt_response":false})"));
  options.format = AudioFormat::Pcma;
  options.turn_detection.kind = TurnDetection::Kind::SemanticVad;
  options.turn_detection.eagerness = TurnDetection::Eagerness::High;
  session = session_of(options, {"x", "", nullptr})["session"];
  CHECK(session["audio"]["input"]["format"]["type"] == "audio/pcma");
  CHECK(session["audio"]["input"]["turn_detection"] ==
        json::parse(R"({"type":"semantic_vad","eagerness":"high","create_response":false,"interrupt_response":false})"));
}

TEST_CASE("session.update has reasoning and truncation only if they are set") {
  RealtimeOptions options;
  const auto session = [&options] { return session_of(options, {"x", "", nullptr})["session"]; };
  CHECK_FALSE(session().contains("reasoning"));
  CHECK_FALSE(session().contains("truncation"));
  options.reasoning_effort = "xhigh";
  CHECK(session()["reasoning"] == json::parse(R"({"effort":"xhigh"})"));
  options.truncation.kind = Truncation::Kind::Auto;
  CHECK(session()["truncation"] == "auto");
  options.truncation.kind = Truncation::Kind::Disabled;
  CHECK(session()["truncation"] == "disabled");
  options.truncation.kind = Truncation::Kind::RetentionRatio;
  CHECK(session()["truncation"] == json::parse(R"({"type":"retention_ratio","retention_ratio":0.8})"));
  options.truncation.retention_ratio = 1;
  options.truncation.post_instructions = 8000;
  CHECK(session()["truncation"] == json::parse(R"({"type":"retention_ratio","retention_ratio":1.0,"token_limits":{"post_instructions":8000}})"));
}

TEST_CASE("session.update offers a function whose schema is not an object without parameters, because the server would refuse the session") {
  const std::vector<ToolDescription> tools{{"a", "", "{broken", ToolClass::Read}, {"b", "", "[]", ToolClass::Read}, {"c", "", "", ToolClass::Read}};
  const json frame = session_of({}, {"", "", &tools});
  for (const auto& tool : frame["session"]["tools"]) CHECK(tool["parameters"] == json::parse(R"({"type":"object","properties":{}})"));
}

TEST_CASE("commit, clear, truncate, delete, response.create and response.cancel have the form of the protocol") {
  CHECK(written([](std::string& out) { write_commit(out, "c1"); }) == json::parse(R"({"type":"input_audio_buffer.commit","event_id":"c1"})"));
  CHECK(written([](std::string& out) { write_clear(out); }) == json::parse(R"({"type":"input_audio_buffer.clear"})"));
  CHECK(written([](std::string& out) { write_truncate(out, "t1", "i1", 1234); }) ==
        json::parse(R"({"type":"conversation.item.truncate","event_id":"t1","item_id":"i1","content_index":0,"audio_end_ms":1234})"));
  CHECK(written([](std::string& out) { write_delete(out, "", "i1"); }) == json::parse(R"({"type":"conversation.item.delete","item_id":"i1"})"));
  CHECK(written([](std::string& out) { write_response(out, "r1", ""); }) == json::parse(R"({"type":"response.create","event_id":"r1"})"));
  CHECK(written([](std::string& out) { write_response(out, "r1", "Greet."); }) ==
        json::parse(R"({"type":"response.create","event_id":"r1","response":{"instructions":"Greet."}})"));
  CHECK(written([](std::string& out) { write_cancel(out, "", ""); }) == json::parse(R"({"type":"response.cancel"})"));
  CHECK(written([](std::string& out) { write_cancel(out, "", "r"); }) == json::parse(R"({"type":"response.cancel","response_id":"r"})"));
}

TEST_CASE("A text item is input_text for user and system, and output_text for the assistant. Function calls and results have items of their own") {
  const auto content = [](Role role) { return written([role](std::string& out) { write_text_item(out, role, "hi"); })["item"]; };
  CHECK(content(Role::User) == json::parse(R"({"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]})"));
  CHECK(content(Role::System) == json::parse(R"({"type":"message","role":"system","content":[{"type":"input_text","text":"hi"}]})"));
  CHECK(content(Role::Assistant) == json::parse(R"({"type":"message","role":"assistant","content":[{"type":"output_text","text":"hi"}]})"));
  CHECK(written([](std::string& out) { write_call_item(out, "c", "n", "{\"a\":1}"); })["item"] ==
        json::parse(R"({"type":"function_call","call_id":"c","name":"n","arguments":"{\"a\":1}"})"));
  CHECK(written([](std::string& out) { write_output_item(out, "c", "{\"ok\":true}"); }) ==
        json::parse(R"({"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"c","output":"{\"ok\":true}"}})"));
}

TEST_CASE("write_append writes base64, and allocates no memory once the buffer is large enough") {
  const std::vector<std::uint8_t> octets(160, 0x7F);
  std::string out;
  write_append(out, octets);
  CHECK(json::parse(out)["type"] == "input_audio_buffer.append");
  std::vector<std::uint8_t> back(160);
  CHECK(offhook::base::decode_base64(json::parse(out)["audio"].get<std::string>(), back).has_value());
  CHECK(back == octets);
  const auto* const at = out.data();
  const auto capacity = out.capacity();
  for (int i = 0; i < 100; ++i) {
    out.clear();
    write_append(out, octets);
  }
  CHECK(out.data() == at);
  CHECK(out.capacity() == capacity);
}

TEST_CASE("Text that is written as JSON reads back equal, with U+FFFD for invalid UTF-8 [RFC 8259 section 7, RFC 3629 section 4]") {
  std::string all;
  for (int c = 1; c < 128; ++c) all += static_cast<char>(c);
  all += "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80";
  all += '\0';
  std::string out;
  append_json_string(out, all);
  CHECK(json::parse(out) == all);
  for (const auto* bad : {"\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80", "\x80"}) {
    out.clear();
    append_json_string(out, std::string("a") + bad + "b");
    const auto text = json::parse(out).get<std::string>();
    CAPTURE(out);
    CHECK(text.starts_with("a\xEF\xBF\xBD"));
    CHECK(text.ends_with("\xEF\xBF\xBD" "b"));
  }
}

TEST_CASE("cut_utf8 cuts a text at its bound, between two characters") {
  CHECK(cut_utf8("abc", 3) == "abc");
  CHECK(cut_utf8("abcd", 3) == "abc");
  CHECK(cut_utf8("a\xE2\x82\xAC", 4) == "a\xE2\x82\xAC");
  CHECK(cut_utf8("a\xE2\x82\xAC", 3) == "a");
  CHECK(cut_utf8("a\xF0\x9F\x98\x80", 4) == "a");
}

TEST_CASE("encode_audio keeps the G.711 codes of the line, except for mu-law's second zero [ITU-T G.711]") {
  std::vector<std::uint8_t> codes(256);
  for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<std::uint8_t>(i);
  std::vector<std::int16_t> pcm(256);
  for (const auto format : {AudioFormat::Pcmu, AudioFormat::Pcma}) {
    const bool mulaw = format == AudioFormat::Pcmu;
    REQUIRE((mulaw ? offhook::media::decode_mulaw(codes, pcm) : offhook::media::decode_alaw(codes, pcm)).has_value());
    std::vector<std::uint8_t> out;
    encode_audio(format, pcm, out);
    auto expected = codes;
    if (mulaw) expected[0x7F] = 0xFF;  // Both codes decode to sample 0, so the encoder cannot distinguish them.
    CHECK(out == expected);

    AudioDecoder decoder(format);
    std::vector<std::int16_t> heard;
    decoder.decode(out, heard);
    CHECK(heard == pcm);
  }
}

TEST_CASE("24 kHz samples are little-endian, and AudioDecoder joins a sample that is divided between two deltas") {
  const std::vector<std::int16_t> pcm{0, 1, -1, 0x1234, -32768, 32767};
  std::vector<std::uint8_t> octets;
  encode_audio(AudioFormat::Pcm24k, pcm, octets);
  CHECK(octets == std::vector<std::uint8_t>{0, 0, 1, 0, 0xFF, 0xFF, 0x34, 0x12, 0, 0x80, 0xFF, 0x7F});
  for (std::size_t cut = 0; cut <= octets.size(); ++cut) {
    AudioDecoder decoder(AudioFormat::Pcm24k);
    std::vector<std::int16_t> heard;
    decoder.decode(std::span(octets).first(cut), heard);
    decoder.decode({}, heard);
    decoder.decode(std::span(octets).subspan(cut), heard);
    CHECK(heard == pcm);
  }
}

TEST_CASE("socket_request gives the URL and the headers for OpenAI") {
  RealtimeOptions options;
  options.api_key = Secret("sk-1");
  options.model = "gpt-realtime 2&x";
  auto request = socket_request(options);
  CHECK(request.url == "wss://api.openai.com/v1/realtime?model=gpt-realtime%202%26x");
  CHECK(header(request, "Authorization") == "Bearer sk-1");
  CHECK(header(request, "OpenAI-Beta").empty());
  CHECK(request.headers.size() == 1);
  CHECK(request.max_message == kMaxFrame);
  options.organization = "org";
  options.project = "proj";
  options.base_url = "http://127.0.0.1:8080/v1/";
  request = socket_request(options);
  CHECK(request.url.starts_with("ws://127.0.0.1:8080/v1/realtime?model="));
  CHECK(header(request, "OpenAI-Organization") == "org");
  CHECK(header(request, "OpenAI-Project") == "proj");
  options.base_url = "wss://gateway/v1";
  options.api_key = {};
  CHECK(socket_request(options).url.starts_with("wss://gateway/v1/realtime?"));
  CHECK(header(socket_request(options), "Authorization").empty());
}

TEST_CASE("socket_request gives the URLs and the header for Azure OpenAI") {
  RealtimeOptions options;
  options.api_key = Secret("key");
  options.azure = AzureRealtime{"https://our.openai.azure.com/", "voice", ""};
  auto request = socket_request(options);
  CHECK(request.url == "wss://our.openai.azure.com/openai/v1/realtime?model=voice");
  CHECK(header(request, "api-key") == "key");
  CHECK(header(request, "Authorization").empty());
  options.azure->api_version = "2025-04-01-preview";
  request = socket_request(options);
  CHECK(request.url == "wss://our.openai.azure.com/openai/realtime?api-version=2025-04-01-preview&deployment=voice");
}
