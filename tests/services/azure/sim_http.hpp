#pragma once

#include <offhook/tests/services/azure/sim_wire.hpp>
#include <offhook/tests/services/openai/http_plan.hpp>
#include <offhook/tests/services/web_server.hpp>

namespace offhook::services::azure {

/// Azure's HTTP endpoints: recognition of short audio, synthesis, and the list of voices. Takes a request, and returns the steps of its answer.
class SimHttp {
 public:
  explicit SimHttp(SimWorld& world) : world_(world) {}
  [[nodiscard]] openai::HttpPlan serve(const WebRequest& request, base::TimePoint now);
  [[nodiscard]] bool key_is_right(const WebRequest& request) const;

  /// Returns an answer with `status` and an arbitrary body.
  [[nodiscard]] static openai::HttpPlan refuse(int status);

 private:
  [[nodiscard]] openai::HttpPlan voices(base::TimePoint now);
  [[nodiscard]] openai::HttpPlan short_audio(const WebRequest& request, base::TimePoint now);
  [[nodiscard]] openai::HttpPlan speech(const WebRequest& request, base::TimePoint now);
  [[nodiscard]] openai::HttpPlan finish(openai::BodyWriter writer, const Fault& fault, std::size_t octets_per_ms) const;

  SimWorld& world_;
  std::size_t heard_ = 0, spoken_ = 0, listed_ = 0;
};

}  // namespace offhook::services::azure
