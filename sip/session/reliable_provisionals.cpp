#include <offhook/sip/session/reliable_provisionals.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip::session {

bool ReliableProvisionals::push(int status, Body body, HeaderList headers) {
  if (waiting_.size() >= kMaxWaiting) return false;
  waiting_.push_back({status, 0, std::move(body), std::move(headers)});
  return true;
}

const ReliableProvisionals::Provisional* ReliableProvisionals::start_next(base::Random& random, base::TimePoint now) {
  if (current_ || waiting_.empty()) return nullptr;
  constexpr std::uint64_t kFirstMost = (std::uint64_t{1} << 31) - 1;
  last_rseq_ = last_rseq_ == 0 ? static_cast<std::uint32_t>(1 + random.below(kFirstMost)) : last_rseq_ + 1;
  current_ = std::move(waiting_.front());
  current_->rseq = last_rseq_;
  waiting_.pop_front();
  interval_ = timers_.t1;
  repeat_at_ = now + interval_;
  give_up_at_ = now + 64 * timers_.t1;
  return &*current_;
}

std::optional<ReliableProvisionals::Provisional> ReliableProvisionals::on_prack(const RAck& rack) {
  if (!current_ || rack != RAck{current_->rseq, cseq_, Method::Invite}) return std::nullopt;
  repeat_at_.reset();
  return std::exchange(current_, std::nullopt);
}

ReliableProvisionals::Due ReliableProvisionals::on_time(base::TimePoint now) {
  if (!repeat_at_ || now < *repeat_at_) return Due::Nothing;
  if (now >= give_up_at_) {
    stop();
    return Due::GiveUp;
  }
  interval_ *= 2;  // Without the bound of T2: RFC 3262 section 3.
  repeat_at_ = std::min(now + interval_, give_up_at_);
  return Due::Repeat;
}

void ReliableProvisionals::stop() {
  repeat_at_.reset();
  waiting_.clear();
}

bool ReliableProvisionals::holds_answer() const {
  return (current_ && !current_->body.empty()) ||
         std::any_of(waiting_.begin(), waiting_.end(), [](const Provisional& one) { return !one.body.empty(); });
}

}  // namespace offhook::inline v0::sip::session
