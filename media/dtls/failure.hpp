#pragma once

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::media {

/// Why a handshake of DTLS ended without keys.
enum class DtlsFailure : std::uint8_t {
  Timeout,                ///< the peer did not finish its handshake in time
  NoUsableFingerprint,    ///< the description of the peer has no fingerprint with an accepted hash function
  WrongCertificate,       ///< the certificate of the peer has another fingerprint than its description says
  NoCertificate,          ///< the peer sent no certificate
  CertificateTooLarge,    ///< the certificates of the peer are beyond DtlsEndpoint::kMaxCertificateOctets or kMaxCertificates
  NoCommonSuite,          ///< the two sides have no suite of SRTP in common, or the peer does not implement DTLS-SRTP
  NoCommonCipher,         ///< the two sides have no cipher suite of DTLS in common
  PeerAlert,              ///< the peer refused by an alert
  Protocol,               ///< a message of the peer was wrong
  OpenSsl,                ///< OpenSSL refused an operation of this side, such as for lack of memory
};
[[nodiscard]] std::string_view to_string(DtlsFailure failure);

/// A failure, and what is known about it.
struct DtlsFault {
  DtlsFailure reason = DtlsFailure::Timeout;
  std::uint8_t alert = 0;          ///< for PeerAlert: the description of the alert
  std::string_view detail{};       ///< words of OpenSSL, for a log; the text is constant. "": there are none
};

/// Returns the name of an alert, such as `handshake failure`, or `unknown`.
[[nodiscard]] std::string_view dtls_alert_name(std::uint8_t description);

}  // namespace offhook::inline v0::media
