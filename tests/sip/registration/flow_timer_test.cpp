#include <offhook/sip/registration/keep_alive.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace std::chrono_literals;
using sip::Transport;
using sip::registration::KeepAlive;

namespace {

/// Returns the time from the 2xx to a REGISTER to the first ping.
base::Duration first_ping(Transport transport, std::optional<std::chrono::seconds> flow_timer, std::uint64_t seed) {
  base::SeededRandom random(seed);
  const base::TimePoint begin{1000s};
  KeepAlive pings;
  pings.apply(flow_timer);
  pings.start(transport, begin, random);
  return *pings.next_deadline() - begin;
}

}  // namespace

TEST_CASE("A ping is due after 80 to 100 % of the Flow-Timer, which is limited to ten seconds to an hour [RFC 5626 section 4.4.1]") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    for (const auto& [asked, counted] : {std::pair{9s, 10s}, {10s, 10s}, {11s, 11s}, {3600s, 3600s}, {3601s, 3600s}}) {
      const auto due = first_ping(Transport::Tcp, asked, seed);
      CHECK(due >= base::Duration(counted) * 8 / 10);
      CHECK(due <= counted);
    }
    CHECK(first_ping(Transport::Tcp, std::nullopt, seed) >= KeepAlive::kStreamLeast);
    CHECK(first_ping(Transport::Udp, 600s, seed) <= KeepAlive::kDatagramMost);  // A NAT forgets a UDP mapping earlier than the Flow-Timer.
    CHECK(first_ping(Transport::Udp, 15s, seed) <= 15s);
  }
}
