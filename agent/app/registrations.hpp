#pragma once

#include <offhook/sip/model/events.hpp>

#include <cstddef>
#include <map>
#include <string>

namespace offhook::inline v0::agent {

/// The common state of all registrations of one agent. While at least one registration is active, calls come in and go out. Events update the
/// state. One thread at a time may use this object.
class Registrations {
 public:
  /// `accounts` is the number of accounts, including those that have had no event yet.
  explicit Registrations(std::size_t accounts) : accounts_(accounts) {}
  void on_event(const sip::RegistrationChanged& event) { last_[event.account] = event; }

  /// Returns true when `event` reports a refresh: the account is registered already, at the same server address.
  [[nodiscard]] bool is_refresh(const sip::RegistrationChanged& event) const;
  [[nodiscard]] bool any_registered() const { return registered() > 0; }
  [[nodiscard]] std::size_t registered() const;
  [[nodiscard]] std::size_t all() const { return accounts_; }
  /// Returns true if each account has had an event, and each registration has failed. A failed registration may try again.
  [[nodiscard]] bool all_failed() const;
  /// Returns true if all registrations failed, at least one of them because of its password.
  [[nodiscard]] bool all_refused() const;
  /// Returns true when no registration is active or in progress.
  [[nodiscard]] bool all_ended() const;
  /// Returns why no registration is active, in words for people. Prefers a failure with a status or a reason to a missing answer.
  [[nodiscard]] std::string failure() const;
  /// Returns `[{"server":"sip:pbx.example","registered":true}]`, in the order in which the accounts were added.
  [[nodiscard]] std::string json() const;

 private:
  std::size_t accounts_;
  std::map<sip::AccountId, sip::RegistrationChanged> last_;  // ids increase, so the order is that in which the accounts were added
};

/// Writes the log line of a registration that has changed. `is_refresh`: Registrations::is_refresh().
void log_registration(const sip::RegistrationChanged& event, bool is_refresh);

}  // namespace offhook::inline v0::agent
