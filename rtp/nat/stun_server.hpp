#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>
#include <offhook/rtp/nat/stun_message.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace offhook::inline v0::rtp {

/// Answers Binding requests: RFC 8489 section 12. Pure: no I/O, no clock; allocates only in its constructor and for a 420.
///
/// An attacker who forges a victim's source address must gain nothing. So an answer is at most kMaxFactor times as long as its request, and each source gets at
/// most `answers_per_second`, in bursts of at most as many answers. A source is an IPv4 address or an IPv6 /64. A hash with a secret maps sources to kBudgets
/// budgets, so memory is constant; sources with the same hash share a budget.
/// Deviation: to keep kMaxFactor, answers have no SOFTWARE, and the server ignores clients of RFC 3489, which send no magic cookie.
class StunServer {
 public:
  static constexpr std::size_t kMaxFactor = 3;
  static constexpr std::size_t kMaxAnswerOctets = 256;
  static constexpr std::size_t kBudgets = 4096;

  struct Statistics {
    std::uint64_t answered = 0;
    std::uint64_t ignored = 0;       ///< messages that were not valid Binding requests
    std::uint64_t over_budget = 0;   ///< requests of sources that had used up their budget
  };

  /// answers_per_second  for each source, at least 1
  StunServer(std::uint32_t answers_per_second, base::Random& random);

  /// Writes the answer to a message that came from `from` into `room`. Returns its size in octets, or nullopt if the server does not answer.
  /// room  [>= kMaxAnswerOctets]
  [[nodiscard]] std::optional<std::size_t> answer(base::Bytes message, const base::SocketAddress& from, base::TimePoint now, std::span<std::uint8_t> room);
  [[nodiscard]] const Statistics& statistics() const { return counts_; }

 private:
  [[nodiscard]] bool try_spend(const base::IpAddress& source, base::TimePoint now);

  base::Duration interval_;                 // time in which a budget regains one answer
  std::uint64_t secret_;
  std::vector<base::TimePoint> full_at_;    // the time at which each budget is full again: its whole state
  Statistics counts_;
};

}  // namespace offhook::inline v0::rtp
