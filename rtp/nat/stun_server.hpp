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
/// It must not be of use to an attacker who sends requests in the name of a victim. So an answer is at most kMaxFactor times as long as its request, and each
/// source gets at most `answers_per_second`, in bursts of at most as many. A source is an IPv4 address or an IPv6 /64. Sources share kBudgets budgets by a hash
/// with a secret, so the bound holds for each source however many there are, and memory is constant.
/// Deviation: no SOFTWARE in answers, and no clients of RFC 3489 without the magic cookie, because of that factor.
class StunServer {
 public:
  static constexpr std::size_t kMaxFactor = 3;
  static constexpr std::size_t kMaxAnswerOctets = 256;
  static constexpr std::size_t kBudgets = 4096;

  struct Statistics {
    std::uint64_t answered = 0;
    std::uint64_t ignored = 0;       ///< no valid request for a binding
    std::uint64_t over_budget = 0;   ///< from a source that had used up its answers
  };

  /// answers_per_second  for each source, at least 1
  StunServer(std::uint32_t answers_per_second, base::Random& random);

  /// Answers a message that came from `from`. Returns the octets of the answer in `room`, or nullopt if there is none.
  /// room  [>= kMaxAnswerOctets]
  [[nodiscard]] std::optional<std::size_t> answer(base::Bytes message, const base::SocketAddress& from, base::TimePoint now, std::span<std::uint8_t> room);
  [[nodiscard]] const Statistics& statistics() const { return counts_; }

 private:
  [[nodiscard]] bool try_spend(const base::IpAddress& source, base::TimePoint now);

  base::Duration interval_;                 // in which a budget regains one answer
  std::uint64_t secret_;
  std::vector<base::TimePoint> full_at_;    // when each budget is full again, which is its whole state
  Statistics counts_;
};

}  // namespace offhook::inline v0::rtp
