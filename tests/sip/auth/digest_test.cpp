#include <offhook/sip/auth/digest.hpp>

#include <offhook/tests/testkit/shared_data.hpp>
#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <string>

namespace offhook::sip {
namespace {

TEST_CASE("digest_response gives the RFC's value for MD5 with qop=auth [RFC 2617 section 3.5]") {
  const DigestInput input{.algorithm = Algorithm::Md5,
                          .username = "Mufasa",
                          .realm = "testrealm@host.com",
                          .password = "Circle Of Life",
                          .method = "GET",
                          .uri = "/dir/index.html",
                          .nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093",
                          .qop = "auth",
                          .cnonce = "0a4f113b",
                          .nonce_count = 1,
                          .body = {}};
  CHECK(digest_response(input) == "6629fae49393a05397450978507c4ef1");
}

TEST_CASE("digest_response gives the RFC's values for MD5 and SHA-256 [RFC 7616 section 3.9.1]") {
  DigestInput input{.algorithm = Algorithm::Md5,
                    .username = "Mufasa",
                    .realm = "http-auth@example.org",
                    .password = "Circle of Life",
                    .method = "GET",
                    .uri = "/dir/index.html",
                    .nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
                    .qop = "auth",
                    .cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
                    .nonce_count = 1,
                    .body = {}};
  CHECK(digest_response(input) == "8ca523f5e9506fed4657c9700eebdbec");
  input.algorithm = Algorithm::Sha256;
  CHECK(digest_response(input) == "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
}

TEST_CASE("SHA-512-256 is the hash of FIPS 180-4, although the RFC's example uses a truncated SHA-512 [RFC 7616 section 3.9.2]") {
  const DigestInput input{.algorithm = Algorithm::Sha512_256,
                          .username = "J\xC3\xA4s\xC3\xB8n Doe",
                          .realm = "api@example.org",
                          .password = "Secret, or not?",
                          .method = "GET",
                          .uri = "/doe.json",
                          .nonce = "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",
                          .qop = "auth",
                          .cnonce = "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v",
                          .nonce_count = 1,
                          .body = {}};
  CHECK(digest_response(input) == "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5");
}

TEST_CASE("hash_hex gives the published values of each hash [RFC 1321 appendix A.5, FIPS 180-4]") {
  CHECK(hash_hex(Algorithm::Md5, "") == "d41d8cd98f00b204e9800998ecf8427e");
  CHECK(hash_hex(Algorithm::Md5Sess, "abc") == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(hash_hex(Algorithm::Sha256, "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hash_hex(Algorithm::Sha512_256, "abc") == "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23");
}

TEST_CASE("nonce_count_text writes eight hexadecimal digits [RFC 7616 section 3.4]") {
  CHECK(nonce_count_text(1) == "00000001");
  CHECK(nonce_count_text(0xABCDEF) == "00abcdef");
  CHECK(nonce_count_text(0xFFFFFFFF) == "ffffffff");
}

TEST_CASE("parse_algorithm reads names in upper and lower case, and to_string writes the registered names [RFC 7616 section 6.1]") {
  for (const auto algorithm : {Algorithm::Md5, Algorithm::Md5Sess, Algorithm::Sha256, Algorithm::Sha256Sess,
                               Algorithm::Sha512_256, Algorithm::Sha512_256Sess}) {
    CHECK(parse_algorithm(to_string(algorithm)) == algorithm);
  }
  CHECK(parse_algorithm("md5-SESS") == Algorithm::Md5Sess);
  CHECK_FALSE(parse_algorithm("SHA-512"));
  CHECK_FALSE(parse_algorithm(""));
  CHECK(strength(Algorithm::Md5Sess) < strength(Algorithm::Sha256));
  CHECK(strength(Algorithm::Sha256Sess) < strength(Algorithm::Sha512_256));
  CHECK(strength(Algorithm::Sha256Sess) == strength(Algorithm::Sha256));
}

std::string text(const nlohmann::json& vector, const char* name) {
  return vector[name].is_string() ? vector[name].get<std::string>() : std::string();
}

TEST_CASE("digest_response gives the values of all shared vectors, auth-int and -sess included [RFC 7616 section 3.4.1]") {
  std::ifstream file(offhook_test::shared_data("vectors/digest.json"));
  if (!file) return offhook_test::skip("the shared test data has no vectors/digest.json");
  const auto vectors = nlohmann::json::parse(file);
  CHECK(vectors.size() >= 20);
  for (const auto& vector : vectors) {
    CAPTURE(text(vector, "id"));
    const auto algorithm = parse_algorithm(text(vector, "algorithm"));
    REQUIRE(algorithm.has_value());
    const std::string username = text(vector, "username"), realm = text(vector, "realm"), password = text(vector, "password");
    const std::string method = text(vector, "method"), uri = text(vector, "uri"), nonce = text(vector, "nonce");
    const std::string qop = text(vector, "qop"), cnonce = text(vector, "cnonce"), body = text(vector, "body");
    const std::string count = text(vector, "nc");
    const auto number = count.empty() ? 0 : static_cast<std::uint32_t>(std::stoul(count, nullptr, 16));
    CHECK(digest_response({*algorithm, username, realm, password, method, uri, nonce, qop, cnonce, number, body}) ==
          text(vector, "response"));
  }
}

}  // namespace
}  // namespace offhook::sip
