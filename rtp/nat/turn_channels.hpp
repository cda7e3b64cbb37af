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
  NotData,         ///< the message is neither ChannelData nor a Data indication: pass it to TurnClient::on_message()
  Malformed,
  NotPermitted,    ///< the peer has no permission, or the channel is unknown
  TooLong,         ///< more than kMaxTurnDataOctets
  OutputTooSmall,
};
[[nodiscard]] std::string_view to_string(TurnDataError error);

inline constexpr std::size_t kMaxTurnAddedOctets = 51;    ///< the most that wrap() adds: a Send indication to an IPv6 peer, and padding
inline constexpr std::size_t kMaxTurnDataOctets = 65507 - kMaxTurnAddedOctets;  ///< largest datagram to a peer: its message must fit in a datagram over IPv4

/// The permissions and channels of one allocation. Wraps datagrams to peers in messages to the TURN server, and unwraps peers' datagrams from the server's
/// messages: RFC 8656 sections 11 and 12. TurnClient makes this object, and the thread that sends and receives has a copy. Never allocates.
class TurnChannels {
 public:
  static constexpr std::size_t kMaxPermissions = 32, kMaxChannels = 16;

  struct Received {
    base::SocketAddress peer;
    base::Bytes octets;              ///< borrowed from the message
  };

  TurnChannels() = default;
  explicit TurnChannels(StunTransport transport) : pads_(is_stream(transport)) {}

  /// Writes a message to the server that carries `octets` to `peer`: ChannelData if a channel is bound, otherwise a Send indication.
  /// room    [>= octets.size() + kMaxTurnAddedOctets]; may not overlap `octets`
  /// random  for the transaction id of an indication
  /// Returns the size of the message. Errors: NotPermitted, TooLong, OutputTooSmall.
  [[nodiscard]] base::Result<std::size_t, TurnDataError> wrap(const base::SocketAddress& peer, base::Bytes octets, std::span<std::uint8_t> room,
                                                              base::Random& random) const;
  /// Reads a message of the server. Errors: NotData, Malformed, NotPermitted.
  [[nodiscard]] base::Result<Received, TurnDataError> unwrap(base::Bytes message) const;

  /// Returns the number of the peer's channel, if the server has confirmed it. With the number, wrap_as_channel_data() adds only 4 octets and needs no lookup.
  [[nodiscard]] std::optional<std::uint16_t> channel_of(const base::SocketAddress& peer) const;

  /// Only TurnClient calls this function and add_channel(). Both return false if there is no space left.
  bool add_permission(const base::IpAddress& peer);
  /// is_bound  true if the server has confirmed the channel; until then, the channel is only used to receive
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
  bool pads_ = false;  // true if the transport is a stream
};

}  // namespace offhook::inline v0::rtp
