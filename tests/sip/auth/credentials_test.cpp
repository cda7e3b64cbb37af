#include <offhook/sip/auth/credentials.hpp>

#include "messages.hpp"

namespace offhook::sip::test {
namespace {

constexpr std::string_view kUri = "sip:pbx.example";

struct Account {
  base::SeededRandom random{7};
  DigestClient client{Credentials{"6001", "s3cret"}};
  AuthAttempt attempt;

  base::Result<Authorizations, AuthError> answer(const Message& challenge) {
    return client.answer(challenge, {"REGISTER", kUri}, random, attempt);
  }
  Authorizations preempt() {
    attempt = AuthAttempt{};
    return client.preempt({"REGISTER", kUri}, random, attempt);
  }
  /// The response value is what the other fields and the password make of it.
  static void check_proof(const std::string& header, std::string_view password = "s3cret", std::string_view method = "REGISTER") {
    CAPTURE(header);
    const auto get = [&](std::string_view name) {
      const auto value = value_of(header, name);
      return value == "(absent)" ? std::string() : value;
    };
    const std::string username = get("username"), realm = get("realm"), uri = get("uri"), nonce = get("nonce"), qop = get("qop"),
                      cnonce = get("cnonce"), algorithm = get("algorithm"), count = get("nc");
    const DigestInput input{parse_algorithm(algorithm).value_or(Algorithm::Md5),
                            username,
                            realm,
                            password,
                            method,
                            uri,
                            nonce,
                            qop,
                            cnonce,
                            count.empty() ? 1 : static_cast<std::uint32_t>(std::stoul(count, nullptr, 16)),
                            {}};
    CHECK(get("response") == digest_response(input));
  }
};

std::string digest(std::string_view nonce, std::string_view more = "") {
  return "Digest realm=\"r\", nonce=\"" + std::string(nonce) + "\"" + std::string(more);
}

TEST_CASE_FIXTURE(Account,
                  "a 401 is answered in Authorization, with the quoting that the grammar asks for [RFC 3261 section 22.4]") {
  const auto headers = answer(response(401, www(digest("n1", R"(, qop="auth,auth-int", opaque="o", algorithm=SHA-256)"))));
  REQUIRE(headers.has_value());
  REQUIRE(headers->size() == 1);
  const std::string value = headers->front().value;
  CHECK(headers->front().name == HeaderName::Authorization);
  CHECK(value.starts_with(R"(Digest username="6001", realm="r", nonce="n1", uri="sip:pbx.example", response=")"));
  CHECK(value.find("algorithm=SHA-256,") != std::string::npos);
  CHECK(value.find("qop=auth, nc=00000001") != std::string::npos);
  CHECK(value.find(R"(opaque="o")") != std::string::npos);
  CHECK(value_of(value, "cnonce").size() >= 16);
  check_proof(value);
  CHECK(value.find("s3cret") == std::string::npos);
}

TEST_CASE_FIXTURE(Account,
                  "without qop, opaque and algorithm in the challenge the answer has none either [RFC 2617 section 3.2.2]") {
  const auto headers = answer(response(401, www(digest("n1"))));
  REQUIRE(headers.has_value());
  const std::string value = headers->front().value;
  for (const char* name : {"qop", "nc", "cnonce", "opaque", "algorithm"}) CHECK(value_of(value, name) == "(absent)");
  check_proof(value);
}

TEST_CASE_FIXTURE(Account, "a 407 is answered in Proxy-Authorization [RFC 3261 section 22.3]") {
  const auto headers = answer(response(407, proxy(digest("n1"))));
  REQUIRE(headers.has_value());
  CHECK(headers->front().name == HeaderName::ProxyAuthorization);
}

TEST_CASE_FIXTURE(Account, "a proxy's answer goes along when the server behind it challenges too [RFC 3261 section 22.3]") {
  REQUIRE(answer(response(407, proxy(digest("p1", ", qop=\"auth\"")))));
  const auto headers = answer(response(401, www(digest("w1", ", qop=\"auth\""))));
  REQUIRE(headers.has_value());
  REQUIRE(headers->size() == 2);
  CHECK((*headers)[0].name == HeaderName::ProxyAuthorization);
  CHECK(value_of((*headers)[0].value, "nonce") == "p1");
  CHECK(value_of((*headers)[0].value, "nc") == "00000002");
  CHECK((*headers)[1].name == HeaderName::Authorization);
  CHECK(value_of((*headers)[1].value, "nonce") == "w1");
  // The proxy's nonce was good for one use: it may challenge anew without calling the password wrong.
  const auto again = answer(response(407, proxy(digest("p2", ", qop=\"auth\""))));
  REQUIRE(again.has_value());
  CHECK(value_of((*again)[0].value, "nonce") == "p2");
  // But the nonce that it has just given may not be refused.
  CHECK(answer(response(407, proxy(digest("p3", ", qop=\"auth\"")))).error() == AuthError::WrongCredentials);
}

TEST_CASE_FIXTURE(Account, "the strongest algorithm that we speak is taken, whatever the order [RFC 8760 section 2.4]") {
  const auto md5 = www(digest("m", ", algorithm=MD5, qop=\"auth\"")),
             sha256 = www(digest("s", ", algorithm=SHA-256, qop=\"auth\"")),
             sha512 = www(digest("t", ", algorithm=SHA-512-256, qop=\"auth\"")),
             unknown = www(digest("u", ", algorithm=SHA3-512"));
  std::string lines;
  std::string nonce;
  SUBCASE("weakest first") {
    lines = md5 + sha256 + sha512 + unknown, nonce = "t";
  }
  SUBCASE("strongest first") {
    lines = unknown + sha512 + sha256 + md5, nonce = "t";
  }
  SUBCASE("two of them") {
    lines = md5 + sha256, nonce = "s";
  }
  SUBCASE("an unknown one and MD5") {
    lines = unknown + md5, nonce = "m";
  }
  SUBCASE("the strongest only with auth-int") {
    lines = md5 + www(digest("t", ", algorithm=SHA-512-256, qop=\"auth-int\"")) + sha256, nonce = "t";
  }
  const auto headers = answer(response(401, lines));
  REQUIRE(headers.has_value());
  REQUIRE(headers->size() == 1);
  CHECK(value_of(headers->front().value, "nonce") == nonce);
  check_proof(headers->front().value);
}

TEST_CASE_FIXTURE(Account,
                  "between two challenges of one strength the one with qop is taken: without it an answer can be replayed") {
  const auto headers = answer(response(401, www(digest("plain")) + www(digest("qop", ", qop=\"auth\""))));
  CHECK(value_of(headers.value().front().value, "nonce") == "qop");
}

TEST_CASE_FIXTURE(Account, "auth-int alone is answered with the body in the digest, and auth where there is a choice [RFC 7616 section 3.4.3]") {
  const AuthorizedRequest invite{"INVITE", "sip:6002@pbx.example", "v=0\r\n"};
  const auto headers = client.answer(response(407, proxy(digest("n", ", qop=\"auth-int\", algorithm=SHA-256"))), invite, random, attempt);
  REQUIRE(headers.has_value());
  const std::string value = headers->front().value;
  CHECK(value.find("qop=auth-int, nc=00000001") != std::string::npos);
  const std::string cnonce = value_of(value, "cnonce");
  DigestInput input{Algorithm::Sha256, "6001", "r", "s3cret", "INVITE", "sip:6002@pbx.example", "n", "auth-int", cnonce, 1, "v=0\r\n"};
  CHECK(value_of(value, "response") == digest_response(input));
  input.body = "v=1\r\n";
  CHECK(value_of(value, "response") != digest_response(input));
  attempt = AuthAttempt{};
  const auto either = answer(response(401, www(digest("m", ", qop=\"auth-int,auth\""))));
  CHECK(value_of(either.value().front().value, "qop") == "auth");
}

TEST_CASE_FIXTURE(Account, "a realm that asked for SHA-256 gets no MD5 answer any more [RFC 8760 section 2.4]") {
  REQUIRE(answer(response(401, www(digest("n1", ", algorithm=SHA-256")))));
  attempt = AuthAttempt{};
  CHECK(answer(response(401, www(digest("n2", ", algorithm=MD5")))).error() == AuthError::Weakened);
  CHECK(answer(response(401, www(R"(Digest realm="else", nonce="n3")"))));  // Another realm may.
  client.reset();
  attempt = AuthAttempt{};
  CHECK(answer(response(401, www(digest("n4", ", algorithm=MD5")))));
}

TEST_CASE_FIXTURE(Account, "a realm that asked for qop gets no answer without one any more [RFC 7616 section 3.4]") {
  REQUIRE(answer(response(401, www(digest("n1", ", qop=\"auth\"")))));
  attempt = AuthAttempt{};
  const auto bare = answer(response(401, www(digest("n2"))));
  REQUIRE_FALSE(bare);
  CHECK(bare.error() == AuthError::Weakened);
}

TEST_CASE_FIXTURE(Account, "the floor of a realm outlasts a wrong password [RFC 8760 section 2.4]") {
  REQUIRE(answer(response(401, www(digest("n1", ", algorithm=SHA-256")))));
  CHECK(answer(response(401, www(digest("n1", ", algorithm=SHA-256")))).error() == AuthError::WrongCredentials);
  attempt = AuthAttempt{};
  CHECK(answer(response(401, www(digest("n2")))).error() == AuthError::Weakened);
}

TEST_CASE_FIXTURE(Account, "what we cannot speak is said so, and a status without a challenge too") {
  CHECK(answer(response(401, www(digest("n", ", algorithm=SHA3-512")))).error() == AuthError::Unsupported);
  CHECK(answer(response(401, www(digest("n", ", qop=\"auth-conf\"")))).error() == AuthError::Unsupported);
  CHECK(answer(response(401, "")).error() == AuthError::NoChallenge);
  CHECK(answer(response(403, www(digest("n")))).error() == AuthError::NoChallenge);
}

TEST_CASE_FIXTURE(
    Account, "a fresh nonce that is refused means a wrong password, with the same nonce or another [RFC 3261 section 22.1]") {
  REQUIRE(answer(response(401, www(digest("n1", ", qop=\"auth\"")))));
  SUBCASE("the same nonce") {
    CHECK(answer(response(401, www(digest("n1", ", qop=\"auth\"")))).error() == AuthError::WrongCredentials);
  }
  SUBCASE("another nonce: servers that give one to each response") {
    CHECK(answer(response(401, www(digest("n2", ", qop=\"auth\"")))).error() == AuthError::WrongCredentials);
  }
  SUBCASE("stale, yet the same nonce") {
    CHECK(answer(response(401, www(digest("n1", ", qop=\"auth\", stale=true")))).error() == AuthError::WrongCredentials);
  }
  CHECK(preempt().empty());  // Nothing of it is reused.
}

TEST_CASE_FIXTURE(Account, "stale=true is answered with the new nonce once, and no more than once [RFC 7616 section 3.3]") {
  REQUIRE(answer(response(401, www(digest("n1")))));
  const auto second = answer(response(401, www(digest("n2", ", stale=true"))));
  REQUIRE(second.has_value());
  CHECK(value_of(second->front().value, "nonce") == "n2");
  CHECK(answer(response(401, www(digest("n3", ", stale=true")))).error() == AuthError::WrongCredentials);
}

TEST_CASE_FIXTURE(Account,
                  "the next request carries the nonce at once, its count rising and its cnonce new [RFC 7616 section 3.4]") {
  CHECK(preempt().empty());
  const auto first = answer(response(401, www(digest("n1", ", qop=\"auth\"")))).value().front().value;
  for (const char* count : {"00000002", "00000003"}) {
    const auto next = preempt();
    REQUIRE(next.size() == 1);
    CHECK(value_of(next[0].value, "nonce") == "n1");
    CHECK(value_of(next[0].value, "nc") == count);
    CHECK(value_of(next[0].value, "cnonce") != value_of(first, "cnonce"));
    check_proof(next[0].value);
  }
}

TEST_CASE_FIXTURE(Account,
                  "a reused nonce may run out without a word of stale; the new one is answered once [RFC 3261 section 22.1]") {
  REQUIRE(answer(response(401, www(digest("n1", ", qop=\"auth\"")))));
  REQUIRE(preempt().size() == 1);
  const auto renewed = answer(response(401, www(digest("n2", ", qop=\"auth\""))));
  REQUIRE(renewed.has_value());
  CHECK(value_of(renewed->front().value, "nc") == "00000001");
  CHECK(answer(response(401, www(digest("n3", ", qop=\"auth\"")))).error() == AuthError::WrongCredentials);
}

TEST_CASE_FIXTURE(Account, "a reused nonce that comes back as the challenge means a wrong password, and no loop") {
  REQUIRE(answer(response(401, www(digest("n1", ", qop=\"auth\"")))));
  REQUIRE(preempt().size() == 1);
  CHECK(answer(response(401, www(digest("n1", ", qop=\"auth\"")))).error() == AuthError::WrongCredentials);
}

TEST_CASE_FIXTURE(Account, "two requests challenged before either is answered disturb each other not at all") {
  AuthAttempt other;
  REQUIRE(client.answer(response(401, www(digest("n1", ", qop=\"auth\""))), {"REGISTER", kUri}, random, attempt));
  const auto second =
      client.answer(response(401, www(digest("n1", ", qop=\"auth\""))), {"INVITE", "sip:6002@pbx.example"}, random, other);
  REQUIRE(second.has_value());
  CHECK(value_of(second->front().value, "nc") == "00000002");  // One nonce, one count.
  check_proof(second->front().value, "s3cret", "INVITE");
  AuthAttempt third;
  const auto fresh = client.answer(response(401, www(digest("n2", ", qop=\"auth\""))), {"REGISTER", kUri}, random, third);
  CHECK(value_of(fresh.value().front().value, "nc") == "00000001");
}

TEST_CASE_FIXTURE(Account, "-sess keeps the cnonce that its session key was made with [RFC 7616 section 3.4.2]") {
  const auto first = answer(response(401, www(digest("n1", ", qop=\"auth\", algorithm=SHA-256-sess")))).value().front().value;
  check_proof(first);
  const auto second = preempt().at(0).value;
  CHECK(value_of(second, "cnonce") == value_of(first, "cnonce"));
  CHECK(value_of(second, "nc") == "00000002");
  check_proof(second);
  attempt = AuthAttempt{};
  const auto third = answer(response(401, www(digest("n2", ", qop=\"auth\", algorithm=SHA-256-sess")))).value().front().value;
  CHECK(value_of(third, "cnonce") != value_of(first, "cnonce"));
}

TEST_CASE_FIXTURE(Account, "nextnonce of the success is the next request's nonce [RFC 7616 section 3.5]") {
  REQUIRE(answer(response(401, www(digest("n1", ", qop=\"auth\"")))));
  client.on_success(response(200, "Authentication-Info: qop=auth, rspauth=\"x\", nextnonce=\"n2\", nc=00000001\r\n"), attempt);
  const auto next = preempt();
  REQUIRE(next.size() == 1);
  CHECK(value_of(next[0].value, "nonce") == "n2");
  CHECK(value_of(next[0].value, "nc") == "00000001");
}

TEST_CASE_FIXTURE(Account,
                  "a nextnonce over the bound, or from a success that proved nothing, is left aside [RFC 7616 section 3.5]") {
  client.on_success(response(200, "Authentication-Info: nextnonce=\"n2\"\r\n"), attempt);
  CHECK(preempt().empty());
  attempt = AuthAttempt{};
  REQUIRE(answer(response(401, www(digest("n1")))));
  client.on_success(response(200, "Authentication-Info: nextnonce=\"" + std::string(kMaxNonceBytes + 1, 'x') + "\"\r\n"),
                    attempt);
  CHECK(value_of(preempt().at(0).value, "nonce") == "n1");
  client.on_success(response(200, "Authentication-Info: nextnonce=\"" + std::string(kMaxNonceBytes, 'x') + "\"\r\n"), attempt);
  CHECK(value_of(preempt().at(0).value, "nonce").size() == kMaxNonceBytes);
}

TEST_CASE_FIXTURE(Account, "credentials that name realms answer for those alone, letter by letter") {
  DigestClient named(Credentials{"6001", "s3cret", {"r", "s"}});
  const auto ask = [&](const std::string& lines) {
    attempt = AuthAttempt{};
    return named.answer(response(401, lines), {"REGISTER", kUri}, random, attempt);
  };
  CHECK(ask(www(R"(Digest realm="R", nonce="n")")).error() == AuthError::OtherRealm);
  CHECK(ask(www(R"(Digest realm="other", nonce="n")")).error() == AuthError::OtherRealm);
  const auto both = ask(www(R"(Digest realm="other", nonce="n")") + www(R"(Digest realm="s", nonce="n")"));
  REQUIRE(both);
  REQUIRE(both->size() == 1);
  CHECK(value_of(both->front().value, "realm") == "s");
}

TEST_CASE_FIXTURE(Account, "kMaxRealms realms are remembered, and one more pushes out the one unused for longest") {
  for (std::size_t i = 0; i <= DigestClient::kMaxRealms; ++i) {
    if (i == DigestClient::kMaxRealms) CHECK(preempt().size() == DigestClient::kMaxRealms);
    attempt = AuthAttempt{};
    REQUIRE(answer(response(401, www("Digest realm=\"r" + std::to_string(i) + "\", nonce=\"n\""))));
  }
  const auto headers = preempt();
  REQUIRE(headers.size() == DigestClient::kMaxRealms);
  for (const auto& header : headers) CHECK(value_of(header.value, "realm") != "r0");
}

TEST_CASE_FIXTURE(Account, "one request answers kMaxRounds challenges, and no more: realms without end are a trap") {
  for (int i = 0; i < DigestClient::kMaxRounds; ++i) {
    REQUIRE(answer(response(401, www("Digest realm=\"r" + std::to_string(i) + "\", nonce=\"n\""))));
  }
  CHECK(answer(response(401, www(R"(Digest realm="more", nonce="n")"))).error() == AuthError::WrongCredentials);
}

TEST_CASE_FIXTURE(Account, "a nonce is used kMaxNonceUses times, then a new one is asked for") {
  REQUIRE(answer(response(401, www(digest("n1", ", qop=\"auth\"")))));
  for (std::uint32_t used = 1; used < DigestClient::kMaxNonceUses; ++used) REQUIRE(preempt().size() == 1);
  CHECK(preempt().empty());
}

TEST_CASE("a user name with quotes and backslashes is escaped in the field and hashed as it is [RFC 3261 section 25.1]") {
  base::SeededRandom random(7);
  DigestClient client(Credentials{R"(a"b\c)", "pw"});
  AuthAttempt attempt;
  const auto header = client.answer(response(401, www(digest("n1"))), {"REGISTER", kUri}, random, attempt).value().front().value;
  CHECK(header.find(R"(username="a\"b\\c")") != std::string::npos);
  CHECK(value_of(header, "response") == digest_response({.username = R"(a"b\c)",
                                                         .realm = "r",
                                                         .password = "pw",
                                                         .method = "REGISTER",
                                                         .uri = kUri,
                                                         .nonce = "n1",
                                                         .qop = {},
                                                         .cnonce = {},
                                                         .body = {}}));
}

}  // namespace
}  // namespace offhook::sip::test
