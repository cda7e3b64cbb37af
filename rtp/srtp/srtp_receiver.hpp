#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/result.hpp>
#include <offhook/rtp/srtp/master_key.hpp>
#include <offhook/rtp/srtp/source_table.hpp>
#include <offhook/rtp/srtp/srtp_error.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace offhook::inline v0::rtp {

namespace detail {
class SessionCipher;
}

/// Checks and decrypts the packets that arrive under one master key: RFC 3711 sections 3.3 and 3.4, RFC 7714 sections 8 and 9. A packet with a wrong tag
/// changes no state. Pure; make() allocates, the other functions do not. Only one thread at a time may use an object.
class SrtpReceiver {
 public:
  /// The longest master key identifier that SrtpReceiver supports. RFC 4568 section 6.1 allows 128 octets.
  static constexpr std::size_t kMaxMkiOctets = 16;

  /// `mki` is the master key identifier that the peer adds to each packet, or empty if the peer adds none. Errors: BadMki (it is too long), Crypto.
  [[nodiscard]] static base::Result<SrtpReceiver, SrtpError> make(const SrtpMasterKey& key, base::Bytes mki = {});
  SrtpReceiver(SrtpReceiver&&) noexcept;
  SrtpReceiver& operator=(SrtpReceiver&&) noexcept;
  ~SrtpReceiver();

  /// Copies the former key's roll-over counters into this receiver, because a peer may continue them under the new key (RFC 3711 section 3.3.1).
  void follow(const SrtpReceiver& former) { *earlier_ = former.rtp_sources_; }
  /// Checks and decrypts an RTP packet in place, and returns it without the tag. Errors: BadPacket, BadMki, Replayed, BadTag, TooManySources, KeyUsedUp. After
  /// an error, the contents of `packet` are undefined.
  [[nodiscard]] base::Result<std::span<std::uint8_t>, SrtpError> unprotect_rtp(std::span<std::uint8_t> packet);
  /// Does the same with a compound RTCP packet. Errors: BadPacket, BadMki, NotEncrypted, Replayed, BadTag, TooManySources.
  [[nodiscard]] base::Result<std::span<std::uint8_t>, SrtpError> unprotect_rtcp(std::span<std::uint8_t> packet);

 private:
  SrtpReceiver(detail::SessionCipher rtp, detail::SessionCipher rtcp);
  [[nodiscard]] base::Bytes mki() const { return base::Bytes(mki_).first(mki_octets_); }
  template <class OpenAs>
  [[nodiscard]] std::optional<std::uint64_t> open_first(std::uint32_t ssrc, std::uint16_t sequence, std::span<std::uint8_t> body, const OpenAs& open_as);

  std::unique_ptr<detail::SessionCipher> rtp_, rtcp_;
  std::array<std::uint8_t, kMaxMkiOctets> mki_{};
  std::size_t mki_octets_ = 0;
  SourceTable rtp_sources_, rtcp_sources_;
  std::unique_ptr<SourceTable> earlier_;  // sources of RTP under the former key
};

}  // namespace offhook::inline v0::rtp
