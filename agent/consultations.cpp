#include <offhook/agent/consultations.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent {

Consultations::Consultation* Consultations::of_target(sip::SessionId id) {
  const auto at = std::find_if(all_.begin(), all_.end(), [id](const Consultation& each) { return each.target->id() == id; });
  return at == all_.end() ? nullptr : &*at;
}

Consultations::Consultation* Consultations::of_caller(const phone::CallPtr& caller) {
  const auto at = std::find_if(all_.begin(), all_.end(), [&](const Consultation& each) { return each.caller == caller && each.state != State::Over; });
  return at == all_.end() ? nullptr : &*at;
}

bool Consultations::is_target(const phone::CallPtr& call) const {
  return std::any_of(all_.begin(), all_.end(), [&](const Consultation& each) { return each.target == call; });
}

void Consultations::end(Consultation& consultation) {
  consultation.state = State::Over;
  (void)consultation.target->hang_up();  // CANCEL, BYE, or nothing when it has ended.
}

void Consultations::end_later(sip::SessionId target, base::Duration delay, State unless_beyond) {
  hooks_.after(delay, [this, target, unless_beyond] {
    Consultation* consultation = of_target(target);
    if (consultation == nullptr || consultation->state != unless_beyond) return;
    if (unless_beyond == State::Calling) return (void)consultation->target->hang_up();  // Its end says that it was not reached.
    end(*consultation);
  });
}

base::Result<void, base::Error> Consultations::begin(phone::CallPtr caller, const std::string& target) {
  auto dialled = hooks_.dial(target);
  if (!dialled) return base::fail(dialled.error());
  all_.push_back({std::move(caller), std::move(*dialled)});
  end_later(all_.back().target->id(), ring_limit_, State::Calling);
  return {};
}

bool Consultations::on_connected(const phone::CallPtr& call) {
  Consultation* consultation = of_target(call->id());
  if (consultation == nullptr) return false;
  if (consultation->state != State::Calling) return true;
  consultation->state = State::Replacing;
  if (consultation->caller->transfer_to(*call)) return true;
  constexpr int kServerError = 500;
  end(*consultation);
  hooks_.not_reached(consultation->caller, kServerError);
  return true;
}

bool Consultations::on_finished(const phone::CallPtr& call, const sip::CallEnded& how) {
  Consultation* consultation = of_target(call->id());
  if (consultation == nullptr) return false;
  const Consultation ended = std::exchange(*consultation, std::move(all_.back()));
  all_.pop_back();
  constexpr int kTimeout = 408, kUnavailable = 480;
  const bool by_us = how.by == sip::CallEnded::By::Local;
  // While it is replaced its end is no failure: the side that replaces it ends it. The REFER's outcome says what came of it.
  if (ended.state == State::Calling) hooks_.not_reached(ended.caller, by_us ? kTimeout : how.status != 0 ? how.status : kUnavailable);
  return true;
}

void Consultations::on_transferred(const phone::CallPtr& caller) {
  if (Consultation* consultation = of_caller(caller)) end(*consultation);
}

void Consultations::on_caller_finished(const phone::CallPtr& caller) {
  Consultation* consultation = of_caller(caller);
  if (consultation == nullptr) return;
  if (consultation->state == State::Calling) return end(*consultation);
  end_later(consultation->target->id(), kReplacing, State::Replacing);  // The caller's side may hang up with us before it has replaced the call.
}

}  // namespace offhook::inline v0::agent
