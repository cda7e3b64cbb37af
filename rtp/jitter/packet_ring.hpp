#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/prefetch.hpp>
#include <offhook/base/spsc_ring.hpp>

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace offhook::inline v0::rtp {

/// Stores packets of any size one after the other in `Octets` of memory. Exactly one thread puts packets, exactly one thread takes them. A payload
/// stays in its place until the taking thread frees it. Both sides are wait-free; no function allocates.
///
///     | header | payload | header |     payload     | header |  payload that fits here  | not used |
///
/// A header or payload that does not fit before the end of the memory starts at the beginning of the memory instead. Both threads compute its place
/// from its size. `Header` has a member `size`: the number of octets of the payload.
template <class Header, std::size_t Octets>
class PacketRing {
  static_assert(std::has_single_bit(Octets), "a place becomes an index with a mask");
  static_assert(std::is_trivially_copyable_v<Header>, "headers are copied as octets");

 public:
  using Place = std::uint64_t;  ///< counts octets, and never wraps in practice

  /// Putting thread. Returns false if there is no space.
  [[nodiscard]] bool try_push(const Header& header, base::Bytes payload) noexcept {
    const Place head = head_.load(std::memory_order_relaxed);  // Only this thread writes head_.
    const Place header_at = place_of(head, sizeof(Header));
    const Place payload_at = place_of(header_at + sizeof(Header), payload.size());
    const Place end = payload_at + payload.size();
    if (end - tail_seen_ > Octets) {
      tail_seen_ = tail_.load(std::memory_order_acquire);  // Pairs with the release in free_before: the taking thread does not read there any more.
      if (end - tail_seen_ > Octets) return false;
    }
    std::memcpy(at(header_at), &header, sizeof(Header));
    if (!payload.empty()) std::memcpy(at(payload_at), payload.data(), payload.size());
    head_.store(end, std::memory_order_release);  // Publishes header and payload.
    return true;
  }

  /// Taking thread. Returns false if there is no packet. Sets `place` to the place of the payload; see payload().
  [[nodiscard]] bool try_take(Header& header, Place& place) noexcept {
    if (next_ == head_seen_) {
      head_seen_ = head_.load(std::memory_order_acquire);  // Pairs with the release in try_push: the packet is written.
      if (next_ == head_seen_) return false;
    }
    const Place header_at = place_of(next_, sizeof(Header));
    std::memcpy(&header, at(header_at), sizeof(Header));
    place = place_of(header_at + sizeof(Header), header.size);
    next_ = place + header.size;
    return true;
  }
  /// Taking thread. Returns the payload of a packet that was taken and is not freed.
  [[nodiscard]] base::Bytes payload(Place place, std::size_t size) const noexcept {
    return base::Bytes(octets_).subspan(static_cast<std::size_t>(place % Octets), size);
  }
  void prefetch_links() const noexcept { base::prefetch(&head_, 2 * base::kCacheLine); }
  /// Either thread. Prefetches the place where it writes next, and the `octets` at `place`, which it will read.
  void prefetch(Place place, std::size_t octets) const noexcept {
    base::prefetch(octets_.data() + head_.load(std::memory_order_relaxed) % Octets, octets);
    base::prefetch(octets_.data() + place % Octets, octets);
  }
  /// Taking thread. Returns the place of the next packet. All packets before it were taken.
  [[nodiscard]] Place next() const noexcept { return next_; }
  /// Taking thread. Frees everything before `place`, which is next() or the place of a packet that was taken.
  void free_before(Place place) noexcept { tail_.store(place, std::memory_order_release); }

 private:
  [[nodiscard]] static constexpr Place place_of(Place from, std::size_t size) noexcept {
    const std::size_t left = Octets - static_cast<std::size_t>(from % Octets);
    return left >= size ? from : from + left;
  }
  [[nodiscard]] std::uint8_t* at(Place place) noexcept { return octets_.data() + place % Octets; }

  alignas(base::kCacheLine) std::atomic<Place> head_{0};
  Place tail_seen_ = 0;                       // The putting thread's copy of tail_, perhaps old: saves a cache miss per packet.
  alignas(base::kCacheLine) std::atomic<Place> tail_{0};
  Place head_seen_ = 0, next_ = 0;            // These belong to the taking thread.
  std::array<std::uint8_t, Octets> octets_;   // Not initialised: no octet is read before it is written.
};

}  // namespace offhook::inline v0::rtp
