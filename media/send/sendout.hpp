#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/socket_address.hpp>

#include <array>
#include <cstdint>
#include <span>

namespace offhook::inline v0::media {

enum class Channel : std::uint8_t { Rtp, Rtcp };

inline constexpr std::size_t kMaxDatagramOctets = 672;   ///< 20 ms of L16 at 16 kHz take 652; SR, SDES with the longest CNAME, XR and BYE take 372
/// The most datagrams of one tick: two packets of 10 ms, a shorter packet before digits start, one of an event, one of RTCP, and one spare.
inline constexpr std::size_t kMaxDatagramsPerTick = 6;

struct Datagram {
  Channel channel = Channel::Rtp;
  std::uint16_t size = 0;
  base::SocketAddress to;
  std::array<std::uint8_t, kMaxDatagramOctets> octets{};

  [[nodiscard]] base::Bytes bytes() const { return {octets.data(), size}; }
};

/// The datagrams that one leg sends in one tick. The worker keeps the object, and uses it in each tick.
class Sendout {
 public:
  void clear() { count_ = 0; }
  /// Returns space for one more datagram; keep() then adds this datagram. Returns null if there is no space, which the bounds above exclude.
  [[nodiscard]] Datagram* next() { return count_ < items_.size() ? &items_[count_] : nullptr; }
  void keep() { ++count_; }
  [[nodiscard]] std::span<const Datagram> all() const { return {items_.data(), count_}; }

 private:
  std::array<Datagram, kMaxDatagramsPerTick> items_{};
  std::size_t count_ = 0;
};

}  // namespace offhook::inline v0::media
