#include "../fake_http.hpp"

#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/providers/deepgram/http_services.hpp>
#include <offhook/agent/providers/deepgram/whole_turn_answer.hpp>
#include <offhook/media/files/wav.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::deepgram;
using nlohmann::json;

namespace {

struct Asking {
  Asking() {
    listening.server.base_url = speaking.server.base_url = "https://deep.example";
    listening.server.key = speaking.server.key = Secret("dg-canary");
  }
  void start() {
    listener.emplace(turn_service(listening), http, Wake{});
    SessionContext context;
    context.language = "pt-BR";
    listener->open(context);
  }
  void hear(std::uint32_t turn) {
    listener->begin(turn, "");
    listener->feed(std::vector<std::int16_t>(TurnListener::kRateHz, 5));
    listener->end();
  }
  std::string heard() {
    const auto event = listener->poll();
    if (!event) return "";
    if (const auto* failed = std::get_if<ListenFailed>(&*event)) {
      why = failed->why;
      return "!" + std::string(to_string(failed->kind));
    }
    const auto& transcript = std::get<Transcript>(*event);
    confidence = transcript.confidence;
    return transcript.rejected ? "?" : transcript.text;
  }

  test::FakeHttp http;
  ListenOptions listening;
  SpeakOptions speaking;
  std::optional<TurnListener> listener;
  std::string why;
  double confidence = 0;
};

std::string whole(const json& transcript, const json& confidence = 0.7) {
  return json{{"metadata", {{"request_id", "r"}}},
              {"results", {{"channels", {{{"alternatives", {{{"transcript", transcript}, {"confidence", confidence}, {"words", json::array()}}}}}}}}}}
      .dump();
}

}  // namespace

TEST_CASE_FIXTURE(Asking, "TurnListener posts a whole turn as a WAV to Deepgram, with the options in the URL") {
  listening.keyterms = {"Off hook"};
  start();
  CHECK(http.warmed == std::vector<std::string>{"https://deep.example/v1/listen"});
  hear(1);
  REQUIRE(http.all.size() == 1);
  const auto& request = http.all[0]->request;
  CHECK(request.method == "POST");
  CHECK(request.url == "https://deep.example/v1/listen?model=nova-3&language=pt-BR&punctuate=true&keyterm=Off%20hook");
  CHECK(request.headers == net::Headers{{"authorization", "Token dg-canary"}, {"content-type", "audio/wav"}});
  const auto wav = media::parse_wav({reinterpret_cast<const std::uint8_t*>(request.body.data()), request.body.size()});
  REQUIRE(wav);
  CHECK(wav->format.rate_hz == TurnListener::kRateHz);
  CHECK(wav->frames() == TurnListener::kRateHz);
  http.answer(0, 200, whole(" Bom dia. "));
  CHECK(heard() == "Bom dia.");
  CHECK(confidence == doctest::Approx(0.7));
  listening.language = "multi";
  start();
  hear(2);
  CHECK(http.all[1]->request.url.find("language=multi") != std::string::npos);
  http.answer(1, 200, whole(""));
  CHECK(heard() == "?");
}

TEST_CASE_FIXTURE(Asking, "TurnListener reports the kind of a failure and Deepgram's error code, and no other text of Deepgram") {
  start();
  struct { int status; std::string body, kind, in_why; } const cases[] = {
      {401, R"({"err_code":"INVALID_AUTH","err_msg":"dg-canary is no key","request_id":"r"})", "!auth", "(INVALID_AUTH)"},
      {403, R"({"category":"INSUFFICIENT_PERMISSIONS","message":"dg-canary","details":"x"})", "!auth", "(INSUFFICIENT_PERMISSIONS)"},
      {402, R"({"err_code":"ASR_PAYMENT_REQUIRED"})", "!auth", "402"},
      {429, R"({"err_code":"TOO_MANY_REQUESTS"})", "!rate limited", "429"},
      {413, "", "!protocol", "413"},
      {400, R"({"err_code":"Bad Request","err_msg":"dg-canary"})", "!protocol", "400"},
      {200, "garbage", "!protocol", "no transcript"},
      {200, "{}", "!protocol", "no transcript"},
      {200, R"({"results":{"channels":[]}})", "!protocol", "no transcript"},
      {200, R"({"results":{"channels":[{"alternatives":[{}]}]}})", "!protocol", "no transcript"},
  };
  std::uint32_t turn = 0;
  for (const auto& one : cases) {
    CAPTURE(one.body);
    hear(++turn);
    http.answer(http.all.size() - 1, one.status, one.body);
    CHECK(heard() == one.kind);
    CHECK(why.find(one.in_why) != std::string::npos);
    CHECK(why.find("dg-canary") == std::string::npos);
    CHECK(why.find("nova-3") != std::string::npos);
  }
}

