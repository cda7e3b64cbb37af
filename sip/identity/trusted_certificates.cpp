#include <offhook/sip/identity/trusted_certificates.hpp>

#include <offhook/sip/identity/es256.hpp>

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace offhook::inline v0::sip {
namespace {

struct FreeX509 {
  void operator()(BIO* bio) const noexcept { BIO_free(bio); }
  void operator()(X509* certificate) const noexcept { X509_free(certificate); }
  void operator()(X509_STORE* store) const noexcept { X509_STORE_free(store); }
  void operator()(X509_STORE_CTX* context) const noexcept { X509_STORE_CTX_free(context); }
  void operator()(STACK_OF(X509) * some) const noexcept { sk_X509_free(some); }
};
template <class T>
using OwnedX509 = std::unique_ptr<T, FreeX509>;
using Certificates = std::vector<OwnedX509<X509>>;

Certificates certificates_in(std::string_view pem, std::size_t most) {
  Certificates all;
  if (pem.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return all;
  const OwnedX509<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  while (bio && all.size() < most) {
    OwnedX509<X509> next(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!next) break;
    all.push_back(std::move(next));
  }
  return all;
}

std::optional<std::int64_t> seconds_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  return ::timegm(&parts);
}

std::string pem_of(X509* certificate) {
  const OwnedX509<BIO> bio(BIO_new(BIO_s_mem()));
  char* text = nullptr;
  if (!bio || PEM_write_bio_X509(bio.get(), certificate) != 1) return {};
  const long size = BIO_get_mem_data(bio.get(), &text);
  return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string();
}

struct Lifetime {
  std::int64_t not_before = std::numeric_limits<std::int64_t>::min(), not_after = std::numeric_limits<std::int64_t>::max();
};

std::optional<Lifetime> lifetime_of(STACK_OF(X509) * chain) {
  Lifetime life;
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    const X509* one = sk_X509_value(chain, i);
    const auto begin = seconds_of(X509_get0_notBefore(one)), end = seconds_of(X509_get0_notAfter(one));
    if (!begin || !end) return std::nullopt;
    life.not_before = std::max(life.not_before, *begin);
    life.not_after = std::min(life.not_after, *end);
  }
  return life;
}

/// Returns the lifetime of the chain from `chain.front()` to an anchor, or nullopt if there is no such chain.
std::optional<Lifetime> trusted_lifetime(const Certificates& anchors, const Certificates& chain) {
  const OwnedX509<X509_STORE> store(X509_STORE_new());
  const OwnedX509<X509_STORE_CTX> context(X509_STORE_CTX_new());
  const OwnedX509<STACK_OF(X509)> between(sk_X509_new_null());
  if (!store || !context || !between) return std::nullopt;
  for (const auto& anchor : anchors) {
    if (X509_STORE_add_cert(store.get(), anchor.get()) != 1) return std::nullopt;
  }
  for (auto one = chain.begin() + 1; one != chain.end(); ++one) {
    if (sk_X509_push(between.get(), one->get()) == 0) return std::nullopt;
  }
  if (X509_STORE_CTX_init(context.get(), store.get(), chain.front().get(), between.get()) != 1) return std::nullopt;
  // PARTIAL_CHAIN: an anchor need not be a root.
  X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_NO_CHECK_TIME | X509_V_FLAG_PARTIAL_CHAIN);
  if (X509_verify_cert(context.get()) != 1) return std::nullopt;
  return lifetime_of(X509_STORE_CTX_get0_chain(context.get()));
}

}  // namespace

std::string_view to_string(CertificateError error) {
  switch (error) {
    case CertificateError::BadAnchors: return "it contains no certificate to trust (PEM)";
    case CertificateError::BadCertificate: return "it contains no certificate (PEM) with a key on the curve P-256 that may sign";
    case CertificateError::Untrusted: return "no chain of certificates connects it to a trusted certificate";
    case CertificateError::TooMany: return "there are more certificates than the limit (docs/limits.md)";
  }
  return "";
}

base::Result<TrustedCertificates, CertificateError> TrustedCertificates::with_anchors(std::string anchors) {
  if (certificates_in(anchors, 1).empty()) return base::fail(CertificateError::BadAnchors);
  return TrustedCertificates(std::move(anchors));
}

base::Result<void, CertificateError> TrustedCertificates::add(std::string x5u, std::string_view pem) {
  if (by_address_.size() >= kMaxCertificates && !by_address_.contains(x5u)) return base::fail(CertificateError::TooMany);
  const Certificates chain = certificates_in(pem, kMaxChain);
  if (chain.empty() || (X509_get_key_usage(chain.front().get()) & KU_DIGITAL_SIGNATURE) == 0) return base::fail(CertificateError::BadCertificate);
  std::string signer = pem_of(chain.front().get());
  if (!VerifyingKey::from_pem(signer)) return base::fail(CertificateError::BadCertificate);
  const auto life = trusted_lifetime(certificates_in(anchors_, kMaxCertificates), chain);
  if (!life) return base::fail(CertificateError::Untrusted);
  by_address_.insert_or_assign(std::move(x5u), Entry{std::move(signer), life->not_before, life->not_after});
  return {};
}

base::Result<std::string, IdentityError> TrustedCertificates::find(std::string_view x5u, std::int64_t now) const {
  const auto at = by_address_.find(x5u);
  if (at == by_address_.end()) return base::fail(IdentityError::NoCertificate);
  if (now < at->second.not_before || now > at->second.not_after) return base::fail(IdentityError::BadCertificate);
  return at->second.pem;
}

}  // namespace offhook::inline v0::sip
