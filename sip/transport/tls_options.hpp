#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace offhook::inline v0::sip {

/// TLS 1.2 and 1.3, as client and as server. What it says by default is the strict way.
struct TlsOptions {
  enum class Verify : std::uint8_t {
    Required,  ///< the chain leads to who is trusted, the certificate names the host (RFC 5922), and its key is pinned if any is
    Pinned,    ///< the key is one of `pins`: who signed it, for whom and until when counts for nothing (as RFC 7671 section 5.1)
    Insecure,  ///< anybody may answer: for a laboratory. Counted, and shown by whoever asks for the state of the edge
  };
  enum class ClientCertificates : std::uint8_t {
    NotAsked,
    Required,  ///< whoever connects to us shows one that leads to who is trusted (RFC 5922 section 7.4)
  };

  Verify verify = Verify::Required;
  std::string ca_file = {};           ///< PEM: these are trusted and nobody else; "": those whom the system trusts
  std::string certificate_file = {};  ///< PEM, ours and its chain: needed to listen, shown as a client to who asks
  std::string key_file = {};          ///< PEM, of that certificate
  /// SHA-256 of a peer's public key (SubjectPublicKeyInfo), base64: 44 characters. At most kMaxPins.
  std::vector<std::string> pins = {};
  /// True: `*.example.com` among a certificate's DNS names stands for `pbx.example.com`, too. A thief of the key of any host there
  /// can then stand in for the PBX. Deviation: RFC 5922 section 7.2 has it stand for nothing.
  bool wildcards = false;
  ClientCertificates client_certificates = ClientCertificates::NotAsked;

  static constexpr std::size_t kMaxPins = 16;
};

}  // namespace offhook::inline v0::sip
