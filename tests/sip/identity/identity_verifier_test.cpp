// Tests of the certificates whose signatures are trusted, and of the whole verification service.
#include <offhook/sip/identity/identity_verifier.hpp>
#include <offhook/sip/model/events.hpp>
#include <offhook/tests/sip/identity/certificates.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook;
using namespace offhook::test;
using namespace std::chrono_literals;

namespace {

using Verstat = sip::CallerIdentity::Verstat;

constexpr std::int64_t kNow = 1800000000;          // January 2027: the certificates are valid.
constexpr std::int64_t kBefore = 1700000000;       // November 2023: they are not valid yet.
constexpr std::int64_t kAfter = 6000000000;        // 2160: they have expired.
const std::string kUrl = "https://cert.example/shaken.pem";

std::string chain() { return std::string(kLeafCertificate) + std::string(kMiddleCertificate); }

sip::TrustedCertificates anchored() { return *sip::TrustedCertificates::with_anchors(std::string(kRootCertificate)); }

struct Verifying {
  sip::IdentityVerifier verifier = [] {
    auto certificates = anchored();
    REQUIRE(certificates.add(kUrl, chain()));
    return sip::IdentityVerifier(std::move(certificates), 60s);
  }();
  sip::Passport passport;
  sip::IncomingCall call;

  Verifying() {
    passport.x5u = kUrl;
    passport.ppt = "shaken";
    passport.iat = kNow;
    passport.orig_tn = "12155551212";
    passport.dest_tn = {"12355551212"};
    passport.attest = "A";
    passport.origid = "123e4567-e89b-12d3-a456-426655440000";
    call.from.uri = "sip:+12155551212@carrier.example";
    call.to.uri = "sip:12355551212@phone.example";
    call.call_id = "first";
    sign();
  }
  void sign() {
    call.headers = {{"Identity", *sip::identity_value(passport, *sip::SigningKey::from_pem(kSigningKey))}};
  }
  sip::CallerIdentity verify(std::int64_t now = kNow) { return verifier.verify(call, now); }
};

}  // namespace

TEST_CASE("TrustedCertificates accepts a certificate with a chain to an anchor. The anchor need not be a root certificate [RFC 8226 section 4]") {
  CHECK(anchored().add(kUrl, chain()));
  CHECK(anchored().add(kUrl, kLeafCertificate) == base::fail(sip::CertificateError::Untrusted));
  CHECK(sip::TrustedCertificates::with_anchors(std::string(kMiddleCertificate))->add(kUrl, kLeafCertificate));
  CHECK(sip::TrustedCertificates::with_anchors(std::string(kLeafCertificate))->add(kUrl, kLeafCertificate));
  CHECK(sip::TrustedCertificates::with_anchors(std::string(kLeafCertificate))->add(kUrl, chain()));
  CHECK(sip::TrustedCertificates::with_anchors(std::string(kNoSigningCertificate))->add(kUrl, chain()) == base::fail(sip::CertificateError::Untrusted));
  CHECK(anchored().add(kUrl, std::string(kNoSigningCertificate) + std::string(kMiddleCertificate)) == base::fail(sip::CertificateError::BadCertificate));
  CHECK(anchored().add(kUrl, "no PEM") == base::fail(sip::CertificateError::BadCertificate));
  CHECK(anchored().add(kUrl, "") == base::fail(sip::CertificateError::BadCertificate));
  CHECK(anchored().add(kUrl, kSigningKey) == base::fail(sip::CertificateError::BadCertificate));
  CHECK(sip::TrustedCertificates::with_anchors("no PEM") == base::fail(sip::CertificateError::BadAnchors));
}

TEST_CASE("TrustedCertificates holds kMaxCertificates entries, and accepts chains of at most kMaxChain certificates") {
  auto certificates = anchored();
  for (std::size_t i = 0; i < sip::TrustedCertificates::kMaxCertificates; ++i) REQUIRE(certificates.add(kUrl + std::to_string(i), chain()));
  CHECK(certificates.add(kUrl, chain()) == base::fail(sip::CertificateError::TooMany));
  CHECK(certificates.add(kUrl + "0", chain()));
  std::string padded(kLeafCertificate);
  for (std::size_t i = 2; i < sip::TrustedCertificates::kMaxChain; ++i) padded += kLeafCertificate;
  CHECK(anchored().add(kUrl, padded + std::string(kMiddleCertificate)));
  CHECK(anchored().add(kUrl, padded + std::string(kLeafCertificate) + std::string(kMiddleCertificate)) == base::fail(sip::CertificateError::Untrusted));
}

