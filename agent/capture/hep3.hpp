#pragma once

#include <offhook/base/socket_address.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// HEP version 3, the protocol by which capture agents send packets to Homer and sngrep (HEP3 Network Protocol Specification, revision 32).
namespace offhook::inline v0::agent::capture {

/// One captured packet. The texts borrow from the caller.
struct Hep3 {
  static constexpr std::uint8_t kUdp = 17, kTcp = 6;
  static constexpr std::uint8_t kSip = 1;

  std::uint8_t ip_protocol = kUdp;
  base::SocketAddress source, destination;  ///< both of the same address family
  std::uint32_t seconds = 0, microseconds = 0;  ///< since 1970
  std::uint8_t payload_type = kSip;
  std::uint32_t capture_id = 0;       ///< the number by which a collector knows this sender
  std::string_view key{};             ///< the collector's key; "": the packet has none
  std::string_view correlation_id{};  ///< joins the packets of a call; "": the packet has none
  std::string_view payload{};

  friend bool operator==(const Hep3&, const Hep3&) = default;
};

/// Highest number of octets in a packet: the payload of a UDP datagram over IPv4.
inline constexpr std::size_t kMaxHep3Octets = 65507;

/// Returns the datagram of the packet. Cuts the payload so that the datagram has at most kMaxHep3Octets. Returns nullopt if the datagram is too long
/// even without payload.
[[nodiscard]] std::optional<std::string> write_hep3(const Hep3& packet);

}  // namespace offhook::inline v0::agent::capture
