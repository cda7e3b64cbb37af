#include <offhook/media/dtls/handshake.hpp>

#include "dtls_pair.hpp"
#include "openssl_peer.hpp"

#include <offhook/rtp/srtp/srtp_receiver.hpp>
#include <offhook/rtp/srtp/srtp_sender.hpp>

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>
#include <vector>

using namespace offhook_test;
using media::DtlsFailure;
using media::DtlsFingerprint;
using media::DtlsHash;
using media::DtlsRole;
using rtp::SrtpSuite;

namespace {

constexpr std::array kSuites{SrtpSuite::AeadAes128Gcm, SrtpSuite::AeadAes256Gcm, SrtpSuite::AesCm128Sha1_80, SrtpSuite::AesCm128Sha1_32};

media::DtlsOptions only(SrtpSuite suite) { return {.suites = {suite}}; }

bool have_equal_secrets(const rtp::SrtpMasterKey& a, const rtp::SrtpMasterKey& b) { return std::ranges::equal(a.secret(), b.secret()); }

/// Returns true if a receiver with the key `receiver` accepts a packet that a sender with the key `sender` protects.
bool carries_media(const rtp::SrtpMasterKey& sender, const rtp::SrtpMasterKey& receiver) {
  Octets packet{0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 1, 2, 3};
  const std::size_t size = packet.size();
  packet.resize(size + rtp::kMaxSrtpAddedOctets);
  packet.resize(rtp::SrtpSender::make(sender)->protect_rtp(packet, size).value_or(0));
  return rtp::SrtpReceiver::make(receiver)->unprotect_rtp(packet).has_value();
}

DtlsFingerprint fingerprint_of(DtlsHash hash, std::uint8_t octet) {
  auto made = *DtlsFingerprint::of(base::Bytes(), hash);
  std::fill(made.octets.begin(), made.octets.end(), octet);
  return made;
}

/// Runs the handshake of our client or server with the peer, until neither side sends any more.
media::DtlsHandshake& complete(media::DtlsHandshake& ours, OpenSslPeer& peer, const DtlsFingerprint& theirs) {
  const base::TimePoint now{std::chrono::hours(1)};
  ours.start({theirs}, now);
  exchange(ours, peer, now);
  CHECK(ours.is_consistent());
  return ours;
}

}  // namespace

TEST_CASE("A DTLS client and a DTLS server agree on one key for each direction, for every SRTP suite [RFC 5764 section 4.2]") {
  for (const SrtpSuite suite : kSuites) {
    CAPTURE(rtp::facts_of(suite).name);
    DtlsPair pair(only(suite), only(suite));
    pair.start();
    pair.exchange();
    REQUIRE(pair.is_connected());
    const media::DtlsKeys &client = *pair.client.keys(), &server = *pair.server.keys();
    CHECK(client.send.suite() == suite);
    CHECK(have_equal_secrets(client.send, server.receive));
    CHECK(have_equal_secrets(server.send, client.receive));
    CHECK_FALSE(have_equal_secrets(client.send, client.receive));
    CHECK(carries_media(client.send, server.receive));
    CHECK(carries_media(server.send, client.receive));
    CHECK_FALSE(carries_media(client.send, client.receive));
    CHECK_FALSE(pair.client.next_deadline());
    CHECK_FALSE(pair.server.next_deadline());
  }
}

TEST_CASE("The server chooses the first of its suites that the client offers [RFC 5764 section 4.1.1]") {
  DtlsPair usual;
  usual.start();
  usual.exchange();
  CHECK(usual.server.keys()->send.suite() == SrtpSuite::AeadAes128Gcm);
  DtlsPair reversed({}, {.suites = {SrtpSuite::AesCm128Sha1_32, SrtpSuite::AeadAes128Gcm}});
  reversed.start();
  reversed.exchange();
  CHECK(reversed.client.keys()->send.suite() == SrtpSuite::AesCm128Sha1_32);
}

TEST_CASE("A handshake without a common SRTP suite fails on both sides with NoCommonSuite [RFC 5764 section 4.1.1]") {
  DtlsPair pair(only(SrtpSuite::AeadAes128Gcm), only(SrtpSuite::AesCm128Sha1_80));
  pair.start();
  pair.run();
  REQUIRE(pair.client.state() == State::Failed);
  CHECK(pair.client.failure()->reason == DtlsFailure::NoCommonSuite);
  REQUIRE(pair.server.state() == State::Failed);
  CHECK(pair.server.failure()->reason == DtlsFailure::PeerAlert);
  CHECK(media::dtls_alert_name(pair.server.failure()->alert) == "handshake failure");
  CHECK_FALSE(pair.client.keys());
}

