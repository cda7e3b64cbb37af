#include <offhook/tests/services/azure/scenario.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <stdexcept>
#include <utility>

namespace offhook::services::azure {

namespace {

using nlohmann::json;

constexpr std::array<std::pair<std::string_view, Fault::Kind>, 11> kKinds{{{"none", Fault::Kind::None},
                                                                          {"status", Fault::Kind::Status},
                                                                          {"latency", Fault::Kind::Latency},
                                                                          {"error", Fault::Kind::Error},
                                                                          {"stall", Fault::Kind::Stall},
                                                                          {"garbage", Fault::Kind::Garbage},
                                                                          {"drop", Fault::Kind::Drop},
                                                                          {"close", Fault::Kind::Close},
                                                                          {"empty", Fault::Kind::Empty},
                                                                          {"early_end", Fault::Kind::EarlyEnd},
                                                                          {"no_final", Fault::Kind::NoFinal}}};

/// Throws for an unknown member, because a typing error in a scenario could make a test meaningless.
void know(const json& object, const std::string& where, std::initializer_list<std::string_view> names) {
  for (const auto& member : object.items()) {
    if (std::find(names.begin(), names.end(), member.key()) == names.end()) throw std::invalid_argument(where + " has no member \"" + member.key() + "\"");
  }
}

Fault read_fault(const json& object) {
  know(object, "a fault", {"kind", "status", "text", "delay_ms", "after_ms"});
  Fault fault;
  const auto name = object.at("kind").get<std::string>();
  const auto* const found = std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& each) { return each.first == name; });
  if (found == kKinds.end()) throw std::invalid_argument("there is no fault of the kind \"" + name + "\"");
  fault.kind = found->second;
  fault.status = object.value("status", fault.kind == Fault::Kind::Close ? 1011 : 500);
  fault.text = object.value("text", fault.kind == Fault::Kind::Error ? "Error" : "");
  fault.delay = milliseconds(object.value("delay_ms", 0));
  fault.after_ms = object.value("after_ms", std::size_t{0});
  return fault;
}

void read_doors(const json& doors, Scenario& scenario) {
  const std::array<std::pair<std::string, Door*>, 7> kDoors{{{"recognition_sockets", &scenario.recognition_sockets},
                                                            {"recognition_turns", &scenario.recognition_turns},
                                                            {"synthesis_sockets", &scenario.synthesis_sockets},
                                                            {"synthesis_turns", &scenario.synthesis_turns},
                                                            {"short_audio", &scenario.short_audio},
                                                            {"speech", &scenario.speech},
                                                            {"voices", &scenario.voices}}};
  for (const auto& each : doors.items()) {
    const auto* const found = std::find_if(kDoors.begin(), kDoors.end(), [&](const auto& door) { return door.first == each.key(); });
    if (found == kDoors.end()) throw std::invalid_argument("there is no door \"" + each.key() + "\"");
    know(each.value(), each.key(), {"faults", "repeat"});
    for (const json& fault : each.value().value("faults", json::array())) found->second->faults.push_back(read_fault(fault));
    found->second->repeat = each.value().value("repeat", false);
  }
}

Scenario read(const json& root) {
  know(root, "the scenario", {"voice", "key", "heard", "spoken", "loop", "response_ms", "segmentation_ms", "hypothesis_ms", "speed", "vad_rms", "doors"});
  Scenario scenario;
  scenario.voice = root.value("voice", scenario.voice);
  scenario.key = root.value("key", "");
  scenario.heard = root.value("heard", scenario.heard);
  scenario.spoken = root.value("spoken", scenario.spoken);
  scenario.loop = root.value("loop", false);
  scenario.response = milliseconds(root.value("response_ms", 200));
  scenario.segmentation = milliseconds(root.value("segmentation_ms", 500));
  scenario.hypothesis_every = milliseconds(root.value("hypothesis_ms", 300));
  scenario.speed = root.value("speed", scenario.speed);
  scenario.vad_rms = root.value("vad_rms", scenario.vad_rms);
  if (scenario.speed <= 0) throw std::invalid_argument("\"speed\" is not more than 0");
  read_doors(root.value("doors", json::object()), scenario);
  return scenario;
}

}  // namespace

std::string_view to_string(Fault::Kind kind) {
  const auto* const found = std::find_if(kKinds.begin(), kKinds.end(), [kind](const auto& each) { return each.second == kind; });
  return found == kKinds.end() ? "?" : found->first;
}

bool breaks_handshake(const Fault& fault) {
  using Kind = Fault::Kind;
  return fault.kind == Kind::Status || fault.kind == Kind::Stall || fault.kind == Kind::Drop || fault.delay > milliseconds(0);
}

const Fault& Door::fault(std::size_t number) const {
  static const Fault kNone;
  if (number < faults.size()) return faults[number];
  return repeat && !faults.empty() ? faults.back() : kNone;
}

ScenarioRead read_scenario(std::string_view text) {
  try {
    return {read(json::parse(text)), {}};
  } catch (const std::exception& error) {  // Catches the exceptions of nlohmann's library and of this file.
    return {{}, error.what()};
  }
}

std::string_view heard_in(const Scenario& scenario, std::size_t number) {
  if (scenario.heard.empty()) return {};
  if (number < scenario.heard.size()) return scenario.heard[number];
  return scenario.loop ? std::string_view(scenario.heard[number % scenario.heard.size()]) : std::string_view();
}

std::string language_of(const Scenario& scenario, std::size_t number, const std::vector<std::string>& candidates) {
  if (scenario.loop && !scenario.spoken.empty()) number %= scenario.spoken.size();
  const bool is_candidate = number < scenario.spoken.size() && std::find(candidates.begin(), candidates.end(), scenario.spoken[number]) != candidates.end();
  return is_candidate ? scenario.spoken[number] : candidates.front();
}

}  // namespace offhook::services::azure
