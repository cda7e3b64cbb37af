#pragma once

#include <offhook/base/socket_address.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace offhook::inline v0::sip {

/// The addresses whose first `bits` bits are those of `address`.
struct AddressRange {
  base::IpAddress address;
  unsigned bits = 32;
  [[nodiscard]] bool holds(const base::IpAddress& other) const;
};

/// 127.0.0.0/8 and ::1: who runs beside us, such as a proxy on the same machine.
[[nodiscard]] std::vector<AddressRange> this_machine();

/// How much of whom is served. Counted are messages that start something, their repeats, and what is no SIP; not what belongs to
/// live calls. Beyond a rate: 503 with Retry-After, without a transaction, as long as `refusals` allow; then silence.
struct DoorOptions {
  struct Rate {
    std::uint32_t per_second = 1;
    std::uint32_t burst = 1;  ///< that many at once
  };
  bool on = true;
  Rate source{20, 60};        ///< each source that we do not know: an IPv4 address, or an IPv6 /64
  Rate strangers{400, 800};   ///< all of those together
  Rate peer{20000, 20000};    ///< each address of our registrars, and of `peers`
  Rate refusals{200, 400};    ///< of strangers, that get an answer
  std::vector<AddressRange> peers = this_machine();
  bool ban_scanners = true;   ///< who names itself as one is not answered any more
  std::uint32_t max_failures = 10;          ///< wrong passwords of one source; one is forgiven each `forgiven_every`
  std::chrono::seconds forgiven_every{30};
  std::chrono::seconds ban_time{600};
};

}  // namespace offhook::inline v0::sip
