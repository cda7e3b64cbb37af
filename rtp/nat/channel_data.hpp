#pragma once

#include <offhook/base/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace offhook::inline v0::rtp {

/// A datagram that a server of TURN relays in a channel: RFC 8656 section 12.4.
struct ChannelData {
  std::uint16_t number = 0;   ///< of the channel
  base::Bytes octets;         ///< borrowed from the message
};

inline constexpr std::size_t kMaxChannelDataAdded = 4 + 3;   ///< the header, and over a stream the padding

/// Reads a message, which may have padding. Returns nullopt if it is shorter than its length says.
[[nodiscard]] std::optional<ChannelData> read_channel_data(base::Bytes message);

/// Writes ChannelData with the first `size` octets of `room` over these octets.
/// pads  true over TCP and TLS: RFC 8656 section 12.5
/// Returns the size of the message; nullopt if `room` is too small, or if the length does not fit in its field.
[[nodiscard]] std::optional<std::size_t> wrap_as_channel_data(std::uint16_t number, bool pads, std::span<std::uint8_t> room, std::size_t size);

}  // namespace offhook::inline v0::rtp
