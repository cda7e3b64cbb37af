#include <offhook/rtp/nat/long_term_credential.hpp>

#include <offhook/base/base64.hpp>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <optional>
#include <span>

namespace offhook::inline v0::rtp {
namespace {

using HashRoom = std::array<std::uint8_t, EVP_MAX_MD_SIZE>;

/// Returns the hash of the text, or nothing if OpenSSL refuses the algorithm.
base::Bytes hash_of(std::string_view text, const EVP_MD* algorithm, HashRoom& room) {
  unsigned size = 0;
  return EVP_Digest(text.data(), text.size(), room.data(), &size, algorithm, nullptr) == 1 ? base::Bytes(room).first(size) : base::Bytes();
}

// Erratum 6290 of RFC 8489 numbers these bits from the right; the RFC's text and the IANA registry number them from the left. No other bit is assigned, so
// each mask accepts both positions.
constexpr std::uint32_t kPasswordAlgorithms = 0x800001, kUsernameAnonymity = 0x400002;

/// Returns the security features in the nonce cookie, or 0 if the nonce has no cookie: RFC 8489 sections 9.2 and 18.1.
std::uint32_t features_of(std::string_view nonce) {
  constexpr std::string_view kCookie = "obMatJos2";
  constexpr std::size_t kFeatureCharacters = 4;
  std::array<std::uint8_t, 3> features{};
  if (!nonce.starts_with(kCookie) || !base::decode_base64(nonce.substr(kCookie.size(), kFeatureCharacters), features)) return 0;
  return base::ByteReader(features).u24();
}

/// RFC 8489 section 9.2.2.
std::string_view without_quotes(std::string_view text) {
  while (!text.empty() && (text.back() == '\0' || text.back() == '"')) text.remove_suffix(1);
  if (text.starts_with('"')) text.remove_prefix(1);
  return text;
}

}  // namespace

std::string_view to_string(ChallengeError error) {
  switch (error) {
    case ChallengeError::Malformed: return "the challenge has no usable realm and nonce";
    case ChallengeError::BidDown: return "the challenge lacks the password algorithms that its nonce promises";
    case ChallengeError::NoCommonAlgorithm: return "the server offers no password algorithm that this side supports";
    case ChallengeError::UsernameTooLong: return "the username is too long";
    case ChallengeError::Crypto: return "the cryptographic library refuses the password algorithm";
  }
  return "unknown";
}

bool LongTermCredential::is_bid_down(const StunMessage& message) {
  return (features_of(message.text(StunAttribute::Nonce)) & kPasswordAlgorithms) != 0 && !message.has(StunAttribute::PasswordAlgorithms);
}

base::Result<void, ChallengeError> LongTermCredential::on_challenge(const StunMessage& answer) {
  const auto realm = answer.text(StunAttribute::Realm), nonce = answer.text(StunAttribute::Nonce);
  if (credential_.username.size() > kMaxTextOctets) return base::fail(ChallengeError::UsernameTooLong);
  if (realm.empty() || realm.size() > kMaxTextOctets || nonce.empty() || nonce.size() > kMaxTextOctets) return base::fail(ChallengeError::Malformed);
  const auto offered = answer.find(StunAttribute::PasswordAlgorithms);
  if (is_bid_down(answer) || (!offered && !algorithms_.empty())) return base::fail(ChallengeError::BidDown);
  std::optional<Algorithm> algorithm = offered ? std::nullopt : std::optional(Algorithm::Md5);
  base::ByteReader reader(offered.value_or(base::Bytes()));
  while (!algorithm && reader.remaining() > 0 && offered->size() <= kMaxAlgorithmsOctets) {
    const auto number = static_cast<Algorithm>(reader.u16());
    const std::size_t parameters = reader.u16();
    (void)reader.take((parameters + 3) / 4 * 4);
    if (reader.ok() && (number == Algorithm::Md5 || number == Algorithm::Sha256)) algorithm = number;
  }
  if (!algorithm) return base::fail(ChallengeError::NoCommonAlgorithm);
  realm_ = realm;
  nonce_ = nonce;
  const auto list = offered.value_or(base::Bytes());
  algorithms_.assign(list.begin(), list.end());
  algorithm_ = *algorithm;
  anonymous_ = (features_of(nonce) & kUsernameAnonymity) != 0;
  return derive_key();
}

base::Result<void, ChallengeError> LongTermCredential::derive_key() {
  std::string text = credential_.username + ":";
  text.append(without_quotes(realm_)).append(":").append(credential_.password);
  HashRoom room;
  const auto key = hash_of(text, algorithm_ == Algorithm::Md5 ? EVP_md5() : EVP_sha256(), room);
  if (algorithms_.empty()) {
    sha1_ = HmacSha1(key);
  } else {
    sha256_ = HmacSha256(key);
  }
  OPENSSL_cleanse(text.data(), text.size());
  OPENSSL_cleanse(room.data(), room.size());
  if (key.empty()) return base::fail(ChallengeError::Crypto);
  return {};
}

void LongTermCredential::forget() {
  nonce_.clear();
  algorithms_.clear();
}

void LongTermCredential::sign(StunWriter& writer) const {
  if (anonymous_) {
    HashRoom room;
    writer.add(StunAttribute::Userhash, hash_of(credential_.username + ":" + realm_, EVP_sha256(), room));
  } else {
    writer.add(StunAttribute::Username, credential_.username);
  }
  writer.add(StunAttribute::Realm, realm_);
  writer.add(StunAttribute::Nonce, nonce_);
  if (algorithms_.empty()) return writer.sign(sha1_);
  writer.add(StunAttribute::PasswordAlgorithms, algorithms_);
  writer.add_number(StunAttribute::PasswordAlgorithm, static_cast<std::uint32_t>(algorithm_) << 16);  // Both algorithms have no parameters.
  writer.sign(sha256_);
}

bool LongTermCredential::has_signed(const StunMessage& answer) const {
  return algorithms_.empty() ? answer.is_signed_with(sha1_) : answer.is_signed_with(sha256_);
}

}  // namespace offhook::inline v0::rtp
