#pragma once

#include <offhook/base/time.hpp>
#include <offhook/tests/services/ollama/model_memory.hpp>
#include <offhook/tests/services/ollama/scenario.hpp>
#include <offhook/tests/services/openai/http_plan.hpp>
#include <offhook/tests/services/openai/sim_http.hpp>
#include <offhook/tests/services/openai/sim_world.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace offhook::services::ollama {

using openai::HttpPlan;
using openai::SimLog;

/// Serves Ollama's own interface, and /v1/chat/completions and /v1/models of the OpenAI-compatible interface. Takes a request, and returns
/// the steps of its answer. It does no I/O and reads no clock.
class SimOllama {
 public:
  SimOllama(Scenario scenario, SimLog log);
  SimOllama(const SimOllama&) = delete;
  SimOllama& operator=(const SimOllama&) = delete;

  struct Served {
    HttpPlan plan;
    std::uint64_t request = 0;  ///< the argument for gone() when the connection ends
  };
  [[nodiscard]] Served serve(const WebRequest& request, base::TimePoint now);
  void gone(std::uint64_t request) { memory_.gone(request); }

 private:
  using Json = nlohmann::json;
  [[nodiscard]] HttpPlan route(const WebRequest& request, base::TimePoint now);
  [[nodiscard]] HttpPlan chat(const Json& body, base::TimePoint now);
  /// A request with messages.
  struct Ask {
    const Json& body;
    const Model& model;
    base::Duration load;  ///< time until the model is loaded
    base::TimePoint now;
  };
  [[nodiscard]] HttpPlan answer(const Ask& ask);
  [[nodiscard]] HttpPlan write(const Ask& ask, const Reply& reply, const Fault& fault, base::Duration begins);
  [[nodiscard]] HttpPlan compatible(const WebRequest& request, base::TimePoint now);
  [[nodiscard]] const Model* model_of(const Json& body) const;
  [[nodiscard]] Json calls_of(const Reply& reply, bool with_ids);

  Scenario scenario_;
  openai::SimWorld world_;  // shared by both interfaces, so that they give the same answers
  openai::SimHttp http_;
  ModelMemory memory_;
  std::size_t asked_ = 0;
  std::uint64_t requests_ = 0, next_id_ = 0;
};

}  // namespace offhook::services::ollama
