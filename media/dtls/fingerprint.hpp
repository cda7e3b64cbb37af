#pragma once

#include <offhook/base/bytes.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace offhook::inline v0::media {

/// The hash functions of fingerprints, the weakest first: RFC 8122 section 5.
enum class DtlsHash : std::uint8_t { Sha1, Sha256, Sha384, Sha512 };
/// Returns the name in a=fingerprint, such as `sha-256`.
[[nodiscard]] std::string_view to_string(DtlsHash hash);

/// The hash of a certificate in DER, as in a=fingerprint.
struct DtlsFingerprint {
  DtlsHash hash = DtlsHash::Sha256;
  std::vector<std::uint8_t> octets;

  /// `name` is the hash function as in a=fingerprint, in any case. Returns nullopt if Offhook does not implement it, or if `octets` do not have its size.
  [[nodiscard]] static std::optional<DtlsFingerprint> make(std::string_view name, base::Bytes octets);
  /// Computes the fingerprint of a certificate in DER. Returns nullopt if OpenSSL refuses the hash function.
  [[nodiscard]] static std::optional<DtlsFingerprint> of(base::Bytes certificate, DtlsHash hash);
  friend bool operator==(const DtlsFingerprint&, const DtlsFingerprint&) = default;
};

/// Returns the fingerprints of a description that have its strongest hash function: only these count in the check of the peer's certificate
/// (RFC 8122 section 5). Leaves out SHA-1 unless `accept_sha1` is true. May return an empty list.
[[nodiscard]] std::vector<DtlsFingerprint> strongest_fingerprints(std::vector<DtlsFingerprint> described, bool accept_sha1);

/// Returns true if the certificate, in DER, has one of the fingerprints.
[[nodiscard]] bool is_described(base::Bytes certificate, const std::vector<DtlsFingerprint>& fingerprints);

}  // namespace offhook::inline v0::media
