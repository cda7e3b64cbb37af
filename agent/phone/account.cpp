#include <offhook/agent/phone/account.hpp>

#include <offhook/agent/phone/phone_core.hpp>

namespace offhook::inline v0::phone {

namespace {

base::Result<void, base::Error> ask(const std::shared_ptr<AccountState>& state, void (sip::Accounts::*operation)(sip::AccountId, base::TimePoint)) {
  if (!state) return base::fail(phone_error(PhoneError::UnknownAccount, "no endpoint made this account: use Endpoint::add_account()"));
  auto core = usable(state->core);
  if (!core) return base::fail(core.error());
  ((*core)->stack.accounts().*operation)(state->id, base::Clock::now());
  return {};
}

}  // namespace

sip::AccountId Account::id() const { return state_ ? state_->id : sip::AccountId{}; }

bool Account::registered() const { return state_ && state_->last.state == sip::RegistrationChanged::State::Registered; }

const sip::RegistrationChanged& Account::registration() const {
  static const sip::RegistrationChanged kNone;
  return state_ ? state_->last : kNone;
}

base::Result<void, base::Error> Account::unregister() { return ask(state_, &sip::Accounts::unregister); }
base::Result<void, base::Error> Account::remove() {
  auto asked = ask(state_, &sip::Accounts::remove);
  if (asked) state_->removed = true;
  return asked;
}

base::Result<void, base::Error> Account::refresh() { return ask(state_, &sip::Accounts::refresh); }

}  // namespace offhook::inline v0::phone
