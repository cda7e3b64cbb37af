#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/spsc_ring.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/send/sendout.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace offhook::inline v0::media {

/// The beginning of one datagram of a leg, as it crossed the network, for captures. It has no audio, and nothing that SRTP has encrypted.
struct TappedPacket {
  static constexpr std::size_t kMaxOctets = 128;

  base::TimePoint at;                   ///< time at which the datagram came, or was given to the kernel
  base::SocketAddress local, remote;
  bool is_sent = false;
  std::uint16_t size = 0;               ///< octets of the whole datagram
  std::uint16_t kept = 0;               ///< number of its octets that are kept in `octets`
  std::array<std::uint8_t, kMaxOctets> octets;

  [[nodiscard]] base::Bytes beginning() const { return {octets.data(), kept}; }
};

/// Returns how many octets of a datagram a capture may have, at most TappedPacket::kMaxOctets:
/// - RTP: its header with the extension (RFC 3550 section 5.1); the first twelve octets of a packet that is not valid
/// - RTCP: all; if it is protected or not valid, the first eight octets, which SRTCP does not encrypt (RFC 3711 section 3.4)
/// - STUN: its header (RFC 8489 section 5), without the digest of a password
/// - DTLS: the headers of its record and of a handshake message (RFC 6347 section 4.2.2)
/// - another protocol: its first four octets. A message of TURN channels (RFC 8656 section 12.4) contains audio behind them.
[[nodiscard]] std::size_t tapped_octets(base::Bytes datagram, bool is_protected);

/// Carries the beginnings of one worker's datagrams to one other thread. The worker never waits: a full tap drops the packet, and counts it.
class PacketTap {
 public:
  static constexpr std::size_t kPackets = 4096;

  /// Call it on the worker's thread only.
  void put(const TappedPacket& packet) noexcept {
    if (!ring_.try_push(packet)) dropped_.fetch_add(1, std::memory_order_relaxed);
  }
  /// Call it on one other thread only. Returns false if no packet waits.
  [[nodiscard]] bool try_take(TappedPacket& packet) noexcept { return ring_.try_pop(packet); }
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }

 private:
  base::SpscRing<TappedPacket, kPackets> ring_;
  std::atomic<std::uint64_t> dropped_{0};
};

/// The taps of an engine: EngineOptions::taps. The engine adds one for each worker, and one other thread takes the packets of all.
class PacketTaps {
 public:
  [[nodiscard]] PacketTap& add();
  /// Returns false if no packet waits.
  [[nodiscard]] bool try_take(TappedPacket& packet);
  [[nodiscard]] std::uint64_t dropped() const;

 private:
  mutable std::mutex mutex_;  // Workers do not use it.
  std::vector<std::unique_ptr<PacketTap>> taps_;
};

}  // namespace offhook::inline v0::media
