#pragma once

#include <offhook/sip/identity/caller_check.hpp>
#include <offhook/sip/identity/passport_memory.hpp>
#include <offhook/sip/identity/trusted_certificates.hpp>

#include <chrono>
#include <cstdint>
#include <utility>

namespace offhook::inline v0::sip {

/// A verification service: RFC 8224 section 6.2. Pure: the owner provides certificates and the time.
class IdentityVerifier {
 public:
  explicit IdentityVerifier(TrustedCertificates certificates, std::chrono::seconds max_age = std::chrono::seconds(60))
      : certificates_(std::move(certificates)), max_age_(max_age) {}

  /// Checks a call. `now` is in seconds since 1970. A PASSporT that was accepted for another call gives Replayed.
  [[nodiscard]] CallerIdentity verify(const IncomingCall& call, std::int64_t now);

 private:
  TrustedCertificates certificates_;
  std::chrono::seconds max_age_;
  PassportMemory seen_;
};

}  // namespace offhook::inline v0::sip
