#include <offhook/rtp/nat/stun_transaction.hpp>

#include <utility>

namespace offhook::inline v0::rtp {

StunId random_stun_id(base::Random& random) {
  StunId id;
  random.fill(id);
  return id;
}

StunTransaction::StunTransaction(std::vector<std::uint8_t> request, StunMethod method, const StunId& id, StunTransport transport, const StunTimers& timers,
                                 base::TimePoint now)
    : request_(std::move(request)), id_(id), method_(method), repetitions_(is_stream(transport) ? 0 : timers.requests - 1),
      interval_(repetitions_ > 0 ? timers.rto : timers.stream_timeout), last_wait_(timers.rto * timers.last_wait), deadline_(now + interval_) {}

bool StunTransaction::is_answered_by(const StunMessage& message) const {
  return (message.kind() == StunClass::Success || message.kind() == StunClass::Error) && message.is(method_) && message.id() == id_;
}

std::optional<base::Bytes> StunTransaction::poll_transmit() {
  return std::exchange(waits_to_be_sent_, false) ? std::optional<base::Bytes>(request_) : std::nullopt;
}

bool StunTransaction::on_time(base::TimePoint now) {
  if (now < deadline_) return true;
  if (repetitions_ == 0) return false;
  --repetitions_;
  interval_ *= 2;
  deadline_ = now + (repetitions_ > 0 ? interval_ : last_wait_);
  waits_to_be_sent_ = true;
  return true;
}

}  // namespace offhook::inline v0::rtp
