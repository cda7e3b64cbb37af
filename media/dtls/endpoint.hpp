#pragma once

#include <offhook/media/dtls/certificate.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

struct ssl_ctx_st;  // SSL_CTX of OpenSSL

namespace offhook::inline v0::media {

/// The data that all handshakes of one endpoint share: the certificate and the DTLS rules. The rules are DTLS 1.2 with ECDHE and AES-GCM, certificates of both
/// sides, and no resumption, renegotiation or compression. A handshake uses the extended master secret (RFC 7627) if the peer implements it.
///
/// Any threads may make handshakes of one endpoint at the same time. The endpoint may be destroyed before its handshakes, because they share its data.
class DtlsEndpoint {
 public:
  static constexpr std::size_t kMaxCertificateOctets = 8192;   ///< largest Certificate message of the peer, with its whole chain
  static constexpr std::size_t kMaxCertificates = 4;           ///< most certificates in that message

  /// Returns nullopt if OpenSSL refuses.
  [[nodiscard]] static std::optional<DtlsEndpoint> make(const DtlsCertificate& certificate);

  /// Returns the fingerprint of this side, for a=fingerprint.
  [[nodiscard]] const DtlsFingerprint& fingerprint() const { return fingerprint_; }

 private:
  friend class DtlsHandshake;
  using Context = std::unique_ptr<ssl_ctx_st, void (*)(ssl_ctx_st*)>;
  DtlsEndpoint(Context context, DtlsFingerprint fingerprint) : context_(std::move(context)), fingerprint_(std::move(fingerprint)) {}

  Context context_;
  DtlsFingerprint fingerprint_;
};

}  // namespace offhook::inline v0::media
