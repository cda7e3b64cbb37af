#pragma once

#include <offhook/base/time.hpp>
#include <offhook/tests/services/openai/http_plan.hpp>
#include <offhook/tests/services/web_server.hpp>

#include <cstddef>
#include <memory>

namespace offhook::services::openai {

/// One HTTP answer: its steps in their time. Asks to be called once, by on_time().
class PlanVisitor : public Visitor {
 public:
  explicit PlanVisitor(HttpPlan plan);
  void on_time(Peer& peer) override;

 private:
  HttpPlan plan_;
  base::TimePoint begun_;
  std::size_t at_ = 0;
};

/// Who carries the plan out on `peer`, from now on: its steps in their time.
[[nodiscard]] std::unique_ptr<Visitor> visit(Peer& peer, HttpPlan plan);

}  // namespace offhook::services::openai
