#include "virtual_service.hpp"

#include <offhook/agent/providers/azure/http_voice.hpp>
#include <offhook/agent/providers/azure/short_audio.hpp>
#include <offhook/tests/services/azure/sim_http.hpp>

#include <offhook/media/files/wav.hpp>

#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::test;
namespace azure = offhook::agent::azure;
using services::openai::HttpPlan;

namespace {

/// Converts a request of Offhook to the request that the simulated service receives.
services::WebRequest received(const agent::net::HttpRequest& request) {
  const std::size_t path = request.url.find('/', std::string_view("https://").size());
  services::WebRequest web{request.method, request.url.substr(path), request.headers, request.body, false};
  web.headers.emplace_back("user-agent", "Offhook");  // Offhook's HTTP client adds this header field.
  return web;
}

std::string body_of(const HttpPlan& plan) {
  std::string body;
  for (const auto& step : plan.steps) body += step.bytes;
  return body;
}
int status_of(const HttpPlan& plan) { return plan.steps.empty() ? 0 : plan.steps.front().status; }

azure::Server server() {
  azure::Server made;
  made.region = "westeurope";
  made.key = agent::Secret("right");
  return made;
}

std::string wav(std::int16_t loud) {
  std::vector<std::int16_t> pcm(16000, loud);
  const auto file = media::write_wav({16000, 1}, pcm);
  return {file.begin(), file.end()};
}

struct Desk {
  explicit Desk(const std::string& scenario) : service(scenario), http(*service.world) {}
  std::string hear(std::int16_t loud) {
    const auto turn = azure::turn_service({server(), "en"});
    const auto plan = http.serve(received(turn.ask(wav(loud), "")), {});
    if (status_of(plan) != 200) return "!" + std::to_string(status_of(plan));
    const auto answer = turn.answer();
    std::vector<agent::HeardEvent> events;
    answer->on_bytes(body_of(plan), events);
    answer->on_end(events);
    REQUIRE(events.size() == 1);
    const auto* const heard = std::get_if<agent::HeardText>(&events[0]);
    return heard != nullptr ? heard->text : "!" + std::string(to_string(std::get<agent::HearingFailed>(events[0]).kind));
  }
  VirtualService service;
  SimHttp http;
};

}  // namespace

TEST_CASE("Azure's SimHttp recognises short audio, and returns no words for silence") {
  Desk desk(R"({"key":"right","heard":["Good day."],"doors":{"short_audio":{"faults":[{"kind":"none"},{"kind":"none"},{"kind":"garbage"},{"kind":"status","status":429}]}}})");
  CHECK(desk.hear(4000) == "Good day.");
  CHECK(desk.hear(0) == "");
  CHECK(desk.hear(0) == "!protocol");
  CHECK(desk.hear(0) == "!429");
}

TEST_CASE("Azure's SimHttp speaks the text of Offhook's SSML") {
  Desk desk(R"({"key":"right"})");
  azure::SynthesisOptions options;
  options.server = server();
  const auto request = received(azure::speech_service(options).ask("AT&T <here>.", ""));
  const auto plan = desk.http.serve(request, {});
  CHECK(status_of(plan) == 200);
  CHECK(body_of(plan).size() == speak(*desk.service.world, "AT&T <here>.", 8000).size());
  auto nameless = request;
  nameless.headers.pop_back();
  CHECK(status_of(desk.http.serve(nameless, {})) == 400);
  auto broken = request;
  broken.body += "<";
  CHECK(status_of(desk.http.serve(broken, {})) == 400);
}

TEST_CASE("Azure's SimHttp requires the right key, a language and a WAV") {
  Desk desk(R"({"key":"right"})");
  const auto turn = azure::turn_service({server(), "en"});
  const auto good = received(turn.ask(wav(0), ""));
  auto other = good;
  other.headers[0].second = "wrong";
  CHECK(status_of(desk.http.serve(other, {})) == 401);
  auto speechless = good;
  speechless.target = speechless.target.substr(0, speechless.target.find('?'));
  CHECK(status_of(desk.http.serve(speechless, {})) == 400);
  auto no_sound = good;
  no_sound.body = "RIFF";
  CHECK(status_of(desk.http.serve(no_sound, {})) == 400);
  auto lost = good;
  lost.target = "/nowhere";
  CHECK(status_of(desk.http.serve(lost, {})) == 404);
  CHECK(status_of(desk.http.serve(good, {})) == 200);
}

TEST_CASE("Azure's SimHttp gives the list of voices, with the faults of this endpoint in order") {
  Desk desk(R"({"key":"right","doors":{"voices":{"faults":[{"kind":"none"},{"kind":"error","status":503},{"kind":"garbage"},{"kind":"stall"},{"kind":"empty"},{"kind":"latency","delay_ms":700}]}}})");
  agent::net::HttpRequest ask = azure::request_to(server(), azure::Service::Synthesis, "/cognitiveservices/voices/list");
  ask.method = "GET";
  const auto list = [&] { return desk.http.serve(received(ask), {}); };
  const std::string whole = body_of(list());
  CHECK(whole.starts_with(R"([{"DisplayName":"Jenny")"));
  CHECK(status_of(list()) == 503);
  CHECK(body_of(list()).find("502 Bad Gateway") != std::string::npos);
  CHECK(list().steps.empty());
  CHECK(body_of(list()) == "[]");
  const auto late = list();
  CHECK(body_of(late) == whole);
  CHECK(late.steps.front().at == std::chrono::milliseconds(700));
}
