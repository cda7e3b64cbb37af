#include <offhook/sip/registration/keep_alive.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip::registration {

void KeepAlive::start(Transport transport, base::TimePoint now, base::Random& random) {
  if (running()) return;
  transport_ = transport;
  plan(now, random);
}

void KeepAlive::stop() {
  at_.reset();
  waits_ = answers_ = false;
}

void KeepAlive::apply(std::optional<std::chrono::seconds> flow_timer) {
  flow_timer_ = flow_timer ? std::optional(std::clamp(*flow_timer, kLeastFlowTimer, kMostFlowTimer)) : std::nullopt;
}

bool KeepAlive::on_pong(base::TimePoint now, base::Random& random) {
  // The first half of the server's own ping looks the same, so count a CRLF only after our ping.
  if (!running() || !std::exchange(waits_, false)) return false;
  if (std::exchange(answers_, true)) plan(now, random);     // On later pongs, the next ping is already planned.
  return true;
}

KeepAlive::Due KeepAlive::on_time(base::TimePoint now, base::Random& random) {
  if (!at_ || now < *at_) return Due::Nothing;
  if (waits_ && answers_) {
    stop();
    return Due::Dead;
  }
  waits_ = is_reliable(transport_);
  plan(now, random);
  if (waits_ && answers_) at_ = now + kPongLimit;
  return Due::Ping;
}

void KeepAlive::plan(base::TimePoint now, base::Random& random) {
  base::Duration least = is_reliable(transport_) ? kStreamLeast : kDatagramLeast;
  base::Duration most = is_reliable(transport_) ? kStreamMost : kDatagramMost;
  if (flow_timer_ && (is_reliable(transport_) || *flow_timer_ < most)) {
    least = base::Duration(*flow_timer_) * 8 / 10;
    most = *flow_timer_;
  }
  const auto spread = random.below(static_cast<std::uint64_t>((most - least).count()));
  at_ = now + least + base::Duration(static_cast<base::Duration::rep>(spread));
}

}  // namespace offhook::inline v0::sip::registration
