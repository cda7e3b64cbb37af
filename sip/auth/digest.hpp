#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip {

/// Hash algorithms, weakest first. RFC 7616 section 3.3, RFC 8760 section 2.
enum class Algorithm : std::uint8_t { Md5, Md5Sess, Sha256, Sha256Sess, Sha512_256, Sha512_256Sess };

/// Returns "MD5", "SHA-256-sess", ...
[[nodiscard]] std::string_view to_string(Algorithm algorithm);
/// Parses the name in upper or lower case. Returns nullopt for an algorithm that we do not support.
[[nodiscard]] std::optional<Algorithm> parse_algorithm(std::string_view token);
[[nodiscard]] constexpr bool is_session(Algorithm algorithm) {
  return algorithm == Algorithm::Md5Sess || algorithm == Algorithm::Sha256Sess || algorithm == Algorithm::Sha512_256Sess;
}
/// Returns 0 for MD5, 1 for SHA-256, 2 for SHA-512-256. A realm's strength must not fall.
[[nodiscard]] constexpr int strength(Algorithm algorithm) { return static_cast<int>(algorithm) / 2; }

/// All inputs of one response value. Borrows all texts. Holds a password: never log it.
struct DigestInput {
  Algorithm algorithm = Algorithm::Md5;
  std::string_view username, realm, password;
  std::string_view method, uri;
  std::string_view nonce;
  std::string_view qop;      ///< "" (RFC 2069), "auth" or "auth-int"
  std::string_view cnonce;   ///< set with a qop, or for a -sess algorithm
  std::uint32_t nonce_count = 1;
  std::string_view body;     ///< needed for auth-int only
};

/// Returns the hash of `text` in lower-case hexadecimal, or nullopt if the library refuses the algorithm (MD5 under FIPS).
[[nodiscard]] std::optional<std::string> hash_hex(Algorithm algorithm, std::string_view text);
/// Returns the `response` value of RFC 7616 section 3.4.1, or nullopt as hash_hex does.
[[nodiscard]] std::optional<std::string> digest_response(const DigestInput& input);
/// Returns the text of `nc`: eight lower-case hexadecimal digits.
[[nodiscard]] std::string nonce_count_text(std::uint32_t count);

}  // namespace offhook::inline v0::sip
