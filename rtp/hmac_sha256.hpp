#pragma once

#include <offhook/base/bytes.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace offhook::inline v0::rtp {

/// HMAC-SHA256 with a fixed key (RFC 2104). Hashes the block of the key each time, because no packet of media needs it; of() does not allocate.
class HmacSha256 {
 public:
  static constexpr std::size_t kOctets = 32;
  using Digest = std::array<std::uint8_t, kOctets>;

  HmacSha256() = default;
  /// Hashes a key of more than 64 octets first (RFC 2104 section 3).
  explicit HmacSha256(base::Bytes key);
  ~HmacSha256();
  HmacSha256(const HmacSha256&) = default;
  HmacSha256& operator=(const HmacSha256&) = default;
  /// Returns the authentication code of `first` followed by `second`.
  [[nodiscard]] Digest of(base::Bytes first, base::Bytes second) const;

 private:
  std::array<std::uint8_t, 64> key_{};  // padded with zeros to one block of SHA-256
};

}  // namespace offhook::inline v0::rtp
