#pragma once

#include <offhook/sip/registration/keep_alive.hpp>
#include <offhook/sip/registration/registration.hpp>
#include <offhook/sip/stack/account_table.hpp>
#include <offhook/sip/stack/registrar_realms.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::sip {

/// One account, as AccountTable stores it.
struct AccountTable::Account {
  AccountId id;
  AccountOptions options;
  std::string user;  // User part of the address of record, as in a Contact.
  std::string tag;   // From tag of every REGISTER.
  DigestClient digest;  // For the registration; each call has its own.
  std::optional<registration::Registration> registration;
  registration::KeepAlive keep_alive;
  std::optional<Flow> flow;  // Flow of the last REGISTER.
  std::vector<base::IpAddress> registrars;
  std::vector<base::IpAddress> asked;  // Addresses to which a REGISTER was sent, answered or not.
  RegistrarRealms realms;
  std::vector<std::string> service_routes;  // From the last 2xx: RFC 3608.
  std::size_t users = 0;                    // Calls, subscriptions and requests of this account.
  bool removed = false;
  [[nodiscard]] bool has_servers() const { return options.registers || !options.trunk_addresses.empty(); }
  [[nodiscard]] bool is_closed() const { return has_servers() && options.accept_from == AccountOptions::AcceptFrom::Registrar; }
  [[nodiscard]] bool has_trunk(const base::IpAddress& address) const {
    return std::find(options.trunk_addresses.begin(), options.trunk_addresses.end(), address) != options.trunk_addresses.end();
  }
  [[nodiscard]] bool is_registering() const {
    return registration && registration->state() != registration::Registration::State::Unregistered;
  }
};

/// Returns an event for the account, without the fields that depend on the state.
[[nodiscard]] inline RegistrationChanged changed(const AccountTable::Account& account, RegistrationChanged::State state) {
  RegistrationChanged event;
  event.account = account.id;
  event.state = state;
  event.server = first_server(account.options);
  return event;
}

}  // namespace offhook::inline v0::sip
