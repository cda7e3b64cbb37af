#include <offhook/media/dtls/certificate.hpp>

#include <offhook/media/dtls/detail/certificate_octets.hpp>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include <array>

namespace offhook::inline v0::media {

namespace {

constexpr const char* kValidFrom = "20000101000000Z";
constexpr const char* kValidTo = "99991231235959Z";  // RFC 5280 section 4.1.2.5: the value for a certificate without an expiry date
constexpr std::array<unsigned char, 9> kName{'D', 'T', 'L', 'S', '-', 'S', 'R', 'T', 'P'};

/// Sets a random positive serial number of 127 bits: RFC 5280 section 4.1.2.2.
bool set_serial(X509* certificate) {
  std::array<unsigned char, 16> octets{};
  if (RAND_bytes(octets.data(), static_cast<int>(octets.size())) != 1) return false;
  octets[0] = static_cast<unsigned char>((octets[0] & 0x7f) | 0x40);
  BIGNUM* const number = BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr);
  const bool set = number != nullptr && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
  BN_free(number);
  return set;
}

bool fill(X509* certificate, EVP_PKEY* key) {
  constexpr long kVersion3 = 2;
  X509_NAME* const name = X509_get_subject_name(certificate);
  return X509_set_version(certificate, kVersion3) == 1 && set_serial(certificate) &&
         ASN1_TIME_set_string_X509(X509_getm_notBefore(certificate), kValidFrom) == 1 &&
         ASN1_TIME_set_string_X509(X509_getm_notAfter(certificate), kValidTo) == 1 &&
         X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_ASC, kName.data(), static_cast<int>(kName.size()), -1, 0) == 1 &&
         X509_set_issuer_name(certificate, name) == 1 && X509_set_pubkey(certificate, key) == 1 && X509_sign(certificate, key, EVP_sha256()) > 0;
}

}  // namespace

std::optional<DtlsCertificate> DtlsCertificate::make() {
  Owned<EVP_PKEY> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free);
  Owned<X509> certificate(X509_new(), X509_free);
  const bool filled = key && certificate && fill(certificate.get(), key.get());
  auto fingerprint = filled ? DtlsFingerprint::of(detail::octets_of(*certificate), DtlsHash::Sha256) : std::nullopt;
  ERR_clear_error();
  if (!fingerprint) return std::nullopt;
  return DtlsCertificate(std::move(certificate), std::move(key), std::move(*fingerprint));
}

}  // namespace offhook::inline v0::media
