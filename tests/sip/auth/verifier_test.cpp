#include "messages.hpp"

#include <offhook/sip/auth/credentials.hpp>
#include <offhook/sip/auth/verifier.hpp>

#include <doctest/doctest.h>

#include <set>

using namespace offhook;
using namespace offhook::sip;
using namespace std::chrono_literals;

namespace {

using Kind = Verifier::Verdict::Kind;

base::IpAddress ip(std::string_view text) { return *base::IpAddress::parse(text); }

/// A Verifier with the passwords of its callers, and one caller whose DigestClient answers the challenges.
struct Serving {
  CallerOptions options;
  base::SeededRandom random{1};
  base::TimePoint now{1000s};
  base::IpAddress source = ip("192.0.2.7");
  std::string username = "ada", password = "secret", uri = "sip:bot@192.0.2.1", body = "v=0";
  std::optional<Verifier> server;

  Serving() { options.who = {{"ada", "secret"}, {"o\"neil\\", "pa:ss"}}; }
  Verifier& verifier() {
    if (!server) server.emplace(options, random);
    return *server;
  }
  Message request(const std::string& authorization = {}, const std::string& to = {}) const {
    std::string text = "INVITE " + (to.empty() ? uri : to) + " SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1\r\n" +
                       "From: <sip:ada@h>;tag=1\r\nTo: <" + uri + ">\r\nCall-ID: i\r\nCSeq: 1 INVITE\r\n" +
                       (authorization.empty() ? "" : "Authorization: " + authorization + "\r\n") +
                       "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    auto parsed = parse_message(Slab::exact({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
    REQUIRE(parsed);
    return std::move(*parsed);
  }
  /// Returns the DigestClient's answer to these challenges.
  std::string answer(const std::vector<std::string>& challenges) {
    std::string lines;
    for (const auto& value : challenges) lines += "WWW-Authenticate: " + value + "\r\n";
    DigestClient client({username, password});
    AuthAttempt attempt;
    const auto headers = client.answer(test::response(401, lines), {"INVITE", uri, body}, random, attempt);
    REQUIRE(headers);
    return headers->front().value;
  }
  std::string fresh() { return answer(verifier().challenges(source, false, now)); }
  Kind check(const std::string& authorization) { return verifier().check(request(authorization), {}, source, now).kind; }
};

/// The parts of an Authorization header. text() computes the response from them.
struct Parts {
  Algorithm algorithm = Algorithm::Sha256;
  std::string username = "ada", password = "secret", realm = "offhook", uri = "sip:bot@192.0.2.1", nonce, qop = "auth", cnonce = "c";
  std::uint32_t count = 1;
  std::string text() const {
    const auto response = digest_response({algorithm, username, realm, password, "INVITE", uri, nonce, qop, cnonce, count, "v=0"});
    std::string all = "Digest username=\"" + username + "\", realm=\"" + realm + "\", nonce=\"" + nonce + "\", uri=\"" + uri +
                      "\", response=\"" + *response + "\", algorithm=" + std::string(to_string(algorithm));
    if (!qop.empty()) all += ", qop=" + qop + ", cnonce=\"" + cnonce + "\", nc=" + nonce_count_text(count);
    return all;
  }
};

std::string nonce_of(const std::string& challenge) {
  const auto at = challenge.find("nonce=\"") + 7;
  return challenge.substr(at, challenge.find('"', at) - at);
}

}  // namespace

TEST_CASE_FIXTURE(Serving, "Verifier accepts a caller with the right password and returns the user name [RFC 3261 section 22.1]") {
  const auto verdict = verifier().check(request(fresh()), {}, source, now);
  CHECK(verdict.kind == Kind::Proven);
  CHECK(verdict.username == "ada");
  CHECK(check("") == Kind::Missing);
  username = "o\"neil\\";
  password = "pa:ss";
  CHECK(verifier().check(request(fresh()), {}, source, now).username == "o\"neil\\");
}

