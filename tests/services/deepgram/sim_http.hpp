#pragma once

#include <offhook/tests/services/deepgram/sim_world.hpp>
#include <offhook/tests/services/openai/http_plan.hpp>

#include <cstddef>
#include <string>

namespace offhook::services::deepgram {

using openai::HttpPlan;

/// Deepgram's error body with its status, and the headers that it comes with: `dg-error` says the same as the body.
[[nodiscard]] HttpPlan::Step error_answer(int status, const std::string& code, const std::string& message);

/// POST /v1/listen and /v1/speak. A request in, the plan of its answer out: no I/O, no clock.
class SimHttp {
 public:
  explicit SimHttp(SimWorld& world) : world_(world) {}
  [[nodiscard]] HttpPlan serve(const WebRequest& request, base::TimePoint now);
  /// What a request with a wrong key is answered with; nothing when it is right.
  [[nodiscard]] std::optional<HttpPlan::Step> refuse_key(const WebRequest& request) const;
  [[nodiscard]] static HttpPlan::Step refuse(const Fault& fault);

 private:
  [[nodiscard]] HttpPlan listen(const WebRequest& request, const Fault& fault, base::TimePoint now);
  [[nodiscard]] HttpPlan speak(const WebRequest& request, const Fault& fault, base::TimePoint now);

  SimWorld& world_;
  std::size_t turns_ = 0, speeches_ = 0;
};

}  // namespace offhook::services::deepgram
