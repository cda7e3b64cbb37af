#pragma once

#include <offhook/sip/auth/digest.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace offhook::inline v0::sip {

/// What callers must prove, before anything else is done for them, who do not come from a registrar of ours.
struct CallerOptions {
  struct Caller {
    std::string username;
    std::string password;
  };
  std::string realm = "offhook";
  std::vector<Caller> who{};  ///< empty: nobody is asked
  /// On offer, the strongest first: RFC 8760 section 2.3.
  std::vector<Algorithm> algorithms{Algorithm::Sha512_256, Algorithm::Sha256, Algorithm::Md5};
  bool auth_int = false;      ///< qop auth-int is offered beside auth: some callers choose it, and compute it wrongly
  std::chrono::seconds nonce_time{300};
};

}  // namespace offhook::inline v0::sip
