// Attackers who forge the peer's address, or copy its datagrams.
#include <offhook/media/dtls/handshake.hpp>

#include "dtls_pair.hpp"
#include "handshake_records.hpp"

#include <offhook/base/random.hpp>

using namespace offhook_test;
using media::DtlsFailure;
using media::DtlsHandshake;

namespace {

Octets plain_alert(std::uint8_t level, std::uint8_t description) { return octets_of({21, 0xfefd, 0, 50, {level, description}}); }

/// Returns a record with random content, or a message that neither role sends.
Record random_record(base::SeededRandom& random) {
  Record record;
  record.content = static_cast<std::uint8_t>(random.below(3) == 0 ? random.below(256) : 20 + random.below(4));
  record.epoch = static_cast<std::uint16_t>(random.below(3));
  record.sequence = random.below(64);
  record.fragment.resize(random.below(40));
  random.fill(record.fragment);
  const auto type = static_cast<std::uint8_t>(17 + random.below(200));
  if (record.content == 22 && record.epoch == 0) record.fragment = message(type, 4, random.below(3), 0, {1, 2, 3, 4});
  return record;
}

/// Lets a pair run its handshake. `attack` may send to the receiver before each datagram. Returns true if both sides connect.
template <class Attack>
bool connects_under(Attack attack) {
  DtlsPair pair;
  const auto carry = [&](DtlsHandshake& from, DtlsHandshake& to) {
    const auto datagrams = take_all(from);
    for (const Octets& datagram : datagrams) {
      attack(to, pair.now);
      CHECK(to.is_consistent());
      to.on_datagram(datagram, pair.now);
    }
    return datagrams.size();
  };
  pair.start();
  while (carry(pair.client, pair.server) + carry(pair.server, pair.client) > 0) {}
  return pair.is_connected();
}

}  // namespace

TEST_CASE("An unencrypted alert does not end a handshake, at any time [RFC 6347 section 4.1.2.7]") {
  for (const std::uint8_t level : Octets{1, 2}) {
    for (const std::uint8_t description : Octets{0, 10, 40, 42, 80, 255}) {
      CAPTURE(int{description});
      CHECK(connects_under([&](DtlsHandshake& side, base::TimePoint now) { side.on_datagram(plain_alert(level, description), now); }));
    }
  }
}

TEST_CASE("After an unencrypted alert, a handshake without progress fails within five seconds, and failure() names the alert") {
  DtlsPair pair;
  pair.start();
  pair.client.on_datagram(plain_alert(2, 40), pair.now);
  CHECK(pair.client.state() == State::Handshaking);
  pair.client.on_time(pair.now + DtlsHandshake::kGrace - 1ms);
  CHECK(pair.client.state() == State::Handshaking);
  pair.client.on_datagram(plain_alert(2, 80), pair.now + 4s);
  pair.client.on_time(pair.now + DtlsHandshake::kGrace);
  REQUIRE(pair.client.state() == State::Failed);
  CHECK(pair.client.failure()->reason == DtlsFailure::PeerAlert);
  CHECK(media::dtls_alert_name(pair.client.failure()->alert) == "internal error");
}

TEST_CASE("Progress after an unencrypted alert gives the handshake its full time again") {
  DtlsPair pair;
  pair.start();
  pair.client.on_datagram(plain_alert(2, 40), pair.now);
  pair.carry(pair.client, pair.server);
  pair.carry(pair.server, pair.client);
  CHECK_FALSE(pair.client.failure());
  pair.client.on_time(pair.now + DtlsHandshake::kGrace);
  CHECK(pair.client.state() == State::Handshaking);
}

TEST_CASE("A server ignores an alert that comes before any ClientHello") {
  DtlsPair pair;
  pair.server.start({client_endpoint().fingerprint()}, pair.now);
  pair.server.on_datagram(plain_alert(2, 40), pair.now);
  CHECK(pair.server.state() == State::New);
  CHECK(pair.server.next_deadline() == pair.now + 30s);
}

