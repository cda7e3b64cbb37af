#pragma once

#include <offhook/base/time.hpp>
#include <offhook/sip/stack/events.hpp>
#include <offhook/sip/stack/hop.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace offhook::inline v0::sip {

/// How the servers behind a hop have done lately: RFC 3263 section 4.3 begins each request with the first one anew, which costs a
/// wait for as long as that one is dead. Pure: time comes in as an argument.
class CandidateMemory {
 public:
  static constexpr std::size_t kMaxFailed = 256;  ///< the one whose time is up first makes room
  static constexpr std::size_t kMaxHops = 64;     ///< likewise
  static constexpr base::Duration kPassOver = std::chrono::seconds(30);  ///< a failed one goes behind the others for so long
  static constexpr std::chrono::seconds kMaxRetryAfter{1800};            ///< as a 503 may ask for
  /// The one that answered stays first for so long; then the order of the domain counts again, and a primary that is back is found.
  static constexpr base::Duration kPrefer = std::chrono::minutes(5);

  void on_failure(const Route& route, std::optional<std::chrono::seconds> retry_after, base::TimePoint now);
  void on_answer(const Hop& hop, const Route& route, base::TimePoint now);
  /// Nothing is left out: when all have failed, those whose time is up first come first.
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
  std::map<Key, base::TimePoint> failed_;  // And until when each is passed over.
  std::map<Hop, Preferred> preferred_;
};

}  // namespace offhook::inline v0::sip
