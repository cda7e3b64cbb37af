#pragma once

#include <offhook/agent/phone/phone_error.hpp>
#include <offhook/sip/model/events.hpp>

#include <memory>

namespace offhook::inline v0::phone {

struct AccountState;

/// A handle of one identity at one registrar. Endpoint::add_account() makes it; copies name the same account. Use it on the signalling
/// thread. It may outlive its endpoint: it then keeps its last state, and operations return Closed.
class Account {
 public:
  Account() = default;  ///< no account: id() is 0, operations return UnknownAccount
  explicit Account(std::shared_ptr<AccountState> state) : state_(std::move(state)) {}

  /// Returns the stack's id, as in sip::IncomingCall::account; 0: no account.
  [[nodiscard]] sip::AccountId id() const;
  [[nodiscard]] explicit operator bool() const { return static_cast<bool>(id()); }
  /// Returns true while the registrar sends calls to this endpoint.
  [[nodiscard]] bool registered() const;
  /// Returns the last RegistrationChanged: the state, its reason, the registrar's status and phrase, and the granted time.
  [[nodiscard]] const sip::RegistrationChanged& registration() const;

  /// Removes the Contact (REGISTER with Expires: 0, RFC 3261 section 10.2.2); RegistrationChanged with Unregistered follows within 32 s.
  /// Running calls continue. Errors: UnknownAccount, WrongThread, Closed.
  [[nodiscard]] base::Result<void, base::Error> unregister();
  /// Unregisters as unregister() does. From now on the account receives no calls and no messages, and cannot make any (UnknownAccount).
  /// Running calls continue. The endpoint frees the account after RegistrationChanged with Unregistered and the end of its last call;
  /// handles keep the last state. Errors as for unregister().
  [[nodiscard]] base::Result<void, base::Error> remove();
  /// Registers at once, before the next REGISTER is due, because the network has changed or a push notification came (RFC 8599).
  /// RegistrationChanged follows. Does nothing for an account that does not register, or no longer registers. Errors as for unregister().
  [[nodiscard]] base::Result<void, base::Error> refresh();

 private:
  std::shared_ptr<AccountState> state_;
};

}  // namespace offhook::inline v0::phone
