#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::sip {

/// A certificate that no authority has signed, with its key (ECDSA on P-256), for TlsOptions::certificate_pem and key_pem.
struct SelfSigned {
  std::string certificate_pem, key_pem;
  std::string fingerprint;  ///< SHA-256 of the certificate, as browsers show it: "3A:F0:..."
};

/// Makes a TLS certificate for servers with these names: host names and IP addresses. It is valid from an hour ago, for `valid_for`. The first name
/// is also its subject. Draws the key and the serial number from the generator of OpenSSL. Returns nullopt without a name, with a name that is neither
/// an address nor a host name, or if OpenSSL refuses.
[[nodiscard]] std::optional<SelfSigned> make_self_signed(const std::vector<std::string>& names, std::chrono::hours valid_for);

}  // namespace offhook::inline v0::sip
