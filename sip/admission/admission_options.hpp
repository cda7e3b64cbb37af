#pragma once

#include <offhook/base/socket_address.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace offhook::inline v0::sip {

/// The addresses whose first `bits` bits equal those of `address`.
struct AddressRange {
  base::IpAddress address;
  unsigned bits = 32;
  [[nodiscard]] bool holds(const base::IpAddress& other) const;
};

/// Returns 127.0.0.0/8 and ::1, for programs on this machine such as a proxy.
[[nodiscard]] std::vector<AddressRange> this_machine();

/// Limits per source. The stack counts requests outside live calls, their retransmissions, and messages that are not SIP. A
/// message beyond a rate gets 503 with Retry-After, without a transaction. When `refusals` is used up, it gets no response.
struct AdmissionOptions {
  struct Rate {
    std::uint32_t per_second = 1;
    std::uint32_t burst = 1;  ///< requests that may arrive at the same moment
  };
  bool on = true;
  Rate source{20, 60};        ///< for each unknown source: an IPv4 address, or an IPv6 /64
  Rate strangers{400, 800};   ///< for all unknown sources together
  Rate peer{20000, 20000};    ///< for each address of our registrars, and of `peers`
  Rate refusals{200, 400};    ///< responses to unknown sources beyond their rate
  std::vector<AddressRange> peers = this_machine();
  bool ban_scanners = true;   ///< ban sources whose User-Agent is that of a scanner
  std::uint32_t max_failures = 10;          ///< wrong passwords before a source is banned; the count falls by 1 each `forgiven_every`
  std::chrono::seconds forgiven_every{30};
  std::chrono::seconds ban_time{600};
};

}  // namespace offhook::inline v0::sip
