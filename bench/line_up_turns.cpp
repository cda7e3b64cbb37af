#include <offhook/bench/line_up_turns.hpp>

#include <offhook/bench/service_times.hpp>
#include <offhook/bench/yes_registrar.hpp>

#include <array>
#include <chrono>
#include <thread>

namespace offhook::bench {

namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

constexpr std::int64_t kPauseUs = 500'000;         // value of /agent/limits/end_of_turn_ms
constexpr std::int64_t kRecogniserUs = 2'000'000;  // most time that the embedded recogniser takes, with the pause before it starts
constexpr std::size_t kKeys = 320;                 // There are more keys than stretches of voice.

/// Returns a word for turn `number`, which consists of three syllables out of ten. The word identifies the events that the services log for
/// this turn.
std::string key(std::size_t number) {
  constexpr std::array kSyllables = {"ba", "di", "fo", "gu", "ka", "le", "mi", "no", "ru", "ta"};
  std::string word;
  for (std::size_t digit : {number / 100 % 10, number / 10 % 10, number % 10}) word += kSyllables[digit];
  return word;
}

/// Returns the reply of turn `number`. The simulator speaks a long word as a long beep. Therefore no pause within a reply is as long as the
/// silence after it.
std::string reply(std::size_t number) { return key(number) + (number % 2 == 0 ? " extraordinarily comprehensible explanations" : " unquestionably satisfactory circumstances"); }

/// Returns the scenario of a service. It sets the time that the service takes, so that the measurement can subtract this time. Text comes
/// without delay. The time of the model varies, so that replies arrive at all phases of the agent's tick.
Json scenario_of(const std::string& service) {
  Json heard = Json::array(), replies = Json::array(), said = Json::array();
  for (std::size_t k = 0; k < kKeys; ++k) {
    heard.push_back(key(k) + " please");
    said.push_back(reply(k));
    replies.push_back({{"when", key(k)}, {"text", reply(k)}, {"response_ms", 300 + k * 8 % 21}});
  }
  for (std::size_t k = 0; k < 21; ++k) replies.push_back({{"text", reply(k)}, {"response_ms", 300 + k * 8 % 21}});  // without keys: embedded recogniser
  if (service == "azure") return {{"voice", "tone"}, {"loop", true}, {"heard", heard}, {"response_ms", 150}, {"segmentation_ms", 2000}};
  if (service == "deepgram") return {{"voice", "tone"}, {"loop", true}, {"heard", heard}, {"replies", said}, {"result_ms", 150}};
  Json scenario = {{"voice", "tone"}, {"loop", true}, {"replies", replies}, {"response_ms", 300}, {"token_ms", 0}};
  const Json endpoints = {{"transcription", {{"response_ms", 150}}}, {"speech", {{"response_ms", 150}}}};
  if (service != "ollama") scenario.update({{"heard", heard}, {"transcript_ms", 150}, {"endpoints", endpoints}});
  return scenario;
}

std::vector<SimTurn> turns_in(const LineUp& line_up, const std::vector<Json>& log) {
  return line_up.talks ? talked_turns(log, kPauseUs) : served_turns(served(log), kPauseUs);
}

}  // namespace

std::vector<Result> measure_line_up_turns(const LineUp& line_up, const LineUpTurnsOptions& options) {
  const std::string name = "services." + line_up.name;
  const YesRegistrar registrar;
  const LineUpServices services(options.programs, line_up, name, scenario_of);
  Json settings = {{"prompt", "You are helpful."}, {"language", "en"}, {"sessions", Json::array({line_up.session})}};
  if (!line_up.greeting.empty()) settings["greeting"] = line_up.greeting;
  AiAgent agent(options.programs, name, services.providers(), registrar.port(), options.plan.calls, settings);
  std::this_thread::sleep_for(5s);  // The agent continues its preparations for some time after the registration.
  const bool hears_here = line_up.session.value("listen", "") == "local";
  const auto figures = hold_turns(options.plan, agent, registrar.port(), [&] { return turns_in(line_up, services.log()); },
                                  hears_here ? kRecogniserUs : kFarthestUs);
  auto rows = rows_of(figures, name + ".");
  add_rows(rows, name + ".turn.between_ms", figures.between);
  return rows;
}

}  // namespace offhook::bench
