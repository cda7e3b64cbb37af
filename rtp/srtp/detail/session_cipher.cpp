#include <offhook/rtp/srtp/detail/session_cipher.hpp>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::rtp::detail {
namespace {

constexpr std::size_t kBlockOctets = 16, kAeadVectorOctets = 12;
using Vector = std::array<std::uint8_t, kBlockOctets>;

int length(std::size_t size) { return static_cast<int>(size); }

const EVP_CIPHER* counter_mode(std::size_t key_octets) { return key_octets == 32 ? EVP_aes_256_ctr() : EVP_aes_128_ctr(); }
const EVP_CIPHER* aead(std::size_t key_octets) { return key_octets == 32 ? EVP_aes_256_gcm() : EVP_aes_128_gcm(); }

void exclusive_or(std::span<std::uint8_t> out, std::uint64_t value, std::size_t octets) {
  for (std::size_t i = octets; i-- > 0; value >>= 8) out[i] ^= static_cast<std::uint8_t>(value);
}

}  // namespace

std::optional<SessionCipher> SessionCipher::make(const SrtpMasterKey& key, SrtpProtocol protocol, Direction direction) {
  const auto keys = derive_session_keys(key, protocol);
  return keys ? make(key.suite(), *keys, protocol, direction) : std::nullopt;
}

std::optional<SessionCipher> SessionCipher::make(SrtpSuite suite, const SessionKeys& keys, SrtpProtocol protocol, Direction direction) {
  const auto& facts = facts_of(suite);
  SessionCipher made;
  made.protocol_ = protocol;
  made.is_aead_ = suite == SrtpSuite::AeadAes128Gcm || suite == SrtpSuite::AeadAes256Gcm;
  made.tag_octets_ = protocol == SrtpProtocol::Srtp ? facts.rtp_tag_octets : facts.rtcp_tag_octets;
  made.salt_ = keys.salt;
  made.code_ = HmacSha1(keys.code);
  made.cipher_.reset(EVP_CIPHER_CTX_new());
  const EVP_CIPHER* const algorithm = made.is_aead_ ? aead(facts.key_octets) : counter_mode(facts.key_octets);
  const int encrypts = direction == Direction::Seal || !made.is_aead_ ? 1 : 0;  // Counter mode encrypts and decrypts in the same way.
  if (!made.cipher_ || EVP_CipherInit_ex(made.cipher_.get(), algorithm, nullptr, keys.cipher.data(), nullptr, encrypts) != 1) return std::nullopt;
  return made;
}

/// The vector is (salt * 2^16) XOR (SSRC * 2^64) XOR (index * 2^16): RFC 3711 section 4.1.1.
bool SessionCipher::apply_counter_mode(const Parts& parts, Position position) {
  Vector vector{};
  std::copy(salt_.begin(), salt_.end(), vector.begin());
  exclusive_or(std::span(vector).subspan(4), position.ssrc, 4);
  exclusive_or(std::span(vector).subspan(8), position.index, 6);
  int written = 0;
  return EVP_CipherInit_ex(cipher_.get(), nullptr, nullptr, nullptr, vector.data(), -1) == 1 &&
         (parts.body.empty() || EVP_CipherUpdate(cipher_.get(), parts.body.data(), &written, parts.body.data(), length(parts.body.size())) == 1);
}

/// The vector is 16 zero bits, the SSRC and the index in 48 bits, XOR the salt: RFC 7714 sections 8.1 and 9.1.
bool SessionCipher::begin_aead(const Parts& parts, Position position) {
  std::array<std::uint8_t, kAeadVectorOctets> vector;
  std::copy_n(salt_.begin(), vector.size(), vector.begin());
  exclusive_or(std::span(vector).subspan(2), position.ssrc, 4);
  exclusive_or(std::span(vector).subspan(6), position.index, 6);
  int written = 0;
  const auto authenticate = [&](base::Bytes octets) {
    return octets.empty() || EVP_CipherUpdate(cipher_.get(), nullptr, &written, octets.data(), length(octets.size())) == 1;
  };
  return EVP_CipherInit_ex(cipher_.get(), nullptr, nullptr, nullptr, vector.data(), -1) == 1 && authenticate(parts.header) &&
         (protocol_ == SrtpProtocol::Srtp || authenticate(parts.index)) &&
         (parts.body.empty() || EVP_CipherUpdate(cipher_.get(), parts.body.data(), &written, parts.body.data(), length(parts.body.size())) == 1);
}

HmacSha1::Digest SessionCipher::code_of(const Parts& parts) const {
  return code_.of({parts.header.data(), parts.header.size() + parts.body.size()}, parts.index);
}

bool SessionCipher::seal(const Parts& parts, Position position) {
  if (!is_aead_) {
    if (!apply_counter_mode(parts, position)) return false;
    const auto code = code_of(parts);
    std::copy_n(code.begin(), parts.tag.size(), parts.tag.begin());
    return true;
  }
  int written = 0;
  return begin_aead(parts, position) && EVP_CipherFinal_ex(cipher_.get(), parts.tag.data(), &written) == 1 &&
         EVP_CIPHER_CTX_ctrl(cipher_.get(), EVP_CTRL_AEAD_GET_TAG, length(parts.tag.size()), parts.tag.data()) == 1;
}

bool SessionCipher::open(const Parts& parts, Position position) {
  if (!is_aead_) {
    const auto code = code_of(parts);
    return CRYPTO_memcmp(code.data(), parts.tag.data(), parts.tag.size()) == 0 && apply_counter_mode(parts, position);
  }
  int written = 0;
  std::array<std::uint8_t, kBlockOctets> rest;
  return EVP_CIPHER_CTX_ctrl(cipher_.get(), EVP_CTRL_AEAD_SET_TAG, length(parts.tag.size()), parts.tag.data()) == 1 &&
         begin_aead(parts, position) && EVP_CipherFinal_ex(cipher_.get(), rest.data(), &written) == 1;
}

}  // namespace offhook::inline v0::rtp::detail
