#include <offhook/media/dtls/handshake.hpp>

#include "dtls_pair.hpp"
#include "handshake_records.hpp"
#include "openssl_peer.hpp"

using namespace offhook_test;
using media::DtlsEndpoint;
using media::DtlsFailure;
using media::DtlsHandshake;

namespace {

/// A ClientHello that OpenSSL cannot parse.
Octets bad_hello() { return octets_of({22, 0xfefd, 0, 0, message(1, 4, 0, 0, {1, 2, 3, 4})}); }

/// Lets our client or server complete its handshake with a peer whose certificate has an extension of `extra_octets`, and which sends the certificate
/// `certificates` times. Returns the size of the peer's Certificate message.
std::size_t run(DtlsHandshake& ours, std::size_t extra_octets, std::size_t certificates = 1) {
  media::DtlsFingerprint theirs;
  std::size_t octets = 3;
  const auto role = ours.role() == media::DtlsRole::Client ? media::DtlsRole::Server : media::DtlsRole::Client;
  OpenSslPeer peer(role, [&](SSL_CTX* context) {
    theirs = set_up_well(context, extra_octets);
    X509* const certificate = SSL_CTX_get0_certificate(context);
    octets += certificates * (3 + media::detail::octets_of(*certificate).size());
    for (std::size_t i = 1; i < certificates; ++i) REQUIRE(SSL_CTX_ctrl(context, SSL_CTRL_CHAIN_CERT, 1, certificate) == 1);
  });
  const base::TimePoint now{std::chrono::hours(1)};
  ours.start({theirs}, now);
  exchange(ours, peer, now);
  return octets;
}

}  // namespace

TEST_CASE("A handshake reads a datagram of kMaxDatagramOctets, and drops a longer datagram") {
  for (const std::size_t more : {0U, 1U}) {
    DtlsPair pair;
    pair.start();
    auto hello = take_all(pair.client);
    REQUIRE(hello.size() == 1);
    hello[0].resize(DtlsHandshake::kMaxDatagramOctets + more);  // The octets after the ClientHello are not a record.
    pair.server.on_datagram(hello[0], pair.now);
    CHECK(pair.server.dropped() == more);
    CHECK(take_all(pair.server).empty() == (more == 1));
  }
}

TEST_CASE("A handshake reads kMaxDatagramsPerSecond datagrams in a second, and drops further datagrams until the next second") {
  DtlsPair pair;
  pair.start();
  const auto hello = take_all(pair.client);
  const Octets noise{1};
  for (std::size_t i = 0; i < DtlsHandshake::kMaxDatagramsPerSecond; ++i) pair.server.on_datagram(noise, pair.now);
  CHECK(pair.server.dropped() == 0);
  pair.server.on_datagram(hello[0], pair.now + 999ms);
  CHECK(pair.server.dropped() == 1);
  CHECK(take_all(pair.server).empty());
  pair.server.on_datagram(hello[0], pair.now + 1s);
  CHECK(pair.server.dropped() == 1);
  CHECK(take_all(pair.server).size() == 1);
}

TEST_CASE("A server makes kMaxAttempts attempts, and fails when the last attempt fails") {
  for (const std::size_t failures : {DtlsHandshake::kMaxAttempts - 1, DtlsHandshake::kMaxAttempts}) {
    DtlsPair pair;
    pair.server.start({client_endpoint().fingerprint()}, pair.now);
    for (std::size_t i = 0; i < failures; ++i) pair.server.on_datagram(bad_hello(), pair.now);
    CHECK((pair.server.state() == State::Failed) == (failures == DtlsHandshake::kMaxAttempts));
    CHECK(pair.server.is_consistent());
    pair.client.start({server_endpoint().fingerprint()}, pair.now);
    pair.exchange();
    CHECK(pair.is_connected() == (failures < DtlsHandshake::kMaxAttempts));
    if (pair.server.failure()) CHECK(pair.server.failure()->reason == DtlsFailure::Protocol);
  }
}

TEST_CASE("A handshake accepts a Certificate message of kMaxCertificateOctets, and refuses a longer message") {
  for (const auto role : {media::DtlsRole::Client, media::DtlsRole::Server}) {
    for (const std::size_t wanted : {DtlsEndpoint::kMaxCertificateOctets, DtlsEndpoint::kMaxCertificateOctets + 1}) {
      std::size_t octets = 0, extra = wanted - 250;
      while (octets != wanted) {  // The size of a signature varies by an octet or two.
        DtlsHandshake ours(client_endpoint(), role);
        octets = run(ours, extra);
        extra += wanted - octets;
        const bool fits = octets <= DtlsEndpoint::kMaxCertificateOctets;
        CHECK((ours.state() == State::Connected) == fits);
        if (!fits) CHECK(ours.failure()->reason == DtlsFailure::CertificateTooLarge);
      }
    }
  }
}

TEST_CASE("A handshake accepts kMaxCertificates certificates of a peer, and refuses one more") {
  for (const std::size_t certificates : {DtlsEndpoint::kMaxCertificates, DtlsEndpoint::kMaxCertificates + 1}) {
    DtlsHandshake ours(client_endpoint(), media::DtlsRole::Client);
    run(ours, 0, certificates);
    const bool fits = certificates <= DtlsEndpoint::kMaxCertificates;
    CHECK((ours.state() == State::Connected) == fits);
    if (!fits) CHECK(ours.failure()->reason == DtlsFailure::CertificateTooLarge);
  }
}

TEST_CASE("DatagramBio keeps kMaxQueued datagrams, and drops further datagrams") {
  media::detail::DatagramBio bio;
  const std::unique_ptr<BIO, int (*)(BIO*)> openssl(bio.make(), BIO_free);
  for (std::size_t i = 0; i <= media::detail::DatagramBio::kMaxQueued; ++i) {
    bio.begin_flight();
    CHECK(BIO_write(openssl.get(), "datagram", 8) == 8);
    CHECK(bio.queued() == std::min(i + 1, media::detail::DatagramBio::kMaxQueued));
  }
  CHECK(bio.take() == Octets{'d', 'a', 't', 'a', 'g', 'r', 'a', 'm'});
}

TEST_CASE("DatagramBio joins the records of one flight into datagrams of at most kMtu octets, and reads each datagram once and completely") {
  media::detail::DatagramBio bio;
  const std::unique_ptr<BIO, int (*)(BIO*)> openssl(bio.make(), BIO_free);
  const Octets record(400, 7);
  for (int i = 0; i < 4; ++i) BIO_write(openssl.get(), record.data(), 400);
  bio.begin_flight();
  BIO_write(openssl.get(), record.data(), 400);
  CHECK(bio.take()->size() == DtlsHandshake::kMtu);
  CHECK(bio.take()->size() == 400);
  CHECK(bio.take()->size() == 400);
  CHECK_FALSE(bio.take());

  Octets read(1000);
  bio.give(record);
  CHECK(BIO_read(openssl.get(), read.data(), 1000) == 400);
  CHECK(BIO_read(openssl.get(), read.data(), 1000) == -1);
  CHECK(BIO_should_read(openssl.get()) != 0);
}
