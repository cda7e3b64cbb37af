#pragma once

#include <offhook/media/dtls/failure.hpp>
#include <offhook/media/dtls/fingerprint.hpp>

#include <openssl/ssl.h>

#include <optional>
#include <vector>

namespace offhook::inline v0::media::detail {

/// Checks that the peer of a handshake has a certificate with a fingerprint of its description. The ex_data of the SSL has a pointer to this object at index 0.
class PeerCheck {
 public:
  /// Sets the fingerprints of the peer's description. Before this call, every certificate passes, and the handshake must check the certificate again later.
  void expect(std::vector<DtlsFingerprint> fingerprints) { expected_ = std::move(fingerprints); }
  [[nodiscard]] bool knows_peer() const { return expected_.has_value(); }

  /// Returns WrongCertificate if the peer's certificate has none of the expected fingerprints, otherwise nullopt.
  [[nodiscard]] std::optional<DtlsFailure> refusal_of(const X509& certificate) const;
  /// Returns the reason if the latest verify() refused the peer, otherwise nullopt.
  [[nodiscard]] std::optional<DtlsFailure> refusal() const { return refusal_; }

  /// OpenSSL calls this when the peer's certificates have arrived. Returns 1 if it accepts the peer, otherwise 0.
  static int verify(X509_STORE_CTX* chain, void*);

 private:
  [[nodiscard]] std::optional<DtlsFailure> judge(X509_STORE_CTX* chain, SSL* ssl) const;

  std::optional<std::vector<DtlsFingerprint>> expected_;
  std::optional<DtlsFailure> refusal_;
};

}  // namespace offhook::inline v0::media::detail
