#include <offhook/bench/service_times.hpp>

#include <algorithm>
#include <cctype>
#include <optional>

namespace offhook::bench {

using Json = nlohmann::json;

namespace {

std::string key_of(const std::string& text) {
  std::string key;
  for (const char c : text) {
    if (std::isalpha(static_cast<unsigned char>(c)) == 0) break;
    key += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return key;
}

/// Maps the event names of the simulators to a Served::What.
std::optional<Served::What> what_of(const Json& event) {
  const std::string what = event.value("what", ""), endpoint = event.value("endpoint", "");
  if (what == "heard" || what == "phrase" || what == "short_audio" || what == "end_of_turn") return Served::What::Heard;
  if (what == "spoken" || what == "speak") return Served::What::Spoken;
  if (what != "answer") return std::nullopt;
  if (endpoint == "transcription") return Served::What::Heard;
  return endpoint == "speech" ? Served::What::Spoken : Served::What::Answered;
}

/// Returns the first event of kind `what` that has the key of `after`, and that was requested when `after` was due or later. Returns
/// nullptr if there is none.
const Served* next(const std::vector<Served>& all, Served::What what, const Served& after) {
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Served& each) { return each.what == what && each.key == after.key && each.asked_us >= after.due_us; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

std::vector<Served> served(const std::vector<Json>& log) {
  std::vector<Served> all;
  for (const Json& event : log) {
    const auto what = what_of(event);
    if (!what) continue;
    const auto asked_us = event.value("t_us", std::int64_t{0});
    const auto due_us = event.value("due_us", event.value("transcript_due_us", asked_us));
    std::string key = key_of(event.value("text", event.value("heard", "")));
    if (!key.empty()) all.push_back({*what, std::move(key), asked_us, due_us, event.value("last_voiced_us", std::int64_t{0})});
  }
  std::stable_sort(all.begin(), all.end(), [](const Served& a, const Served& b) { return a.asked_us < b.asked_us; });
  return all;
}

std::vector<SimTurn> served_turns(const std::vector<Served>& served, std::int64_t pause_us) {
  const auto has = [&served](Served::What what) { return std::any_of(served.begin(), served.end(), [what](const Served& each) { return each.what == what; }); };
  const auto begins = has(Served::What::Heard) ? Served::What::Heard : Served::What::Answered;
  const bool asks_model = begins == Served::What::Heard && has(Served::What::Answered);
  std::vector<SimTurn> turns;
  for (const Served& first : served) {
    if (first.what != begins) continue;
    const Served* const answered = asks_model ? next(served, Served::What::Answered, first) : &first;
    const Served* const spoken = answered == nullptr ? nullptr : next(served, Served::What::Spoken, *answered);
    if (spoken == nullptr) continue;
    std::int64_t taken_us = pause_us + (first.due_us - first.asked_us) + (spoken->due_us - spoken->asked_us);
    if (answered != &first) taken_us += answered->due_us - answered->asked_us;
    const std::int64_t last_voiced_us = first.last_voiced_us != 0 ? first.last_voiced_us : first.asked_us - pause_us;
    turns.push_back({std::nullopt, last_voiced_us, spoken->due_us, spoken->due_us - last_voiced_us - taken_us});
  }
  return turns;
}

std::vector<SimTurn> talked_turns(const std::vector<Json>& log, std::int64_t pause_us) {
  std::vector<SimTurn> turns;
  for (const Json& event : log) {
    const auto last_voiced_us = event.value("last_voiced_us", std::int64_t{0});
    if (event.value("what", "") != "first_delta" || last_voiced_us == 0) continue;
    const auto own_us = event.value("end_of_turn_us", last_voiced_us) - last_voiced_us - pause_us;
    turns.push_back({event.value("session", 0U), last_voiced_us, event.value("t_us", std::int64_t{0}), own_us});
  }
  return turns;
}

}  // namespace offhook::bench
