#pragma once

#include <offhook/base/time.hpp>
#include <offhook/tests/services/openai/http_plan.hpp>
#include <offhook/tests/services/web_server.hpp>

#include <cstddef>
#include <memory>

namespace offhook::services::openai {

/// Sends the steps of one HTTP answer at their times. The owner must call on_time() once to start.
class PlanVisitor : public Visitor {
 public:
  explicit PlanVisitor(HttpPlan plan);
  void on_time(Peer& peer) override;

 private:
  HttpPlan plan_;
  base::TimePoint begun_;
  std::size_t at_ = 0;
};

/// Starts the plan on `peer` without delay. Returns the visitor that continues it.
[[nodiscard]] std::unique_ptr<Visitor> visit(Peer& peer, HttpPlan plan);

}  // namespace offhook::services::openai
