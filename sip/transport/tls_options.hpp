#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace offhook::inline v0::sip {

/// TLS 1.2 and 1.3, as client and as server. The defaults are strict.
struct TlsOptions {
  enum class Verify : std::uint8_t {
    /// The chain leads to a trusted certificate, the certificate names the host (RFC 5922), and its key is pinned if there are
    /// pins.
    Required,
    /// The key is one of `pins`; issuer, names and validity are ignored (as RFC 7671 section 5.1).
    Pinned,
    /// No verification, for a laboratory. EdgeCounters::unverified counts the connections.
    Insecure,
  };
  enum class ClientCertificates : std::uint8_t {
    NotAsked,
    Required,  ///< clients must send a certificate whose chain leads to a trusted one (RFC 5922 section 7.4)
  };

  Verify verify = Verify::Required;
  std::string ca_file = {};           ///< PEM; only these certificates are trusted; "": those of the system
  /// PEM, our certificate and its chain. Needed to listen; as client we send it if the server asks for it.
  std::string certificate_file = {};
  std::string key_file = {};          ///< PEM, the key of that certificate
  /// PEM texts of our certificate with its chain, and of its key, for example from make_self_signed(). They replace both files.
  std::string certificate_pem = {}, key_pem = {};
  /// SHA-256 of a peer's public key (SubjectPublicKeyInfo), base64: 44 characters. At most kMaxPins.
  std::vector<std::string> pins = {};
  /// True: `*.example.com` among a certificate's DNS names also covers `pbx.example.com`. An attacker with the key of any host in
  /// that domain can then impersonate the PBX. Deviation: RFC 5922 section 7.2 forbids wildcards.
  bool wildcards = false;
  ClientCertificates client_certificates = ClientCertificates::NotAsked;

  static constexpr std::size_t kMaxPins = 16;
};

}  // namespace offhook::inline v0::sip
