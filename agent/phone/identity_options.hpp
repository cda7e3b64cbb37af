#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::phone {

/// Signed numbers of callers: STIR (RFC 8224) and SHAKEN (RFC 8588). Files are PEM, and read when the endpoint is opened.
struct IdentityOptions {
  struct Certificate {
    std::string url;                      ///< the `x5u` of PASSporTs
    std::string file;                     ///< the signer's certificate first, then the certificates between it and an anchor
  };
  /// The treatment of a call without a valid signature, if neither a trusted peer nor a password authenticates the caller.
  enum class Unproven : std::uint8_t { Taken, Refused };
  struct Verifying {
    std::string trust_file;               ///< file of trust anchors, which need not be root certificates
    std::vector<Certificate> certificates;  ///< Offhook downloads no certificate: a PASSporT that names no certificate of this list fails with 436
    std::chrono::seconds max_age{60};     ///< largest accepted age of a PASSporT: RFC 8224 section 4.1
    Unproven failed = Unproven::Taken;    ///< for a signature that is not valid; Refused: 403, 436, 437 or 438 (RFC 8224 section 6.2.2)
    Unproven absent = Unproven::Taken;    ///< for a call without a signature; Refused: 428
  };
  struct Signing {
    std::string key_file;                 ///< a key on P-256 (PKCS #8 or SEC 1) without a passphrase
    std::string certificate_url;          ///< address at which other systems find the key's certificate
    std::string attest;                   ///< SHAKEN's attestation: "A", "B" or "C"; "": a PASSporT without SHAKEN
  };
  std::optional<Verifying> verifying{};   ///< verification of incoming calls; nullopt: their Identity fields are ignored
  std::optional<Signing> signing{};       ///< signing of outgoing calls that do not withhold the caller; nullopt: no signing
};

}  // namespace offhook::inline v0::phone
