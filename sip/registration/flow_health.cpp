#include <offhook/sip/registration/flow_health.hpp>

#include <utility>

namespace offhook::inline v0::sip::registration {

void FlowHealth::on_accepted(bool outbound, base::TimePoint now) {
  accepted_at_ = now;
  outbound_ = outbound;
  proven_ = proven_ || !outbound;
}

bool FlowHealth::on_lost() {
  const bool was_proven = std::exchange(proven_, false);
  return outbound_ && !was_proven;
}

int FlowHealth::lost_early(base::TimePoint now) {
  if (const auto accepted = std::exchange(accepted_at_, std::nullopt)) lost_early_ = now - *accepted < kFlowStands ? lost_early_ + 1 : 0;
  return lost_early_;
}

}  // namespace offhook::inline v0::sip::registration
