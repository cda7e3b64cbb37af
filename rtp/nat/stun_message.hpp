#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/result.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/rtp/hmac_sha1.hpp>
#include <offhook/rtp/hmac_sha256.hpp>
#include <offhook/rtp/nat/stun_attribute.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace offhook::inline v0::rtp {

inline constexpr std::uint32_t kStunCookie = 0x2112A442;
inline constexpr std::size_t kStunHeaderOctets = 20;
inline constexpr std::size_t kMaxStunAttributes = 64;
using StunId = std::array<std::uint8_t, 12>;              ///< transaction id

enum class StunClass : std::uint8_t { Request, Indication, Success, Error };
/// RFC 8489 section 18.2, RFC 8656 section 17.
enum class StunMethod : std::uint16_t { Binding = 1, Allocate = 3, Refresh = 4, Send = 6, Data = 7, CreatePermission = 8, ChannelBind = 9 };

enum class StunError : std::uint8_t {
  TooShort,          ///< the datagram is shorter than the header, or than the length field says
  NotStun,           ///< the first two bits are not zero, or the cookie is wrong
  BadLength,         ///< the length field does not match the datagram, or is not a multiple of 4
  BadAttribute,      ///< an attribute is longer than the message
  TooMany,           ///< more than kMaxStunAttributes attributes
  BadFingerprint,    ///< the fingerprint is wrong, or not the last attribute
  OutputTooSmall,    ///< for writing: the buffer is too small
};
[[nodiscard]] std::string_view to_string(StunError error);

/// A parsed STUN message: RFC 8489 section 5. It borrows from the datagram. find() and the functions below see only the attributes before the first integrity
/// attribute, because no key authenticates the others (RFC 8489 sections 14.5 and 14.6).
class StunMessage {
 public:
  struct ErrorReply {
    int code = 0;                ///< 300..699
    std::string_view reason;     ///< untrusted text of the peer
  };

  /// Parses a datagram. If it has a fingerprint, the fingerprint must be right. Errors: all but OutputTooSmall.
  [[nodiscard]] static base::Result<StunMessage, StunError> parse(base::Bytes datagram);

  [[nodiscard]] StunClass kind() const { return kind_; }
  [[nodiscard]] std::uint16_t method() const { return method_; }
  [[nodiscard]] bool is(StunMethod method) const { return method_ == static_cast<std::uint16_t>(method); }
  [[nodiscard]] const StunId& id() const { return id_; }

  /// Returns the value of the first attribute of this type.
  [[nodiscard]] std::optional<base::Bytes> find(StunAttribute attribute) const;
  [[nodiscard]] bool has(StunAttribute attribute) const { return find(attribute).has_value(); }
  [[nodiscard]] std::string_view text(StunAttribute attribute) const;                    ///< "" if absent
  [[nodiscard]] std::optional<std::uint32_t> number(StunAttribute attribute) const;      ///< nullopt if absent, or not of four octets
  [[nodiscard]] std::optional<std::uint64_t> long_number(StunAttribute attribute) const; ///< the same with eight octets
  /// Returns the address in the attribute. Returns nullopt if it is absent or malformed.
  [[nodiscard]] std::optional<base::SocketAddress> address(StunAttribute attribute) const;
  /// Returns every address of this type, such as the peers of CreatePermission.
  [[nodiscard]] std::vector<base::SocketAddress> addresses(StunAttribute attribute) const;
  [[nodiscard]] std::optional<ErrorReply> error() const;
  /// Returns the types of attributes that a receiver must understand, but StunAttribute does not list: RFC 8489 section 6.3.1.
  [[nodiscard]] std::vector<std::uint16_t> unknown() const;
  [[nodiscard]] bool has_unknown() const;                                               ///< true if unknown() is not empty

  [[nodiscard]] bool has_integrity() const { return integrity_at_ != 0; }               ///< has MESSAGE-INTEGRITY
  [[nodiscard]] bool has_integrity_sha256() const { return integrity_sha256_at_ != 0; } ///< has MESSAGE-INTEGRITY-SHA256
  [[nodiscard]] bool has_fingerprint() const { return has_fingerprint_; }
  /// Returns true if the message has a MESSAGE-INTEGRITY made with `key`.
  [[nodiscard]] bool is_signed_with(const HmacSha1& key) const;
  /// Returns true if the message has an untruncated MESSAGE-INTEGRITY-SHA256 made with `key`.
  [[nodiscard]] bool is_signed_with(const HmacSha256& key) const;

 private:
  StunMessage() = default;
  template <class Each>
  void for_each(Each each) const;

  base::Bytes octets_;
  std::size_t end_ = 0;             // end of the attributes that find() sees
  std::size_t integrity_at_ = 0, integrity_sha256_at_ = 0;  // 0: there is none
  StunId id_{};
  std::uint16_t method_ = 0;
  StunClass kind_ = StunClass::Request;
  bool has_fingerprint_ = false;
};

/// Returns the CRC-32 of ITU-T V.42, XORed with 0x5354554e: RFC 8489 section 14.7.
[[nodiscard]] std::uint32_t stun_fingerprint(base::Bytes octets) noexcept;

}  // namespace offhook::inline v0::rtp
