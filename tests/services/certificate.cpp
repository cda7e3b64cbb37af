#include <offhook/tests/services/certificate.hpp>

#include <offhook/base/socket_address.hpp>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>

namespace offhook::services {

namespace {

template <class T, void (*free_it)(T*)>
struct Delete {
  void operator()(T* at) const { free_it(at); }
};
template <class T, void (*free_it)(T*)>
using Owned = std::unique_ptr<T, Delete<T, free_it>>;
void free_bio(BIO* bio) { BIO_free(bio); }

std::string text_of(BIO* bio) {
  std::string text(BIO_ctrl_pending(bio), '\0');
  const int got = BIO_read(bio, text.data(), static_cast<int>(text.size()));
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

bool add_extension(X509* certificate, int kind, const std::string& value) {
  const Owned<X509_EXTENSION, X509_EXTENSION_free> extension(X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

Owned<BIO, free_bio> reader_of(std::string_view text) {
  return Owned<BIO, free_bio>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}
Owned<X509, X509_free> read_certificate(std::string_view pem) {
  return Owned<X509, X509_free>(PEM_read_bio_X509(reader_of(pem).get(), nullptr, nullptr, nullptr));
}

std::string octets_of(const base::IpAddress& ip) {
  return {reinterpret_cast<const char*>(ip.octets().data()), ip.is_v6() ? std::size_t{16} : std::size_t{4}};
}

GENERAL_NAME* alternative_of(const CertificateWish::Name& name) {
  using Kind = CertificateWish::Name::Kind;
  const auto ip = name.kind == Kind::Address ? base::IpAddress::parse(name.value) : std::nullopt;
  const std::string value = ip ? octets_of(*ip) : name.value;
  GENERAL_NAME* const made = GENERAL_NAME_new();
  ASN1_STRING* const text = ASN1_STRING_type_new(ip ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);
  ASN1_STRING_set(text, value.data(), static_cast<int>(value.size()));
  const int kind = ip ? GEN_IPADD : name.kind == Kind::Uri ? GEN_URI : name.kind == Kind::Email ? GEN_EMAIL : GEN_DNS;
  GENERAL_NAME_set0_value(made, kind, text);
  return made;
}

bool add_alternatives(X509* certificate, const CertificateWish& wish) {
  if (wish.alternatives.empty()) return true;
  const Owned<GENERAL_NAMES, GENERAL_NAMES_free> all(GENERAL_NAMES_new());
  for (const auto& name : wish.alternatives) sk_GENERAL_NAME_push(all.get(), alternative_of(name));
  return X509_add1_ext_i2d(certificate, NID_subject_alt_name, all.get(), 0, X509V3_ADD_DEFAULT) == 1;
}

void name_subject(X509* certificate, const CertificateWish& wish) {
  X509_NAME* const subject = X509_get_subject_name(certificate);
  for (const auto& name : wish.common_names)
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.data()),
                               static_cast<int>(name.size()), -1, 0);
}

bool fill(X509* certificate, EVP_PKEY* key, const CertificateWish& wish) {
  static long serial = 0;
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), wish.begins_in_s);
  X509_gmtime_adj(X509_getm_notAfter(certificate), wish.ends_in_s);
  X509_set_pubkey(certificate, key);
  name_subject(certificate, wish);
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  if (!add_alternatives(certificate, wish)) return false;
  if (!wish.extended_key_usage.empty() && !add_extension(certificate, NID_ext_key_usage, wish.extended_key_usage)) return false;
  if (!add_extension(certificate, NID_basic_constraints, wish.is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE")) return false;
  if (wish.issuer == nullptr) return X509_sign(certificate, key, EVP_sha256()) > 0;
  const auto issuer = read_certificate(wish.issuer->certificate_pem);
  const Owned<EVP_PKEY, EVP_PKEY_free> issuer_key(PEM_read_bio_PrivateKey(reader_of(wish.issuer->key_pem).get(), nullptr, nullptr, nullptr));
  return issuer && issuer_key && X509_set_issuer_name(certificate, X509_get_subject_name(issuer.get())) == 1 &&
         X509_sign(certificate, issuer_key.get(), EVP_sha256()) > 0;
}

}  // namespace

Certificate make_certificate(const std::vector<std::string>& names) {
  using Name = CertificateWish::Name;
  CertificateWish wish;
  for (const auto& each : names) wish.alternatives.push_back({base::IpAddress::parse(each) ? Name::Kind::Address : Name::Kind::Dns, each});
  wish.common_names = {"a simulated provider"};
  wish.is_authority = true;
  return make_certificate(wish);
}

Certificate make_certificate(const CertificateWish& wish) {
  const Owned<EVP_PKEY, EVP_PKEY_free> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", wish.curve.c_str()));
  const Owned<X509, X509_free> certificate(X509_new());
  const Owned<BIO, free_bio> certificate_out(BIO_new(BIO_s_mem())), key_out(BIO_new(BIO_s_mem()));
  if (!key || !certificate || !certificate_out || !key_out || !fill(certificate.get(), key.get(), wish)) return {};
  if (PEM_write_bio_X509(certificate_out.get(), certificate.get()) != 1) return {};
  if (PEM_write_bio_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) return {};
  return {text_of(certificate_out.get()), text_of(key_out.get())};
}

std::string der_of(std::string_view certificate_pem) {
  const auto certificate = read_certificate(certificate_pem);
  unsigned char* der = nullptr;
  const int size = certificate ? i2d_X509(certificate.get(), &der) : 0;
  std::string out(reinterpret_cast<const char*>(der), size > 0 ? static_cast<std::size_t>(size) : 0);
  OPENSSL_free(der);
  return out;
}

std::string pin_of(std::string_view certificate_pem) {
  const auto certificate = read_certificate(certificate_pem);
  unsigned char* der = nullptr;
  const int size = certificate ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate.get()), &der) : 0;
  if (size <= 0) return {};
  std::array<unsigned char, 32> digest{};
  SHA256(der, static_cast<std::size_t>(size), digest.data());
  OPENSSL_free(der);
  std::array<unsigned char, 45> text{};
  EVP_EncodeBlock(text.data(), digest.data(), 32);
  return reinterpret_cast<const char*>(text.data());
}

}  // namespace offhook::services
