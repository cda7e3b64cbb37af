#pragma once

#include <offhook/sip/registration/stale_binding.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace offhook::inline v0::sip::registration {

/// Longer grants are refreshed as if they were this long. A larger Min-Expires is not followed.
inline constexpr std::chrono::seconds kMaxExpires{86400};

struct Options {
  std::string registrar;             ///< Request-URI of the REGISTER; covered by the digest
  std::string user;                  ///< user part of our Contact, already escaped
  std::chrono::seconds expires{300};
  bool learn_contact = true;         ///< write the address that the registrar sees into the Contact
  std::string push_params{};         ///< parameters for our Contact's URI, each with its semicolon; "": no push notifications (RFC 8599)
  std::string instance{};            ///< a URN; "" if the account has no instance: RFC 5626 section 4.1
  std::uint32_t reg_id = 0;          ///< 0: the Contact has no reg-id
  bool secure = false;               ///< the registrar is reached by TLS; redirections to targets without TLS are refused
  /// Longest time between two REGISTERs while registered. A registrar that lost the binding has it again after that time. 0: only
  /// the grant counts. Shorter times count as Waits::kMinRefreshWithin.
  std::chrono::seconds refresh_within{0};
  StaleBinding stale = StaleBinding::Kept;  ///< for a binding without reg-id
};

}  // namespace offhook::inline v0::sip::registration
