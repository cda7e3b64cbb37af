#include <offhook/tests/services/openai/plan_visitor.hpp>

#include <utility>

namespace offhook::services::openai {

PlanVisitor::PlanVisitor(HttpPlan plan) : plan_(std::move(plan)), begun_(base::Clock::now()) {}

void PlanVisitor::on_time(Peer& peer) {
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


std::unique_ptr<Visitor> visit(Peer& peer, HttpPlan plan) {
  auto visitor = std::make_unique<PlanVisitor>(std::move(plan));
  peer.wake_at(base::Clock::now());
  return visitor;
}

}  // namespace offhook::services::openai
