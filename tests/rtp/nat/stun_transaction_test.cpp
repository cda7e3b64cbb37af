#include <offhook/rtp/nat/stun_transaction.hpp>
#include <offhook/tests/rtp/nat/scripted_turn_server.hpp>

#include <doctest/doctest.h>

using namespace offhook_test;
using rtp::StunTransaction;
using rtp::StunTransport;

namespace {

/// Returns the times at which the transaction sends its request, in milliseconds after the start. The last value is the time at which it fails.
std::vector<std::int64_t> times_of(StunTransport transport, const rtp::StunTimers& timers = {}) {
  const base::TimePoint begin{5s};
  StunTransaction transaction(Octets(20), StunMethod::Binding, {1}, transport, timers, begin);
  std::vector<std::int64_t> times;
  auto now = begin;
  do {
    if (transaction.poll_transmit()) times.push_back((now - begin) / 1ms);
    CHECK_FALSE(transaction.poll_transmit());
    CHECK(transaction.on_time(transaction.next_deadline() - 1ms));
    CHECK_FALSE(transaction.poll_transmit());
    now = transaction.next_deadline();
  } while (transaction.on_time(now));
  times.push_back((now - begin) / 1ms);
  return times;
}

}  // namespace

TEST_CASE("Over UDP a request is sent seven times at doubling intervals, and fails after 39.5 s [RFC 8489 section 6.2.1]") {
  CHECK(times_of(StunTransport::Udp) == std::vector<std::int64_t>{0, 500, 1500, 3500, 7500, 15500, 31500, 39500});
  CHECK(times_of(StunTransport::Udp, {.rto = 100ms, .requests = 3, .last_wait = 4}) == std::vector<std::int64_t>{0, 100, 300, 700});
}

TEST_CASE("Over TCP and TLS a request is sent once, and fails after 39.5 s [RFC 8489 section 6.2.2]") {
  CHECK(times_of(StunTransport::Tcp) == std::vector<std::int64_t>{0, 39500});
  CHECK(times_of(StunTransport::Tls, {.stream_timeout = 5s}) == std::vector<std::int64_t>{0, 5000});
}

TEST_CASE("Only a response with the id and the method of the request answers it [RFC 8489 section 6.3]") {
  const StunTransaction transaction(Octets(20), StunMethod::Refresh, {1}, StunTransport::Udp, {}, base::TimePoint{});
  const auto answers = [&](StunMethod method, StunClass kind, rtp::StunId id) {
    const auto octets = stun(method, kind, id);
    return transaction.is_answered_by(StunMessage::parse(octets).value());
  };
  CHECK(answers(StunMethod::Refresh, StunClass::Success, {1}));
  CHECK(answers(StunMethod::Refresh, StunClass::Error, {1}));
  CHECK_FALSE(answers(StunMethod::Refresh, StunClass::Request, {1}));
  CHECK_FALSE(answers(StunMethod::Refresh, StunClass::Indication, {1}));
  CHECK_FALSE(answers(StunMethod::Refresh, StunClass::Success, {2}));
  CHECK_FALSE(answers(StunMethod::Allocate, StunClass::Success, {1}));
}
