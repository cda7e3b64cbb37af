#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/rtp/srtp/detail/cipher.hpp>
#include <offhook/rtp/srtp/detail/hmac_sha1.hpp>
#include <offhook/rtp/srtp/detail/session_keys.hpp>
#include <offhook/rtp/srtp/master_key.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace offhook::inline v0::rtp::detail {

/// Encrypts and authenticates the packets of one direction, either of SRTP or of SRTCP, with the session keys of one master key: RFC 3711 sections 4.1 to 4.3,
/// RFC 7714 sections 8 and 9. Neither function allocates.
class SessionCipher {
 public:
  enum class Direction : std::uint8_t { Seal, Open };

  /// Where a packet stands: the source of the initialization vector.
  struct Position {
    std::uint32_t ssrc = 0;
    std::uint64_t index = 0;               ///< 48 bits; in SRTCP 31
  };
  /// The parts of a packet. `body` follows `header` in memory.
  struct Parts {
    base::Bytes header;                    ///< is authenticated only
    std::span<std::uint8_t> body;          ///< is encrypted or decrypted in place
    base::Bytes index;                     ///< four octets: the roll-over counter of SRTP, the word with the E flag of SRTCP
    std::span<std::uint8_t> tag;           ///< tag_octets(); seal() writes it
  };

  /// Derives the session keys. Returns nullopt if OpenSSL does not support the cipher.
  [[nodiscard]] static std::optional<SessionCipher> make(const SrtpMasterKey& key, SrtpProtocol protocol, Direction direction);
  /// Makes the cipher of these session keys.
  [[nodiscard]] static std::optional<SessionCipher> make(SrtpSuite suite, const SessionKeys& keys, SrtpProtocol protocol, Direction direction);

  [[nodiscard]] std::size_t tag_octets() const { return tag_octets_; }
  /// Returns true if the tag follows the body at once, as the ciphertext of an AEAD (RFC 7714 sections 8.2 and 9.2): before the index and the MKI.
  [[nodiscard]] bool is_aead() const { return is_aead_; }
  /// Returns false if OpenSSL failed. The packet must not be sent then.
  [[nodiscard]] bool seal(const Parts& parts, Position position);
  /// Returns false if the tag is wrong. The contents of the body are then undefined.
  [[nodiscard]] bool open(const Parts& parts, Position position);

 private:
  SessionCipher() = default;
  [[nodiscard]] bool apply_counter_mode(const Parts& parts, Position position);
  [[nodiscard]] bool begin_aead(const Parts& parts, Position position);
  [[nodiscard]] HmacSha1::Digest code_of(const Parts& parts) const;

  Cipher cipher_;
  SessionKeys::Salt salt_{};
  HmacSha1 code_;
  std::size_t tag_octets_ = 0;
  bool is_aead_ = false;
  SrtpProtocol protocol_ = SrtpProtocol::Srtp;
};

}  // namespace offhook::inline v0::rtp::detail
