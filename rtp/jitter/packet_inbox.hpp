#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/time.hpp>
#include <offhook/rtp/jitter/jitter_types.hpp>
#include <offhook/rtp/jitter/packet_ring.hpp>
#include <offhook/rtp/packet.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace offhook::inline v0::rtp {

/// The header of a packet in the ring, before its payload.
struct ArrivedPacket {
  std::int64_t arrival;              // units of 1/8000 s on the steady clock
  std::uint32_t timestamp;
  std::uint32_t ssrc;
  std::uint16_t sequence;
  std::uint16_t size;
  std::uint16_t units;               // length of a packed payload; 0 for a payload with one unit in each octet
  std::uint8_t payload_type;
  std::uint8_t content : 4, clock : 4;
};
static_assert(sizeof(ArrivedPacket) == 24, "one header lies before each payload");

/// The sequence numbers of the newest packets of a stream.
class RecentPackets {
 public:
  /// Returns true if the packet came before. If the number is older than the newest but the timestamp is not, the sender
  /// has restarted its numbers: then has() forgets all numbers.
  [[nodiscard]] bool has(const Packet& packet) noexcept;
  /// Adds the packet; has() must have returned false for it.
  void add(const Packet& packet) noexcept;

 private:
  std::uint64_t came_ = 0;           // bit 0 is the newest packet; 0 if no packet came
  std::uint32_t ssrc_ = 0, timestamp_ = 0;
  std::uint16_t newest_ = 0;
};

/// Passes packets from the receiving thread to the ticking thread, which also reads their payloads here until it frees them. Neither side waits or
/// allocates.
class PacketInbox {
 public:
  using Ring = PacketRing<ArrivedPacket, kRingOctets>;
  using Place = Ring::Place;
  enum class PutResult : std::uint8_t { Taken, Full, Refused };

  /// Receiving thread. Copies the packet into the ring. Ignores a copy of one of the last kRememberedPackets packets, which counts as Taken.
  [[nodiscard]] PutResult try_put(const Packet& packet, base::TimePoint arrival, PacketContent content, PayloadTiming timing) noexcept;
  /// Receiving thread. Counts a packet that is dropped because the ring is full.
  void count_full() noexcept { full_.fetch_add(1, std::memory_order_relaxed); }

  /// Ticking thread. Returns false if there is no packet.
  [[nodiscard]] bool try_take(ArrivedPacket& packet, Place& place) noexcept { return ring_.try_take(packet, place); }
  [[nodiscard]] base::Bytes payload(Place place, std::size_t size) const noexcept { return ring_.payload(place, size); }
  /// Ticking thread. Returns the place of the next packet.
  [[nodiscard]] Place next() const noexcept { return ring_.next(); }
  /// Ticking thread. Returns how many octets lie between the place that was freed last and the next packet.
  [[nodiscard]] std::size_t used() const noexcept { return static_cast<std::size_t>(ring_.next() - freed_); }
  void free_before(Place place) noexcept {
    ring_.free_before(place);
    freed_ = place;
  }
  /// Returns the largest number of octets that held packets may occupy, if each packet has `packet_octets` octets. The remaining octets always have
  /// space for the next packet, even if it must start again at the beginning of the ring.
  [[nodiscard]] static std::size_t most_kept(std::size_t packet_octets) noexcept;

  /// Adds the receiving thread's counters.
  void fill(JitterStatistics& counts) const noexcept;

  void prefetch_links() const noexcept { ring_.prefetch_links(); }
  void prefetch(Place place) const noexcept { ring_.prefetch(place, sizeof(ArrivedPacket) + static_cast<std::size_t>(kUnitsPerTick)); }

 private:
  Ring ring_;
  RecentPackets recent_;
  std::atomic<std::uint64_t> full_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::uint64_t> repeated_{0};
  Place freed_ = 0;                    // used by the ticking thread: the ring is free before this place
};

}  // namespace offhook::inline v0::rtp
