#pragma once

#include <offhook/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sdp {

/// The value of one a=fingerprint line, the hash of its writer's certificate: RFC 8122 section 5.
///
///     a=fingerprint:sha-256 12:DF:3E:5D:49:6B:19:E5:7C:AB:4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB:4A:AD
///                      |                             the hash in upper-case hexadecimal octets
///                hash function
struct FingerprintLine {
  static constexpr std::size_t kMaxOctets = 64;      ///< SHA-512
  static constexpr std::size_t kMaxHashBytes = 32;   ///< longest name of a hash function

  std::string hash;                    ///< name of the hash function in lower case, which this side may not know
  std::vector<std::uint8_t> octets;    ///< at least one
  friend bool operator==(const FingerprintLine&, const FingerprintLine&) = default;
};

enum class FingerprintLineError : std::uint8_t {
  Malformed,
  TooLong,    ///< beyond kMaxOctets or kMaxHashBytes
};
[[nodiscard]] std::string_view to_string(FingerprintLineError error);

/// Parses the value of a=fingerprint. Deviation: accepts octets in lower case, which some peers write. Does not check that the number of octets fits the hash
/// function.
[[nodiscard]] base::Result<FingerprintLine, FingerprintLineError> parse_fingerprint_line(std::string_view value);
[[nodiscard]] std::string write_fingerprint_line(const FingerprintLine& line);

}  // namespace offhook::inline v0::sdp
