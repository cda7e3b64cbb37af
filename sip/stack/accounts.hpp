#pragma once

#include <offhook/base/time.hpp>
#include <offhook/sip/model/events.hpp>
#include <offhook/sip/stack/account_options.hpp>

#include <cstddef>

namespace offhook::inline v0::sip {

class AccountTable;

/// The accounts of a stack, and their registrations (RFC 3261 section 10.2). RegistrationChanged reports the state of a registration.
class Accounts {
 public:
  explicit Accounts(AccountTable& table) : table_(table) {}

  AccountId add(AccountOptions options, base::TimePoint now);  ///< starts to register, unless AccountOptions::registers is false
  /// Ends the registration. RegistrationChanged::Unregistered follows within 32 s.
  void unregister(AccountId id, base::TimePoint now);
  /// Sends a REGISTER at once: after a push notification (RFC 8599 section 4.1.3), or a change of the network.
  void refresh(AccountId id, base::TimePoint now);
  /// Unregisters the account. From now on it receives no requests and starts no requests (UnknownAccount). Its existing calls,
  /// subscriptions and requests continue; the account is deleted with the last of them.
  void remove(AccountId id, base::TimePoint now);
  [[nodiscard]] std::size_t size() const;  ///< including removed accounts that are not deleted yet

 private:
  AccountTable& table_;
};

}  // namespace offhook::inline v0::sip
