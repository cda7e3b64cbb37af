#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/result.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/rtp/nat/stun_transaction.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace offhook::inline v0::rtp {

enum class TurnDataError : std::uint8_t {
  NotData,         ///< neither ChannelData nor a Data indication: pass it to TurnClient::on_message()
  Malformed,
  NotPermitted,    ///< a peer without permission, or a channel that is not bound
  TooLong,         ///< more than kMaxTurnDataOctets
  OutputTooSmall,
};
[[nodiscard]] std::string_view to_string(TurnDataError error);

inline constexpr std::size_t kMaxTurnAddedOctets = 51;    ///< that wrap() adds at most: a Send indication with an IPv6 peer, and padding
inline constexpr std::size_t kMaxTurnDataOctets = 65507 - kMaxTurnAddedOctets;  ///< of one datagram to a peer: its message must fit in a datagram over IPv4

/// The established path of an allocation: puts a datagram to a peer into a message to the server of TURN, and takes a peer's datagram out of a message of the
/// server. RFC 8656 sections 11 and 12. TurnClient makes it, and the thread that sends and receives has a copy. Never allocates.
class TurnChannels {
 public:
  static constexpr std::size_t kMaxPermissions = 32, kMaxChannels = 16;

  struct Received {
    base::SocketAddress peer;
    base::Bytes octets;              ///< borrowed from the message
  };

  TurnChannels() = default;
  explicit TurnChannels(StunTransport transport) : pads_(is_stream(transport)) {}

  /// Writes the message to the server that carries `octets` to `peer`: ChannelData if a channel is bound, otherwise a Send indication.
  /// room    [>= octets.size() + kMaxTurnAddedOctets]; may not overlap `octets`
  /// random  for the transaction id of an indication
  /// Returns the size of the message. Errors: NotPermitted, TooLong, OutputTooSmall.
  [[nodiscard]] base::Result<std::size_t, TurnDataError> wrap(const base::SocketAddress& peer, base::Bytes octets, std::span<std::uint8_t> room,
                                                              base::Random& random) const;
  /// Reads a message of the server. Errors: NotData, Malformed, NotPermitted.
  [[nodiscard]] base::Result<Received, TurnDataError> unwrap(base::Bytes message) const;

  /// Returns the number of the peer's channel, if the server has confirmed it: what leaves in it costs 4 octets, and no lookup.
  [[nodiscard]] std::optional<std::uint16_t> channel_of(const base::SocketAddress& peer) const;

  /// For TurnClient. Both return false if there is no more room.
  bool add_permission(const base::IpAddress& peer);
  /// is_bound  the server has confirmed the channel; until then, it only receives
  bool add_channel(const base::SocketAddress& peer, std::uint16_t number, bool is_bound);

 private:
  struct Channel {
    base::SocketAddress peer;
    std::uint16_t number = 0;
    bool is_bound = false;
  };
  [[nodiscard]] bool is_permitted(const base::IpAddress& peer) const;
  [[nodiscard]] base::Result<Received, TurnDataError> unwrap_channel(base::Bytes message) const;

  std::array<base::IpAddress, kMaxPermissions> permissions_{};
  std::array<Channel, kMaxChannels> channels_{};
  std::uint8_t permission_count_ = 0, channel_count_ = 0;
  bool pads_ = false;  // over a stream
};

}  // namespace offhook::inline v0::rtp
