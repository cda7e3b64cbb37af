#pragma once

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::media {

/// The reason why a DTLS handshake ended without keys.
enum class DtlsFailure : std::uint8_t {
  Timeout,                ///< the peer did not finish its handshake in time
  NoUsableFingerprint,    ///< the description of the peer has no fingerprint with an accepted hash function
  WrongCertificate,       ///< the peer's certificate matches no fingerprint of its description
  NoCertificate,          ///< the peer sent no certificate
  CertificateTooLarge,    ///< the peer's certificates exceed DtlsEndpoint::kMaxCertificateOctets or kMaxCertificates
  NoCommonSuite,          ///< the two sides have no SRTP suite in common, or the peer does not implement DTLS-SRTP
  NoCommonCipher,         ///< the two sides have no DTLS cipher suite in common
  PeerAlert,              ///< the peer refused the handshake by an alert
  Protocol,               ///< a message of the peer was invalid
  OpenSsl,                ///< OpenSSL refused an operation of this side, for example for lack of memory
};
[[nodiscard]] std::string_view to_string(DtlsFailure failure);

/// A failure with its details.
struct DtlsFault {
  DtlsFailure reason = DtlsFailure::Timeout;
  std::uint8_t alert = 0;          ///< for PeerAlert: the alert's description
  std::string_view detail{};       ///< OpenSSL's reason for a log, a constant text; "" if it gave none
};

/// Returns the name of an alert, such as `handshake failure`, or `unknown`.
[[nodiscard]] std::string_view dtls_alert_name(std::uint8_t description);

}  // namespace offhook::inline v0::media
