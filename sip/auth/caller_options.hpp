#pragma once

#include <offhook/sip/auth/digest.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace offhook::inline v0::sip {

/// The authentication that callers must pass before any other processing. Callers from one of our registrars are exempt.
struct CallerOptions {
  struct Caller {
    std::string username;
    std::string password;
  };
  std::string realm = "offhook";
  std::vector<Caller> who{};  ///< empty: callers are not challenged
  /// Algorithms to offer, the strongest first: RFC 8760 section 2.3.
  std::vector<Algorithm> algorithms{Algorithm::Sha512_256, Algorithm::Sha256, Algorithm::Md5};
  bool auth_int = false;      ///< offer qop auth-int beside auth; off by default, because some callers choose it and compute it wrongly
  std::chrono::seconds nonce_time{300};
};

}  // namespace offhook::inline v0::sip