TEST_CASE_FIXTURE(Serving, "Verifier makes one challenge for each algorithm, the strongest first. Each challenge has its own nonce [RFC 8760 section 2.3]") {
  options.auth_int = true;
  const auto all = verifier().challenges(source, false, now);
  REQUIRE(all.size() == 3);
  CHECK(all[0].find("algorithm=SHA-512-256, qop=\"auth,auth-int\"") != std::string::npos);
  CHECK(all[1].find("algorithm=SHA-256,") != std::string::npos);
  CHECK(all[2].find("algorithm=MD5,") != std::string::npos);
  CHECK(all[0].find("stale") == std::string::npos);
  std::set<std::string> nonces;
  for (const auto& one : all) nonces.insert(nonce_of(one));
  CHECK(nonces.size() == 3);
  for (const auto& one : all) CHECK(check(answer({one})) == Kind::Proven);
}

TEST_CASE_FIXTURE(Serving, "Verifier refuses an algorithm or a qop that it did not offer [RFC 8760 section 2.3]") {
  options.algorithms = {Algorithm::Sha512_256, Algorithm::Sha256};
  options.auth_int = false;
  Parts parts;
  parts.nonce = nonce_of(verifier().challenges(source, false, now)[1]);
  SUBCASE("as offered") { CHECK(check(parts.text()) == Kind::Proven); }
  SUBCASE("MD5") { parts.algorithm = Algorithm::Md5; CHECK(check(parts.text()) == Kind::Wrong); }
  SUBCASE("-sess") { parts.algorithm = Algorithm::Sha256Sess; CHECK(check(parts.text()) == Kind::Wrong); }
  SUBCASE("auth-int") { parts.qop = "auth-int"; CHECK(check(parts.text()) == Kind::Wrong); }
  SUBCASE("no qop") { parts.qop = ""; CHECK(check(parts.text()) == Kind::Wrong); }
}

TEST_CASE_FIXTURE(Serving, "Verifier accepts a digest with auth-int only for the body that the digest was made for [RFC 7616 section 3.4.3]") {
  options.auth_int = true;
  Parts parts;
  parts.qop = "auth-int";
  parts.nonce = nonce_of(verifier().challenges(source, false, now)[1]);
  const std::string text = parts.text();
  body = "v=1";
  CHECK(check(text) == Kind::Wrong);
  body = "v=0";
  CHECK(check(text) == Kind::Proven);
}

TEST_CASE_FIXTURE(Serving, "Verifier returns Stale for a captured request that is sent again [RFC 7616 section 3.4]") {
  const std::string captured = fresh();
  CHECK(check(captured) == Kind::Proven);
  CHECK(check(captured) == Kind::Stale);
  const auto again = verifier().challenges(source, true, now);
  CHECK(again[0].ends_with("stale=true"));
  CHECK(check(answer(again)) == Kind::Proven);
}

TEST_CASE_FIXTURE(Serving, "Verifier accepts nonce counts in any order, but each count only once, and only if it is less than kWindow below the highest [RFC 7616 section 3.4]") {
  Parts parts;
  parts.nonce = nonce_of(verifier().challenges(source, false, now)[1]);
  const auto use = [&](std::uint32_t count) {
    parts.count = count;
    return check(parts.text());
  };
  CHECK(use(5) == Kind::Proven);
  CHECK(use(3) == Kind::Proven);
  CHECK(use(3) == Kind::Stale);
  CHECK(use(5) == Kind::Stale);
  CHECK(use(0) == Kind::Stale);
  CHECK(use(5 + Nonces::kWindow - 1) == Kind::Proven);
  CHECK(use(5) == Kind::Stale);
  CHECK(use(6) == Kind::Proven);
  CHECK(use(4) == Kind::Stale);
  CHECK(use(0xFFFFFFFFU) == Kind::Proven);
  CHECK(use(0xFFFFFFFFU - Nonces::kWindow) == Kind::Stale);
  CHECK(use(0xFFFFFFFFU - Nonces::kWindow + 1) == Kind::Proven);
}

TEST_CASE_FIXTURE(Serving, "a nonce is valid for nonce_time, and only for the source address that got it") {
  const std::string early = fresh(), late = fresh(), elsewhere = fresh();
  now += options.nonce_time - 1ns;
  CHECK(check(early) == Kind::Proven);
  now += 1ns;
  CHECK(check(late) == Kind::Stale);
  now -= 1s;
  source = ip("192.0.2.8");
  CHECK(check(elsewhere) == Kind::Stale);
  source = ip("192.0.2.7");
  CHECK(check(elsewhere) == Kind::Proven);
}

