#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace offhook::services {

struct Certificate {
  std::string certificate_pem, key_pem;
};

/// A self-signed certificate for `names` (DNS names and addresses), good for a day: whoever is to trust it is given its file.
/// Empty when OpenSSL refuses.
[[nodiscard]] Certificate make_certificate(const std::vector<std::string>& names = {"localhost", "127.0.0.1", "::1"});

/// What a certificate shall say, right or wrong.
struct CertificateWish {
  struct Name {
    enum class Kind { Dns, Uri, Address, Email } kind;
    std::string value;  ///< any octets; an address as text
  };
  std::vector<Name> alternatives = {};        ///< none: no such extension
  std::vector<std::string> common_names = {"a test"};
  long begins_in_s = -3600, ends_in_s = 24 * 3600;
  const Certificate* issuer = nullptr;        ///< nobody: it signs itself
  bool is_authority = false;
  std::string extended_key_usage = {};        ///< "clientAuth"; "": no such extension
  std::string curve = "P-256";
};
[[nodiscard]] Certificate make_certificate(const CertificateWish& wish);
/// As a handshake carries it; "" when it is none.
[[nodiscard]] std::string der_of(std::string_view certificate_pem);
/// Base64 of the SHA-256 of its public key; "" when it is none.
[[nodiscard]] std::string pin_of(std::string_view certificate_pem);

}  // namespace offhook::services
