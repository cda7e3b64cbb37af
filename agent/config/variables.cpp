#include <offhook/agent/config/variables.hpp>

#include <algorithm>
#include <array>

namespace offhook::inline v0::agent::config {

namespace {

// tests/house/variables_are_known_test compares these with the variables that the repository reads.
constexpr auto kOthers = std::to_array<std::string_view>(
    {"OFFHOOK_BUILD", "OFFHOOK_CLIENTS", "OFFHOOK_FAULT_RUNS", "OFFHOOK_ICE_RUNS", "OFFHOOK_KERNELS", "OFFHOOK_KILLS", "OFFHOOK_OPENAI_SIM_KEY", "OFFHOOK_PEERS_AT_ONCE",
     "OFFHOOK_PROOF", "OFFHOOK_RECORDINGS", "OFFHOOK_REFRESH", "OFFHOOK_RFCS", "OFFHOOK_SEED", "OFFHOOK_SHARE", "OFFHOOK_SILERO",
     "OFFHOOK_SILERO_ARCHIVES", "OFFHOOK_SKIP_PACKAGES", "OFFHOOK_SPEECH_FOLDER", "OFFHOOK_SRTP_PACKETS", "OFFHOOK_TALK_OFF_HOURS"});
constexpr auto kFamilies = std::to_array<std::string_view>({"OFFHOOK_BENCH_", "OFFHOOK_LIVE_", "OFFHOOK_SIM", "OFFHOOK_TEST_"});

bool takes_variable(const Setting& setting) {
  return !setting.is_compound() && setting.shape != Shape::Targets && setting.shape != Shape::Schema;
}

}  // namespace

std::string variable_of(std::string_view pointer) {
  std::string name(kVariablePrefix);
  for (const char c : pointer.substr(std::min<std::size_t>(1, pointer.size()))) name += c == '/' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return name;
}

const std::vector<VariableSetting>& variable_settings() {
  static const std::vector<VariableSetting> all = [] {
    std::vector<VariableSetting> found;
    for (const auto& [pointer, setting] : places()) {
      if (!takes_variable(*setting) || pointer.find("/N/") != std::string::npos || pointer.find("/NAME/") != std::string::npos) continue;
      VariableSetting& each = found.emplace_back(pointer, setting, std::vector<std::string>{});
      if (!setting->environment.empty()) each.names.emplace_back(setting->environment);
      each.names.push_back(variable_of(pointer));
    }
    return found;
  }();
  return all;
}

const VariableSetting* find_variable_setting(std::string_view pointer) {
  const auto& all = variable_settings();
  const auto found = std::find_if(all.begin(), all.end(), [pointer](const VariableSetting& each) { return each.pointer == pointer; });
  return found != all.end() ? &*found : nullptr;
}

const VariableSetting* find_variable(std::string_view name) {
  const auto& all = variable_settings();
  const auto found = std::find_if(all.begin(), all.end(), [name](const VariableSetting& each) {
    return std::find(each.names.begin(), each.names.end(), name) != each.names.end();
  });
  return found != all.end() ? &*found : nullptr;
}

bool is_other_variable(std::string_view name) {
  return std::find(kOthers.begin(), kOthers.end(), name) != kOthers.end() ||
         std::any_of(kFamilies.begin(), kFamilies.end(), [name](std::string_view family) { return name.starts_with(family); });
}

bool is_told(const std::vector<Problem>& problems, const std::string& pointer) {
  const VariableSetting* by_variable = find_variable_setting(pointer);
  return std::any_of(problems.begin(), problems.end(), [&](const Problem& problem) {
    if (problem.where == pointer || problem.where == "--set " + pointer) return true;
    return by_variable != nullptr && std::find(by_variable->names.begin(), by_variable->names.end(), problem.where) != by_variable->names.end();
  });
}

}  // namespace offhook::inline v0::agent::config
