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

/// Has no to_string and is never logged.
struct Credentials {
  std::string username;
  std::string password;
  std::vector<std::string> realms{};  ///< That they are for, without quotes; empty: any.
};

/// What credentials are for. Borrows.
struct AuthorizedRequest {
  std::string_view method, uri;  ///< `uri`: the Request-URI
  std::string_view body = {};    ///< part of the answer where nothing but auth-int will do
};

/// One header field for the next request: Authorization or ProxyAuthorization.
struct AuthorizationHeader {
  HeaderName name = HeaderName::Authorization;
  std::string value;
};
using Authorizations = std::vector<AuthorizationHeader>;

/// What one request and its repetitions have tried. The owner of the request keeps one beside it: a fresh one for each new
/// request, the same one while that request is repeated with credentials.
class AuthAttempt {
 public:
  [[nodiscard]] bool tried() const { return !sent_.empty(); }

 private:
  friend class DigestClient;
  struct Sent {
    bool proxy = false;
    int round = 0;  // In which this realm challenged last; 0: not yet, its nonce was reused from an earlier request.
    bool stale_retried = false;
    std::string realm;
    std::string nonce;
  };
  std::vector<Sent> sent_;
  int rounds_ = 0;
};

/// Answers digest challenges with one account's credentials and remembers nonces, so that following requests carry an answer
/// at once (RFC 3261 section 22, RFC 7616, RFC 8760). Its owner decides which peers' challenges are answered at all
/// (ChallengeOptions).
class DigestClient {
 public:
  static constexpr std::size_t kMaxRealms = 4;  ///< Remembered at a time; the one unused for longest is forgotten.
  static constexpr std::uint32_t kMaxNonceUses = 10000;  ///< Then a new nonce is asked for.
  static constexpr int kMaxRounds = 6;          ///< Challenges that one request is worth, over all realms on its way.

  explicit DigestClient(Credentials credentials) : credentials_(std::move(credentials)) {}

  /// All header fields that the repeated request shall carry: for the challenges of this 401 or 407 the strongest algorithm that
  /// we speak, and for realms answered earlier in this attempt again (RFC 3261 section 22.3: both a proxy's and the server's).
  /// stale=true is answered once more with the new nonce; any other refusal of an answer is WrongCredentials. Realms that the
  /// credentials are not for are passed over.
  [[nodiscard]] base::Result<Authorizations, AuthError> answer(const Message& response, const AuthorizedRequest& request,
                                                               base::Random& random, AuthAttempt& attempt);
  /// Header fields for a new request from nonces that we hold; empty when there are none.
  [[nodiscard]] Authorizations preempt(const AuthorizedRequest& request, base::Random& random, AuthAttempt& attempt);
  /// The request went through: takes a nextnonce from (Proxy-)Authentication-Info (RFC 7616 section 3.5).
  void on_success(const Message& response, const AuthAttempt& attempt);
  /// Forgets nonces and remembered strengths: the account's settings changed.
  void reset() { realms_.clear(); }

 private:
  struct Realm {
    Challenge challenge;             // Its nonce is empty when there is none to reuse.
    int strength = 0;                // Never accept less than this.
    bool qop_seen = false;           // Nor a challenge without qop, whose answers can be looked up in a table made beforehand.
    std::uint32_t nonce_count = 0;   // Uses of this nonce so far.
    std::string session_cnonce;      // -sess: of the first use, since HA1 holds it.
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
