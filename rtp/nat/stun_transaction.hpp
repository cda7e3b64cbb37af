#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/time.hpp>
#include <offhook/rtp/nat/stun_message.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace offhook::inline v0::rtp {

/// The transport of messages to a STUN or TURN server.
enum class StunTransport : std::uint8_t { Udp, Tcp, Tls };
[[nodiscard]] constexpr bool is_stream(StunTransport transport) { return transport != StunTransport::Udp; }

struct StunTimers {
  base::Duration rto = std::chrono::milliseconds(500);             ///< time until the first repetition over UDP; doubles with each repetition
  int requests = 7;                                                ///< Rc: requests sent over UDP, including the first
  int last_wait = 16;                                              ///< Rm: the wait after the last request, in units of `rto`
  base::Duration stream_timeout = std::chrono::milliseconds(39500);///< Ti: wait for an answer over TCP and TLS, where requests are not repeated
};

/// Returns a transaction id. RFC 8489 section 5 requires cryptographic randomness.
[[nodiscard]] StunId random_stun_id(base::Random& random);

/// Client side of one request, whose octets it keeps: RFC 8489 sections 6.2.1 and 6.2.2. Pure: no I/O, no clock.
/// Deviation: the RTO is constant. RFC 8489 derives it from measured round trips, but these are nearly always shorter than its minimum of 500 ms.
class StunTransaction {
 public:
  StunTransaction(std::vector<std::uint8_t> request, StunMethod method, const StunId& id, StunTransport transport, const StunTimers& timers,
                  base::TimePoint now);

  /// Returns true if the message is an answer with this transaction's id and method.
  [[nodiscard]] bool is_answered_by(const StunMessage& message) const;
  /// Returns the request if it must be sent now, and nullopt until it must be repeated.
  [[nodiscard]] std::optional<base::Bytes> poll_transmit();
  /// Schedules the repetition that is due. Returns false when the time for an answer has passed.
  [[nodiscard]] bool on_time(base::TimePoint now);
  [[nodiscard]] base::TimePoint next_deadline() const { return deadline_; }

 private:
  std::vector<std::uint8_t> request_;
  StunId id_;
  StunMethod method_;
  bool waits_to_be_sent_ = true;
  int repetitions_;           // number of repetitions that are left
  base::Duration interval_;   // time until the next repetition
  base::Duration last_wait_;
  base::TimePoint deadline_;
};

}  // namespace offhook::inline v0::rtp
