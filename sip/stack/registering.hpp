#pragma once

#include <offhook/sip/registration/registration.hpp>
#include <offhook/sip/stack/stack.hpp>

#include <string>

/// What an account's options ask of its registration.
namespace offhook::inline v0::sip {

/// Whether a REGISTER can be written by them, and sent.
[[nodiscard]] bool can_register(const AccountOptions& account);

/// The domain of an address of record, as a URI: whom its REGISTERs ask. RFC 3261 section 10.2
[[nodiscard]] std::string domain_of(const std::string& address_of_record);

/// `user`: of the address of record, as it is written in a Contact.
[[nodiscard]] registration::Options registration_options(const AccountOptions& account, const std::string& user);

}  // namespace offhook::inline v0::sip
