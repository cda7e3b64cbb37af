#pragma once

#include <offhook/sip/stack/events.hpp>

#include <cstddef>
#include <map>
#include <string>

namespace offhook::inline v0::agent {

/// How the registrations of one agent stand, taken together: while one of them holds, calls come in and go out. It learns from
/// events, and is used by one thread at a time.
class Registrations {
 public:
  /// `accounts`: how many there are, though not all may have been told of yet.
  explicit Registrations(std::size_t accounts) : accounts_(accounts) {}
  void on_event(const sip::RegistrationChanged& event) { last_[event.account] = event; }

  /// Whether this event tells of a refresh: that account's registration stands already, at the same server's address.
  [[nodiscard]] bool is_refresh(const sip::RegistrationChanged& event) const;
  [[nodiscard]] bool any_registered() const { return registered() > 0; }
  [[nodiscard]] std::size_t registered() const;
  [[nodiscard]] std::size_t all() const { return accounts_; }
  /// Each has been told of and none holds: what is failing may be tried again.
  [[nodiscard]] bool all_failed() const;
  /// All failed, and one of them because of its password.
  [[nodiscard]] bool all_refused() const;
  /// None holds or is under way.
  [[nodiscard]] bool all_ended() const;
  /// Why there is none, for people: of the first that says more than that nobody answered.
  [[nodiscard]] std::string failure() const;
  /// `[{"server":"sip:pbx.example","registered":true}]`, in the order in which they were added
  [[nodiscard]] std::string json() const;

 private:
  std::size_t accounts_;
  std::map<sip::AccountId, sip::RegistrationChanged> last_;  // Ids rise.
};

}  // namespace offhook::inline v0::agent
