#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/rtp/hmac_sha1.hpp>
#include <offhook/rtp/srtp/detail/cipher.hpp>
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

  /// The identity of a packet in its stream, from which the initialization vector is computed.
  struct Position {
    std::uint32_t ssrc = 0;
    std::uint64_t index = 0;               ///< 48 bits in SRTP, 31 bits in SRTCP
  };
  /// The parts of a packet. `body` follows `header` in memory.
  struct Parts {
    base::Bytes header;                    ///< authenticated, not encrypted
    std::span<std::uint8_t> body;          ///< encrypted or decrypted in place, and authenticated
    base::Bytes index;                     ///< four octets: the roll-over counter in SRTP; in SRTCP, the word with the E flag and the index
    std::span<std::uint8_t> tag;           ///< tag_octets() octets; seal() writes them, open() reads them
  };

  /// Derives the session keys. Returns nullopt if OpenSSL does not support the cipher.
  [[nodiscard]] static std::optional<SessionCipher> make(const SrtpMasterKey& key, SrtpProtocol protocol, Direction direction);
  /// Makes the cipher from session keys. Returns nullopt if OpenSSL does not support the cipher.
  [[nodiscard]] static std::optional<SessionCipher> make(SrtpSuite suite, const SessionKeys& keys, SrtpProtocol protocol, Direction direction);

  [[nodiscard]] std::size_t tag_octets() const { return tag_octets_; }
  /// Returns true if the suite is an AEAD. The tag then directly follows the body, before the index and the MKI (RFC 7714 sections 8.2 and 9.2).
  [[nodiscard]] bool is_aead() const { return is_aead_; }
  /// Encrypts the body, and writes the tag. Returns false if OpenSSL failed; then do not send the packet.
  [[nodiscard]] bool seal(const Parts& parts, Position position);
  /// Checks the tag, and decrypts the body. Returns false if the tag is wrong; the contents of the body are then undefined.
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
