#include <offhook/tests/services/openai/multipart.hpp>
#include <offhook/tests/services/openai/sim_http.hpp>

#include <offhook/media/files/wav.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook;
using namespace offhook::services;
using namespace offhook::services::openai;
using Json = nlohmann::json;

namespace {

struct Desk {
  SimWorld world;
  SimHttp http{world};
  explicit Desk(const std::string& scenario) : world{read_scenario(scenario).scenario, *RecordedVoices::make("tone", {40}), {}} { REQUIRE(read_scenario(scenario).error == ""); }

  HttpPlan post(const std::string& path, const Json& body) { return http.serve({"POST", "/v1" + path, {{"content-type", "application/json"}}, body.dump(), false}, {}); }
  HttpPlan chat(bool stream = true) { return post("/chat/completions", {{"model", "m"}, {"stream", stream}, {"messages", Json::array({Json{{"role", "user"}, {"content", "hello"}}})}}); }
  static std::string body_of(const HttpPlan& plan) {
    std::string body;
    for (const auto& step : plan.steps) body += step.bytes;
    return body;
  }
};

bool ends(const HttpPlan& plan) { return !plan.steps.empty() && plan.steps.back().what == HttpPlan::What::End; }

}  // namespace

TEST_CASE("OpenAI's SimHttp starts a chat answer at its time, sends it piece by piece, and ends it with [DONE]") {
  Desk desk(R"({"replies":["one two three"],"response_ms":120,"token_ms":10})");
  const auto plan = desk.chat();
  REQUIRE(plan.steps.size() > 5);
  CHECK(plan.steps[0].what == HttpPlan::What::Begin);
  CHECK(plan.steps[0].at == std::chrono::milliseconds(120));
  CHECK(ends(plan));
  CHECK(plan.steps.back().at == std::chrono::milliseconds(150));
  const std::string body = Desk::body_of(plan);
  CHECK(body.find(R"("content":" two")") != std::string::npos);
  CHECK(body.ends_with("data: [DONE]\n\n"));
}

TEST_CASE("OpenAI's SimHttp applies the faults of an endpoint in the order of the requests, and then answers without faults") {
  Desk desk(R"({"replies":["one two three"],"loop":true,"endpoints":{"chat":{"faults":[
    {"kind":"status","status":429,"retry_after":7},{"kind":"stall"},{"kind":"stall","after_bytes":100},{"kind":"drop"},{"kind":"drop","after_bytes":100},
    {"kind":"no_done"},{"kind":"error","after_bytes":1},{"kind":"split","bytes":3},{"kind":"none"}]}}})");
  const auto refused = desk.chat();
  REQUIRE(refused.steps.size() == 1);
  CHECK(refused.steps[0].status == 429);
  CHECK(refused.steps[0].headers.back() == std::pair<std::string, std::string>("retry-after", "7"));
  CHECK(desk.chat().steps.empty());
  const auto stalled = desk.chat();
  CHECK(Desk::body_of(stalled).size() == 100);
  CHECK(!ends(stalled));
  CHECK(desk.chat().steps[0].what == HttpPlan::What::Drop);
  const auto dropped = desk.chat();
  CHECK(Desk::body_of(dropped).size() == 100);
  CHECK(dropped.steps.back().what == HttpPlan::What::Drop);
  const auto no_done = desk.chat();
  CHECK(Desk::body_of(no_done).find("[DONE]") == std::string::npos);
  CHECK(ends(no_done));
  const auto error = desk.chat();
  CHECK(Desk::body_of(error).find(R"("error")") != std::string::npos);
  CHECK(Desk::body_of(error).find("[DONE]") == std::string::npos);
  const auto split = desk.chat();
  CHECK(split.steps[1].bytes.size() == 3);
  CHECK(Desk::body_of(split).ends_with("[DONE]\n\n"));
  CHECK(ends(desk.chat()));
  CHECK(ends(desk.chat()));
}

