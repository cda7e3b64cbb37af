#include <offhook/media/dtls/detail/peer_check.hpp>

#include <offhook/media/dtls/detail/certificate_octets.hpp>
#include <offhook/media/dtls/endpoint.hpp>

#include <openssl/srtp.h>
#include <openssl/x509.h>

namespace offhook::inline v0::media::detail {

namespace {

/// Returns the OpenSSL error that leads to the right alert: bad_certificate for a wrong fingerprint (RFC 8122 section 6.2), otherwise handshake_failure.
int openssl_error_of(std::optional<DtlsFailure> refusal) {
  if (!refusal) return X509_V_OK;
  return refusal == DtlsFailure::WrongCertificate ? X509_V_ERR_CERT_REJECTED : X509_V_ERR_APPLICATION_VERIFICATION;
}

}  // namespace

std::optional<DtlsFailure> PeerCheck::refusal_of(const X509& certificate) const {
  if (!expected_ || is_described(octets_of(certificate), *expected_)) return std::nullopt;
  return DtlsFailure::WrongCertificate;
}

std::optional<DtlsFailure> PeerCheck::judge(X509_STORE_CTX* chain, SSL* ssl) const {
  if (SSL_get_selected_srtp_profile(ssl) == nullptr) return DtlsFailure::NoCommonSuite;
  if (static_cast<std::size_t>(sk_X509_num(X509_STORE_CTX_get0_untrusted(chain))) > DtlsEndpoint::kMaxCertificates) return DtlsFailure::CertificateTooLarge;
  const X509* const certificate = X509_STORE_CTX_get0_cert(chain);
  return certificate == nullptr ? DtlsFailure::NoCertificate : refusal_of(*certificate);
}

int PeerCheck::verify(X509_STORE_CTX* chain, void*) {
  auto* const ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* const self = static_cast<PeerCheck*>(SSL_get_ex_data(ssl, 0));
  self->refusal_ = self->judge(chain, ssl);
  X509_STORE_CTX_set_error(chain, openssl_error_of(self->refusal_));
  return self->refusal_ ? 0 : 1;
}

}  // namespace offhook::inline v0::media::detail
