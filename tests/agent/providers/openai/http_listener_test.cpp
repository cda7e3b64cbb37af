#include "../fake_http.hpp"

#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/providers/openai/http_listener.hpp>
#include <offhook/agent/providers/openai/transcription_answer.hpp>
#include <offhook/media/files/wav.hpp>
#include <offhook/tests/agent/providers/openai/server_sent_events.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::openai;
using namespace std::chrono_literals;
using test::sse;

namespace {

struct Listening {
  Listening() {
    TranscriptionOptions options;
    options.server.base_url = "https://ears.example/v1";
    options.server.key = Secret("sk-canary");
    options.model = "hear-1";
    options.prompt = "Offhook";
    options.report_use = [this](const ServiceUse& use) { used.push_back(use); };
    listener.emplace(std::move(options), http, [this] { ++wakes; });
    SessionContext context;
    context.language = "pt-BR";
    context.retries = &budget;
    listener->open(context);
  }
  void hear(std::uint32_t turn, std::size_t samples = HttpListener::kRateHz) {
    listener->begin(turn, "");
    listener->feed(std::vector<std::int16_t>(samples, 5));
    listener->end();
  }
  void advance(base::Duration by) { listener->tick(now += by); }
  /// Returns the events: turn:"text"~ for an interim text, turn:"text" for a final text, turn:? for an empty turn, turn:!kind for a failure.
  std::string said() {
    std::string line;
    while (const auto event = listener->poll()) {
      if (const auto* transcript = std::get_if<Transcript>(&*event)) {
        line += std::to_string(transcript->turn) + ":";
        line += transcript->rejected ? "?" : "\"" + transcript->text + "\"";
        line += transcript->final ? " " : "~ ";
      } else {
        const auto& failed = std::get<ListenFailed>(*event);
        line += std::to_string(failed.turn) + ":!" + std::string(to_string(failed.kind)) + " ";
        why = failed.why;
      }
    }
    return line;
  }
  std::string field(std::size_t index, std::string_view name) {
    for (const auto& part : http.all.at(index)->request.form) {
      if (part.name == name) return part.content;
    }
    return "none";
  }

  test::FakeHttp http;
  base::TimePoint now{};
  int wakes = 0;
  std::string why;
  std::vector<ServiceUse> used;
  TurnRetries budget{1000};
  std::optional<HttpListener> listener;
};

}  // namespace

TEST_CASE_FIXTURE(Listening, "HttpListener posts a turn as a WAV at the end of the turn") {
  listener->begin(3, "");
  listener->feed(std::vector<std::int16_t>{1, -2});
  listener->feed(std::vector<std::int16_t>(3000, 7));
  CHECK(http.all.empty());
  listener->end();
  REQUIRE(http.all.size() == 1);
  CHECK(http.all[0]->request.url == "https://ears.example/v1/audio/transcriptions");
  CHECK(http.all[0]->request.headers[0].second == "Bearer sk-canary");
  CHECK(http.all[0]->request.form[0].file_name == "turn.wav");
  const std::string wav = field(0, "file");
  const auto parsed = media::parse_wav({reinterpret_cast<const std::uint8_t*>(wav.data()), wav.size()});
  REQUIRE(parsed);
  CHECK(parsed->format.rate_hz == 16000);
  CHECK(parsed->frames() == 3002);
  CHECK(parsed->sample(1) == -2);
  CHECK(field(0, "model") == "hear-1");
  CHECK(field(0, "language") == "pt");
  CHECK(field(0, "prompt") == "Offhook");
  CHECK(field(0, "stream") == "true");
  CHECK(field(0, "response_format") == "json");
}

TEST_CASE_FIXTURE(Listening, "HttpListener opens its connection at the start of the call, and at the start of each turn") {
  CHECK(http.warmed.size() == 1);
  listener->begin(1, "");
  CHECK(http.warmed == std::vector<std::string>(2, "https://ears.example/v1/audio/transcriptions"));
}

TEST_CASE_FIXTURE(Listening, "HttpListener gives the text as it arrives, in pieces of any size") {
  const std::string bytes = sse(R"({"type":"transcript.text.delta","delta":"I would"})") + sse(R"({"type":"something.new"})") +
                            sse(R"({"type":"transcript.text.delta","delta":" like pizza"})") +
                            sse(R"({"type":"transcript.text.done","text":"I would like pizza.","usage":{}})") + sse("[DONE]");
  for (std::size_t step = 1; step < bytes.size(); step += 5) {
    CAPTURE(step);
    hear(4);
    const std::size_t index = http.all.size() - 1;
    http.head(index, 200);
    for (std::size_t at = 0; at < bytes.size(); at += step) http.body(index, std::string_view(bytes).substr(at, step));
    http.end(index);
    CHECK(said() == "4:\"I would\"~ 4:\"I would like pizza\"~ 4:\"I would like pizza.\" ");
  }
  CHECK(wakes > 0);
}

TEST_CASE_FIXTURE(Listening, "HttpListener accepts an answer that is not a stream, and a stream without an end") {
  hear(1);
  http.answer(0, 200, R"({"text":" Yes. ","usage":{"type":"tokens"}})");
  CHECK(said() == "1:\"Yes.\" ");
  hear(2);
  http.answer(1, 200, sse(R"({"type":"transcript.text.delta","delta":"No."})"));
  CHECK(said() == "2:\"No.\"~ 2:\"No.\" ");
  hear(3);
  http.answer(2, 200, R"({"text":""})");
  CHECK(said() == "3:? ");
}

