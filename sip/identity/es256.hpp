#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace offhook::inline v0::sip {

/// ECDSA on P-256 with SHA-256; signatures as two numbers of 32 octets: RFC 7518 section 3.4.
using Es256Signature = std::array<std::uint8_t, 64>;

namespace detail {
struct FreeKey {
  void operator()(void* key) const noexcept;
};
using KeyHandle = std::unique_ptr<void, FreeKey>;  // An EVP_PKEY, whose header stays out of ours.
}  // namespace detail

/// Never logged, never written.
class SigningKey {
 public:
  /// PKCS #8 or SEC 1 in PEM; nothing when it is no private key on P-256.
  [[nodiscard]] static std::optional<SigningKey> from_pem(std::string_view pem);
  [[nodiscard]] std::optional<Es256Signature> sign(std::string_view text) const;

 private:
  explicit SigningKey(detail::KeyHandle key) : key_(std::move(key)) {}
  detail::KeyHandle key_;
};

class VerifyingKey {
 public:
  /// A public key, or the first certificate, in PEM; nothing when its key is none on P-256. Whether the certificate may sign for
  /// anybody is for who hands it over to know.
  [[nodiscard]] static std::optional<VerifyingKey> from_pem(std::string_view pem);
  [[nodiscard]] bool verifies(std::string_view text, const Es256Signature& signature) const;

 private:
  explicit VerifyingKey(detail::KeyHandle key) : key_(std::move(key)) {}
  detail::KeyHandle key_;
};

}  // namespace offhook::inline v0::sip
