#include <offhook/agent/phone/sip_leg.hpp>

#include <offhook/agent/phone/phone_error.hpp>

#include <utility>

namespace offhook::inline v0::phone {

base::Result<void, base::Error> SipLeg::do_answer() {
  if (!prepared_) return base::fail(phone_error(PhoneError::WrongState, "cannot answer the call: the call was answered before, or has no prepared media"));
  return call_->answer(*std::exchange(prepared_, std::nullopt));
}

base::Result<void, base::Error> SipLeg::do_transfer_to(const Leg& other) { return call_->transfer_to(*static_cast<const SipLeg&>(other).call_); }

}  // namespace offhook::inline v0::phone
