#pragma once

#include <offhook/agent/phone/identity_options.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/result.hpp>
#include <offhook/sip/identity/es256.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace offhook::inline v0::phone {

/// Signs the caller's number of outgoing calls, as an authentication service: RFC 8224 section 6.1.
class CallSigner {
 public:
  /// Reads the key. Errors (PhoneError::Identity): the file cannot be read, or has no key on P-256, or the URL cannot be in the header field.
  [[nodiscard]] static base::Result<CallSigner, base::Error> open(const IdentityOptions::Signing& options);

  /// Returns the value of the header field Identity for a call from `from` to `to`, both URIs. `now` is in seconds since 1970.
  [[nodiscard]] std::string identity(std::string_view from, std::string_view to, std::int64_t now, base::Random& random) const;

 private:
  CallSigner(IdentityOptions::Signing options, sip::SigningKey key) : options_(std::move(options)), key_(std::move(key)) {}

  IdentityOptions::Signing options_;
  sip::SigningKey key_;
};

}  // namespace offhook::inline v0::phone
