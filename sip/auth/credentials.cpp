#include <offhook/sip/auth/credentials.hpp>

#include <algorithm>

namespace offhook::inline v0::sip {
namespace {

bool is_usable(const Challenge& challenge) {
  return challenge.algorithm_known && (!challenge.has_qop || challenge.qop_auth || challenge.qop_auth_int);
}

/// Returns "" if the server uses RFC 2069. Prefers `auth` if there is a choice: an intermediary may change the body (an SBC changes
/// the SDP), and a digest over the body then fails.
std::string_view qop_of(const Challenge& challenge) {
  if (challenge.qop_auth) return "auth";
  return challenge.qop_auth_int ? "auth-int" : "";
}

// RFC 8760 section 2.4 leaves the choice to the client: prefer the strongest hash, then a challenge with qop, then the server's
// order.
bool is_better(const Challenge& a, const Challenge& b) {
  if (strength(a.algorithm) != strength(b.algorithm)) return strength(a.algorithm) > strength(b.algorithm);
  return !qop_of(a).empty() && (qop_of(b).empty() || (a.qop_auth && !b.qop_auth));
}

bool same_realm(const Challenge& a, const Challenge& b) { return a.proxy == b.proxy && a.realm == b.realm; }

void add_quoted(std::string& text, std::string_view name, std::string_view value, bool escape) {
  text.append(text.empty() ? "Digest " : ", ").append(name).append("=\"");
  for (const char c : value) {
    if (escape && (c == '"' || c == '\\')) text.push_back('\\');
    text.push_back(c);
  }
  text.push_back('"');
}

void add_token(std::string& text, std::string_view name, std::string_view value) {
  text.append(", ").append(name).append("=").append(value);
}

}  // namespace

base::Result<Authorizations, AuthError> DigestClient::answer(const Message& response, const AuthorizedRequest& request,
                                                             base::Random& random, AuthAttempt& attempt) {
  if (response.status() != 401 && response.status() != 407) return base::fail(AuthError::NoChallenge);
  if (++attempt.rounds_ > kMaxRounds) return base::fail(AuthError::WrongCredentials);
  auto challenges = parse_challenges(response);
  if (!challenges) return base::fail(challenges.error());
  std::erase_if(*challenges, [&](const Challenge& one) { return !are_for(one.realm); });
  if (challenges->empty()) return base::fail(AuthError::OtherRealm);

  AuthError error = AuthError::Unsupported;
  bool adopted = false;
  while (!challenges->empty()) {
    const Challenge first = challenges->front();
    const Challenge* best = nullptr;
    for (const Challenge& other : *challenges) {
      if (same_realm(first, other) && is_usable(other) && (best == nullptr || is_better(other, *best))) best = &other;
    }
    if (best != nullptr) {
      const auto result = adopt(*best, attempt);
      if (!result && result.error() == AuthError::WrongCredentials) return base::fail(result.error());
      if (!result) error = result.error();
      adopted = adopted || result.has_value();
    }
    std::erase_if(*challenges, [&](const Challenge& other) { return same_realm(first, other); });
  }
  if (!adopted) return base::fail(error);
  return write_all(request, random, attempt);
}

bool DigestClient::are_for(std::string_view realm) const {
  return credentials_.realms.empty() || std::find(credentials_.realms.begin(), credentials_.realms.end(), realm) != credentials_.realms.end();
}

// Stores the challenge, unless it means that our previous answer was wrong.
base::Result<void, AuthError> DigestClient::adopt(const Challenge& challenge, AuthAttempt& attempt) {
  Realm& realm = find_or_add(challenge.proxy, challenge.realm);
  if (strength(challenge.algorithm) < realm.strength) return base::fail(AuthError::Weakened);
  if (realm.qop_seen && qop_of(challenge).empty()) return base::fail(AuthError::Weakened);

  const auto sent = std::find_if(attempt.sent_.begin(), attempt.sent_.end(), [&](const AuthAttempt::Sent& one) {
    return one.proxy == challenge.proxy && one.realm == challenge.realm;
  });
  if (sent == attempt.sent_.end()) {
    attempt.sent_.push_back({challenge.proxy, attempt.rounds_, false, challenge.realm, challenge.nonce});
  } else {
    // The nonce of an earlier request may have expired, whether the server says stale or not. The nonce of the previous round
    // counts as expired only if the server says stale, and only once: a server that repeats stale probably rejects the password.
    const bool fresh = sent->round != 0 && sent->round == attempt.rounds_ - 1;
    const bool may_retry = sent->nonce != challenge.nonce && (!fresh || (challenge.stale && !sent->stale_retried));
    if (!may_retry) {
      realm.challenge.nonce.clear();
      return base::fail(AuthError::WrongCredentials);
    }
    sent->stale_retried = sent->stale_retried || fresh;
    sent->round = attempt.rounds_;
  }
  // Two requests may be challenged with the same nonce; its count then continues (RFC 7616 section 3.4).
  if (realm.challenge.nonce != challenge.nonce || realm.challenge.algorithm != challenge.algorithm) {
    realm.nonce_count = 0;
    realm.session_cnonce.clear();
  }
  realm.challenge = challenge;
  realm.strength = strength(challenge.algorithm);
  realm.qop_seen = realm.qop_seen || !qop_of(challenge).empty();
  return {};
}

base::Result<Authorizations, AuthError> DigestClient::write_all(const AuthorizedRequest& request, base::Random& random,
                                                                AuthAttempt& attempt) {
  Authorizations headers;
  for (AuthAttempt::Sent& sent : attempt.sent_) {
    Realm* realm = find(sent.proxy, sent.realm);
    if (realm == nullptr || realm->challenge.nonce.empty()) continue;
    auto value = write(*realm, request, random);
    if (!value) return base::fail(AuthError::HashUnavailable);
    sent.nonce = realm->challenge.nonce;
    headers.push_back({sent.proxy ? HeaderName::ProxyAuthorization : HeaderName::Authorization, std::move(*value)});
  }
  return headers;
}

Authorizations DigestClient::preempt(const AuthorizedRequest& request, base::Random& random, AuthAttempt& attempt) {
  for (const Realm& realm : realms_) {
    if (realm.challenge.nonce.empty() || realm.nonce_count >= kMaxNonceUses) continue;
    attempt.sent_.push_back({realm.challenge.proxy, 0, false, realm.challenge.realm, realm.challenge.nonce});
  }
  return write_all(request, random, attempt).value_or(Authorizations{});
}

void DigestClient::on_success(const Message& response, const AuthAttempt& attempt) {
  if (const auto info = response.find(HeaderName::AuthenticationInfo)) take_next_nonce(false, *info, attempt);
  if (const auto info = response.find("Proxy-Authentication-Info")) take_next_nonce(true, *info, attempt);
}

void DigestClient::take_next_nonce(bool proxy, std::string_view info, const AuthAttempt& attempt) {
  const auto next = find_auth_parameter(info, "nextnonce");
  if (!next || next->empty() || next->size() > kMaxNonceBytes) return;
  const auto is_that_kind = [&](const AuthAttempt::Sent& sent) { return sent.proxy == proxy; };
  const auto sent = std::find_if(attempt.sent_.begin(), attempt.sent_.end(), is_that_kind);
  // The field names no realm. With two realms of this kind, the nonce cannot be assigned to one of them.
  if (sent == attempt.sent_.end() || std::count_if(sent, attempt.sent_.end(), is_that_kind) != 1) return;
  Realm* realm = find(proxy, sent->realm);
  if (realm == nullptr || is_session(realm->challenge.algorithm)) return;  // For -sess, HA1 depends on the challenge's own nonce.
  realm->challenge.nonce = *next;
  realm->nonce_count = 0;
}

DigestClient::Realm* DigestClient::find(bool proxy, std::string_view name) {
  const auto at = std::find_if(realms_.begin(), realms_.end(), [&](const Realm& realm) {
    return realm.challenge.proxy == proxy && realm.challenge.realm == name;
  });
  return at == realms_.end() ? nullptr : &*at;
}

DigestClient::Realm& DigestClient::find_or_add(bool proxy, std::string_view name) {
  if (Realm* realm = find(proxy, name)) {
    std::rotate(realms_.begin() + (realm - realms_.data()), realms_.begin() + (realm - realms_.data()) + 1, realms_.end());
    return realms_.back();
  }
  if (realms_.size() >= kMaxRealms) realms_.erase(realms_.begin());
  Realm& realm = realms_.emplace_back();
  realm.challenge.proxy = proxy;
  realm.challenge.realm = name;
  return realm;
}

std::optional<std::string> DigestClient::write(Realm& realm, const AuthorizedRequest& request, base::Random& random) {
  const Challenge& challenge = realm.challenge;
  const std::string_view qop = qop_of(challenge);
  ++realm.nonce_count;
  std::string cnonce;
  if (is_session(challenge.algorithm)) {
    if (realm.session_cnonce.empty()) realm.session_cnonce = random.token();
    cnonce = realm.session_cnonce;
  } else if (!qop.empty()) {
    cnonce = random.token();
  }
  const DigestInput input{challenge.algorithm, credentials_.username, challenge.realm, credentials_.password, request.method,
                          request.uri, challenge.nonce, qop, cnonce, realm.nonce_count, request.body};
  const auto response = digest_response(input);
  if (!response) return std::nullopt;

  // Quote each value as in RFC 3261 section 25.1: some registrars refuse a quoted algorithm, qop or nc.
  std::string text;
  add_quoted(text, "username", credentials_.username, true);
  add_quoted(text, "realm", challenge.realm, false);
  add_quoted(text, "nonce", challenge.nonce, false);
  add_quoted(text, "uri", request.uri, true);
  add_quoted(text, "response", *response, false);
  if (challenge.algorithm_given) add_token(text, "algorithm", to_string(challenge.algorithm));
  if (!cnonce.empty()) add_quoted(text, "cnonce", cnonce, false);
  if (challenge.has_opaque) add_quoted(text, "opaque", challenge.opaque, false);
  if (!qop.empty()) {
    add_token(text, "qop", qop);
    add_token(text, "nc", nonce_count_text(realm.nonce_count));
  }
  return text;
}

}  // namespace offhook::inline v0::sip
