#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/model/identity_error.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip {

enum class CertificateError : std::uint8_t {
  BadAnchors,      // the trust anchors contain no certificate
  BadCertificate,  // no certificate, no key on the curve P-256, or a key that must not sign
  Untrusted,       // no chain of signatures leads to a trust anchor
  TooMany,         // over kMaxCertificates
};
[[nodiscard]] std::string_view to_string(CertificateError error);

/// The certificates with which callers may sign, each under the URI in the PASSporT (`x5u`). The owner reads or fetches them.
/// Checks a certificate's chain once, when it is added: RFC 8226 section 4. Checks its validity period for each call.
///
/// Deviation: does not check the number authority of a certificate (TNAuthList, RFC 8226 section 9), nor its revocation.
class TrustedCertificates {
 public:
  static constexpr std::size_t kMaxCertificates = 64;
  static constexpr std::size_t kMaxChain = 8;  ///< certificates to read per chain

  /// Sets the trust anchors. `anchors` is PEM of one or more certificates. Error: BadAnchors.
  [[nodiscard]] static base::Result<TrustedCertificates, CertificateError> with_anchors(std::string anchors);

  /// Adds a certificate. `chain` is PEM: the signer's certificate first, then the certificates that lead to an anchor. Replaces a
  /// certificate with the same URI. Errors: BadCertificate, Untrusted, TooMany.
  [[nodiscard]] base::Result<void, CertificateError> add(std::string x5u, std::string_view chain);

  /// Returns the signer's certificate in PEM. `now` is in seconds since 1970. Errors: NoCertificate, BadCertificate (a
  /// certificate of its chain has expired or is not yet valid).
  [[nodiscard]] base::Result<std::string, IdentityError> find(std::string_view x5u, std::int64_t now) const;

 private:
  struct Entry {
    std::string pem;
    std::int64_t not_before = 0, not_after = 0;  // Validity of the whole chain, in seconds since 1970.
  };
  explicit TrustedCertificates(std::string anchors) : anchors_(std::move(anchors)) {}

  std::string anchors_;
  std::map<std::string, Entry, std::less<>> by_address_;
};

}  // namespace offhook::inline v0::sip
