#include <offhook/media/files/sealed_recording.hpp>

#include <offhook/base/text.hpp>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include <algorithm>
#include <string_view>

namespace offhook::inline v0::media {
namespace {

constexpr std::array<std::uint8_t, 8> kMagic{0x89, 'O', 'H', 'R', 'E', 'C', '\r', '\n'};
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kVersionAt = 8, kKindAt = 9, kSaltAt = 12, kSaltOctets = 32, kProofAt = kSaltAt + kSaltOctets, kProofOctets = 16;
constexpr std::size_t kSizeOctets = 4, kTagOctets = 16, kNonceOctets = 12;
constexpr std::uint32_t kLastChunk = 0x80000000U;
constexpr std::string_view kPurpose = "offhook sealed recording";
static_assert(kProofAt + kProofOctets == kSealedHeaderOctets && kSizeOctets + kTagOctets == kSealOverhead);

using Nonce = std::array<std::uint8_t, kNonceOctets>;
using Cipher = std::unique_ptr<evp_cipher_ctx_st, ReleaseCipher>;

struct FileKeys {
  std::array<std::uint8_t, kRecordingKeyOctets> cipher{};
  std::array<std::uint8_t, kProofOctets> proof{};
  ~FileKeys() { OPENSSL_cleanse(cipher.data(), cipher.size()); }
};

int length(std::size_t size) { return static_cast<int>(size); }

/// Derives the keys by RFC 5869 with SHA-256. Returns false if the library does not support it.
bool derive(const RecordingKey& key, base::Bytes header, FileKeys& keys) {
  std::array<std::uint8_t, kPurpose.size() + kSaltAt> info{};
  std::copy(kPurpose.begin(), kPurpose.end(), info.begin());
  std::copy_n(header.begin(), kSaltAt, info.begin() + kPurpose.size());
  std::array<std::uint8_t, kRecordingKeyOctets + kProofOctets> out{};
  std::size_t size = out.size();
  using Context = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;
  const Context context(EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr), &EVP_PKEY_CTX_free);
  const bool derived = context && EVP_PKEY_derive_init(context.get()) > 0 && EVP_PKEY_CTX_set_hkdf_md(context.get(), EVP_sha256()) > 0 &&
                       EVP_PKEY_CTX_set1_hkdf_salt(context.get(), header.data() + kSaltAt, length(kSaltOctets)) > 0 &&
                       EVP_PKEY_CTX_set1_hkdf_key(context.get(), key.data(), length(key.size())) > 0 &&
                       EVP_PKEY_CTX_add1_hkdf_info(context.get(), info.data(), length(info.size())) > 0 &&
                       EVP_PKEY_derive(context.get(), out.data(), &size) > 0;
  std::copy_n(out.begin(), keys.cipher.size(), keys.cipher.begin());
  std::copy_n(out.begin() + kRecordingKeyOctets, keys.proof.size(), keys.proof.begin());
  OPENSSL_cleanse(out.data(), out.size());
  return derived;
}

/// Makes a context with the file's key; each chunk sets its own nonce.
Cipher make_cipher(const FileKeys& keys, bool encrypts) {
  Cipher cipher(EVP_CIPHER_CTX_new());
  if (!cipher) return nullptr;
  const int ready = EVP_CipherInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, keys.cipher.data(), nullptr, encrypts ? 1 : 0);
  return ready == 1 ? std::move(cipher) : nullptr;
}

Nonce nonce_of(std::uint64_t chunk) {
  Nonce nonce{};
  base::ByteWriter writer(nonce);
  writer.u32(0);
  writer.u64(chunk);
  return nonce;
}

/// Sets the nonce, authenticates `size`, and processes the octets of `in`.
bool run(evp_cipher_ctx_st* cipher, std::uint64_t chunk, base::Bytes size, base::Bytes in, std::uint8_t* out) {
  int written = 0;
  const Nonce nonce = nonce_of(chunk);
  if (EVP_CipherInit_ex(cipher, nullptr, nullptr, nullptr, nonce.data(), -1) != 1) return false;
  if (EVP_CipherUpdate(cipher, nullptr, &written, size.data(), length(size.size())) != 1) return false;
  return in.empty() || EVP_CipherUpdate(cipher, out, &written, in.data(), length(in.size())) == 1;
}

