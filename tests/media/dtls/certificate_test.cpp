#include <offhook/media/dtls/certificate.hpp>

#include "openssl_peer.hpp"

#include <offhook/media/dtls/endpoint.hpp>
#include <offhook/media/dtls/handshake.hpp>

#include <doctest/doctest.h>

#include <unistd.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>

using namespace offhook;
using namespace offhook_test;
using media::DtlsFingerprint;
using media::DtlsHash;

namespace {

/// Returns the certificate that a peer gets from an endpoint.
std::unique_ptr<X509, void (*)(X509*)> shown_by(const media::DtlsEndpoint& endpoint) {
  const base::TimePoint now{std::chrono::hours(1)};
  DtlsFingerprint theirs;
  OpenSslPeer peer(media::DtlsRole::Client, [&theirs](SSL_CTX* context) { theirs = set_up_well(context); });
  media::DtlsHandshake ours(endpoint, media::DtlsRole::Server);
  ours.start({theirs}, now);
  exchange(ours, peer, now);
  return {SSL_get1_peer_certificate(peer.ssl()), X509_free};
}

std::string time_of(const ASN1_TIME* time) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(time)), static_cast<std::size_t>(ASN1_STRING_length(time))};
}

}  // namespace

TEST_CASE("A DtlsCertificate is self-signed by ECDSA on P-256, and valid at any time of the peer's clock [RFC 5763 section 5]") {
  const auto made = media::DtlsCertificate::make();
  REQUIRE(made);
  const auto shown = shown_by(*media::DtlsEndpoint::make(*made));
  REQUIRE(shown);
  EVP_PKEY* const key = X509_get0_pubkey(shown.get());
  std::array<char, 32> group{};
  std::size_t length = 0;
  REQUIRE(EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) == 1);
  CHECK(std::string(group.data(), length) == "prime256v1");
  CHECK(X509_verify(shown.get(), key) == 1);
  CHECK(X509_get_signature_nid(shown.get()) == NID_ecdsa_with_SHA256);
  CHECK(time_of(X509_get0_notBefore(shown.get())) == "000101000000Z");
  CHECK(time_of(X509_get0_notAfter(shown.get())) == "99991231235959Z");
  CHECK(made->fingerprint() == DtlsFingerprint::of(media::detail::octets_of(*shown), DtlsHash::Sha256));
}

TEST_CASE("All DtlsCertificates have the same name, which identifies neither the machine nor the user") {
  const auto shown = shown_by(*media::DtlsEndpoint::make(*media::DtlsCertificate::make()));
  std::array<char, 200> subject{};
  X509_NAME_oneline(X509_get_subject_name(shown.get()), subject.data(), static_cast<int>(subject.size()));
  CHECK(std::string(subject.data()) == "/CN=DTLS-SRTP");
  CHECK(X509_NAME_cmp(X509_get_subject_name(shown.get()), X509_get_issuer_name(shown.get())) == 0);
  CHECK(X509_get_ext_count(shown.get()) == 0);
}

TEST_CASE("Each DtlsCertificate has its own key and a random serial number") {
  const auto a = media::DtlsCertificate::make(), b = media::DtlsCertificate::make();
  CHECK(a->fingerprint() != b->fingerprint());
  const auto shown_a = shown_by(*media::DtlsEndpoint::make(*a)), shown_b = shown_by(*media::DtlsEndpoint::make(*b));
  const auto *serial_a = X509_get0_serialNumber(shown_a.get()), *serial_b = X509_get0_serialNumber(shown_b.get());
  CHECK(ASN1_INTEGER_cmp(serial_a, serial_b) != 0);
  CHECK(ASN1_STRING_length(serial_a) == 16);
  CHECK(EVP_PKEY_eq(X509_get0_pubkey(shown_a.get()), X509_get0_pubkey(shown_b.get())) == 0);
}

TEST_CASE("DtlsFingerprint knows the names and sizes of its hash functions [RFC 8122 section 5]") {
  const struct {
    const char* name;
    DtlsHash hash;
    std::size_t octets;
  } rows[] = {{"sha-1", DtlsHash::Sha1, 20}, {"SHA-256", DtlsHash::Sha256, 32}, {"sha-384", DtlsHash::Sha384, 48}, {"sha-512", DtlsHash::Sha512, 64}};
  for (const auto& row : rows) {
    const Octets octets(row.octets, 1);
    const auto made = DtlsFingerprint::make(row.name, octets);
    REQUIRE(made);
    CHECK(made->hash == row.hash);
    CHECK(made->octets == octets);
    CHECK_FALSE(DtlsFingerprint::make(row.name, Octets(row.octets + 1, 1)));
    CHECK_FALSE(DtlsFingerprint::make(row.name, Octets(row.octets - 1, 1)));
  }
  for (const char* name : {"md5", "md2", "sha-224", "sha256", ""}) CHECK_FALSE(DtlsFingerprint::make(name, Octets(32, 1)));
}

TEST_CASE("strongest_fingerprints() chooses one hash function, and chooses SHA-1 only if SHA-1 is accepted [RFC 8122 section 5]") {
  const auto of = [](DtlsHash hash, std::uint8_t octet) { return DtlsFingerprint{hash, {octet}}; };
  const std::vector all{of(DtlsHash::Sha256, 1), of(DtlsHash::Sha1, 2), of(DtlsHash::Sha512, 3), of(DtlsHash::Sha384, 4), of(DtlsHash::Sha512, 5)};
  CHECK(media::strongest_fingerprints(all, false) == std::vector{of(DtlsHash::Sha512, 3), of(DtlsHash::Sha512, 5)});
  CHECK(media::strongest_fingerprints({of(DtlsHash::Sha1, 2)}, false).empty());
  CHECK(media::strongest_fingerprints({of(DtlsHash::Sha1, 2)}, true).size() == 1);
  CHECK(media::strongest_fingerprints({of(DtlsHash::Sha1, 2), of(DtlsHash::Sha256, 1)}, true) == std::vector{of(DtlsHash::Sha256, 1)});
  CHECK(media::strongest_fingerprints({}, true).empty());
}
