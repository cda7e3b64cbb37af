#pragma once

#include <offhook/base/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace offhook::inline v0::rtp {

/// A datagram that a TURN server relays in a channel: RFC 8656 section 12.4.
struct ChannelData {
  std::uint16_t number = 0;   ///< channel number
  base::Bytes octets;         ///< borrowed from the message
};

inline constexpr std::size_t kMaxChannelDataAdded = 4 + 3;   ///< octets of the header, and of the padding over a stream

/// Reads a ChannelData message, with or without padding. Returns nullopt if the message is shorter than its length field says.
[[nodiscard]] std::optional<ChannelData> read_channel_data(base::Bytes message);

/// Replaces the first `size` octets of `room`, which are the application data, by a ChannelData message that carries them.
/// pads  adds padding, as TCP and TLS require: RFC 8656 section 12.5
/// Returns the size of the message; nullopt if `room` is too small, or if the length does not fit in its field.
[[nodiscard]] std::optional<std::size_t> wrap_as_channel_data(std::uint16_t number, bool pads, std::span<std::uint8_t> room, std::size_t size);

}  // namespace offhook::inline v0::rtp
