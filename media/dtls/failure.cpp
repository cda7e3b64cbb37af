#include <offhook/media/dtls/failure.hpp>

#include <openssl/ssl.h>

namespace offhook::inline v0::media {

std::string_view to_string(DtlsFailure failure) {
  switch (failure) {
    case DtlsFailure::Timeout: return "the peer did not finish the DTLS handshake in time";
    case DtlsFailure::NoUsableFingerprint: return "the description of the peer has no usable fingerprint";
    case DtlsFailure::WrongCertificate: return "the peer's certificate does not match the fingerprint in its description";
    case DtlsFailure::NoCertificate: return "the peer sent no certificate";
    case DtlsFailure::CertificateTooLarge: return "the certificates of the peer are too large";
    case DtlsFailure::NoCommonSuite: return "the two sides have no SRTP suite in common";
    case DtlsFailure::NoCommonCipher: return "the two sides have no DTLS cipher suite in common";
    case DtlsFailure::PeerAlert: return "the peer refused the DTLS handshake by an alert";
    case DtlsFailure::Protocol: return "the peer sent an invalid DTLS message";
    case DtlsFailure::OpenSsl: return "OpenSSL refused an operation";
  }
  return "unknown";
}

std::string_view dtls_alert_name(std::uint8_t description) { return SSL_alert_desc_string_long(description); }

}  // namespace offhook::inline v0::media
