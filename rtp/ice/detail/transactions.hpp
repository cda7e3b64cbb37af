#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>
#include <offhook/rtp/ice/detail/pair.hpp>
#include <offhook/rtp/ice/detail/role.hpp>
#include <offhook/rtp/nat/stun_message.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace offhook::inline v0::rtp {

/// A check without an answer so far.
struct IceTransaction {
  StunId id{};
  IcePairId pair = 0;
  base::SocketAddress base, to;
  std::uint32_t priority = 0;           ///< PRIORITY in the request
  IceClaim claim;                       ///< role and tie-breaker in the request
  bool nominates = false;               ///< true if the request has USE-CANDIDATE
  bool persists = false;                ///< see IceTransactions::begin
  std::vector<std::uint8_t> octets;     ///< the request, which is repeated unchanged

  bool cancelled = false;
  unsigned sent = 0;
  base::Duration interval{};            ///< time from the last request to the next
  base::TimePoint end_at{};
  std::optional<base::TimePoint> resend_at;
};

/// The checks without an answer so far, and the times at which to repeat them: RFC 8489 section 6.2.1.
class IceTransactions {
 public:
  static constexpr base::Duration kMinRto = std::chrono::milliseconds(500);
  static constexpr unsigned kMaxRequests = 7;                                   ///< Rc
  static constexpr int kLastWait = 16;                                          ///< Rm
  static constexpr base::Duration kLifetime = 79 * kMinRto;                     ///< 63 RTO until the last request, and 16 RTO for its answer

  /// Begins a check whose first request the caller sends now. Requests are repeated after RTO, 2 RTO, 4 RTO and so on, kMaxRequests at most.
  ///
  /// Deviation: a check that `persists` is repeated every 4 RTO after its fourth request, until kLifetime. With a loss of 30 % in each direction, one of 110
  /// transactions of seven requests fails, and calls fail although there is a path. A check persists only if the peer is lite, or has sent a check on the pair,
  /// or if this side nominates the pair. So the peer's description alone cannot make this side send more than seven requests to a third party. An observer that
  /// sends copies of a peer's check from forged addresses makes this side send 21 requests instead of seven to each of these addresses, but to no more than
  /// kMaxPeerReflexive addresses.
  /// Deviation: no check lives longer than kLifetime, even if its RTO is larger than kMinRto.
  void begin(IceTransaction check, base::Duration rto, base::TimePoint now);
  /// Stops the repetition of this pair's requests. A later answer still counts, but a missing answer does not fail the pair: RFC 8445 section 7.3.1.4.
  void cancel(IcePairId pair);
  /// Forgets the checks of pairs for which `is_gone(IcePairId)` is true.
  template <class IsGone>
  void forget_if(IsGone is_gone) {
    std::erase_if(pending_, [&](const IceTransaction& one) { return is_gone(one.pair); });
  }

  [[nodiscard]] const IceTransaction* find(const StunId& id) const;
  /// Removes and returns the check with this id, because its answer came. Returns nullopt if there is none.
  [[nodiscard]] std::optional<IceTransaction> take(const StunId& id);

  /// Returns a request that the caller must repeat now, and counts this repetition. Returns nullptr if no request is due.
  [[nodiscard]] const IceTransaction* next_due(base::TimePoint now);
  /// Removes and returns a check whose time for an answer has passed.
  [[nodiscard]] std::optional<IceTransaction> next_ended(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  [[nodiscard]] std::size_t size() const { return pending_.size(); }

 private:
  std::vector<IceTransaction> pending_;   // in the order in which the checks began
};

}  // namespace offhook::inline v0::rtp
