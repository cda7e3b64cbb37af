#pragma once

#include <offhook/media/dtls/certificate.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

struct ssl_ctx_st;  // SSL_CTX of OpenSSL

namespace offhook::inline v0::media {

/// What all handshakes of one endpoint share: the certificate, and the rules of DTLS. DTLS 1.2 with ECDHE and AES-GCM, and a certificate of
/// both sides. No session is resumed, nothing is renegotiated or compressed. The extended master secret (RFC 7627) is used if the peer implements it.
///
/// Any threads may make handshakes of one endpoint at the same time. A handshake keeps what it needs: the endpoint may be destroyed first.
class DtlsEndpoint {
 public:
  static constexpr std::size_t kMaxCertificateOctets = 8192;   ///< of the peer's message of Certificate, with all certificates of its chain
  static constexpr std::size_t kMaxCertificates = 4;           ///< in that message

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
