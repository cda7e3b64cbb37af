#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>
#include <offhook/sip/admission/admission_options.hpp>

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <unordered_map>

namespace offhook::inline v0::sip {

/// A token bucket. Its whole state is the time at which it will be full again.
class Budget {
 public:
  constexpr explicit Budget(AdmissionOptions::Rate rate)
      : interval_(base::Duration(std::chrono::seconds(1)) / (rate.per_second > 0 ? rate.per_second : 1)),
        depth_(interval_ * (rate.burst > 0 ? rate.burst : 1)) {}
  constexpr Budget(base::Duration interval, std::uint32_t burst) : interval_(interval), depth_(interval * burst) {}

  /// Takes one token. Returns false if there is none; `full_at` then stays unchanged.
  [[nodiscard]] constexpr bool try_take(base::TimePoint& full_at, base::TimePoint now) const {
    const auto from = full_at > now ? full_at : now;
    if (from + interval_ - now > depth_) return false;
    full_at = from + interval_;
    return true;
  }

 private:
  base::Duration interval_, depth_;
};

/// The state of sources that send to us. A source is an IPv4 address, or an IPv6 /64, because a host can use all addresses of its
/// /64.
class Sources {
 public:
  /// Largest number of unknown sources, and of peers. Beyond it, the least recently active source is forgotten, and restarts with
  /// a full budget. A separate budget bounds all unknown sources together.
  static constexpr std::size_t kMaxSources = 4096;
  static constexpr std::size_t kMaxBans = 1024;  ///< beyond it, the ban that would end first is removed

  struct Source {
    base::TimePoint requests_full_at{}, failures_full_at{};
  };

  /// Finds or creates the source. The reference is valid until the next touch().
  Source& touch(const base::IpAddress& address);
  void ban(const base::IpAddress& address, base::TimePoint until);
  [[nodiscard]] bool is_banned(const base::IpAddress& address, base::TimePoint now);
  [[nodiscard]] std::size_t size() const { return sources_.size(); }
  [[nodiscard]] std::size_t bans() const { return bans_.size(); }

 private:
  struct Hash {
    std::size_t operator()(const base::IpAddress& address) const noexcept;
  };
  using Order = std::list<base::IpAddress>;
  struct Entry {
    Source source;
    Order::iterator place;
  };
  std::unordered_map<base::IpAddress, Entry, Hash> sources_;
  Order order_;  // The most recently active source is last.
  std::unordered_map<base::IpAddress, base::TimePoint, Hash> bans_;
};

}  // namespace offhook::inline v0::sip
