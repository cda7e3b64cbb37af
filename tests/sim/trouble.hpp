#pragma once

#include <offhook/base/random.hpp>
#include <offhook/tests/sim/network.hpp>

#include <string>

/// The disturbances between telephones.
namespace offhook::sim {

enum class Trouble {
  None,
  Loss,          ///< up to 30 % loss, 15 % duplicates, and reordering
  Restart,       ///< one telephone is killed and restarted
  Stopped,       ///< one telephone's process stops for seconds or hours while its clock continues
  Cut,           ///< no datagram arrives any more
  Partition,     ///< no datagram passes for a while, in one direction or both
  Nat,           ///< one telephone is behind a NAT and calls through a registrar and proxy
  ForgetfulNat,  ///< like Nat, but the NAT closes a port before the registration is refreshed
  Fork,          ///< a proxy makes two telephones ring for one call
  Everything,    ///< several of these at once
};
inline constexpr Trouble kTroubles[] = {Trouble::None, Trouble::Loss, Trouble::Restart, Trouble::Stopped,
                                        Trouble::Cut, Trouble::Nat, Trouble::ForgetfulNat, Trouble::Fork,
                                        Trouble::Partition, Trouble::Everything};

inline std::string to_string(Trouble trouble) {
  switch (trouble) {
    case Trouble::None:
      return "no trouble";
    case Trouble::Loss:
      return "loss";
    case Trouble::Restart:
      return "a restart";
    case Trouble::Stopped:
      return "a process that is stopped for a while";
    case Trouble::Cut:
      return "a cut network";
    case Trouble::Partition:
      return "a network that is cut for a while";
    case Trouble::Nat:
      return "a NAT";
    case Trouble::ForgetfulNat:
      return "a NAT that forgets idle ports";
    case Trouble::Fork:
      return "a fork";
    case Trouble::Everything:
      return "several disturbances at the same time";
  }
  return "";
}

inline base::Duration random_time(base::Random& random, base::Duration most) {
  return base::Duration(static_cast<base::Duration::rep>(random.below(static_cast<std::uint64_t>(most.count()) + 1)));
}

/// The disturbances of one world. The kind and the random numbers of the world's seed choose them.
struct Troubles {
  bool loss = false, restart = false, stopped = false, cut = false, partition = false, nat = false, fork = false;
  base::Duration nat_memory = 90s;

  Troubles(Trouble kind, base::Random& random) {
    const bool all = kind == Trouble::Everything;
    const auto drawn = [&](std::initializer_list<Trouble> kinds) {
      return std::find(kinds.begin(), kinds.end(), kind) != kinds.end() || (all && random.below(2) == 0);
    };
    loss = drawn({Trouble::Loss, Trouble::Restart, Trouble::Stopped, Trouble::Cut, Trouble::Partition, Trouble::Nat,
                  Trouble::ForgetfulNat, Trouble::Fork});
    restart = drawn({Trouble::Restart});
    stopped = drawn({Trouble::Stopped});
    partition = drawn({Trouble::Partition});
    cut = kind == Trouble::Cut;
    fork = drawn({Trouble::Fork});
    nat = !fork && drawn({Trouble::Nat, Trouble::ForgetfulNat});
    if (kind == Trouble::ForgetfulNat || (all && random.below(2) == 0)) nat_memory = 15s;
  }

  [[nodiscard]] bool any() const { return loss || restart || stopped || cut || partition || nat || fork; }

  [[nodiscard]] Weather weather(base::Random& random) const {
    Weather weather{.loss_percent = 0, .delay = 1ms + random_time(random, 80ms), .jitter = {}};
    if (!loss) return weather;
    weather.loss_percent = static_cast<unsigned>(random.below(31));
    weather.jitter = random_time(random, 400ms);
    weather.duplicate_percent = static_cast<unsigned>(random.below(16));
    return weather;
  }
};

}  // namespace offhook::sim
