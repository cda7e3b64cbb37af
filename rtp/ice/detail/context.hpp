#pragma once

#include <offhook/base/random.hpp>
#include <offhook/rtp/ice/detail/local_candidates.hpp>
#include <offhook/rtp/ice/ice_event.hpp>
#include <offhook/rtp/ice/ice_options.hpp>
#include <offhook/rtp/nat/stun_message.hpp>

#include <deque>

namespace offhook::inline v0::rtp {

/// The parts of an agent that outlive a restart.
struct IceContext {
  IceContext(const IceOptions& wanted, base::Random& source) : options(wanted), random(source) {}

  IceOptions options;
  base::Random& random;
  IceLocalCandidates local;
  bool is_gathering = false;
  IceCounters counters;
  std::deque<IceTransmit> transmits;
  std::deque<IceEvent> events;

  [[nodiscard]] StunId new_id() {
    StunId id{};
    random.fill(id);
    return id;
  }
};

/// The base on which a datagram arrived, and its source address.
struct IceRoute {
  base::SocketAddress base, from;
  friend bool operator==(const IceRoute&, const IceRoute&) = default;
};

}  // namespace offhook::inline v0::rtp
