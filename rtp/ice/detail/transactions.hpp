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

/// A check that waits for its answer.
struct IceTransaction {
  StunId id{};
  IcePairId pair = 0;
  base::SocketAddress base, to;
  std::uint32_t priority = 0;           ///< its PRIORITY
  IceClaim claim;                       ///< the role in the request
  bool nominates = false;               ///< it has USE-CANDIDATE
  bool persists = false;                ///< see IceTransactions::begin
  std::vector<std::uint8_t> octets;     ///< the request, which is repeated unchanged

  bool cancelled = false;
  unsigned sent = 0;
  base::Duration interval{};            ///< between the last request and the next
  base::TimePoint end_at{};
  std::optional<base::TimePoint> resend_at;
};

/// The checks that wait for their answers, and when each is repeated: RFC 8489 section 6.2.1.
class IceTransactions {
 public:
  static constexpr base::Duration kMinRto = std::chrono::milliseconds(500);
  static constexpr unsigned kMaxRequests = 7;                                   ///< Rc
  static constexpr int kLastWait = 16;                                          ///< Rm
  static constexpr base::Duration kLifetime = 79 * kMinRto;                     ///< 63 RTO until the last request, and 16 RTO for its answer

  /// Begins a check whose first request the caller sends now. Requests are repeated after RTO, 2 RTO, 4 RTO and so on, kMaxRequests at most.
  ///
  /// Deviation: a check that `persists` is repeated every 4 RTO from then on, until kLifetime. With a loss of 30 % each way, one of 110 transactions of seven
  /// requests fails, which would fail calls that have a path. Only pairs persist whose peer was heard, is lite, or is nominated, so that a peer cannot have this
  /// side send more to strangers. Deviation: also with a larger RTO no check lives longer than kLifetime.
  void begin(IceTransaction check, base::Duration rto, base::TimePoint now);
  /// Repeats nothing more for this pair. An answer still counts, and its lack is no failure: RFC 8445 section 7.3.1.4.
  void cancel(IcePairId pair);
  /// Forgets the checks of pairs for which `is_gone(IcePairId)` is true.
  template <class IsGone>
  void forget_if(IsGone is_gone) {
    std::erase_if(pending_, [&](const IceTransaction& one) { return is_gone(one.pair); });
  }

  [[nodiscard]] const IceTransaction* find(const StunId& id) const;
  /// Removes a check, because it has its answer. Returns nullopt if there is none with this id.
  [[nodiscard]] std::optional<IceTransaction> take(const StunId& id);

  /// Returns the next request to repeat now, whose repetition is then counted. Returns nullptr if no more is due.
  [[nodiscard]] const IceTransaction* next_due(base::TimePoint now);
  /// Removes and returns the next check that has ended without an answer.
  [[nodiscard]] std::optional<IceTransaction> next_ended(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  [[nodiscard]] std::size_t size() const { return pending_.size(); }

 private:
  std::vector<IceTransaction> pending_;   // in the order of their beginning
};

}  // namespace offhook::inline v0::rtp
