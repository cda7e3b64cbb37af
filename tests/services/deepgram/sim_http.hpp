#pragma once

#include <offhook/tests/services/deepgram/sim_world.hpp>
#include <offhook/tests/services/openai/http_plan.hpp>

#include <cstddef>
#include <string>

namespace offhook::services::deepgram {

using openai::HttpPlan;

/// Returns Deepgram's error body, with its status and header fields. The header field `dg-error` repeats the code.
[[nodiscard]] HttpPlan::Step error_answer(int status, const std::string& code, const std::string& message);

/// POST of /v1/listen and /v1/speak. Takes a request, and returns the steps of its answer. It does no I/O and reads no clock.
class SimHttp {
 public:
  explicit SimHttp(SimWorld& world) : world_(world) {}
  [[nodiscard]] HttpPlan serve(const WebRequest& request, base::TimePoint now);
  /// Returns the answer to a request with a wrong key, or nullopt if the key is right.
  [[nodiscard]] std::optional<HttpPlan::Step> refuse_key(const WebRequest& request) const;
  [[nodiscard]] static HttpPlan::Step refuse(const Fault& fault);

 private:
  [[nodiscard]] HttpPlan listen(const WebRequest& request, const Fault& fault, base::TimePoint now);
  [[nodiscard]] HttpPlan speak(const WebRequest& request, const Fault& fault, base::TimePoint now);

  SimWorld& world_;
  std::size_t turns_ = 0, speeches_ = 0;
};

}  // namespace offhook::services::deepgram