TEST_CASE("WholeTurnAnswer bounds the size of the body and of the text") {
  const auto read = [](const std::string& body) {
    WholeTurnAnswer answer;
    std::vector<HeardEvent> events;
    answer.on_bytes(body, events);
    answer.on_end(events);
    REQUIRE(events.size() == 1);
    return events[0];
  };
  CHECK(std::get<HeardText>(read(whole(std::string(WholeTurnAnswer::kMaxText, 'a')))).text.size() == WholeTurnAnswer::kMaxText);
  CHECK(std::get<HearingFailed>(read(whole(std::string(WholeTurnAnswer::kMaxText + 1, 'a')))).kind == FailureKind::Protocol);
  std::string body = whole("yes");
  body.resize(WholeTurnAnswer::kMaxBody, ' ');
  CHECK(std::get<HeardText>(read(body)).text == "yes");
  CHECK(std::get<HearingFailed>(read(body + ' ')).why == "the answer is larger than 2 MiB");
  CHECK(std::get<HearingFailed>(read("")).kind == FailureKind::Empty);
  CHECK(std::get<HeardText>(read(whole("yes", 7))).confidence == 1);
  CHECK(std::get<HeardText>(read(whole("yes", "x"))).confidence == 1);
}

TEST_CASE_FIXTURE(Asking, "HttpSpeaker repeats failed requests until the turn has no attempt left") {
  TurnRetries turn(2);
  SessionContext context;
  context.retries = &turn;
  HttpSpeaker speaker(speech_service(speaking), http, Wake{});
  speaker.open(context);
  speaker.speak(1, "One.");
  speaker.speak(2, "Two.");
  http.break_off(0);
  CHECK_FALSE(speaker.poll());
  http.break_off(1);
  speaker.cancel();
  speaker.speak(3, "Three.");
  http.break_off(http.all.size() - 1);
  const auto failed = speaker.poll();
  REQUIRE(failed);
  CHECK(std::get<SpeakFailed>(*failed).kind == FailureKind::Network);
}

TEST_CASE_FIXTURE(Asking, "HttpSpeaker requests raw samples from Deepgram, and gives the samples of the response") {
  HttpSpeaker speaker(speech_service(speaking), http, Wake{});
  speaker.open(SessionContext{});
  CHECK(http.warmed == std::vector<std::string>{"https://deep.example/v1/speak"});
  CHECK(speaker.rate_hz() == 8000);
  speaker.speak(1, "Good \"day\".");
  REQUIRE(http.all.size() == 1);
  const auto& request = http.all[0]->request;
  CHECK(request.url == "https://deep.example/v1/speak?model=aura-2-thalia-en&encoding=linear16&sample_rate=8000&container=none");
  CHECK(request.headers == net::Headers{{"authorization", "Token dg-canary"}, {"content-type", "application/json"}});
  CHECK(json::parse(request.body) == json{{"text", "Good \"day\"."}});
  http.answer(0, 200, std::string("\x01\x00\x02\x00", 4));
  CHECK(std::get<SpeechAudio>(*speaker.poll()).pcm == std::vector<std::int16_t>{1, 2});
  CHECK(std::holds_alternative<SpeechDone>(*speaker.poll()));
  speaker.speak(2, std::string(SpeakOptions::kMaxChars + 1, 'a'));
  CHECK(std::get<SpeakFailed>(*speaker.poll()).kind == FailureKind::Local);
  speaker.speak(3, std::string(SpeakOptions::kMaxChars, 'a'));
  CHECK(http.all.size() == 2);
}
