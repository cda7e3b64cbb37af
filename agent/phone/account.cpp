#include <offhook/agent/phone/account.hpp>

#include <offhook/agent/phone/phone_core.hpp>

namespace offhook::inline v0::phone {

sip::AccountId Account::id() const { return state_ ? state_->id : sip::AccountId{}; }

bool Account::registered() const { return state_ && state_->last.state == sip::RegistrationChanged::State::Registered; }

const sip::RegistrationChanged& Account::registration() const {
  static const sip::RegistrationChanged kNone;
  return state_ ? state_->last : kNone;
}

base::Result<void, base::Error> Account::unregister() {
  if (!state_) return base::fail(phone_error(PhoneError::UnknownAccount, "this account was made by no endpoint: use Endpoint::add_account()"));
  auto core = usable(state_->core);
  if (!core) return base::fail(core.error());
  (*core)->stack.unregister(state_->id, base::Clock::now());
  return {};
}

}  // namespace offhook::inline v0::phone
