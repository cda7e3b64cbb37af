#include <offhook/rtp/jitter/target_delay.hpp>

#include <offhook/rtp/jitter/packet_inbox.hpp>

#include <numeric>

namespace offhook::inline v0::rtp {

void TargetDelay::set_profile(DelayProfile profile) noexcept {
  for_machine_ = profile.machine;
  estimator_.set_profile(profile);
}

void TargetDelay::begin_stream() noexcept {
  estimator_.reset();
  overtaken_.forget();
}

/// If the length of the packets is not a multiple of a tick, the last packet of a tick must come before its own time, because the whole tick plays at once: up
/// to 10 ms earlier for packets of 10 and 30 ms, and 0 ms earlier for packets of 20, 40 and 60 ms.
void TargetDelay::learn_size(std::int64_t units, std::size_t octets) noexcept {
  packet_units_ = units;
  packet_octets_ = octets;
  granule_ = kUnitsPerTick - std::gcd(units, kUnitsPerTick);
  most_held_ = kAnyDelay;
  if (octets <= static_cast<std::size_t>(units)) return;
  // The ring also needs space for the arriving packet, and may lose the space of nearly one packet at its end.
  const std::size_t record = sizeof(ArrivedPacket) + octets, room = PacketInbox::most_kept(octets) - record;
  most_held_ = (static_cast<std::int64_t>(room / record) - 1) * units;
}

}  // namespace offhook::inline v0::rtp
