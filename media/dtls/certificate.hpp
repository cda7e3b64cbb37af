#pragma once

#include <offhook/media/dtls/fingerprint.hpp>

#include <memory>
#include <optional>
#include <utility>

struct evp_pkey_st;  // EVP_PKEY of OpenSSL
struct x509_st;      // X509 of OpenSSL

namespace offhook::inline v0::media {

/// A self-signed certificate with its private key (ECDSA on P-256), which authenticates this side by its fingerprint: RFC 5763 section 5. Make one certificate
/// for each process or endpoint. It is valid from the year 2000 to the end of 9999, so that peers with a wrong clock accept it too. All such certificates have
/// the same name and a random serial number, so that they identify neither the machine nor a user. OpenSSL overwrites the private key when it frees the key.
/// Any threads may use the object at the same time.
class DtlsCertificate {
 public:
  /// Draws the key and the serial number from the generator of OpenSSL. Returns nullopt if OpenSSL refuses.
  [[nodiscard]] static std::optional<DtlsCertificate> make();

  /// Returns the SHA-256 fingerprint, for a=fingerprint.
  [[nodiscard]] const DtlsFingerprint& fingerprint() const { return fingerprint_; }

 private:
  friend class DtlsEndpoint;
  template <class T>
  using Owned = std::unique_ptr<T, void (*)(T*)>;
  DtlsCertificate(Owned<x509_st> certificate, Owned<evp_pkey_st> key, DtlsFingerprint fingerprint)
      : certificate_(std::move(certificate)), key_(std::move(key)), fingerprint_(std::move(fingerprint)) {}

  Owned<x509_st> certificate_;
  Owned<evp_pkey_st> key_;
  DtlsFingerprint fingerprint_;
};

}  // namespace offhook::inline v0::media