TEST_CASE("OpenAI's SimHttp refuses a missing model, a tool result without a call, unknown members and a wrong key") {
  Desk desk(R"({"key":"right"})");
  const auto status_of = [&](const std::string& path, const std::string& body, const std::string& key = "right") {
    const auto plan = desk.http.serve({"POST", path, {{"authorization", "Bearer " + key}, {"content-type", "application/json"}}, body, false}, {});
    REQUIRE(!plan.steps.empty());
    return plan.steps[0].status;
  };
  CHECK(status_of("/v1/chat/completions", R"({"model":"m","messages":[{"role":"user","content":"x"}]})") == 200);
  CHECK(status_of("/v1/chat/completions", R"({"model":"m","messages":[{"role":"user","content":"x"}]})", "wrong") == 401);
  CHECK(status_of("/v1/chat/completions", R"({"messages":[{"role":"user","content":"x"}]})") == 400);
  CHECK(status_of("/v1/chat/completions", R"({"model":"m","messages":[{"role":"tool","tool_call_id":"x","content":"x"}]})") == 400);
  CHECK(status_of("/v1/chat/completions", R"({"model":"m","messages":[{"role":"user","content":"x"}],"foo":1})") == 400);
  CHECK(status_of("/v1/chat/completions", "{") == 400);
  CHECK(status_of("/v1/responses", R"({"model":"m"})") == 400);
  CHECK(status_of("/v1/audio/speech", R"({"model":"m","voice":"v","input":"x","response_format":"mp3"})") == 400);
  CHECK(status_of("/v1/nothing", "{}") == 404);
}

TEST_CASE("parse_multipart returns the fields of a multipart body [RFC 7578], and nullopt for an invalid body") {
  const auto fields = parse_multipart("multipart/form-data; boundary=\"x y\"",
                                      "--x y\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n"
                                      "--x y\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\n\r\n-\r\n--x y--\r\n");
  REQUIRE(fields.has_value());
  REQUIRE(fields->size() == 2);
  CHECK((*fields)[0].content == "m");
  CHECK((*fields)[1].file_name == "a.wav");
  CHECK((*fields)[1].content_type == "audio/wav");
  CHECK((*fields)[1].content == "\r\n-");
  for (const char* body : {"", "--x", "--x\r\n", "--x\r\na: b\r\n\r\nno end"}) CHECK(!parse_multipart("multipart/form-data; boundary=x", body).has_value());
  CHECK(!parse_multipart("application/json", "{}").has_value());
}

TEST_CASE("OpenAI's SimHttp transcribes voice as the words of the scenario, and silence as no words") {
  Desk desk(R"({"heard":["hello"],"loop":true})");
  const auto ask = [&](int amplitude) {
    std::vector<std::int16_t> pcm(8000);
    for (std::size_t i = 0; i < pcm.size(); ++i) pcm[i] = static_cast<std::int16_t>(i % 16 < 8 ? amplitude : -amplitude);
    const auto wav = media::write_wav({8000, 1}, pcm);
    const std::string body = "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n" +
                             std::string(wav.begin(), wav.end()) + "\r\n--b--\r\n";
    return Json::parse(Desk::body_of(desk.http.serve({"POST", "/v1/audio/transcriptions", {{"content-type", "multipart/form-data; boundary=b"}}, body, false}, {})))["text"];
  };
  CHECK(ask(3000) == "hello");
  CHECK(ask(10) == "");
}

TEST_CASE("OpenAI's SimHttp returns speech as raw samples, as a WAV, and as events") {
  Desk desk(R"({"speed":4,"response_ms":0})");
  const Json ask = {{"model", "m"}, {"voice", "v"}, {"input", "good day"}, {"response_format", "pcm"}};
  const auto pcm = desk.post("/audio/speech", ask);
  const auto spoken = desk.world.voices.say("good day", AudioFormat::Pcm24);
  CHECK(Desk::body_of(pcm) == spoken->octets);
  CHECK(pcm.steps.size() > 4);
  CHECK(pcm.steps.back().at > std::chrono::milliseconds(spoken->samples / 24 / 4 - 20));
  Json wav = ask;
  wav["response_format"] = "wav";
  CHECK(Desk::body_of(desk.post("/audio/speech", wav)).size() == spoken->octets.size() + media::kWavHeaderOctets);
  Json sse = ask;
  sse["stream_format"] = "sse";
  CHECK(Desk::body_of(desk.post("/audio/speech", sse)).find("speech.audio.done") != std::string::npos);
}
