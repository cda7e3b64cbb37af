#pragma once

#include <offhook/sip/registration/registration.hpp>
#include <offhook/sip/stack/account_options.hpp>

#include <string>

/// Derives the registration's options from an account's options.
namespace offhook::inline v0::sip {

/// Returns true if a REGISTER can be written and sent with these options.
[[nodiscard]] bool can_register(const AccountOptions& account);

/// Returns the domain of an address of record as a URI, to which REGISTER is sent. RFC 3261 section 10.2
[[nodiscard]] std::string domain_of(const std::string& address_of_record);

/// `user` is the user part of the address of record, as in a Contact.
[[nodiscard]] registration::Options registration_options(const AccountOptions& account, const std::string& user);

}  // namespace offhook::inline v0::sip