TEST_CASE("Random records, and messages that the peer never sends, do not end a handshake [RFC 6347 section 4.1.2.7]") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    base::SeededRandom random(seed);
    CHECK(connects_under([&random](DtlsHandshake& side, base::TimePoint now) {
      for (int i = 0; i < 8; ++i) side.on_datagram(octets_of(random_record(random)), now);
      Octets noise(random.below(200));
      random.fill(noise);
      side.on_datagram(noise, now);
    }));
  }
}

TEST_CASE("After a forged record with the highest number, the handshake still accepts the peer's records [RFC 6347 section 4.1.2.6]") {
  CHECK(connects_under([](DtlsHandshake& side, base::TimePoint now) {
    const std::uint8_t stale = side.role() == media::DtlsRole::Server ? 1 : 2;
    side.on_datagram(octets_of({22, 0xfefd, 0, 0xffffffffffff, message(stale, 4, 60, 0, {1, 2, 3, 4})}), now);
  }));
}

TEST_CASE("Copies of an encrypted record that overtakes its flight do not end the handshake [RFC 6347 section 4.2.4]") {
  DtlsPair pair;
  pair.start();
  pair.carry(pair.client, pair.server);
  pair.carry(pair.server, pair.client);
  auto flight = records_of(take_all(pair.client));
  REQUIRE(flight.back().epoch == 1);
  for (int i = 0; i < 3; ++i) pair.server.on_datagram(octets_of(flight.back()), pair.now);
  for (const Record& record : flight) pair.server.on_datagram(octets_of(record), pair.now);
  pair.exchange();
  CHECK(pair.is_connected());
}

TEST_CASE("After a forged ClientHello that OpenSSL refuses, the server begins again, and the peer connects") {
  DtlsPair pair;
  pair.server.start({client_endpoint().fingerprint()}, pair.now);
  // This ClientHello offers only TLS_RSA_WITH_NULL_MD5, as in CVE-2023-49786.
  const Octets body = joined(joined({0xfe, 0xfd}, Octets(32, 7)), {0, 0, 0, 2, 0, 1, 1, 0});
  pair.server.on_datagram(octets_of({22, 0xfefd, 0, 0, message(1, body.size(), 0, 0, body)}), pair.now);
  REQUIRE(pair.server.failure());
  CHECK(pair.server.failure()->reason == DtlsFailure::NoCommonCipher);
  const auto refusal = take_all(pair.server);
  REQUIRE(refusal.size() == 1);
  CHECK(refusal.front().front() == 21);  // an alert
  pair.client.start({server_endpoint().fingerprint()}, pair.now);
  pair.exchange();
  CHECK(pair.is_connected());
  CHECK_FALSE(pair.server.failure());
}

TEST_CASE("After a peer with another certificate, the described peer can still connect [RFC 5763 section 5]") {
  DtlsPair pair;
  const auto stranger = make_endpoint();
  DtlsHandshake other(stranger, media::DtlsRole::Client);
  pair.server.start({client_endpoint().fingerprint()}, pair.now);
  other.start({server_endpoint().fingerprint()}, pair.now);
  while (pair.carry(other, pair.server) + pair.carry(pair.server, other) > 0) {}
  CHECK(pair.server.failure()->reason == DtlsFailure::WrongCertificate);
  pair.now += 1s;
  pair.client.start({server_endpoint().fingerprint()}, pair.now);
  pair.exchange();
  CHECK(pair.is_connected());
}

