#pragma once

#include <offhook/base/time.hpp>
#include <offhook/tests/services/openai/http_plan.hpp>
#include <offhook/tests/services/web_server.hpp>

#include <cstddef>
#include <utility>

namespace offhook::services::openai {

/// One HTTP answer: its steps in their time.
class PlanVisitor : public Visitor {
 public:
  explicit PlanVisitor(HttpPlan plan) : plan_(std::move(plan)), begun_(base::Clock::now()) {}
  void on_time(Peer& peer) override {
    for (; at_ < plan_.steps.size(); ++at_) {
      HttpPlan::Step& step = plan_.steps[at_];
      if (begun_ + step.at > base::Clock::now()) return peer.wake_at(begun_ + step.at);
      switch (step.what) {
        case HttpPlan::What::Whole:
          ++at_;
          return peer.answer(step.status, step.headers, step.bytes);
        case HttpPlan::What::Begin:
          peer.begin_answer(step.status, step.headers);
          break;
        case HttpPlan::What::Bytes:
          peer.send_chunk(step.bytes);
          break;
        case HttpPlan::What::End:
          ++at_;
          return peer.end_answer();
        case HttpPlan::What::Drop:
          ++at_;
          return peer.drop();
      }
    }
  }

 private:
  HttpPlan plan_;
  base::TimePoint begun_;
  std::size_t at_ = 0;
};

}  // namespace offhook::services::openai
