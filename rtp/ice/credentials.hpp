#pragma once

#include <offhook/base/random.hpp>
#include <offhook/rtp/hmac_sha1.hpp>

#include <string>

namespace offhook::inline v0::rtp {

/// The username fragment and the password of one side: RFC 8839 section 5.4. The password is a secret: never log it.
struct IceCredentials {
  std::string ufrag;
  std::string password;

  /// Draws a fragment with 48 random bits and a password with 144: RFC 8445 section 5.3 requires 24 and 128.
  [[nodiscard]] static IceCredentials make(base::Random& random);
  /// Returns true if both have the length and the characters of RFC 8839 section 5.4.
  [[nodiscard]] bool is_valid() const;
  /// Returns the integrity key of requests to the side with these credentials, and of that side's responses.
  [[nodiscard]] HmacSha1 key() const;
  friend bool operator==(const IceCredentials&, const IceCredentials&) = default;
};

}  // namespace offhook::inline v0::rtp
