#define OPENSSL_SUPPRESS_DEPRECATED  // Only the deprecated SHA1_Init() family can continue a hash without an allocation in OpenSSL 3.
#include <offhook/rtp/hmac_sha1.hpp>

#include <openssl/crypto.h>
#include <openssl/sha.h>


namespace offhook::inline v0::rtp {
namespace {

using State = std::array<std::uint32_t, 5>;

State after_block(base::Bytes key, std::uint8_t pad) {
  std::array<std::uint8_t, SHA_CBLOCK> block;
  block.fill(pad);
  std::array<std::uint8_t, SHA_DIGEST_LENGTH> short_key;
  if (key.size() > block.size()) {
    SHA1(key.data(), key.size(), short_key.data());
    key = short_key;
  }
  for (std::size_t i = 0; i < key.size(); ++i) block[i] ^= key[i];
  SHA_CTX hash;
  SHA1_Init(&hash);
  SHA1_Update(&hash, block.data(), block.size());
  OPENSSL_cleanse(block.data(), block.size());
  OPENSSL_cleanse(short_key.data(), short_key.size());
  return {hash.h0, hash.h1, hash.h2, hash.h3, hash.h4};
}

SHA_CTX resume(const State& state) {
  SHA_CTX hash;
  SHA1_Init(&hash);
  hash.h0 = state[0];
  hash.h1 = state[1];
  hash.h2 = state[2];
  hash.h3 = state[3];
  hash.h4 = state[4];
  hash.Nl = SHA_CBLOCK * 8;  // bits so far
  return hash;
}

}  // namespace

HmacSha1::HmacSha1(base::Bytes key) : inner_(after_block(key, 0x36)), outer_(after_block(key, 0x5c)) {}

HmacSha1::~HmacSha1() {
  OPENSSL_cleanse(inner_.data(), sizeof inner_);
  OPENSSL_cleanse(outer_.data(), sizeof outer_);
}

HmacSha1::Digest HmacSha1::of(base::Bytes first, base::Bytes second) const {
  Digest digest;
  SHA_CTX hash = resume(inner_);
  SHA1_Update(&hash, first.data(), first.size());
  SHA1_Update(&hash, second.data(), second.size());
  SHA1_Final(digest.data(), &hash);
  hash = resume(outer_);
  SHA1_Update(&hash, digest.data(), digest.size());
  SHA1_Final(digest.data(), &hash);
  return digest;
}

}  // namespace offhook::inline v0::rtp
