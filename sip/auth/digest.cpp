#include <offhook/sip/auth/digest.hpp>

#include <offhook/base/text.hpp>

#include <openssl/evp.h>

#include <array>
#include <initializer_list>

namespace offhook::inline v0::sip {
namespace {

const EVP_MD* message_digest(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::Md5:
    case Algorithm::Md5Sess: return EVP_md5();
    case Algorithm::Sha256:
    case Algorithm::Sha256Sess: return EVP_sha256();
    case Algorithm::Sha512_256:
    case Algorithm::Sha512_256Sess: return EVP_sha512_256();
  }
  return nullptr;
}

std::string join(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view& part : parts) {
    if (&part != parts.begin()) text.push_back(':');
    text.append(part);
  }
  return text;
}

}  // namespace

std::string_view to_string(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::Md5: return "MD5";
    case Algorithm::Md5Sess: return "MD5-sess";
    case Algorithm::Sha256: return "SHA-256";
    case Algorithm::Sha256Sess: return "SHA-256-sess";
    case Algorithm::Sha512_256: return "SHA-512-256";
    case Algorithm::Sha512_256Sess: return "SHA-512-256-sess";
  }
  return "";
}

std::optional<Algorithm> parse_algorithm(std::string_view token) {
  for (const auto algorithm : {Algorithm::Md5, Algorithm::Md5Sess, Algorithm::Sha256, Algorithm::Sha256Sess,
                               Algorithm::Sha512_256, Algorithm::Sha512_256Sess}) {
    if (base::iequals(token, to_string(algorithm))) return algorithm;
  }
  return std::nullopt;
}

std::optional<std::string> hash_hex(Algorithm algorithm, std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), hash.data(), &size, message_digest(algorithm), nullptr) != 1) return std::nullopt;
  std::string hex;
  hex.reserve(2 * size);
  for (unsigned int i = 0; i < size; ++i) hex.append({kDigits[hash[i] >> 4], kDigits[hash[i] & 15]});
  return hex;
}

std::optional<std::string> digest_response(const DigestInput& input) {
  const Algorithm algorithm = input.algorithm;
  auto ha1 = hash_hex(algorithm, join({input.username, input.realm, input.password}));
  if (ha1 && is_session(algorithm)) ha1 = hash_hex(algorithm, join({*ha1, input.nonce, input.cnonce}));
  if (!ha1) return std::nullopt;

  std::string a2 = join({input.method, input.uri});
  if (input.qop == "auth-int") {
    const auto body = hash_hex(algorithm, input.body);
    if (!body) return std::nullopt;
    a2.append(":").append(*body);
  }
  const auto ha2 = hash_hex(algorithm, a2);
  if (!ha2) return std::nullopt;

  if (input.qop.empty()) return hash_hex(algorithm, join({*ha1, input.nonce, *ha2}));  // As in RFC 2069.
  const std::string count = nonce_count_text(input.nonce_count);
  return hash_hex(algorithm, join({*ha1, input.nonce, count, input.cnonce, input.qop, *ha2}));
}

std::string nonce_count_text(std::uint32_t count) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text(8, '0');
  for (std::size_t i = 8; i-- > 0; count >>= 4) text[i] = kDigits[count & 15];
  return text;
}

}  // namespace offhook::inline v0::sip
