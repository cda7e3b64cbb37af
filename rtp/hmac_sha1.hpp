#pragma once

#include <offhook/base/bytes.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace offhook::inline v0::rtp {

/// HMAC-SHA1 with a fixed key (RFC 2104). The constructor hashes the two blocks that depend only on the key; of() does not allocate. OpenSSL's
/// EVP_MAC hashes these blocks again, or allocates, for each packet.
class HmacSha1 {
 public:
  static constexpr std::size_t kOctets = 20;
  using Digest = std::array<std::uint8_t, kOctets>;

  HmacSha1() = default;
  /// Hashes a key of more than 64 octets first (RFC 2104 section 3).
  explicit HmacSha1(base::Bytes key);
  ~HmacSha1();
  HmacSha1(const HmacSha1&) = default;
  HmacSha1& operator=(const HmacSha1&) = default;
  /// Returns the authentication code of `first` followed by `second`.
  [[nodiscard]] Digest of(base::Bytes first, base::Bytes second) const;

 private:
  using State = std::array<std::uint32_t, 5>;  // the state of SHA-1 after one block
  State inner_{}, outer_{};
};

}  // namespace offhook::inline v0::rtp
