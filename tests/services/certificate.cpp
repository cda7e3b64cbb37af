#include <offhook/tests/services/certificate.hpp>

#include <offhook/base/socket_address.hpp>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

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

bool fill(X509* certificate, EVP_PKEY* key, const std::vector<std::string>& names) {
  constexpr long kHour = 3600;
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -kHour);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 24 * kHour);
  X509_set_pubkey(certificate, key);
  X509_NAME* const name = X509_get_subject_name(certificate);
  const std::string common = "a simulated provider";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(common.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  std::string alternatives;
  for (const auto& each : names) alternatives += (alternatives.empty() ? "" : ",") + std::string(base::IpAddress::parse(each) ? "IP:" : "DNS:") + each;
  return add_extension(certificate, NID_subject_alt_name, alternatives) && add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE") &&
         X509_sign(certificate, key, EVP_sha256()) > 0;
}

}  // namespace

Certificate make_certificate(const std::vector<std::string>& names) {
  const Owned<EVP_PKEY, EVP_PKEY_free> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  const Owned<X509, X509_free> certificate(X509_new());
  const Owned<BIO, free_bio> certificate_out(BIO_new(BIO_s_mem())), key_out(BIO_new(BIO_s_mem()));
  if (!key || !certificate || !certificate_out || !key_out || !fill(certificate.get(), key.get(), names)) return {};
  if (PEM_write_bio_X509(certificate_out.get(), certificate.get()) != 1) return {};
  if (PEM_write_bio_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) return {};
  return {text_of(certificate_out.get()), text_of(key_out.get())};
}

}  // namespace offhook::services
