#include <offhook/tests/services/openai/plan_visitor.hpp>

#include <utility>

namespace offhook::services::openai {

namespace {

base::TimePoint now() { return base::Clock::now(); }

class PlanVisitor final : public Visitor {
 public:
  explicit PlanVisitor(HttpPlan plan) : plan_(std::move(plan)), begun_(now()) {}
  void on_time(Peer& peer) override {
    for (; at_ < plan_.steps.size(); ++at_) {
      HttpPlan::Step& step = plan_.steps[at_];
      if (begun_ + step.at > now()) return peer.wake_at(begun_ + step.at);
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

}  // namespace

std::unique_ptr<Visitor> visit(Peer& peer, HttpPlan plan) {
  auto visitor = std::make_unique<PlanVisitor>(std::move(plan));
  peer.wake_at(now());
  return visitor;
}

}  // namespace offhook::services::openai
