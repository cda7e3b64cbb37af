#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/result.hpp>
#include <offhook/sip/auth/auth_error.hpp>
#include <offhook/sip/auth/challenge.hpp>
#include <offhook/sip/message/message.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::sip {

/// An account's user name and password. Has no to_string; never log it.
struct Credentials {
  std::string username;
  std::string password;
  std::vector<std::string> realms{};  ///< realms for which the credentials are valid, without quotes; empty: any
};

/// The request that credentials authorize. Borrows.
struct AuthorizedRequest {
  std::string_view method, uri;  ///< `uri` is the Request-URI
  std::string_view body = {};    ///< part of the digest only if the server offers nothing but auth-int
};

/// One header field for the next request: Authorization or ProxyAuthorization.
struct AuthorizationHeader {
  HeaderName name = HeaderName::Authorization;
  std::string value;
};
using Authorizations = std::vector<AuthorizationHeader>;

/// The authentication attempts of one request and its repetitions. The owner makes an AuthAttempt for each new request, and passes
/// the same object while the request is repeated with credentials.
class AuthAttempt {
 public:
  [[nodiscard]] bool tried() const { return !sent_.empty(); }

 private:
  friend class DigestClient;
  struct Sent {
    bool proxy = false;
    // Round in which this realm last challenged the request. 0: it did not, and the nonce was reused from an earlier request.
    int round = 0;
    bool stale_retried = false;
    std::string realm;
    std::string nonce;
  };
  std::vector<Sent> sent_;
  int rounds_ = 0;
};

/// Answers digest challenges with one account's credentials. Remembers nonces, so that later requests carry an answer at once
/// (RFC 3261 section 22, RFC 7616, RFC 8760). Its owner decides which peers' challenges it answers (ChallengeOptions).
class DigestClient {
 public:
  static constexpr std::size_t kMaxRealms = 4;  ///< realms to remember; beyond it, the least recently used realm is forgotten
  static constexpr std::uint32_t kMaxNonceUses = 10000;  ///< after so many uses, a request is sent without credentials to get a new nonce
  static constexpr int kMaxRounds = 6;          ///< challenges to answer for one request, over all realms on its way

  explicit DigestClient(Credentials credentials) : credentials_(std::move(credentials)) {}

  /// Returns all header fields for the repeated request. Uses the strongest supported algorithm for each challenge of this 401 or
  /// 407. The result also has the credentials for the realms that challenged earlier in this attempt, because the request needs those of
  /// every proxy and of the server (RFC 3261 section 22.3). If a realm challenges again with a new nonce, answers if the previous round
  /// had no answer for this realm, or once if the challenge says stale=true. Any other repeated challenge is WrongCredentials. Skips
  /// realms for which the credentials are not valid.
  [[nodiscard]] base::Result<Authorizations, AuthError> answer(const Message& response, const AuthorizedRequest& request,
                                                               base::Random& random, AuthAttempt& attempt);
  /// Returns header fields for a new request from remembered nonces. The result is empty if no nonce is remembered.
  [[nodiscard]] Authorizations preempt(const AuthorizedRequest& request, base::Random& random, AuthAttempt& attempt);
  /// Call this after a successful request. Takes a nextnonce from (Proxy-)Authentication-Info (RFC 7616 section 3.5).
  void on_success(const Message& response, const AuthAttempt& attempt);
  /// Forgets nonces and remembered strengths. Call it when the account's settings change.
  void reset() { realms_.clear(); }

 private:
  struct Realm {
    Challenge challenge;             // Its nonce is empty if there is no nonce to reuse.
    int strength = 0;                // Strength of the strongest challenge so far; weaker challenges are refused.
    // True after a challenge with qop. Challenges without qop are then refused, because their answers can be looked up in a
    // precomputed table.
    bool qop_seen = false;
    std::uint32_t nonce_count = 0;   // Number of uses of this nonce.
    std::string session_cnonce;      // For -sess: the cnonce of the first use, which HA1 contains.
  };
  [[nodiscard]] bool are_for(std::string_view realm) const;
  [[nodiscard]] Realm* find(bool proxy, std::string_view name);
  Realm& find_or_add(bool proxy, std::string_view name);
  [[nodiscard]] base::Result<void, AuthError> adopt(const Challenge& challenge, AuthAttempt& attempt);
  [[nodiscard]] base::Result<Authorizations, AuthError> write_all(const AuthorizedRequest& request, base::Random& random,
                                                                  AuthAttempt& attempt);
  [[nodiscard]] std::optional<std::string> write(Realm& realm, const AuthorizedRequest& request, base::Random& random);
  void take_next_nonce(bool proxy, std::string_view info, const AuthAttempt& attempt);

  Credentials credentials_;
  std::vector<Realm> realms_;  // Least recently used first.
};

}  // namespace offhook::inline v0::sip
