#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/result.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/rtp/hmac_sha1.hpp>
#include <offhook/rtp/hmac_sha256.hpp>
#include <offhook/rtp/nat/stun_attribute.hpp>
#include <offhook/rtp/nat/stun_message.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace offhook::inline v0::rtp {

/// Writes a STUN message into the caller's buffer: RFC 8489 section 5. Call sign() after all other attributes, and add_fingerprint() last.
class StunWriter {
 public:
  StunWriter(std::span<std::uint8_t> out, StunMethod method, StunClass kind, const StunId& id);

  void add(StunAttribute attribute, base::Bytes value);             ///< at most 65,535 octets
  void add(StunAttribute attribute, std::string_view text);
  void add_flag(StunAttribute attribute) { add(attribute, base::Bytes()); }
  void add_number(StunAttribute attribute, std::uint32_t value);
  void add_long_number(StunAttribute attribute, std::uint64_t value);
  /// XORs the address if is_xored(attribute).
  void add_address(StunAttribute attribute, const base::SocketAddress& address);
  void add_error(int code, std::string_view reason);                ///< code: 300..699
  /// Adds MESSAGE-INTEGRITY over everything before it: RFC 8489 section 14.5.
  void sign(const HmacSha1& key);
  /// Adds MESSAGE-INTEGRITY-SHA256 over everything before it: RFC 8489 section 14.6.
  void sign(const HmacSha256& key);
  void add_fingerprint();
  /// Returns the size of the message. Errors: OutputTooSmall.
  [[nodiscard]] base::Result<std::size_t, StunError> finish() const;

 private:
  void add_header(StunAttribute attribute, std::size_t size);
  void set_length(std::size_t octets) const;

  std::span<std::uint8_t> out_;
  base::ByteWriter writer_;
  StunId id_;
};

}  // namespace offhook::inline v0::rtp
