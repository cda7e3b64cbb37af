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
    std::string file;                     ///< the signer's certificate first, then those between it and an anchor
  };
  /// Selects what becomes of a call without a good signature, when neither a trusted peer nor a password vouches for the caller.
  enum class Unproven : std::uint8_t { Taken, Refused };
  struct Verifying {
    std::string trust_file;               ///< trust anchors; they need not be roots
    std::vector<Certificate> certificates;  ///< nothing is fetched: a PASSporT that names another fails with 436
    std::chrono::seconds max_age{60};     ///< of a PASSporT: RFC 8224 section 4.1
    Unproven failed = Unproven::Taken;    ///< a signature that proves nothing; Refused: 403, 436, 437 or 438 (RFC 8224 section 6.2.2)
    Unproven absent = Unproven::Taken;    ///< no signature; Refused: 428
  };
  struct Signing {
    std::string key_file;                 ///< a key on P-256 (PKCS #8 or SEC 1) without a passphrase
    std::string certificate_url;          ///< where others find its certificate
    std::string attest;                   ///< of SHAKEN: "A", "B" or "C"; "": a PASSporT without SHAKEN
  };
  std::optional<Verifying> verifying{};   ///< of calls that come; nothing: their Identity fields are not looked at
  std::optional<Signing> signing{};       ///< of calls of ours that do not withhold who calls
};

}  // namespace offhook::inline v0::phone
