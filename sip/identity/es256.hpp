#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace offhook::inline v0::sip {

/// ECDSA on P-256 with SHA-256; a signature is two numbers of 32 octets: RFC 7518 section 3.4.
using Es256Signature = std::array<std::uint8_t, 64>;

namespace detail {
struct FreeKey {
  void operator()(void* key) const noexcept;
};
using KeyHandle = std::unique_ptr<void, FreeKey>;  // An EVP_PKEY; void keeps the OpenSSL header out of ours.
}  // namespace detail

/// A private key. Never log or write it.
class SigningKey {
 public:
  /// Reads PKCS #8 or SEC 1 in PEM. Returns nullopt if it is not a private key on P-256.
  [[nodiscard]] static std::optional<SigningKey> from_pem(std::string_view pem);
  [[nodiscard]] std::optional<Es256Signature> sign(std::string_view text) const;

 private:
  explicit SigningKey(detail::KeyHandle key) : key_(std::move(key)) {}
  detail::KeyHandle key_;
};

class VerifyingKey {
 public:
  /// Reads a public key, or the first certificate, in PEM. Returns nullopt if its key is not on P-256. Does not check whether the
  /// certificate is trusted; the code that uses the key must check that.
  [[nodiscard]] static std::optional<VerifyingKey> from_pem(std::string_view pem);
  [[nodiscard]] bool verifies(std::string_view text, const Es256Signature& signature) const;

 private:
  explicit VerifyingKey(detail::KeyHandle key) : key_(std::move(key)) {}
  detail::KeyHandle key_;
};

}  // namespace offhook::inline v0::sip