TEST_CASE("A client refuses a certificate that does not match the description, at once and by bad_certificate [RFC 5763 section 5, RFC 8122 section 6.2]") {
  DtlsPair pair;
  pair.server.start({client_endpoint().fingerprint()}, pair.now);
  pair.client.start({fingerprint_of(DtlsHash::Sha256, 1)}, pair.now);
  pair.exchange();
  REQUIRE(pair.client.state() == State::Failed);
  CHECK(pair.client.failure()->reason == DtlsFailure::WrongCertificate);
  CHECK(pair.client.keys() == std::nullopt);
  pair.run();
  CHECK(pair.server.failure()->reason == DtlsFailure::PeerAlert);
  CHECK(media::dtls_alert_name(pair.server.failure()->alert) == "bad certificate");
}

TEST_CASE("A server refuses a certificate that does not match the description, and fails if no other peer comes [RFC 5763 section 5, RFC 8842 section 5.1]") {
  DtlsPair pair;
  pair.server.start({fingerprint_of(DtlsHash::Sha256, 1)}, pair.now);
  pair.client.start({server_endpoint().fingerprint()}, pair.now);
  pair.exchange();
  CHECK(pair.server.failure()->reason == DtlsFailure::WrongCertificate);
  CHECK_FALSE(pair.server.keys());
  const auto began = pair.now;
  pair.run();
  REQUIRE(pair.server.state() == State::Failed);
  CHECK(pair.server.failure()->reason == DtlsFailure::WrongCertificate);
  CHECK(pair.now == began + media::DtlsHandshake::kGrace);
  CHECK(pair.client.failure()->reason == DtlsFailure::PeerAlert);
}

TEST_CASE("The certificate must match one of the fingerprints with the strongest hash function of the description [RFC 8122 section 5]") {
  const auto certificate = media::DtlsCertificate::make();
  const auto endpoint = media::DtlsEndpoint::make(*certificate);
  const auto good = certificate->fingerprint();
  const auto wrong = fingerprint_of(DtlsHash::Sha256, 1), stronger = fingerprint_of(DtlsHash::Sha512, 1), weaker = fingerprint_of(DtlsHash::Sha1, 1);
  const auto connects = [&](std::vector<DtlsFingerprint> described) {
    DtlsPair pair;
    media::DtlsHandshake server(*endpoint, DtlsRole::Server);
    server.start({client_endpoint().fingerprint()}, pair.now);
    pair.client.start(std::move(described), pair.now);
    while (pair.carry(pair.client, server) + pair.carry(server, pair.client) > 0) {}
    return pair.client.state() == State::Connected;
  };
  CHECK(connects({good}));
  CHECK(connects({wrong, good, weaker}));
  CHECK_FALSE(connects({wrong}));
  CHECK_FALSE(connects({good, stronger}));
}

TEST_CASE("A description without a usable fingerprint ends the handshake before it begins [RFC 8122 section 5]") {
  for (const bool accept_sha1 : {false, true}) {
    DtlsPair pair({.accept_sha1 = accept_sha1});
    pair.client.start({fingerprint_of(DtlsHash::Sha1, 1)}, pair.now);
    CHECK((pair.client.state() == State::Failed) == !accept_sha1);
    CHECK(take_all(pair.client).empty() == !accept_sha1);
    if (!accept_sha1) CHECK(pair.client.failure()->reason == DtlsFailure::NoUsableFingerprint);
  }
  DtlsPair pair;
  pair.client.start({}, pair.now);
  CHECK(pair.client.failure()->reason == DtlsFailure::NoUsableFingerprint);
  CHECK(pair.client.is_consistent());
}

TEST_CASE("A server completes the handshake before start(), but returns the keys only when start() has the peer's fingerprints [RFC 8842 section 5.2]") {
  DtlsPair pair;
  pair.client.start({server_endpoint().fingerprint()}, pair.now);
  pair.exchange();
  CHECK(pair.client.state() == State::Connected);
  REQUIRE(pair.server.state() == State::Unverified);
  CHECK_FALSE(pair.server.keys());
  CHECK_FALSE(pair.server.next_deadline());
  pair.server.start({client_endpoint().fingerprint()}, pair.now + 60s);
  REQUIRE(pair.is_connected());
  CHECK(have_equal_secrets(pair.client.keys()->send, pair.server.keys()->receive));
}

TEST_CASE("If the peer before start() does not match the description, the server closes that handshake, and waits for the right peer [RFC 8842 section 5.2]") {
  DtlsPair stranger;
  stranger.client.start({server_endpoint().fingerprint()}, stranger.now);
  stranger.exchange();
  const auto certificate = media::DtlsCertificate::make();
  stranger.server.start({certificate->fingerprint()}, stranger.now);
  CHECK(stranger.server.state() == State::Handshaking);
  CHECK(stranger.server.failure()->reason == DtlsFailure::WrongCertificate);
  stranger.exchange();
  CHECK(stranger.client.state() == State::ClosedByPeer);

  media::DtlsHandshake right(*media::DtlsEndpoint::make(*certificate), DtlsRole::Client);
  right.start({server_endpoint().fingerprint()}, stranger.now);
  while (stranger.carry(right, stranger.server) + stranger.carry(stranger.server, right) > 0) {}
  CHECK(right.state() == State::Connected);
  CHECK(stranger.server.state() == State::Connected);
}

