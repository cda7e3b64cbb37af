#pragma once

#include <offhook/agent/capture/packet.hpp>
#include <offhook/base/time.hpp>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

namespace offhook::inline v0::agent::capture {

/// Bounded queue of packets from any threads to one thread. Its producers never wait: packets beyond the bounds are dropped and
/// counted.
class PacketQueue {
 public:
  static constexpr std::size_t kMaxPackets = 8192;
  static constexpr std::size_t kMaxOctets = 16U << 20U;  ///< of the packets that wait; twice as many while the thread handles those that it took

  void put(Packet packet);
  /// Counts a packet that could not be put.
  void count_drop();
  /// Waits for a packet, for close(), or until `patience` is over, and moves all packets to `out`. Returns false after close(): no more will come.
  [[nodiscard]] bool take_all(std::vector<Packet>& out, std::optional<base::Duration> patience = std::nullopt);
  /// Ends the queue. The packets that wait can still be taken.
  void close();
  [[nodiscard]] std::uint64_t dropped() const;

 private:
  mutable std::mutex mutex_;  // Held only briefly.
  std::condition_variable wake_;
  std::vector<Packet> waiting_;
  std::size_t octets_ = 0;
  std::uint64_t dropped_ = 0;
  bool closed_ = false;
};

}  // namespace offhook::inline v0::agent::capture
