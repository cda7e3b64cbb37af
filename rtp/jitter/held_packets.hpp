#pragma once

#include <offhook/base/prefetch.hpp>
#include <offhook/rtp/jitter/jitter_types.hpp>
#include <offhook/rtp/jitter/packet_inbox.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace offhook::inline v0::rtp {

/// A packet that waits to be played. Its payload stays in the ring.
struct HeldPacket {
  std::int64_t arrival = 0;
  std::int64_t begin = 0;            // unwrapped timestamp of its first octet
  std::int64_t end = 0;              // equal to begin for ComfortNoise and Key
  std::int64_t sequence = 0;         // unwrapped
  PacketInbox::Place place = 0;
  std::uint8_t payload_type = 0;
  PacketContent content = PacketContent::Audio;
  bool packed = false;
  std::uint16_t size = 0;            // size of the payload in octets
};

/// The storage of a jitter buffer: up to kMaxBufferedPackets packets in the order of their time.
class HeldPackets {
 public:
  [[nodiscard]] std::size_t size() const noexcept { return count_; }
  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
  [[nodiscard]] bool full() const noexcept { return count_ == kMaxBufferedPackets; }
  [[nodiscard]] HeldPacket& operator[](std::size_t index) noexcept { return packets_[(first_ + index) % kMaxBufferedPackets]; }
  [[nodiscard]] const HeldPacket& operator[](std::size_t index) const noexcept { return packets_[(first_ + index) % kMaxBufferedPackets]; }
  [[nodiscard]] const HeldPacket& front() const noexcept { return packets_[first_]; }
  [[nodiscard]] const HeldPacket& back() const noexcept { return (*this)[count_ - 1]; }

  /// Returns the latest end of the packets. This may not be the last packet's end: a long packet may end after a short one that starts later.
  /// Valid only if packets are held.
  [[nodiscard]] std::int64_t end() const noexcept { return end_; }
  /// Returns the index at which a packet that starts at `begin` is inserted: after all packets that start at that time or earlier.
  [[nodiscard]] std::size_t index_of(std::int64_t begin) const noexcept {
    std::size_t at = count_;
    while (at > 0 && (*this)[at - 1].begin > begin) --at;
    return at;
  }
  /// Returns the index of the packet that arrived first.
  [[nodiscard]] std::size_t oldest() const noexcept;

  /// Inserts the packet at `index`. Do not call it when full().
  void insert(const HeldPacket& packet, std::size_t index) noexcept;
  /// Removes a packet that is the only one, or that does not have the latest end.
  void remove(std::size_t index) noexcept {
    for (std::size_t i = index; i > 0; --i) (*this)[i] = (*this)[i - 1];
    first_ = (first_ + 1) % kMaxBufferedPackets;
    --count_;
  }
  /// Removes any packet, and finds the latest end again.
  void remove_and_measure(std::size_t index) noexcept;
  void clear() noexcept { count_ = 0; }

  /// prefetch_links() prefetches the fields that say where the packets are; prefetch() prefetches the first packets.
  void prefetch_links() const noexcept { base::prefetch_between(&first_, this + 1); }
  void prefetch() const noexcept;
  /// Returns true if the invariants hold. `next` is the place of the next packet in the ring.
  [[nodiscard]] bool is_consistent(PacketInbox::Place next) const noexcept;

 private:
  [[nodiscard]] std::int64_t latest_end() const noexcept;

  std::array<HeldPacket, kMaxBufferedPackets> packets_{};  // a ring of count_ packets, starting at first_
  std::size_t first_ = 0, count_ = 0;
  std::int64_t end_ = 0;
};

}  // namespace offhook::inline v0::rtp
