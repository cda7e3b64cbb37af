#pragma once

#include <cstdint>

namespace offhook::inline v0::rtp {

/// The attributes of STUN (RFC 8489 section 14), ICE (RFC 8445 section 16.1) and TURN (RFC 8656 section 18). A receiver must understand attributes below
/// 0x8000.
enum class StunAttribute : std::uint16_t {
  MappedAddress = 0x0001,
  Username = 0x0006,
  MessageIntegrity = 0x0008,
  ErrorCode = 0x0009,
  UnknownAttributes = 0x000a,
  ChannelNumber = 0x000c,
  Lifetime = 0x000d,
  XorPeerAddress = 0x0012,
  Data = 0x0013,
  Realm = 0x0014,
  Nonce = 0x0015,
  XorRelayedAddress = 0x0016,
  RequestedAddressFamily = 0x0017,
  EvenPort = 0x0018,
  RequestedTransport = 0x0019,
  DontFragment = 0x001a,
  MessageIntegritySha256 = 0x001c,
  PasswordAlgorithm = 0x001d,
  Userhash = 0x001e,
  XorMappedAddress = 0x0020,
  ReservationToken = 0x0022,
  Priority = 0x0024,
  UseCandidate = 0x0025,
  AdditionalAddressFamily = 0x8000,
  AddressErrorCode = 0x8001,
  PasswordAlgorithms = 0x8002,
  AlternateDomain = 0x8003,
  Software = 0x8022,
  AlternateServer = 0x8023,
  Fingerprint = 0x8028,
  IceControlled = 0x8029,
  IceControlling = 0x802a,
};

/// Returns true if the value of the attribute is an address that is XORed with the cookie and the transaction id: RFC 8489 section 14.2.
[[nodiscard]] constexpr bool is_xored(StunAttribute attribute) {
  return attribute == StunAttribute::XorMappedAddress || attribute == StunAttribute::XorPeerAddress || attribute == StunAttribute::XorRelayedAddress;
}

}  // namespace offhook::inline v0::rtp