TEST_CASE_FIXTURE(Listening, "HttpListener reports the charged tokens or seconds, or the length of the turn if the service reports neither") {
  hear(1, 8000);
  http.answer(0, 200, R"({"text":"Yes.","usage":{"type":"tokens","input_tokens":14,"input_token_details":{"text_tokens":4,"audio_tokens":10},"output_tokens":3}})");
  hear(2, 8000);
  http.answer(1, 200, R"({"text":"Yes.","usage":{"type":"duration","seconds":1.5}})");
  hear(3, 8000);
  http.answer(2, 200, R"({"text":"Yes."})");
  hear(4, 8000);
  http.answer(3, 200, R"({"text":"Yes.","usage":{"type":"duration","seconds":1e7}})");  // No turn is so long.
  hear(5, 8000);
  http.answer(4, 200, sse(R"({"type":"transcript.text.done","text":"No.","usage":{"type":"tokens","input_tokens":5,"output_tokens":2}})"));
  hear(6, 8000);
  http.answer(5, 400, "{}");
  REQUIRE(used.size() == 5);
  CHECK(used[0].input_tokens == 14);
  CHECK(used[0].audio_input_tokens == 10);
  CHECK(used[0].output_tokens == 3);
  CHECK(used[0].audio == base::Duration::zero());
  CHECK(used[1].audio == std::chrono::milliseconds(1500));
  CHECK(used[2].audio == std::chrono::milliseconds(500));
  CHECK(used[3].audio == std::chrono::milliseconds(500));
  CHECK(used[4].input_tokens == 5);
}

TEST_CASE_FIXTURE(Listening, "HttpListener gives a rejected transcript for a turn that is too short, and sends no request") {
  hear(1, HttpListener::kMinSamples - 1);
  CHECK(http.all.empty());
  CHECK(said() == "1:? ");
  hear(2, HttpListener::kMinSamples);
  CHECK(http.all.size() == 1);
}

TEST_CASE_FIXTURE(Listening, "HttpListener bounds the audio of a turn, and counts the excess") {
  hear(1, HttpListener::kMaxSamples);
  CHECK(listener->unheard() == 0);
  CHECK(field(0, "file").size() == media::kWavHeaderOctets + 2 * HttpListener::kMaxSamples);
  hear(2, HttpListener::kMaxSamples + 1);
  CHECK(listener->unheard() == 1);
  CHECK(field(1, "file").size() == media::kWavHeaderOctets + 2 * HttpListener::kMaxSamples);
}

TEST_CASE_FIXTURE(Listening, "HttpListener drops the audio of an abandoned turn, and aborts its request") {
  listener->begin(1, "");
  listener->feed(std::vector<std::int16_t>(5000, 7));
  listener->abandon();
  listener->end();
  CHECK(http.all.empty());
  hear(2);
  listener->abandon();
  CHECK(http.all[0]->aborted);
  CHECK(said() == "");
  listener->feed(std::vector<std::int16_t>(5000, 7));
  hear(3, 2000);
  CHECK(field(1, "file").size() == media::kWavHeaderOctets + 4000);
}

TEST_CASE_FIXTURE(Listening, "HttpListener does not repeat a request if the turn has no attempt left") {
  budget = TurnRetries(0);
  hear(1);
  http.break_off(0);
  CHECK(said() == "1:!network ");
  advance(1s);
  CHECK(http.all.size() == 1);
}

TEST_CASE_FIXTURE(Listening, "HttpListener repeats a request once if a retry may help") {
  hear(1);
  http.break_off(0);
  CHECK(said() == "");
  advance(0ms);
  advance(50ms);
  REQUIRE(http.all.size() == 2);
  CHECK(field(1, "file") == field(0, "file"));
  const auto retries = listener->take_retries();
  REQUIRE(retries.size() == 1);
  CHECK(retries[0].then == kAsksAgain);
  http.answer(1, 500, "");
  CHECK(said() == "1:!overloaded ");
  advance(1s);
  CHECK(http.all.size() == 2);
  hear(2);
  http.answer(2, 503, "");
  listener->abandon();
  advance(0ms);
  advance(1s);
  CHECK(http.all.size() == 3);
}

TEST_CASE_FIXTURE(Listening, "HttpListener reports the kind of a failure, and shows no secret") {
  struct { int status; std::string body, kind;
  } const cases[] = {
      {401, R"({"error":{"message":"sk-canary","code":"invalid_api_key"}})", "auth"},
      {429, "", "rate limited"},
      {400, "", "protocol"},
      {200, "garbage", "protocol"},
      {200, "{\"text\":", "protocol"},
      {200, R"({"words":[]})", "protocol"},
      {200, sse(R"({"error":{"code":"insufficient_quota"}})"), "auth"},
      {200, sse(R"({"type":"transcript.text.delta","delta":")" + std::string(TranscriptionAnswer::kMaxText + 1, 'a') + "\"}"),
       "protocol"},
  };
  std::uint32_t turn = 0;
  for (const auto& one : cases) {
    CAPTURE(one.body.substr(0, 60));
    hear(++turn);
    http.answer(http.all.size() - 1, one.status, one.body);
    CHECK(said() == std::to_string(turn) + ":!" + one.kind + " ");
    CHECK(why.find("sk-canary") == std::string::npos);
    CHECK(why.find("hear-1") != std::string::npos);
  }
  hear(++turn);
  http.answer(http.all.size() - 1, 200,
              sse(R"({"type":"transcript.text.delta","delta":")" + std::string(TranscriptionAnswer::kMaxText, 'a') + "\"}"));
  CHECK(said().ends_with("a\" "));
  hear(++turn);
  http.answer(http.all.size() - 1, 200, "");
  advance(0ms);
  advance(1s);
  http.answer(http.all.size() - 1, 200, "");
  CHECK(said() == std::to_string(turn) + ":!empty ");
}
