#include <offhook/agent/ops/readiness.hpp>

#include <array>
#include <utility>

namespace offhook::inline v0::agent {

std::vector<std::string_view> Readiness::missing() const {
  const std::array<std::pair<bool, std::string_view>, 10> all{{{set_up, "set-up"},
                                                               {model_loaded, "loading the model"},
                                                               {registered, "registration"},
                                                               {!draining, "drain"},
                                                               {records_kept, "records"},
                                                               {takes_legs, "media"},
                                                               {has_descriptors, "descriptors"},
                                                               {has_memory, "memory"},
                                                               {providers_serve, "providers"},
                                                               {threads_answer, "conversations"}}};
  std::vector<std::string_view> missing;
  for (const auto& [is_so, name] : all) {
    if (!is_so) missing.push_back(name);
  }
  return missing;
}

std::string Readiness::missing_json() const {
  std::string json = "[";
  for (const std::string_view name : missing()) json += (json.size() > 1 ? ",\"" : "\"") + std::string(name) + "\"";
  return json + "]";
}

}  // namespace offhook::inline v0::agent
