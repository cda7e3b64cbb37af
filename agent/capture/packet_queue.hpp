#pragma once

#include <offhook/agent/capture/packet.hpp>
#include <offhook/base/time.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <new>
#include <optional>
#include <vector>

namespace offhook::inline v0::agent::capture {

/// Runs `work`. Returns false if memory is missing for it.
template <class Work>
bool has_memory_for(Work work) {
  try {
    work();
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

/// Bounded queue of packets from any threads to one thread, which handles them. Its producers never wait: packets beyond the bounds are dropped and counted.
class PacketQueue {
 public:
  static constexpr std::size_t kMaxPackets = 8192;
  static constexpr std::size_t kMaxOctets = 16U << 20U;  ///< octets of the waiting packets; the thread may hold as many again while it handles packets
  static constexpr base::Duration kTimeToEnd = std::chrono::seconds(2);  ///< time from close() after which waiting packets are dropped

  /// Returns true if a packet of this size fits. Otherwise counts it as dropped.
  [[nodiscard]] bool has_room(std::size_t octets);
  void put(Packet packet);
  /// Waits for a packet, for close(), or until `patience` is over, and moves all packets to `out`. Returns false after close(): no more will come.
  [[nodiscard]] bool take_all(std::vector<Packet>& out, std::optional<base::Duration> patience = std::nullopt);
  /// Runs `work`, which handles this number of packets. Counts them as dropped instead if memory is missing, or if the time after close() is over.
  template <class Work>
  void handle(std::size_t packets, Work work) {
    if (is_late() || !has_memory_for(work)) drop(packets);
  }
  /// Ends the queue. The packets that wait can still be taken.
  void close(base::Duration time_to_end = kTimeToEnd);
  [[nodiscard]] std::uint64_t dropped() const;

 private:
  [[nodiscard]] bool is_full(std::size_t octets) const { return closed_ || waiting_.size() == kMaxPackets || octets > kMaxOctets - octets_; }
  [[nodiscard]] bool is_late() const;
  void drop(std::size_t packets);

  mutable std::mutex mutex_;  // Held only briefly.
  std::condition_variable wake_;
  std::vector<Packet> waiting_;
  std::size_t octets_ = 0;
  std::uint64_t dropped_ = 0;
  bool closed_ = false;
  base::TimePoint end_{};  // Time after which waiting packets are dropped, if closed_.
};

}  // namespace offhook::inline v0::agent::capture
