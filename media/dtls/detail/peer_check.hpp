#pragma once

#include <offhook/media/dtls/failure.hpp>
#include <offhook/media/dtls/fingerprint.hpp>

#include <openssl/ssl.h>

#include <optional>
#include <vector>

namespace offhook::inline v0::media::detail {

/// Decides whether the peer of a handshake is the one that its description names. OpenSSL finds it by the first index of the SSL's external data.
class PeerCheck {
 public:
  /// Sets the fingerprints of the peer's description. Before this, each certificate passes, and the handshake must check it again later.
  void expect(std::vector<DtlsFingerprint> fingerprints) { expected_ = std::move(fingerprints); }
  [[nodiscard]] bool knows_peer() const { return expected_.has_value(); }

  /// Returns why the peer's certificate is refused, or nullopt.
  [[nodiscard]] std::optional<DtlsFailure> refusal_of(const X509& certificate) const;
  /// Returns why OpenSSL's latest call of verify() refused, or nullopt.
  [[nodiscard]] std::optional<DtlsFailure> refusal() const { return refusal_; }

  /// OpenSSL calls it when the certificates of the peer have arrived.
  static int verify(X509_STORE_CTX* chain, void*);

 private:
  [[nodiscard]] std::optional<DtlsFailure> judge(X509_STORE_CTX* chain, SSL* ssl) const;

  std::optional<std::vector<DtlsFingerprint>> expected_;
  std::optional<DtlsFailure> refusal_;
};

}  // namespace offhook::inline v0::media::detail
