#include <offhook/media/dtls/handshake.hpp>

#include "dtls_pair.hpp"
#include "handshake_records.hpp"

#include <offhook/base/random.hpp>

using namespace offhook_test;

namespace {

/// Returns true if a pair connects on a network that loses the datagrams for which `loses` returns true.
bool connects(std::function<bool()> loses) {
  DtlsPair pair;
  pair.loses = std::move(loses);
  pair.start();
  pair.run();
  return pair.is_connected();
}

}  // namespace

TEST_CASE("A handshake completes if the network loses every third datagram") {
  for (int first = 0; first < 3; ++first) {
    CAPTURE(first);
    CHECK(connects([i = first]() mutable { return ++i % 3 == 0; }));
  }
}

TEST_CASE("A handshake completes if the network loses 30 % of the datagrams at random") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    CHECK(connects([random = base::SeededRandom(seed)]() mutable { return random.below(100) < 30; }));
  }
}

TEST_CASE("A handshake completes if any one or two of its datagrams are lost") {
  for (int a = 0; a < 12; ++a) {
    for (int b = a; b < 12; ++b) {
      CAPTURE(a);
      CAPTURE(b);
      CHECK(connects([i = 0, a, b]() mutable {
        const int datagram = i++;
        return datagram == a || datagram == b;
      }));
    }
  }
}

TEST_CASE("A client repeats its ClientHello after 0.4 s, doubles the time up to 3 s, and fails after 30 s [RFC 6347 section 4.2.4.1]") {
  DtlsPair pair;
  const auto began = pair.now;
  pair.client.start({server_endpoint().fingerprint()}, began);
  CHECK(take_all(pair.client).size() == 1);
  for (const auto due : {400ms, 1200ms, 2800ms, 5800ms, 8800ms, 11800ms, 14800ms, 17800ms, 20800ms, 23800ms, 26800ms, 29800ms}) {
    CAPTURE(due.count());
    REQUIRE(pair.client.next_deadline() == began + due);
    pair.client.on_time(began + due - 1ms);
    CHECK(take_all(pair.client).empty());
    pair.client.on_time(began + due);
    CHECK(take_all(pair.client).size() == 1);
  }
  REQUIRE(pair.client.next_deadline() == began + 30s);
  pair.client.on_time(began + 30s);
  REQUIRE(pair.client.state() == State::Failed);
  CHECK(pair.client.failure()->reason == media::DtlsFailure::Timeout);
  CHECK_FALSE(pair.client.next_deadline());
}

TEST_CASE("A handshake without a limit ends after twelve repetitions of a flight") {
  DtlsPair pair({.first_resend = 1s, .limit = 600s});
  const auto began = pair.now;
  pair.client.start({server_endpoint().fingerprint()}, began);
  for (int i = 0; i < 12; ++i) pair.client.on_time(*pair.client.next_deadline());
  CHECK(take_all(pair.client).size() == 13);
  REQUIRE(pair.client.next_deadline() == began + 1s + 2s + 11 * 3s);
  pair.client.on_time(*pair.client.next_deadline());
  REQUIRE(pair.client.state() == State::Failed);
  CHECK(pair.client.failure()->reason == media::DtlsFailure::Timeout);
}

TEST_CASE("A new flight is first repeated after 0.4 s, in records with new sequence numbers [RFC 6347 section 4.2.4]") {
  DtlsPair pair;
  pair.start();
  pair.now += 400ms;
  pair.client.on_time(pair.now);
  pair.carry(pair.client, pair.server);
  const auto flight = take_all(pair.server);
  REQUIRE(pair.server.next_deadline() == pair.now + 400ms);
  pair.server.on_time(pair.now + 400ms);
  const auto repeated = take_all(pair.server);
  CHECK(pair.server.next_deadline() == pair.now + 1200ms);
  for (const Octets& datagram : repeated) pair.client.on_datagram(datagram, pair.now);
  CHECK(pair.client.next_deadline() == pair.now + 400ms);  // For the ClientHello, the time had grown to 0.8 s.
  const auto first = records_of(flight), second = records_of(repeated);
  REQUIRE(first.size() == second.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    CHECK(first[i].fragment == second[i].fragment);
    CHECK(second[i].sequence >= first.size());
  }
}

TEST_CASE("A server repeats its last flight when the client repeats its last flight [RFC 6347 section 4.2.4]") {
  DtlsPair pair;
  pair.start();
  pair.carry(pair.client, pair.server);
  pair.carry(pair.server, pair.client);
  pair.carry(pair.client, pair.server);
  REQUIRE(pair.server.state() == State::Connected);
  for (int lost = 0; lost < 4; ++lost) {
    CHECK_FALSE(take_all(pair.server).empty());
    pair.now = *pair.client.next_deadline();
    pair.client.on_time(pair.now);
    pair.carry(pair.client, pair.server);
  }
  CHECK(pair.client.state() == State::Handshaking);
  pair.carry(pair.server, pair.client);
  CHECK(pair.is_connected());
  CHECK_FALSE(pair.client.next_deadline());
}

TEST_CASE("A datagram that does not complete a flight does not cause an early repetition [RFC 6347 section 4.2.4]") {
  DtlsPair pair;
  pair.start();
  const auto hello = take_all(pair.client);
  for (const Octets& datagram : hello) pair.server.on_datagram(datagram, pair.now);
  const auto flight = take_all(pair.server);
  const auto due = pair.server.next_deadline();
  for (int i = 0; i < 50; ++i) {
    for (const Octets& datagram : hello) pair.server.on_datagram(datagram, pair.now + std::chrono::milliseconds(i));
  }
  CHECK(take_all(pair.server).empty());
  CHECK(pair.server.next_deadline() == due);
  const auto records = records_of(flight);
  pair.client.on_datagram(octets_of(records.front()), pair.now);
  CHECK(take_all(pair.client).empty());
  CHECK(pair.client.next_deadline() == due);
}

TEST_CASE("Messages arrive in fragments of any size, in any order, with losses and copies [RFC 6347 section 4.2.3]") {
  for (const std::size_t size : {20U, 60U, 150U, 1000U}) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      CAPTURE(size);
      CAPTURE(seed);
      DtlsPair pair;
      base::SeededRandom random(seed);
      std::uint64_t sequence = 1000;
      const auto carry = [&](media::DtlsHandshake& from, media::DtlsHandshake& to) {
        auto records = in_fragments(records_of(take_all(from)), size, sequence);
        for (std::size_t i = 1; i < records.size(); ++i) std::swap(records[i], records[i - random.below(std::min<std::size_t>(i, 16))]);
        for (const Record& record : records) {
          pair.now += 10ms;
          const auto copies = random.below(10) < 2 ? 0 : 1 + random.below(2);
          for (std::uint64_t copy = 0; copy < copies; ++copy) to.on_datagram(octets_of(record), pair.now);
        }
        return records.size();
      };
      pair.server.start({client_endpoint().fingerprint()}, pair.now);
      pair.client.start({server_endpoint().fingerprint()}, pair.now);
      for (int i = 0; i < 60 && !pair.is_connected(); ++i) {
        while (carry(pair.client, pair.server) + carry(pair.server, pair.client) > 0) {}
        pair.now += 400ms;
        pair.client.on_time(pair.now);
        pair.server.on_time(pair.now);
      }
      CHECK(pair.is_connected());
    }
  }
}
