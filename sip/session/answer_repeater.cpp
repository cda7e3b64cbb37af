#include <offhook/sip/session/answer_repeater.hpp>

#include <algorithm>

namespace offhook::inline v0::sip::session {

void AnswerRepeater::start(transaction::TransactionId invite, std::uint32_t cseq, base::TimePoint now) {
  running_ = true;
  invite_ = invite;
  cseq_ = cseq;
  interval_ = timers_.t1;
  repeat_at_ = now + interval_;
  give_up_at_ = now + 64 * timers_.t1;
}

bool AnswerRepeater::on_ack(std::uint32_t cseq) {
  if (!running_ || cseq != cseq_) return false;
  running_ = false;
  return true;
}

AnswerRepeater::Due AnswerRepeater::on_time(base::TimePoint now) {
  if (!running_) return Due::Nothing;
  if (now >= give_up_at_) {
    running_ = false;
    return Due::GiveUp;
  }
  if (now < repeat_at_) return Due::Nothing;
  interval_ = std::min(2 * interval_, std::max(timers_.t2, timers_.t1));
  repeat_at_ = now + interval_;
  return Due::Repeat;
}

std::optional<base::TimePoint> AnswerRepeater::next_deadline() const {
  if (!running_) return std::nullopt;
  return std::min(repeat_at_, give_up_at_);
}

}  // namespace offhook::inline v0::sip::session
