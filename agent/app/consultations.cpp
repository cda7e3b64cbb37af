#include <offhook/agent/app/consultations.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent {

namespace {
// The record of a transfer uses statuses of RFC 3261 section 21 for every kind of network.
constexpr const char *kTimeout = "408", *kUnavailable = "480", *kServerError = "500";
}  // namespace

Consultations::Consultation* Consultations::of_target(const call::LegPtr& leg) {
  const auto at = std::find_if(all_.begin(), all_.end(), [&](const Consultation& each) { return each.target == leg; });
  return at == all_.end() ? nullptr : &*at;
}

Consultations::Consultation* Consultations::of_caller(const call::LegPtr& caller) {
  const auto at = std::find_if(all_.begin(), all_.end(), [&](const Consultation& each) { return each.caller == caller && each.state != State::Over; });
  return at == all_.end() ? nullptr : &*at;
}

void Consultations::end(Consultation& consultation) {
  if (consultation.state == State::Replaced) return forget(consultation);
  consultation.state = State::Over;
  (void)consultation.target->hang_up({});  // Does nothing when the call has ended.
}

void Consultations::forget(Consultation& consultation) {
  consultation = std::move(all_.back());
  all_.pop_back();
}

void Consultations::give_up_later(const call::LegPtr& target, base::Duration delay, State state) {
  hooks_.after(delay, [this, weak = std::weak_ptr(target), state] {
    Consultation* consultation = of_target(weak.lock());
    if (consultation != nullptr && consultation->state == state) give_up(*consultation);
  });
}

void Consultations::give_up(Consultation& consultation) {
  if (consultation.state == State::Calling) return (void)consultation.target->hang_up({});  // on_finished() then reports that the target was not reached.
  const call::LegPtr caller = consultation.caller;
  const bool is_gone = consultation.state == State::Replaced;
  end(consultation);
  if (is_gone) hooks_.not_reached(caller, kUnavailable, "the target's call has ended, and the caller's side has not reported that it took over this call");
  else hooks_.not_reached(caller, kTimeout, "the caller's side did not take over the target's call in time");
}

base::Result<void, base::Error> Consultations::begin(call::LegPtr caller, const std::string& target) {
  auto dialled = hooks_.dial(caller, target);
  if (!dialled) return base::fail(dialled.error());
  all_.push_back({std::move(caller), std::move(*dialled)});
  give_up_later(all_.back().target, ring_limit_, State::Calling);
  return {};
}

bool Consultations::on_connected(const call::LegPtr& leg) {
  Consultation* consultation = of_target(leg);
  if (consultation == nullptr) return false;
  if (consultation->state != State::Calling) return true;
  consultation->state = State::Replacing;
  const auto asked = consultation->caller->transfer_to(*leg);
  if (asked) {
    give_up_later(leg, kReplacing, State::Replacing);
    return true;
  }
  const call::LegPtr caller = consultation->caller;
  end(*consultation);
  hooks_.not_reached(caller, kServerError, "the agent cannot ask the caller's side to take over the target's call: " + asked.error().detail);
  return true;
}

bool Consultations::on_finished(const call::LegPtr& leg, const call::Ended& how) {
  Consultation* consultation = of_target(leg);
  if (consultation == nullptr) return false;
  if (consultation->state == State::Replacing) {  // The target's call was replaced, as intended, or hung up. The REFER's outcome shows which.
    consultation->state = State::Replaced;
    give_up_later(leg, kOutcome, State::Replaced);
    return true;
  }
  const Consultation ended = *consultation;
  forget(*consultation);
  if (ended.state != State::Calling) return true;
  if (how.by == call::Ended::By::Us) hooks_.not_reached(ended.caller, kTimeout, "the target did not answer in time");
  else hooks_.not_reached(ended.caller, how.status.empty() ? std::string(kUnavailable) : how.status, how.status.empty() ? "the target was not reached" : "the target refused the call");
  return true;
}

bool Consultations::on_transferred(const call::LegPtr& caller) {
  Consultation* consultation = of_caller(caller);
  if (consultation == nullptr) return false;
  end(*consultation);
  return true;
}

void Consultations::on_caller_finished(const call::LegPtr& caller) {
  Consultation* consultation = of_caller(caller);
  if (consultation == nullptr) return;
  if (consultation->state != State::Replacing) return end(*consultation);
  give_up_later(consultation->target, kOutcome, State::Replacing);  // The caller's side may end its call first, then replace the target's.
}

void Consultations::end_all() {
  for (Consultation& each : all_) {
    if (each.state == State::Calling || each.state == State::Replacing) end(each);
  }
}

}  // namespace offhook::inline v0::agent
