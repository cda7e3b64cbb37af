#pragma once

#include <offhook/agent/phone/phone_error.hpp>
#include <offhook/sip/stack/events.hpp>

#include <memory>

namespace offhook::inline v0::phone {

struct AccountState;

/// One identity at one registrar, as a handle: Endpoint::add_account() makes it, copies are the same account. Used on the
/// signalling thread. It may outlive its endpoint: it then knows what it knew, and operations are Closed.
class Account {
 public:
  Account() = default;  ///< none: id() is 0, operations are UnknownAccount
  explicit Account(std::shared_ptr<AccountState> state) : state_(std::move(state)) {}

  /// The stack's name for it, as in sip::IncomingCall::account. 0: none.
  [[nodiscard]] sip::AccountId id() const;
  [[nodiscard]] explicit operator bool() const { return static_cast<bool>(id()); }
  /// Whether the registrar sends calls here at this moment.
  [[nodiscard]] bool registered() const;
  /// What RegistrationChanged told last: state, why, the status and phrase of the registrar, for how many seconds it granted.
  [[nodiscard]] const sip::RegistrationChanged& registration() const;

  /// Takes the Contact back (REGISTER with Expires: 0, RFC 3261 section 10.2.2); RegistrationChanged tells Unregistered within 32 s.
  /// Calls that are up stay up. Errors: UnknownAccount, WrongThread, Closed.
  [[nodiscard]] base::Result<void, base::Error> unregister();
  /// As unregister(); and from now on no call or message is for it, and none can be made with it (UnknownAccount). Calls that are up
  /// stay up. The endpoint keeps nothing of it once RegistrationChanged has told Unregistered and its last call has ended; handles
  /// know what they knew. Errors as above.
  [[nodiscard]] base::Result<void, base::Error> remove();
  /// Registers at once and not when it is due: the network has changed, or a push notification came (RFC 8599). RegistrationChanged
  /// tells what came of it. An account that does not register, or no more, is left alone. Errors as above.
  [[nodiscard]] base::Result<void, base::Error> refresh();

 private:
  std::shared_ptr<AccountState> state_;
};

}  // namespace offhook::inline v0::phone