TEST_CASE("find() returns the certificate for the address in the PASSporT, while the whole chain of the certificate is valid") {
  auto certificates = anchored();
  REQUIRE(certificates.add(kUrl, chain()));
  CHECK(certificates.find(kUrl, kNow).has_value());
  CHECK(certificates.find(kUrl, kBefore) == base::fail(sip::IdentityError::BadCertificate));
  CHECK(certificates.find(kUrl, kAfter) == base::fail(sip::IdentityError::BadCertificate));
  CHECK(certificates.find("https://cert.example/other.pem", kNow) == base::fail(sip::IdentityError::NoCertificate));
}

TEST_CASE_FIXTURE(Verifying, "IdentityVerifier accepts a number that is signed with a trusted certificate. Only attestation A proves the number [RFC 8588 section 4]") {
  const auto good = verify();
  CHECK(good.verstat == Verstat::Passed);
  CHECK(sip::proves_number(good));
  for (const std::string attest : {"B", "C"}) {
    passport.attest = attest;
    sign();
    const auto weaker = verify();
    CHECK(weaker.verstat == Verstat::Passed);
    CHECK_FALSE(sip::proves_number(weaker));
  }
  passport.ppt = passport.attest = passport.origid = "";  // Without SHAKEN (RFC 8224 alone), the signer has authority over the number.
  sign();
  CHECK(sip::proves_number(verify()));
  call.headers = {};
  CHECK_FALSE(sip::proves_number(verify()));
}

TEST_CASE_FIXTURE(Verifying, "IdentityVerifier refuses a PASSporT if its certificate is not valid at this time, or if it does not know the certificate's address [RFC 8224 section 6.2.2]") {
  passport.iat = kBefore;
  sign();
  CHECK(verify(kBefore).error == sip::IdentityError::BadCertificate);
  passport.iat = kNow;
  passport.x5u = "https://cert.example/other.pem";
  sign();
  CHECK(verify().error == sip::IdentityError::NoCertificate);
}

TEST_CASE_FIXTURE(Verifying, "IdentityVerifier refuses a PASSporT in a second call, and accepts it again in the call that had it first [RFC 8224 section 12.1]") {
  CHECK(verify().verstat == Verstat::Passed);
  CHECK(verify(kNow + 30).verstat == Verstat::Passed);
  call.call_id = "second";
  CHECK(verify(kNow + 60).error == sip::IdentityError::Replayed);
  sign();  // ECDSA makes a different signature of the same text each time.
  CHECK(verify(kNow + 60).error == sip::IdentityError::Replayed);
  CHECK(verify(kNow + 61).error == sip::IdentityError::Stale);
  passport.iat = kNow + 1;
  sign();
  CHECK(verify(kNow + 60).verstat == Verstat::Passed);
  CHECK(sip::status_of(sip::IdentityError::Replayed) == 438);
}

TEST_CASE_FIXTURE(Verifying, "IdentityVerifier does not remember a PASSporT that it refused, so that the PASSporT does not count as a replay later") {
  call.to.uri = "sip:1@phone.example";
  CHECK(verify().error == sip::IdentityError::Mismatch);
  call.to.uri = "sip:12355551212@phone.example";
  call.call_id = "second";
  CHECK(verify().verstat == Verstat::Passed);
}

TEST_CASE("PassportMemory stores at most kMaxPassports PASSporTs, each while it is fresh") {
  sip::PassportMemory memory;
  CHECK_FALSE(memory.is_replayed("a", "1", kNow, 120s));
  CHECK(memory.is_replayed("a", "2", kNow + 120, 120s));
  CHECK_FALSE(memory.is_replayed("a", "2", kNow + 121, 120s));
  CHECK(memory.size() == 1);
  for (std::size_t i = 1; i < sip::PassportMemory::kMaxPassports; ++i) CHECK_FALSE(memory.is_replayed(std::to_string(i), "1", kNow + 122, 120s));
  CHECK(memory.is_replayed("a", "3", kNow + 122, 120s));
  CHECK_FALSE(memory.is_replayed("one more", "1", kNow + 122, 120s));
  CHECK(memory.size() == sip::PassportMemory::kMaxPassports);
  CHECK_FALSE(memory.is_replayed("a", "3", kNow + 122, 120s));  // The oldest entry was removed.
  CHECK_FALSE(memory.is_replayed("b", "1", kNow - 1000, 120s));  // The wall clock was set back.
}