int digit_of(char c) {
  if (base::is_digit(c)) return c - '0';
  const char lower = base::to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

void ReleaseCipher::operator()(evp_cipher_ctx_st* context) const noexcept { EVP_CIPHER_CTX_free(context); }

std::string_view to_string(SealError error) {
  switch (error) {
    case SealError::BadKey: return "the key does not have 64 hexadecimal digits";
    case SealError::NotSealed: return "it is not an encrypted recording";
    case SealError::BadVersion: return "a later version of Offhook has encrypted it: use that version";
    case SealError::WrongKey: return "it was encrypted with another key, or its header was changed";
    case SealError::Altered: return "it was changed, or put together from parts";
    case SealError::Cut: return "its end is missing";
    case SealError::TrailingOctets: return "octets were added after its end";
    case SealError::TooLong: return "a chunk is longer than the chunks that Offhook writes";
    case SealError::Crypto: return "OpenSSL refused AES-256-GCM: check its version and its configuration";
  }
  return "unknown";
}

base::Result<RecordingKey, SealError> parse_recording_key(std::string_view text) {
  text = base::trim(text);
  RecordingKey key{};
  if (text.size() != 2 * key.size()) return base::fail(SealError::BadKey);
  for (std::size_t i = 0; i < key.size(); ++i) {
    const int high = digit_of(text[2 * i]), low = digit_of(text[2 * i + 1]);
    if (high < 0 || low < 0) return base::fail(SealError::BadKey);
    key[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return key;
}

base::Result<Sealer, SealError> Sealer::make(const RecordingKey& key, SealedKind kind, base::Random& salt) {
  Sealer sealer;
  auto& header = sealer.header_;
  std::copy(kMagic.begin(), kMagic.end(), header.begin());
  header[kVersionAt] = kVersion;
  header[kKindAt] = static_cast<std::uint8_t>(kind);
  salt.fill(std::span(header).subspan(kSaltAt, kSaltOctets));
  FileKeys keys;
  if (!derive(key, header, keys)) return base::fail(SealError::Crypto);
  std::copy(keys.proof.begin(), keys.proof.end(), header.begin() + kProofAt);
  sealer.cipher_ = make_cipher(keys, true);
  if (!sealer.cipher_) return base::fail(SealError::Crypto);
  return sealer;
}

base::Result<void, SealError> Sealer::seal(base::Bytes plain, bool last, std::vector<std::uint8_t>& out) {
  if (plain.size() > kMaxSealedChunk) return base::fail(SealError::TooLong);
  const std::size_t begin = out.size();
  out.resize(begin + kSealOverhead + plain.size());
  const auto chunk = std::span(out).subspan(begin);
  base::ByteWriter(chunk).u32(static_cast<std::uint32_t>(plain.size()) | (last ? kLastChunk : 0));
  int written = 0;
  const bool sealed = run(cipher_.get(), chunk_, chunk.first(kSizeOctets), plain, chunk.data() + kSizeOctets) &&
                      EVP_CipherFinal_ex(cipher_.get(), chunk.data() + kSizeOctets + plain.size(), &written) == 1 &&
                      EVP_CIPHER_CTX_ctrl(cipher_.get(), EVP_CTRL_GCM_GET_TAG, length(kTagOctets), chunk.last(kTagOctets).data()) == 1;
  if (!sealed) {
    out.resize(begin);
    return base::fail(SealError::Crypto);
  }
  ++chunk_;
  return {};
}

base::Result<void, SealError> SealedReader::feed(base::Bytes octets, std::vector<std::uint8_t>& plain) {
  switch (state_) {
    case State::Header: return read_header(octets);
    case State::Size: return read_size(octets);
    case State::Chunk: return read_chunk(octets, plain);
    case State::End: return base::fail(SealError::TrailingOctets);
  }
  return base::fail(SealError::Altered);
}

base::Result<void, SealError> SealedReader::finish() const {
  if (state_ == State::End) return {};
  return base::fail(state_ == State::Header ? SealError::NotSealed : SealError::Cut);
}

base::Result<void, SealError> SealedReader::read_header(base::Bytes octets) {
  if (octets.size() != kSealedHeaderOctets) return base::fail(SealError::NotSealed);
  if (!std::equal(kMagic.begin(), kMagic.end(), octets.begin())) return base::fail(SealError::NotSealed);
  if (octets[kVersionAt] != kVersion) return base::fail(SealError::BadVersion);
  FileKeys keys;
  if (!derive(key_, octets, keys)) return base::fail(SealError::Crypto);
  if (CRYPTO_memcmp(keys.proof.data(), octets.data() + kProofAt, keys.proof.size()) != 0) return base::fail(SealError::WrongKey);
  const std::uint8_t kind = octets[kKindAt];
  if (kind != static_cast<std::uint8_t>(SealedKind::Wav) && kind != static_cast<std::uint8_t>(SealedKind::OggOpus))
    return base::fail(SealError::BadVersion);
  cipher_ = make_cipher(keys, false);
  if (!cipher_) return base::fail(SealError::Crypto);
  kind_ = static_cast<SealedKind>(kind);
  state_ = State::Size;
  wanted_ = kSizeOctets;
  return {};
}

base::Result<void, SealError> SealedReader::read_size(base::Bytes octets) {
  if (octets.size() != size_.size()) return base::fail(SealError::Cut);
  std::copy(octets.begin(), octets.end(), size_.begin());
  const std::uint32_t size = base::ByteReader(octets).u32();
  last_ = (size & kLastChunk) != 0;
  if ((size & ~kLastChunk) > kMaxSealedChunk) return base::fail(SealError::TooLong);
  wanted_ = (size & ~kLastChunk) + kTagOctets;
  state_ = State::Chunk;
  return {};
}

base::Result<void, SealError> SealedReader::read_chunk(base::Bytes octets, std::vector<std::uint8_t>& plain) {
  if (octets.size() != wanted_) return base::fail(SealError::Cut);
  const auto text = octets.first(octets.size() - kTagOctets);
  std::array<std::uint8_t, kTagOctets> tag{};
  std::copy(octets.end() - kTagOctets, octets.end(), tag.begin());
  const std::size_t begin = plain.size();
  plain.resize(begin + text.size());
  int written = 0;
  std::array<std::uint8_t, kTagOctets> nothing{};
  const bool opened = run(cipher_.get(), chunk_, size_, text, plain.data() + begin) &&
                      EVP_CIPHER_CTX_ctrl(cipher_.get(), EVP_CTRL_GCM_SET_TAG, length(tag.size()), tag.data()) == 1 &&
                      EVP_CipherFinal_ex(cipher_.get(), nothing.data(), &written) == 1;
  if (!opened) {
    plain.resize(begin);
    return base::fail(SealError::Altered);
  }
  ++chunk_;
  state_ = last_ ? State::End : State::Size;
  wanted_ = last_ ? 1 : kSizeOctets;
  return {};
}

}  // namespace offhook::inline v0::media
