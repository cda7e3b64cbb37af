#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/result.hpp>
#include <offhook/rtp/hmac_sha1.hpp>
#include <offhook/rtp/hmac_sha256.hpp>
#include <offhook/rtp/nat/stun_credential.hpp>
#include <offhook/rtp/nat/stun_message.hpp>
#include <offhook/rtp/nat/stun_writer.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::rtp {

enum class ChallengeError : std::uint8_t {
  Malformed,          ///< REALM or NONCE is absent or too long
  BidDown,            ///< PASSWORD-ALGORITHMS is absent, although the nonce promises it or an earlier challenge had it: an attacker may have removed it
  NoCommonAlgorithm,  ///< PASSWORD-ALGORITHMS has neither MD5 nor SHA-256, or is too long
  UsernameTooLong,
  Crypto,             ///< OpenSSL refuses the hash, such as MD5 under FIPS
};
[[nodiscard]] std::string_view to_string(ChallengeError error);

/// Client side of the long-term credential mechanism: RFC 8489 section 9.2. Answers the challenges of one server, signs requests and verifies answers.
/// If the challenge has PASSWORD-ALGORITHMS, the client uses the first listed algorithm that it supports, and MESSAGE-INTEGRITY-SHA256; otherwise it uses MD5
/// and MESSAGE-INTEGRITY. It sends USERHASH if the nonce offers username anonymity.
class LongTermCredential {
 public:
  static constexpr std::size_t kMaxTextOctets = 763;       ///< largest username, realm or nonce: RFC 8489 sections 14.3, 14.9 and 14.10
  static constexpr std::size_t kMaxAlgorithmsOctets = 64;  ///< largest PASSWORD-ALGORITHMS
  static constexpr std::size_t kMaxAddedOctets = 2500;     ///< the most octets that sign() adds

  explicit LongTermCredential(StunCredential credential) : credential_(std::move(credential)) {}

  /// Reads the challenge of a 401 or 438. From then on, sign() signs requests as this challenge demands. After an error, do not repeat the request.
  [[nodiscard]] base::Result<void, ChallengeError> on_challenge(const StunMessage& answer);
  [[nodiscard]] bool is_challenged() const { return !nonce_.empty(); }
  /// Forgets the challenge. Call it before the first request to another server.
  void forget();
  /// Adds the attributes of the credential and the integrity to a request: RFC 8489 section 9.2.3.
  void sign(StunWriter& writer) const;
  [[nodiscard]] bool has_signed(const StunMessage& answer) const;
  /// Returns true if the nonce of the message promises PASSWORD-ALGORITHMS, but they are absent: RFC 8489 section 9.2.5.
  [[nodiscard]] static bool is_bid_down(const StunMessage& message);

 private:
  enum class Algorithm : std::uint16_t { Md5 = 1, Sha256 = 2 };  // RFC 8489 section 18.5
  [[nodiscard]] base::Result<void, ChallengeError> derive_key();

  StunCredential credential_;
  std::string realm_, nonce_;
  std::vector<std::uint8_t> algorithms_;  // the server's PASSWORD-ALGORITHMS, which requests return unchanged; empty if absent
  Algorithm algorithm_ = Algorithm::Md5;
  bool anonymous_ = false;
  HmacSha1 sha1_;
  HmacSha256 sha256_;
};

}  // namespace offhook::inline v0::rtp
