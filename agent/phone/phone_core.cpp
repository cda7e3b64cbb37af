#include <offhook/agent/phone/phone_core.hpp>

#include <cassert>

namespace offhook::inline v0::phone {

base::Result<void, base::Error> PhoneCore::may_act() const {
  const std::thread::id owner = thread;
  if (owner == std::this_thread::get_id()) return {};
  if (owner == std::thread::id{}) return base::fail(phone_error(PhoneError::Closed, "the endpoint was stopped"));
  assert(false && "use a telephone only on its signalling thread: post the operation with Endpoint::post()");
  return base::fail(phone_error(PhoneError::WrongThread, "the operation runs on a thread that is not the signalling thread: post it with Endpoint::post()"));
}

base::Result<std::shared_ptr<PhoneCore>, base::Error> usable(const std::weak_ptr<PhoneCore>& core) {
  auto alive = core.lock();
  if (!alive) return base::fail(phone_error(PhoneError::Closed, "the endpoint of this call, account, subscription or watcher no longer exists"));
  if (auto may = alive->may_act(); !may) return base::fail(may.error());
  return alive;
}

base::Error refused(sip::StackError why, std::string_view what) {
  const auto code = [why] {
    switch (why) {
      case sip::StackError::UnknownAccount: return PhoneError::UnknownAccount;
      case sip::StackError::Full: return PhoneError::Full;
      case sip::StackError::TooLarge: return PhoneError::TooLarge;
      case sip::StackError::BadHeader: return PhoneError::BadHeader;
      case sip::StackError::BadUri:
      case sip::StackError::BadEvent:
      case sip::StackError::BadMethod: return PhoneError::BadTarget;
      case sip::StackError::UnknownSession:
      case sip::StackError::UnknownSubscription:
      case sip::StackError::UnknownPublication:
      case sip::StackError::WrongState: break;
    }
    return PhoneError::WrongState;
  }();
  const std::string_view help = why == sip::StackError::BadUri ? "; write it as sip:USER@HOST" : "";
  return phone_error(code, std::string(what) + ": " + std::string(sip::to_string(why)) + std::string(help));
}

base::Result<void, base::Error> from_stack(const base::Result<void, sip::StackError>& result, std::string_view what) {
  if (result) return {};
  const auto why = result.error();
  const bool unfit = why == sip::StackError::BadHeader || why == sip::StackError::BadUri || why == sip::StackError::TooLarge;
  if (unfit) return base::fail(refused(why, "cannot " + std::string(what)));
  return base::fail(phone_error(PhoneError::WrongState, "cannot " + std::string(what) + ": " + std::string(sip::to_string(why))));
}

}  // namespace offhook::inline v0::phone
