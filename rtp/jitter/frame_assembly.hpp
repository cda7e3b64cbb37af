#pragma once

#include <offhook/rtp/jitter/held_packets.hpp>
#include <offhook/rtp/jitter/jitter_types.hpp>
#include <offhook/rtp/jitter/packet_inbox.hpp>

#include <array>
#include <cstdint>

namespace offhook::inline v0::rtp {

/// Takes the audio of one tick out of the packets that cover it. A payload is copied only if it covers a part of the tick.
class FrameAssembly {
 public:
  struct Gathered {
    std::int64_t end = 0;              ///< end of the gathered part, which ends early if a packet is missing or has another payload type
    std::int64_t newest = -1;          ///< highest sequence number of the gathered packets
  };

  /// `inbox` and `held` are borrowed, and must outlive this object.
  FrameAssembly(const PacketInbox& inbox, const HeldPackets& held) noexcept : inbox_(inbox), held_(held) {}

  /// Gathers one tick from `position` on, at which a packet is held. Sets payload, payload type and `packed` of `pull`.
  [[nodiscard]] Gathered gather(std::int64_t position, Pull& pull) noexcept;
  /// Returns the piece at offset `at` of the packed frame that ends at `end`. The piece is valid until the next pull.
  [[nodiscard]] Piece piece(std::int64_t end, std::int64_t at) const noexcept;
  /// Call it after a gap. Returns the first held packet, which is the one after the gap. Returns an empty piece if this packet is not packed.
  [[nodiscard]] Piece after_gap() const noexcept;

 private:
  [[nodiscard]] Gathered gather_parts(std::int64_t position, Pull& pull) noexcept;
  [[nodiscard]] Piece piece_of(const HeldPacket& packet, std::int64_t begin, std::int64_t end) const noexcept;
  [[nodiscard]] base::Bytes octets_of(const HeldPacket& packet, std::int64_t from, std::int64_t size) const noexcept {
    return inbox_.payload(packet.place + static_cast<PacketInbox::Place>(from - packet.begin), static_cast<std::size_t>(size));
  }

  const PacketInbox& inbox_;
  const HeldPackets& held_;
  std::array<std::uint8_t, static_cast<std::size_t>(kUnitsPerTick)> frame_{};
};

}  // namespace offhook::inline v0::rtp