TEST_CASE("A client sends nothing and ignores datagrams before start()") {
  DtlsPair pair;
  pair.client.on_datagram(Octets{22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, pair.now);
  CHECK(pair.client.state() == State::New);
  CHECK(take_all(pair.client).empty());
  CHECK_FALSE(pair.client.next_deadline());
}

TEST_CASE("After the handshake, close() sends close_notify, which ends the association at the peer, and the keys stay valid [RFC 5246 section 7.2.1]") {
  DtlsPair pair;
  pair.start();
  pair.exchange();
  pair.client.close();
  CHECK(pair.client.state() == State::Closed);
  pair.exchange();
  CHECK(pair.server.state() == State::ClosedByPeer);
  CHECK(pair.server.keys());
  CHECK(pair.server.is_consistent());
  pair.server.close();
  CHECK(pair.server.state() == State::ClosedByPeer);
}

TEST_CASE("Before the end of the handshake, close() sends nothing") {
  DtlsPair pair;
  pair.start();
  (void)take_all(pair.client);
  pair.client.close();
  CHECK(pair.client.state() == State::Closed);
  CHECK(take_all(pair.client).empty());
  CHECK_FALSE(pair.client.next_deadline());
}

TEST_CASE("A peer without a certificate is refused [RFC 5764 section 4.1]") {
  OpenSslPeer peer(DtlsRole::Client, [](SSL_CTX* context) {
    SSL_CTX_set_cert_verify_callback(context, [](X509_STORE_CTX*, void*) { return 1; }, nullptr);
    SSL_CTX_set_tlsext_use_srtp(context, "SRTP_AES128_CM_SHA1_80");
  });
  media::DtlsHandshake ours(server_endpoint(), DtlsRole::Server);
  complete(ours, peer, fingerprint_of(DtlsHash::Sha256, 1));
  CHECK(ours.failure()->reason == DtlsFailure::NoCertificate);
  CHECK_FALSE(ours.keys());
}

TEST_CASE("A peer that does not implement DTLS-SRTP is refused in both roles [RFC 5764 section 4.1.1]") {
  for (const DtlsRole role : {DtlsRole::Client, DtlsRole::Server}) {
    DtlsFingerprint theirs;
    OpenSslPeer peer(role == DtlsRole::Client ? DtlsRole::Server : DtlsRole::Client, [&theirs](SSL_CTX* context) {
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
      SSL_CTX_set_cert_verify_callback(context, [](X509_STORE_CTX*, void*) { return 1; }, nullptr);
      theirs = use_certificate(context);
    });
    media::DtlsHandshake ours(server_endpoint(), role);
    complete(ours, peer, theirs);
    CHECK(ours.failure()->reason == DtlsFailure::NoCommonSuite);
    CHECK_FALSE(ours.keys());
  }
}

TEST_CASE("A peer without a common cipher suite, or with only DTLS 1.0, is refused with the matching failure [RFC 8827 section 6.5]") {
  DtlsFingerprint theirs;
  OpenSslPeer old_cipher(DtlsRole::Client, [&theirs](SSL_CTX* context) {
    theirs = set_up_well(context);
    SSL_CTX_set_cipher_list(context, "ECDHE-ECDSA-AES128-SHA");
  });
  media::DtlsHandshake ours(server_endpoint(), DtlsRole::Server);
  CHECK(complete(ours, old_cipher, theirs).failure()->reason == DtlsFailure::NoCommonCipher);
  OpenSslPeer old_version(DtlsRole::Client, [&theirs](SSL_CTX* context) {
    theirs = set_up_well(context);
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_max_proto_version(context, DTLS1_VERSION);
  });
  media::DtlsHandshake other(server_endpoint(), DtlsRole::Server);
  CHECK(complete(other, old_version, theirs).failure()->reason == DtlsFailure::Protocol);
  CHECK(other.failure()->detail == "unsupported protocol");
}

TEST_CASE("An OpenSSL client or server without our code connects, and derives the same keys [RFC 5764 section 4.2]") {
  for (const DtlsRole role : {DtlsRole::Client, DtlsRole::Server}) {
    DtlsFingerprint theirs;
    OpenSslPeer peer(role == DtlsRole::Client ? DtlsRole::Server : DtlsRole::Client, [&theirs](SSL_CTX* context) { theirs = set_up_well(context); });
    media::DtlsHandshake ours(server_endpoint(), role);
    complete(ours, peer, theirs);
    REQUIRE(ours.state() == State::Connected);
    std::array<std::uint8_t, 60> material{};
    REQUIRE(SSL_export_keying_material(peer.ssl(), material.data(), material.size(), "EXTRACTOR-dtls_srtp", 19, nullptr, 0, 0) == 1);
    const auto& client_writes = role == DtlsRole::Client ? ours.keys()->send : ours.keys()->receive;
    CHECK(std::ranges::equal(client_writes.key(), base::Bytes(material).first(16)));
    CHECK(std::ranges::equal(client_writes.salt(), base::Bytes(material).subspan(32, 14)));
    CHECK(SSL_get_extms_support(peer.ssl()) == 1);
  }
}

TEST_CASE("Both roles refuse a renegotiation, and the association continues [RFC 8827 section 6.5]") {
  for (const DtlsRole role : {DtlsRole::Client, DtlsRole::Server}) {
    DtlsFingerprint theirs;
    OpenSslPeer peer(role == DtlsRole::Client ? DtlsRole::Server : DtlsRole::Client, [&theirs](SSL_CTX* context) { theirs = set_up_well(context); });
    media::DtlsHandshake ours(server_endpoint(), role);
    complete(ours, peer, theirs);
    REQUIRE(ours.state() == State::Connected);
    SSL_renegotiate(peer.ssl());
    SSL_do_handshake(peer.ssl());
    const auto renegotiation = peer.take_all();
    REQUIRE_FALSE(renegotiation.empty());
    for (const Octets& datagram : renegotiation) ours.on_datagram(datagram, base::TimePoint(std::chrono::hours(1)));
    CHECK(ours.state() == State::Connected);
    const auto answers = take_all(ours);
    REQUIRE(answers.size() == 1);
    CHECK(answers.front().front() == 21);  // an alert
  }
  ERR_clear_error();
}

TEST_CASE("After the handshake, only an alert that the peer has encrypted ends the association [RFC 5246 section 7.2]") {
  struct Case {
    std::uint8_t content, level, description;
    State state;
  };
  const Case cases[] = {{21, 2, 80, State::Failed}, {21, 1, 0, State::ClosedByPeer}, {21, 1, 90, State::Connected}, {23, 2, 80, State::Connected}};
  for (const auto& [content, level, description, state] : cases) {
    CAPTURE(int{description});
    DtlsFingerprint theirs;
    OpenSslPeer peer(DtlsRole::Server, [&theirs](SSL_CTX* context) {
      theirs = set_up_well(context);
      SSL_CTX_set_cipher_list(context, "ECDHE-ECDSA-AES128-GCM-SHA256");
    });
    media::DtlsHandshake ours(client_endpoint(), DtlsRole::Client);
    complete(ours, peer, theirs);
    const base::TimePoint now{std::chrono::hours(1)};
    const Octets alert{level, description};
    const Octets sealed = sealed_record(peer.ssl(), content, 1, alert);
    Octets changed = sealed;
    ++changed.back();
    ours.on_datagram(joined({content, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2}, alert), now);
    ours.on_datagram(changed, now);
    CHECK(ours.state() == State::Connected);
    ours.on_datagram(sealed, now);
    CHECK(ours.state() == state);
    CHECK(ours.keys());
    CHECK(ours.is_consistent());
    if (state == State::Failed) CHECK(media::dtls_alert_name(ours.failure()->alert) == "internal error");
  }
}

TEST_CASE("Handshakes of one endpoint run on several threads at the same time") {
  std::atomic<int> connected = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&connected] {
      for (int calls = 0; calls < 5; ++calls) {
        DtlsPair pair;
        pair.start();
        pair.exchange();
        connected += pair.is_connected() ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(connected == 20);
}

TEST_CASE("Handshakes between two clients, and between two servers, time out [RFC 8842 section 5.1]") {
  DtlsPair pair;
  media::DtlsHandshake client(client_endpoint(), DtlsRole::Client), server(server_endpoint(), DtlsRole::Server);
  client.start({client_endpoint().fingerprint()}, pair.now);
  pair.client.start({client_endpoint().fingerprint()}, pair.now);
  while (pair.carry(client, pair.client) + pair.carry(pair.client, client) > 0) {}
  CHECK(pair.client.state() == State::Handshaking);
  server.start({server_endpoint().fingerprint()}, pair.now);
  CHECK(take_all(server).empty());
  for (media::DtlsHandshake* each : {&client, &server}) {
    each->on_time(pair.now + 30s - 1ms);
    CHECK(each->state() != State::Failed);
    each->on_time(pair.now + 30s);
    REQUIRE(each->state() == State::Failed);
    CHECK(each->failure()->reason == DtlsFailure::Timeout);
  }
}
