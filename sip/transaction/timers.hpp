#pragma once

#include <offhook/base/time.hpp>
#include <offhook/sip/model/flow.hpp>

#include <algorithm>
#include <chrono>

namespace offhook::inline v0::sip::transaction {

/// T1, T2 and T4, and the timers that RFC 3261 table 4 and RFC 6026 derive from them. Durations on a monotonic clock.
struct Timers {
  base::Duration t1 = std::chrono::milliseconds(500);  ///< round-trip estimate: RFC 3261 section 17.1.1.1
  base::Duration t2 = std::chrono::seconds(4);         ///< longest interval between retransmissions, except of an INVITE
  base::Duration t4 = std::chrono::seconds(5);         ///< longest time that a message stays in the network

  [[nodiscard]] constexpr base::Duration a() const { return t1; }       ///< INVITE retransmission, doubles without limit (UDP)
  [[nodiscard]] constexpr base::Duration b() const { return 64 * t1; }  ///< INVITE without any response
  [[nodiscard]] constexpr base::Duration e() const { return t1; }       ///< non-INVITE retransmission, doubles up to T2 (UDP)
  [[nodiscard]] constexpr base::Duration f() const { return 64 * t1; }  ///< non-INVITE without a final response
  [[nodiscard]] constexpr base::Duration g() const { return t1; }       ///< final response to an INVITE, doubles up to T2 (UDP)
  [[nodiscard]] constexpr base::Duration h() const { return 64 * t1; }  ///< wait for the ACK to a 300-699
  [[nodiscard]] constexpr base::Duration l() const { return 64 * t1; }  ///< INVITE server in Accepted: RFC 6026 section 7.1
  [[nodiscard]] constexpr base::Duration m() const { return 64 * t1; }  ///< INVITE client in Accepted: RFC 6026 section 7.2

  // The waits for late retransmissions. They are zero over reliable transports, which make no retransmissions.
  [[nodiscard]] constexpr base::Duration d(Transport transport) const {  ///< responses to an INVITE: at least 32 s
    return wait(transport, std::max<base::Duration>(std::chrono::seconds(32), 64 * t1));
  }
  [[nodiscard]] constexpr base::Duration i(Transport transport) const { return wait(transport, t4); }
  [[nodiscard]] constexpr base::Duration j(Transport transport) const { return wait(transport, 64 * t1); }
  [[nodiscard]] constexpr base::Duration k(Transport transport) const { return wait(transport, t4); }

  [[nodiscard]] static constexpr base::Duration wait(Transport transport, base::Duration duration) {
    return is_reliable(transport) ? base::Duration::zero() : duration;
  }
};

}  // namespace offhook::inline v0::sip::transaction
