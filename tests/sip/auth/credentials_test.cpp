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
  /// Checks that the response value matches the other fields and the password.
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

TEST_CASE_FIXTURE(Account, "DigestClient answers a 401 with an Authorization field that has the quotes of the grammar [RFC 3261 section 22.4]") {
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

TEST_CASE_FIXTURE(Account, "if a challenge has no qop, opaque and algorithm, the answer of DigestClient does not have them either [RFC 2617 section 3.2.2]") {
  const auto headers = answer(response(401, www(digest("n1"))));
  REQUIRE(headers.has_value());
  const std::string value = headers->front().value;
  for (const char* name : {"qop", "nc", "cnonce", "opaque", "algorithm"}) CHECK(value_of(value, name) == "(absent)");
  check_proof(value);
}

TEST_CASE_FIXTURE(Account, "DigestClient answers a 407 with a Proxy-Authorization field [RFC 3261 section 22.3]") {
  const auto headers = answer(response(407, proxy(digest("n1"))));
  REQUIRE(headers.has_value());
  CHECK(headers->front().name == HeaderName::ProxyAuthorization);
}

TEST_CASE_FIXTURE(Account, "When a server behind a proxy also sends a challenge, DigestClient answers both the proxy and the server [RFC 3261 section 22.3]") {
  REQUIRE(answer(response(407, proxy(digest("p1", ", qop=\"auth\"")))));
  const auto headers = answer(response(401, www(digest("w1", ", qop=\"auth\""))));
  REQUIRE(headers.has_value());
  REQUIRE(headers->size() == 2);
  CHECK((*headers)[0].name == HeaderName::ProxyAuthorization);
  CHECK(value_of((*headers)[0].value, "nonce") == "p1");
  CHECK(value_of((*headers)[0].value, "nc") == "00000002");
  CHECK((*headers)[1].name == HeaderName::Authorization);
  CHECK(value_of((*headers)[1].value, "nonce") == "w1");
  // The proxy's first nonce has been used before. Therefore a new challenge of the proxy does not mean a wrong password.
  const auto again = answer(response(407, proxy(digest("p2", ", qop=\"auth\""))));
  REQUIRE(again.has_value());
  CHECK(value_of((*again)[0].value, "nonce") == "p2");
  // This challenge refuses a nonce that the proxy has just given, which means that the password is wrong.
  CHECK(answer(response(407, proxy(digest("p3", ", qop=\"auth\"")))) == base::fail(AuthError::WrongCredentials));
}

TEST_CASE_FIXTURE(Account, "DigestClient chooses the strongest supported algorithm, in any order of the challenges [RFC 8760 section 2.4]") {
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
  SUBCASE("MD5 and SHA-256") {
    lines = md5 + sha256, nonce = "s";
  }
  SUBCASE("an unknown algorithm and MD5") {
    lines = unknown + md5, nonce = "m";
  }
  SUBCASE("the strongest algorithm only with auth-int") {
    lines = md5 + www(digest("t", ", algorithm=SHA-512-256, qop=\"auth-int\"")) + sha256, nonce = "t";
  }
  const auto headers = answer(response(401, lines));
  REQUIRE(headers.has_value());
  REQUIRE(headers->size() == 1);
  CHECK(value_of(headers->front().value, "nonce") == nonce);
  check_proof(headers->front().value);
}

TEST_CASE_FIXTURE(Account, "if two challenges are equally strong, DigestClient answers the one with qop, because an answer without qop can be replayed") {
  const auto headers = answer(response(401, www(digest("plain")) + www(digest("qop", ", qop=\"auth\""))));
  CHECK(value_of(headers.value().front().value, "nonce") == "qop");
}

TEST_CASE_FIXTURE(Account, "If a challenge offers only auth-int, DigestClient includes the body in the digest. If it also offers auth, DigestClient uses auth [RFC 7616 section 3.4.3]") {
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

TEST_CASE_FIXTURE(Account, "after a challenge with SHA-256, DigestClient refuses a challenge with MD5 for the same realm [RFC 8760 section 2.4]") {
  REQUIRE(answer(response(401, www(digest("n1", ", algorithm=SHA-256")))));
  attempt = AuthAttempt{};
  CHECK(answer(response(401, www(digest("n2", ", algorithm=MD5")))) == base::fail(AuthError::Weakened));
  CHECK(answer(response(401, www(R"(Digest realm="else", nonce="n3")"))));  // Another realm may use MD5.
  client.reset();
  attempt = AuthAttempt{};
  CHECK(answer(response(401, www(digest("n4", ", algorithm=MD5")))));
}

TEST_CASE_FIXTURE(Account, "after a challenge with qop, DigestClient refuses a challenge without qop for the same realm [RFC 7616 section 3.4]") {
  REQUIRE(answer(response(401, www(digest("n1", ", qop=\"auth\"")))));
  attempt = AuthAttempt{};
  const auto bare = answer(response(401, www(digest("n2"))));
  REQUIRE_FALSE(bare);
  CHECK(bare == base::fail(AuthError::Weakened));
}

TEST_CASE_FIXTURE(Account, "DigestClient keeps the minimum strength of a realm after a wrong password [RFC 8760 section 2.4]") {
  REQUIRE(answer(response(401, www(digest("n1", ", algorithm=SHA-256")))));
  CHECK(answer(response(401, www(digest("n1", ", algorithm=SHA-256")))) == base::fail(AuthError::WrongCredentials));
  attempt = AuthAttempt{};
  CHECK(answer(response(401, www(digest("n2")))) == base::fail(AuthError::Weakened));
}

TEST_CASE_FIXTURE(Account, "DigestClient reports errors for an unsupported challenge and for a response without a challenge") {
  CHECK(answer(response(401, www(digest("n", ", algorithm=SHA3-512")))) == base::fail(AuthError::Unsupported));
  CHECK(answer(response(401, www(digest("n", ", qop=\"auth-conf\"")))) == base::fail(AuthError::Unsupported));
  CHECK(answer(response(401, "")) == base::fail(AuthError::NoChallenge));
  CHECK(answer(response(403, www(digest("n")))) == base::fail(AuthError::NoChallenge));
}

TEST_CASE_FIXTURE(Account, "if the server refuses a fresh nonce, DigestClient reports a wrong password, for any nonce in the new challenge [RFC 3261 section 22.1]") {
  REQUIRE(answer(response(401, www(digest("n1", ", qop=\"auth\"")))));
  SUBCASE("the same nonce") {
    CHECK(answer(response(401, www(digest("n1", ", qop=\"auth\"")))) == base::fail(AuthError::WrongCredentials));
  }
  SUBCASE("another nonce, from a server that gives each response its own nonce") {
    CHECK(answer(response(401, www(digest("n2", ", qop=\"auth\"")))) == base::fail(AuthError::WrongCredentials));
  }
  SUBCASE("stale=true, but with the same nonce") {
    CHECK(answer(response(401, www(digest("n1", ", qop=\"auth\", stale=true")))) == base::fail(AuthError::WrongCredentials));
  }
  CHECK(preempt().empty());  // The client does not use the refused nonce again.
}

TEST_CASE_FIXTURE(Account, "DigestClient answers a challenge with stale=true and a new nonce, but only once [RFC 7616 section 3.3]") {
  REQUIRE(answer(response(401, www(digest("n1")))));
  const auto second = answer(response(401, www(digest("n2", ", stale=true"))));
  REQUIRE(second.has_value());
  CHECK(value_of(second->front().value, "nonce") == "n2");
  CHECK(answer(response(401, www(digest("n3", ", stale=true")))) == base::fail(AuthError::WrongCredentials));
}

TEST_CASE_FIXTURE(Account, "the next request has credentials at once, with the known nonce, a higher count and a new cnonce [RFC 7616 section 3.4]") {
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

TEST_CASE_FIXTURE(Account, "if the server refuses a reused nonce without stale=true, DigestClient answers with the new nonce once [RFC 3261 section 22.1]") {
  REQUIRE(answer(response(401, www(digest("n1", ", qop=\"auth\"")))));
  REQUIRE(preempt().size() == 1);
  const auto renewed = answer(response(401, www(digest("n2", ", qop=\"auth\""))));
  REQUIRE(renewed.has_value());
  CHECK(value_of(renewed->front().value, "nc") == "00000001");
  CHECK(answer(response(401, www(digest("n3", ", qop=\"auth\"")))) == base::fail(AuthError::WrongCredentials));
}

TEST_CASE_FIXTURE(Account, "if the server refuses a reused nonce and sends the same nonce again, DigestClient reports a wrong password") {
  REQUIRE(answer(response(401, www(digest("n1", ", qop=\"auth\"")))));
  REQUIRE(preempt().size() == 1);
  CHECK(answer(response(401, www(digest("n1", ", qop=\"auth\"")))) == base::fail(AuthError::WrongCredentials));
}

TEST_CASE_FIXTURE(Account, "DigestClient answers the challenges of two requests at the same time independently") {
  AuthAttempt other;
  REQUIRE(client.answer(response(401, www(digest("n1", ", qop=\"auth\""))), {"REGISTER", kUri}, random, attempt));
  const auto second =
      client.answer(response(401, www(digest("n1", ", qop=\"auth\""))), {"INVITE", "sip:6002@pbx.example"}, random, other);
  REQUIRE(second.has_value());
  CHECK(value_of(second->front().value, "nc") == "00000002");  // Both requests use the same nonce and share its count.
  check_proof(second->front().value, "s3cret", "INVITE");
  AuthAttempt third;
  const auto fresh = client.answer(response(401, www(digest("n2", ", qop=\"auth\""))), {"REGISTER", kUri}, random, third);
  CHECK(value_of(fresh.value().front().value, "nc") == "00000001");
}

TEST_CASE_FIXTURE(Account, "with a -sess algorithm DigestClient uses the same cnonce while the nonce stays the same [RFC 7616 section 3.4.2]") {
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

TEST_CASE_FIXTURE(Account, "the next request uses the nextnonce from the 2xx [RFC 7616 section 3.5]") {
  REQUIRE(answer(response(401, www(digest("n1", ", qop=\"auth\"")))));
  client.on_success(response(200, "Authentication-Info: qop=auth, rspauth=\"x\", nextnonce=\"n2\", nc=00000001\r\n"), attempt);
  const auto next = preempt();
  REQUIRE(next.size() == 1);
  CHECK(value_of(next[0].value, "nonce") == "n2");
  CHECK(value_of(next[0].value, "nc") == "00000001");
}

TEST_CASE_FIXTURE(Account, "DigestClient ignores a nextnonce that is longer than kMaxNonceBytes, or in the 2xx to a request without credentials [RFC 7616 section 3.5]") {
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

TEST_CASE_FIXTURE(Account, "if Credentials list realms, DigestClient answers only challenges for exactly these realms") {
  DigestClient named(Credentials{"6001", "s3cret", {"r", "s"}});
  const auto ask = [&](const std::string& lines) {
    attempt = AuthAttempt{};
    return named.answer(response(401, lines), {"REGISTER", kUri}, random, attempt);
  };
  CHECK(ask(www(R"(Digest realm="R", nonce="n")")) == base::fail(AuthError::OtherRealm));
  CHECK(ask(www(R"(Digest realm="other", nonce="n")")) == base::fail(AuthError::OtherRealm));
  const auto both = ask(www(R"(Digest realm="other", nonce="n")") + www(R"(Digest realm="s", nonce="n")"));
  REQUIRE(both);
  REQUIRE(both->size() == 1);
  CHECK(value_of(both->front().value, "realm") == "s");
}

TEST_CASE_FIXTURE(Account, "DigestClient stores kMaxRealms realms. One more realm replaces the realm that was unused for longest") {
  for (std::size_t i = 0; i <= DigestClient::kMaxRealms; ++i) {
    if (i == DigestClient::kMaxRealms) CHECK(preempt().size() == DigestClient::kMaxRealms);
    attempt = AuthAttempt{};
    REQUIRE(answer(response(401, www("Digest realm=\"r" + std::to_string(i) + "\", nonce=\"n\""))));
  }
  const auto headers = preempt();
  REQUIRE(headers.size() == DigestClient::kMaxRealms);
  for (const auto& header : headers) CHECK(value_of(header.value, "realm") != "r0");
}

TEST_CASE_FIXTURE(Account, "DigestClient answers at most kMaxRounds challenges to one request, so that ever new realms cause no loop") {
  for (int i = 0; i < DigestClient::kMaxRounds; ++i) {
    REQUIRE(answer(response(401, www("Digest realm=\"r" + std::to_string(i) + "\", nonce=\"n\""))));
  }
  CHECK(answer(response(401, www(R"(Digest realm="more", nonce="n")"))) == base::fail(AuthError::WrongCredentials));
}

TEST_CASE_FIXTURE(Account, "DigestClient uses a nonce kMaxNonceUses times, and then gives the next request no credentials") {
  REQUIRE(answer(response(401, www(digest("n1", ", qop=\"auth\"")))));
  for (std::uint32_t used = 1; used < DigestClient::kMaxNonceUses; ++used) REQUIRE(preempt().size() == 1);
  CHECK(preempt().empty());
}

TEST_CASE("DigestClient escapes quotes and backslashes of a user name in the field, and hashes the user name without escapes [RFC 3261 section 25.1]") {
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
