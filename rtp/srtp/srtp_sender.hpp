#pragma once

#include <offhook/base/result.hpp>
#include <offhook/rtp/srtp/master_key.hpp>
#include <offhook/rtp/srtp/source_table.hpp>
#include <offhook/rtp/srtp/srtp_error.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace offhook::inline v0::rtp {

namespace detail {
class SessionCipher;
}

/// Protects the packets that are sent under one master key: RFC 3711 sections 3.3 and 3.4, RFC 7714 sections 8 and 9. It adds no master key
/// identifier. Pure; make() allocates, the other functions do not. Only one thread at a time may use an object.
class SrtpSender {
 public:
  /// Errors: Crypto.
  [[nodiscard]] static base::Result<SrtpSender, SrtpError> make(const SrtpMasterKey& key);
  SrtpSender(SrtpSender&&) noexcept;
  SrtpSender& operator=(SrtpSender&&) noexcept;
  ~SrtpSender();

  /// Protects the RTP packet in the first `size` octets of `room`, in place. `room` must have at least kMaxSrtpAddedOctets more octets. Returns the size of the
  /// protected packet. Refuses a packet whose index it has used before, because the same part of the keystream must not protect two packets
  /// (RFC 3711 section 9.1). Errors: BadPacket, NoRoom, Replayed, TooManySources, KeyUsedUp, Crypto. After an error, do not send `room`.
  [[nodiscard]] base::Result<std::size_t, SrtpError> protect_rtp(std::span<std::uint8_t> room, std::size_t size);
  /// Does the same with a compound RTCP packet. Errors: BadPacket, NoRoom, KeyUsedUp, Crypto.
  [[nodiscard]] base::Result<std::size_t, SrtpError> protect_rtcp(std::span<std::uint8_t> room, std::size_t size);

 private:
  SrtpSender(detail::SessionCipher rtp, detail::SessionCipher rtcp);

  std::unique_ptr<detail::SessionCipher> rtp_, rtcp_;
  std::uint32_t rtcp_index_ = 0;  // index of the last RTCP packet
  SourceTable sources_;
};

}  // namespace offhook::inline v0::rtp
