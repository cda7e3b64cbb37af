#include <offhook/sip/transport/self_signed.hpp>

#include <offhook/base/socket_address.hpp>

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <memory>

namespace offhook::inline v0::sip {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

bool is_host_name(const std::string& name) {
  const auto fits = [](unsigned char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), fits);  // 64: the longest commonName
}

/// Returns the value of subjectAltName in OpenSSL's notation; "" if a name is not usable.
std::string alternative_names(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) {
    const bool is_address = base::IpAddress::parse(name).has_value();
    if (!is_address && !is_host_name(name)) return {};
    all += std::string(all.empty() ? "" : ",") + (is_address ? "IP:" : "DNS:") + name;
  }
  return all;
}

bool add_extension(X509* certificate, int nid, const std::string& value) {
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
  const bool added = extension != nullptr && X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

/// Sets a serial number that no other certificate has, as browsers demand of certificates with one issuer.
bool set_random_serial(X509* certificate) {
  constexpr int kBits = 127;  // RFC 5280 section 4.1.2.2: positive, at most 20 octets
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> number(BN_new(), BN_free);
  return number && BN_rand(number.get(), kBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool describe(X509* certificate, EVP_PKEY* key, const std::vector<std::string>& names, std::chrono::hours valid_for) {
  constexpr long kVersion3 = 2, kHour = 3600;
  const std::string alternatives = alternative_names(names);
  if (alternatives.empty()) return false;
  X509_NAME* const name = X509_get_subject_name(certificate);
  return X509_set_version(certificate, kVersion3) == 1 && set_random_serial(certificate) &&
         X509_gmtime_adj(X509_getm_notBefore(certificate), -kHour) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), std::chrono::seconds(valid_for).count()) != nullptr &&
         X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(names.front().c_str()), -1, -1, 0) == 1 &&
         X509_set_issuer_name(certificate, name) == 1 && X509_set_pubkey(certificate, key) == 1 &&
         add_extension(certificate, NID_subject_alt_name, alternatives) && add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
         add_extension(certificate, NID_key_usage, "critical,digitalSignature") && add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
         X509_sign(certificate, key, EVP_sha256()) > 0;
}

/// Returns the PEM text that `write` writes; "" if it fails.
template <class Write>
std::string pem_of(Write write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), BIO_free);
  char* data = nullptr;
  if (!memory || write(memory.get()) != 1) return {};
  const long size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string fingerprint_of(const X509* certificate) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  if (X509_digest(certificate, EVP_sha256(), digest.data(), nullptr) != 1) return {};
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string text;
  for (const unsigned char octet : digest) {
    if (!text.empty()) text += ':';
    text += kDigits[octet >> 4];
    text += kDigits[octet & 15];
  }
  return text;
}

}  // namespace

std::optional<SelfSigned> make_self_signed(const std::vector<std::string>& names, std::chrono::hours valid_for) {
  const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free);
  const Certificate certificate(X509_new(), X509_free);
  std::optional<SelfSigned> made;
  if (key && certificate && describe(certificate.get(), key.get(), names, valid_for)) {
    made = SelfSigned{pem_of([&](BIO* to) { return PEM_write_bio_X509(to, certificate.get()); }),
                      pem_of([&](BIO* to) { return PEM_write_bio_PrivateKey(to, key.get(), nullptr, nullptr, 0, nullptr, nullptr); }),
                      fingerprint_of(certificate.get())};
    if (made->certificate_pem.empty() || made->key_pem.empty() || made->fingerprint.empty()) made.reset();
  }
  ERR_clear_error();
  return made;
}

}  // namespace offhook::inline v0::sip
