#include <offhook/rtp/srtp/detail/session_keys.hpp>

#include <offhook/rtp/srtp/detail/cipher.hpp>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <span>

namespace offhook::inline v0::rtp::detail {
namespace {

/// Fills `out` with zeros encrypted by AES in counter mode: RFC 3711 section 4.3.3. The initial vector is the master salt, with `label` XORed into octet 7,
/// followed by two zero octets.
bool derive(const SrtpMasterKey& master, unsigned label, std::span<std::uint8_t> out) {
  std::array<std::uint8_t, 16> vector{};
  std::copy(master.salt().begin(), master.salt().end(), vector.begin());
  vector[7] = static_cast<std::uint8_t>(vector[7] ^ label);
  const EVP_CIPHER* const algorithm = master.key().size() == 32 ? EVP_aes_256_ctr() : EVP_aes_128_ctr();
  const Cipher cipher(EVP_CIPHER_CTX_new());
  int written = 0;
  return cipher && EVP_EncryptInit_ex(cipher.get(), algorithm, nullptr, master.key().data(), vector.data()) == 1 &&
         EVP_EncryptUpdate(cipher.get(), out.data(), &written, out.data(), static_cast<int>(out.size())) == 1;
}

}  // namespace

void ReleaseCipher::operator()(evp_cipher_ctx_st* context) const noexcept { EVP_CIPHER_CTX_free(context); }

SessionKeys::~SessionKeys() {
  OPENSSL_cleanse(cipher.data(), cipher.size());
  OPENSSL_cleanse(salt.data(), salt.size());
  OPENSSL_cleanse(code.data(), code.size());
}

std::optional<SessionKeys> derive_session_keys(const SrtpMasterKey& master, SrtpProtocol protocol) {
  const auto& facts = facts_of(master.suite());
  const unsigned label = protocol == SrtpProtocol::Srtp ? 0 : 3;  // label of the encryption key; the next two are of the authentication key and the salt
  SessionKeys keys;
  const bool derived = derive(master, label, std::span(keys.cipher).first(facts.key_octets)) && derive(master, label + 1, keys.code) &&
                       derive(master, label + 2, std::span(keys.salt).first(facts.salt_octets));
  return derived ? std::optional(keys) : std::nullopt;
}

}  // namespace offhook::inline v0::rtp::detail
