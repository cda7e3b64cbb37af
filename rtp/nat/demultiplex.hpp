#pragma once

#include <offhook/base/bytes.hpp>

#include <cstdint>

namespace offhook::inline v0::rtp {

/// The protocol of a datagram on a media port, by its first octet: RFC 7983 section 7.
enum class DatagramKind : std::uint8_t { Stun, Zrtp, Dtls, TurnChannel, RtpOrRtcp, Unknown };

/// Returns the kind by the first octet only; the datagram may be invalid. is_rtcp() distinguishes RTP from RTCP.
[[nodiscard]] constexpr DatagramKind kind_of(base::Bytes datagram) {
  if (datagram.empty()) return DatagramKind::Unknown;
  const std::uint8_t first = datagram.front();
  if (first <= 3) return DatagramKind::Stun;
  if (first >= 16 && first <= 19) return DatagramKind::Zrtp;
  if (first >= 20 && first <= 63) return DatagramKind::Dtls;
  if (first >= 64 && first <= 79) return DatagramKind::TurnChannel;
  return first >= 128 && first <= 191 ? DatagramKind::RtpOrRtcp : DatagramKind::Unknown;
}

}  // namespace offhook::inline v0::rtp
