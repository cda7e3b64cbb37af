#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace offhook::services {

struct Certificate {
  std::string certificate_pem, key_pem;
};

/// Returns a self-signed certificate for `names` (DNS names and addresses), which is valid for one day. A client that must trust it needs
/// the certificate's PEM. Returns an empty certificate if OpenSSL refuses.
[[nodiscard]] Certificate make_certificate(const std::vector<std::string>& names = {"localhost", "127.0.0.1", "::1"});

/// The contents of a certificate for a test. The certificate may be invalid.
struct CertificateWish {
  struct Name {
    enum class Kind { Dns, Uri, Address, Email } kind;
    std::string value;  ///< any octets; an address in text form
  };
  std::vector<Name> alternatives = {};        ///< empty: the certificate lacks this extension
  std::vector<std::string> common_names = {"a test"};
  long begins_in_s = -3600, ends_in_s = 24 * 3600;
  const Certificate* issuer = nullptr;        ///< null: self-signed
  bool is_authority = false;
  std::string extended_key_usage = {};        ///< "clientAuth"; "": the certificate lacks this extension
  std::string curve = "P-256";
};
[[nodiscard]] Certificate make_certificate(const CertificateWish& wish);
/// Returns the certificate as DER, or "" if the PEM is invalid.
[[nodiscard]] std::string der_of(std::string_view certificate_pem);
/// Returns the SHA-256 of the certificate's public key in Base64, or "" if the PEM is invalid.
[[nodiscard]] std::string pin_of(std::string_view certificate_pem);

}  // namespace offhook::services
