#include <offhook/sip/auth/challenge.hpp>

#include "messages.hpp"

namespace offhook::sip::test {
namespace {

Challenge one(std::string_view text) {
  CAPTURE(text);
  const auto challenge = take_challenge(text);
  REQUIRE(challenge.has_value());
  REQUIRE(challenge->has_value());
  CHECK(text.empty());
  return **challenge;
}

AuthError error_of(std::string_view text) {
  CAPTURE(text);
  const auto challenge = take_challenge(text);
  REQUIRE_FALSE(challenge.has_value());
  return challenge.error();
}

TEST_CASE("take_challenge reads every parameter of a challenge [RFC 3261 section 20.44]") {
  const auto challenge = one(
      R"(Digest realm="atlanta.com", domain="sip:boxesbybob.com", qop="auth", nonce="f84f1cec41e6cbe5aea9c8e88d359", )"
      R"(opaque="", stale=FALSE, algorithm=MD5)");
  CHECK(challenge.realm == "atlanta.com");
  CHECK(challenge.domain == "sip:boxesbybob.com");
  CHECK(challenge.nonce == "f84f1cec41e6cbe5aea9c8e88d359");
  CHECK(challenge.has_opaque);
  CHECK(challenge.opaque.empty());
  CHECK_FALSE(challenge.stale);
  CHECK(challenge.algorithm == Algorithm::Md5);
  CHECK(challenge.algorithm_given);
  CHECK(challenge.qop_auth);
}

TEST_CASE("a challenge with realm and nonce alone means MD5 without qop [RFC 3261 section 22.4]") {
  const auto challenge = one(R"(Digest realm="",nonce="n")");
  CHECK(challenge.algorithm == Algorithm::Md5);
  CHECK(challenge.algorithm_known);
  CHECK_FALSE(challenge.algorithm_given);
  CHECK_FALSE(challenge.has_qop);
  CHECK_FALSE(challenge.has_opaque);
}

TEST_CASE("take_challenge accepts any spacing, case and order, unquoted values, unknown parameters and empty list elements [RFC 3261 section 25.1]") {
  const auto challenge =
      one("dIgEsT  NONCE = \"n\" ,, Stale=True, x-new=\"a, b\" ,charset=UTF-8,REALM=pbx.example , algorithm=\"sha-256\", ");
  CHECK(challenge.realm == "pbx.example");
  CHECK(challenge.nonce == "n");
  CHECK(challenge.stale);
  CHECK(challenge.algorithm == Algorithm::Sha256);
}

TEST_CASE("take_challenge keeps quoted pairs, and treats a quoted comma or equals sign as text [RFC 7616 section 3.4]") {
  const auto challenge = one(R"(Digest realm="a\"b, c=\\", nonce="n=,1")");
  CHECK(challenge.realm == R"(a\"b, c=\\)");
  CHECK(challenge.nonce == "n=,1");
}

TEST_CASE("take_challenge finds auth only as a whole word of the qop list, which may be quoted or not [RFC 7616 section 3.3]") {
  CHECK(one(R"(Digest realm="r", nonce="n", qop="auth-int, auth")").qop_auth);
  CHECK(one(R"(Digest realm="r", qop=auth,auth-int, nonce="n")").qop_auth);
  CHECK(one(R"(Digest realm="r", qop=auth,auth-int, nonce="n")").nonce == "n");
  const auto other = one(R"(Digest realm="r", nonce="n", qop="auth-int,auth-conf")");
  CHECK(other.has_qop);
  CHECK_FALSE(other.qop_auth);
  CHECK(other.qop_auth_int);
  CHECK_FALSE(one(R"(Digest realm="r", nonce="n", qop="")").has_qop);
}

TEST_CASE("a challenge with an unknown algorithm is valid, because the server may offer another one [RFC 8760 section 2.3]") {
  const auto challenge = one(R"(Digest realm="r", nonce="n", algorithm=SHA3-512)");
  CHECK_FALSE(challenge.algorithm_known);
}

TEST_CASE("take_challenge refuses a challenge without realm or nonce, or with broken grammar") {
  CHECK(error_of(R"(Digest)") == AuthError::BadChallenge);
  CHECK(error_of(R"(Digest nonce="n")") == AuthError::BadChallenge);
  CHECK(error_of(R"(Digest realm="r")") == AuthError::BadChallenge);
  CHECK(error_of(R"(Digest realm="r", nonce="")") == AuthError::BadChallenge);
  CHECK(error_of(R"(Digest realm="r", nonce="n)") == AuthError::BadChallenge);
  CHECK(error_of(R"(Digest realm="r", nonce="n\")") == AuthError::BadChallenge);
  CHECK(error_of(R"(Digest realm="r" nonce="n")") == AuthError::BadChallenge);
  CHECK(error_of(R"(Digest realm="r", nonce="n"x)") == AuthError::BadChallenge);
  CHECK(error_of(R"(Digest realm="r", ="n")") == AuthError::BadChallenge);
  CHECK(error_of(R"(Digest=realm="r", nonce="n")") == AuthError::BadChallenge);
}

TEST_CASE("take_challenge accepts realm, nonce, opaque and domain up to their bounds, and refuses longer values") {
  const auto with = [](const std::string& name, std::size_t size) {
    std::string text = "Digest ";
    if (name != "realm") text += "realm=\"r\", ";
    if (name != "nonce") text += "nonce=\"n\", ";
    return text + name + "=\"" + std::string(size, 'x') + "\"";
  };
  for (const auto& [name, bound] : {std::pair<std::string, std::size_t>{"realm", kMaxRealmBytes},
                                    {"nonce", kMaxNonceBytes},
                                    {"opaque", kMaxOpaqueBytes},
                                    {"domain", kMaxDomainBytes}}) {
    CAPTURE(name);
    (void)one(with(name, bound));
    CHECK(error_of(with(name, bound + 1)) == AuthError::TooLarge);
  }
}

TEST_CASE("parse_challenges collects the Digest challenges of all lines and both headers in order, and skips other schemes [RFC 3261 section 20.27]") {
  const auto message =
      response(401, www("Negotiate") + www(R"(Digest realm="a", nonce="1", algorithm=SHA-256)") + www("NTLM TlRM==") +
                        proxy(R"(Digest realm="b", nonce="2")") + www(R"(Basic realm="c")"));
  const auto challenges = parse_challenges(message);
  REQUIRE(challenges.has_value());
  REQUIRE(challenges->size() == 2);
  CHECK((*challenges)[0].realm == "a");
  CHECK_FALSE((*challenges)[0].proxy);
  CHECK((*challenges)[1].realm == "b");
  CHECK((*challenges)[1].proxy);
}

TEST_CASE("parse_challenges separates several challenges in one line, although SIP forbids this form [RFC 7235 section 4.1]") {
  const auto challenges = parse_challenges(response(
      401,
      www(R"(Negotiate YII=, Digest realm="a", nonce="1", algorithm=SHA-256, Digest realm="a", nonce="2", Basic realm="x")")));
  REQUIRE(challenges.has_value());
  REQUIRE(challenges->size() == 2);
  CHECK((*challenges)[0].algorithm == Algorithm::Sha256);
  CHECK((*challenges)[1].nonce == "2");
}

TEST_CASE("parse_challenges ignores a broken line if another line is good, and reports an error if the broken line is the only one") {
  const auto good = www(R"(Digest realm="a", nonce="1")");
  const auto broken = www(R"(Digest realm="a)");
  CHECK(parse_challenges(response(401, broken + good)).value().size() == 1);
  CHECK(parse_challenges(response(401, good + broken)).value().size() == 1);
  CHECK(parse_challenges(response(401, broken)) == base::fail(AuthError::BadChallenge));
  CHECK(parse_challenges(response(401, "")) == base::fail(AuthError::NoChallenge));
  CHECK(parse_challenges(response(401, www("Negotiate"))) == base::fail(AuthError::NoChallenge));
}

TEST_CASE("parse_challenges reads kMaxChallenges challenges, and refuses one more") {
  std::string lines;
  for (std::size_t i = 0; i < kMaxChallenges; ++i) lines += www(R"(Digest realm="r)" + std::to_string(i) + R"(", nonce="n")");
  CHECK(parse_challenges(response(401, lines)).value().size() == kMaxChallenges);
  CHECK(parse_challenges(response(401, lines + www("Negotiate"))) == base::fail(AuthError::TooManyChallenges));
}

TEST_CASE("find_auth_parameter finds a parameter in a list, but not after a malformed parameter") {
  CHECK(find_auth_parameter(R"(qop=auth, nextnonce="n1", rspauth="x")", "NextNonce") == "n1");
  CHECK_FALSE(find_auth_parameter(R"(qop=auth)", "nextnonce"));
  CHECK_FALSE(find_auth_parameter(R"(rspauth="x, nextnonce="n1")", "nextnonce"));
  CHECK_FALSE(find_auth_parameter("", "nextnonce"));
}

}  // namespace
}  // namespace offhook::sip::test
