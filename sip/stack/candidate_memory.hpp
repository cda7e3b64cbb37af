#pragma once

#include <offhook/base/time.hpp>
#include <offhook/sip/model/events.hpp>
#include <offhook/sip/stack/hop.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace offhook::inline v0::sip {

/// Remembers which servers of a hop failed lately. RFC 3263 section 4.3 starts each request with the first server, so without this
/// memory each request would wait for a first server that is dead. Pure: time is an argument.
class CandidateMemory {
 public:
  static constexpr std::size_t kMaxFailed = 256;  ///< beyond it, the entry that expires first is removed
  static constexpr std::size_t kMaxHops = 64;     ///< beyond it, the entry that expires first is removed
  static constexpr base::Duration kPassOver = std::chrono::seconds(30);  ///< time for which a failed server is tried after the others
  static constexpr std::chrono::seconds kMaxRetryAfter{1800};            ///< upper bound of a 503's Retry-After
  /// The server that responded stays first for this time. Then the domain's order counts again, so that a primary server that
  /// works again is found.
  static constexpr base::Duration kPrefer = std::chrono::minutes(5);

  void on_failure(const Route& route, std::optional<std::chrono::seconds> retry_after, base::TimePoint now);
  void on_answer(const Hop& hop, const Route& route, base::TimePoint now);
  /// Sorts the routes and removes none. If all have failed, the one whose failure is forgotten first comes first.
  void arrange(const Hop& hop, std::vector<Route>& routes, base::TimePoint now) const;
  [[nodiscard]] bool is_passed_over(Transport transport, const base::SocketAddress& remote, base::TimePoint now) const;
  [[nodiscard]] std::size_t failed() const { return failed_.size(); }
  [[nodiscard]] std::size_t hops() const { return preferred_.size(); }

 private:
  using Key = std::pair<Transport, base::SocketAddress>;
  struct Preferred {
    Key route;
    base::TimePoint until;
  };
  std::map<Key, base::TimePoint> failed_;  // Time until which each failed server comes last.
  std::map<Hop, Preferred> preferred_;
};

}  // namespace offhook::inline v0::sip