TEST_CASE("After a handshake, copies of all its datagrams change nothing, and get no answer") {
  DtlsPair pair;
  pair.start();
  std::vector<Octets> to_server, to_client;
  for (int i = 0; i < 4; ++i) {
    for (const Octets& datagram : take_all(pair.client)) to_server.push_back(datagram), pair.server.on_datagram(datagram, pair.now);
    for (const Octets& datagram : take_all(pair.server)) to_client.push_back(datagram), pair.client.on_datagram(datagram, pair.now);
  }
  REQUIRE(pair.is_connected());
  for (int i = 0; i < 3; ++i) {
    for (const Octets& datagram : to_server) pair.server.on_datagram(datagram, pair.now);
    for (const Octets& datagram : to_client) pair.client.on_datagram(datagram, pair.now);
  }
  CHECK(pair.is_connected());
  CHECK(take_all(pair.server).empty());
  CHECK(take_all(pair.client).empty());
}

TEST_CASE("The server does not answer copies of a ClientHello, so that an attacker cannot multiply traffic [RFC 6347 section 4.2.1]") {
  DtlsPair pair;
  pair.start();
  const auto hello = take_all(pair.client);
  std::size_t answered = 0;
  for (int i = 0; i < 20; ++i) {
    for (const Octets& datagram : hello) pair.server.on_datagram(datagram, pair.now);
    answered += take_all(pair.server).size();
  }
  CHECK(answered == 1);
}

TEST_CASE("A connected association ignores a second handshake, because a new association needs a new object [RFC 8842 section 3.1]") {
  DtlsPair pair;
  pair.start();
  pair.exchange();
  REQUIRE(pair.is_connected());
  const auto secret = pair.server.keys()->send;
  DtlsHandshake again(client_endpoint(), media::DtlsRole::Client);
  again.start({server_endpoint().fingerprint()}, pair.now);
  pair.carry(again, pair.server);
  CHECK(pair.server.state() == State::Connected);
  CHECK(take_all(pair.server).empty());
  CHECK(std::ranges::equal(pair.server.keys()->send.secret(), secret.secret()));
}

TEST_CASE("Unencrypted alerts after the handshake are ignored") {
  DtlsPair pair;
  pair.start();
  pair.exchange();
  for (DtlsHandshake* side : {&pair.client, &pair.server}) {
    side->on_datagram(plain_alert(2, 40), pair.now);
    side->on_datagram(plain_alert(1, 0), pair.now);
  }
  CHECK(pair.is_connected());
  CHECK_FALSE(pair.client.next_deadline());
  CHECK_FALSE(pair.client.failure());
}

TEST_CASE("Random records after the handshake get no answer, and the association can still be closed [RFC 6347 section 4.1.2.7]") {
  DtlsPair pair;
  pair.start();
  pair.exchange();
  base::SeededRandom random(1);
  for (int i = 0; i < 3000; ++i) {
    pair.now += 10ms;
    pair.client.on_datagram(octets_of(random_record(random)), pair.now);
    pair.server.on_datagram(octets_of(random_record(random)), pair.now);
  }
  CHECK(take_all(pair.client).empty());
  CHECK(take_all(pair.server).empty());
  pair.client.close();
  pair.exchange();
  CHECK(pair.server.state() == State::ClosedByPeer);
}

TEST_CASE("An encrypted record that is too short for AES-GCM does not end an association, before or after Finished [RFC 5288 section 3]") {
  for (std::size_t octets = 0; octets < 40; ++octets) {
    CAPTURE(octets);
    DtlsPair pair;
    pair.start();
    pair.carry(pair.client, pair.server);
    pair.carry(pair.server, pair.client);
    const Octets forged = octets_of({21, 0xfefd, 1, 9, Octets(octets, 9)});
    for (const Record& record : records_of(take_all(pair.client))) {
      if (record.epoch == 1) pair.server.on_datagram(forged, pair.now);
      pair.server.on_datagram(octets_of(record), pair.now);
    }
    pair.exchange();
    REQUIRE(pair.is_connected());
    pair.server.on_datagram(forged, pair.now);
    CHECK(take_all(pair.server).empty());
    pair.server.close();
    pair.exchange();
    CHECK(pair.client.state() == State::ClosedByPeer);
  }
}
