#include <offhook/agent/phone/subscription.hpp>

#include <offhook/agent/phone/phone_core.hpp>

namespace offhook::inline v0::phone {

namespace {

using Operation = base::Result<void, sip::StackError> (sip::Subscriptions::*)(sip::SubscriptionId, base::TimePoint);

base::Result<void, base::Error> ask(const std::shared_ptr<SubscriptionState>& state, std::string_view what, Operation operation) {
  if (!state) return base::fail(phone_error(PhoneError::WrongState, "no endpoint made this subscription: use Endpoint::subscribe()"));
  auto core = usable(state->core);
  if (!core) return base::fail(core.error());
  return from_stack(((*core)->stack.subscriptions().*operation)(state->id, base::Clock::now()), what);
}

}  // namespace

sip::SubscriptionId Subscription::id() const { return state_ ? state_->id : sip::SubscriptionId{}; }

const sip::SubscriptionChanged& Subscription::last() const {
  static const sip::SubscriptionChanged kNone;
  return state_ ? state_->last : kNone;
}

base::Result<void, base::Error> Subscription::refresh() { return ask(state_, "refresh the subscription", &sip::Subscriptions::refresh); }
base::Result<void, base::Error> Subscription::unsubscribe() { return ask(state_, "unsubscribe", &sip::Subscriptions::unsubscribe); }

}  // namespace offhook::inline v0::phone