TEST_CASE_FIXTURE(Serving, "for a nonce that it did not make, Verifier returns Stale if the password is right, and Wrong if not [RFC 7616 section 3.3]") {
  Parts parts;
  const std::string ours = nonce_of(verifier().challenges(source, false, now)[1]);
  for (const std::string& nonce : {std::string("n"), std::string(200, '0'), ours.substr(0, ours.size() - 1) + (ours.back() == '0' ? '1' : '0'),
                                   (ours[15] == '0' ? "1" : "0") + ours.substr(1)}) {
    parts.nonce = nonce;
    parts.password = "secret";
    CHECK(check(parts.text()) == Kind::Stale);
    parts.password = "guess";
    CHECK(check(parts.text()) == Kind::Wrong);
  }
}

TEST_CASE_FIXTURE(Serving, "Verifier gives the same result for a wrong password, an unknown user and a response for another target") {
  const std::string elsewhere = fresh();
  CHECK(verifier().check(request(elsewhere, "sip:0900@192.0.2.1"), {}, source, now).kind == Kind::Wrong);
  CHECK(check(elsewhere) == Kind::Proven);  // The failed check for another target did not use up the nonce.
  password = "guess";
  CHECK(check(fresh()) == Kind::Wrong);
  username = "nobody";
  CHECK(check(fresh()) == Kind::Wrong);
  password = "secret";
  CHECK(check(fresh()) == Kind::Wrong);
}

TEST_CASE_FIXTURE(Serving, "Verifier skips credentials for other realms and schemes, and refuses malformed credentials for its own realm") {
  const std::string good = fresh();
  CHECK(check("Digest username=\"ada\", realm=\"elsewhere\", nonce=\"n\", uri=\"u\", response=\"r\"") == Kind::Missing);
  CHECK(check("Basic YWRhOnNlY3JldA==") == Kind::Missing);
  CHECK(check("Digest username=\"ada, realm=") == Kind::Missing);
  CHECK(check("Digest realm=\"offhook\"") == Kind::Wrong);
  const auto bent = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
  };
  for (const char* count : {"nc=0000000g", "nc=1", "nc=000000001", "nc=-0000001"}) CHECK(check(bent("nc=00000001", count)) == Kind::Wrong);
  CHECK(check(bent("response=\"", "response=\"0")) == Kind::Wrong);
  CHECK(check(bent("cnonce=\"", "cnonce=\"0")) == Kind::Wrong);
  const std::string other = "Digest realm=\"elsewhere\", nonce=\"n\"\r\nAuthorization: ";
  std::string many;
  for (std::size_t i = 0; i + 1 < Verifier::kMaxAuthorizations; ++i) many += other;
  CHECK(check(many + good) == Kind::Proven);
  CHECK(check(other + many + good) == Kind::Missing);
}

TEST_CASE("Nonces stores kMaxUsed used nonces. When one more is used, the oldest one and all nonces that are as old become invalid") {
  base::SeededRandom random(1);
  Nonces nonces(random, std::chrono::hours(1));
  const auto source = ip("192.0.2.7");
  base::TimePoint now{1000s};
  const std::string unused = nonces.make(source, now);
  std::vector<std::string> made;
  for (std::size_t i = 0; i <= Nonces::kMaxUsed; ++i) {
    now += 1ms;
    made.push_back(nonces.make(source, now));
  }
  for (std::size_t i = 0; i < Nonces::kMaxUsed; ++i) REQUIRE(nonces.take(made[i], 1, now));
  CHECK(nonces.used() == Nonces::kMaxUsed);
  CHECK(nonces.is_good(made[0], source, now));
  CHECK(nonces.is_good(unused, source, now));
  CHECK(nonces.take(made[Nonces::kMaxUsed], 1, now));
  CHECK(nonces.used() == Nonces::kMaxUsed);
  CHECK_FALSE(nonces.is_good(made[0], source, now));
  CHECK_FALSE(nonces.take(made[0], 2, now));
  CHECK_FALSE(nonces.is_good(unused, source, now));
  CHECK(nonces.is_good(made[1], source, now));
  now += std::chrono::hours(2);
  CHECK_FALSE(nonces.take(made[1], 0, now));
  CHECK(nonces.take(nonces.make(source, now), 1, now));
  CHECK(nonces.used() == 1);  // Expired nonces are removed.
}
