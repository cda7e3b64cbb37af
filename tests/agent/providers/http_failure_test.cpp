#include <offhook/agent/providers/http_failure.hpp>

#include <doctest/doctest.h>

using namespace offhook::agent;
using namespace std::chrono_literals;

namespace {

RequestFailure of(int status, std::string_view body = "", net::Headers headers = {}) {
  return failure_of("the model", net::HttpHead{status, std::move(headers)}, body);
}

}  // namespace

TEST_CASE("failure_of derives the kind of a failure from the response") {
  CHECK(of(401).kind == FailureKind::Auth);
  CHECK(of(403).kind == FailureKind::Auth);
  CHECK(of(404).kind == FailureKind::Protocol);
  CHECK(of(400).kind == FailureKind::Protocol);
  CHECK(of(408).kind == FailureKind::Timeout);
  CHECK(of(409).kind == FailureKind::Overloaded);
  CHECK(of(429).kind == FailureKind::RateLimited);
  CHECK(of(429, R"({"error":{"type":"insufficient_quota","code":"insufficient_quota"}})").kind == FailureKind::Auth);
  CHECK(of(429, R"({"error":{"type":"insufficient_quota","code":null}})").kind == FailureKind::Auth);
  const auto filtered = of(400, R"({"error":{"message":"The response was filtered","type":null,"param":"prompt","code":"content_filter","status":400,
    "innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"hate":{"filtered":true,"severity":"high"}}}}})");
  CHECK(filtered.kind == FailureKind::Filtered);
  CHECK_FALSE(filtered.retry_in);
  CHECK(filtered.why.find("content filter") != std::string::npos);
  CHECK(of(500).kind == FailureKind::Overloaded);
  CHECK(of(503, "<html>").kind == FailureKind::Overloaded);
  CHECK(of(301).kind == FailureKind::Protocol);
}

TEST_CASE("failure_of shows the names in a server's error, and never its sentences") {
  const auto failure = of(
      401,
      R"({"error":{"message":"Incorrect API key provided: sk-abc","type":"invalid_request_error",)"
      R"("code":"invalid_api_key","param":null}})");
  CHECK(failure.why ==
        "the model answered 401 (invalid_request_error, invalid_api_key): check the key, and the permissions of its account");
  CHECK(of(400, R"({"error":{"type":"a b","code":"x\ny","param":"max_tokens"}})").why ==
        "the model answered 400 (max_tokens): it refuses the request");
  CHECK(of(400, R"({"detail":"you said: hello"})").why == "the model answered 400: it refuses the request");
  CHECK(of(400, R"({"err_code":"Bad Request","err_msg":"x"})").why == "the model answered 400: it refuses the request");
  CHECK(of(401, R"({"err_code":"INVALID_AUTH","err_msg":"x y","request_id":"1"})").why ==
        "the model answered 401 (INVALID_AUTH): check the key, and the permissions of its account");
  CHECK(of(400, R"({"category":"INVALID_JSON","message":"x y","details":"z"})").why ==
        "the model answered 400 (INVALID_JSON): it refuses the request");
  CHECK(of(400, R"({"object":"error","message":"x","type":"BadRequestError","code":400})").why ==
        "the model answered 400 (BadRequestError, 400): it refuses the request");
}

TEST_CASE("failure_of does not show a key that a server sends as the name of an error") {
  const auto shown = [](const std::string& code) {
    return of(401, R"({"error":{"type":")" + code + R"(","code":")" + code + R"(","param":")" + code + "\"}}").why.find(code) != std::string::npos;
  };
  CHECK_FALSE(shown("0123456789abcdef0123456789abcdef"));          // an Azure key
  CHECK_FALSE(shown("0123456789abcdef0123456789abcdef01234567"));  // a Deepgram key
  CHECK_FALSE(shown("sk-proj-a_b-c"));
  CHECK_FALSE(shown("sk-canary"));
  CHECK_FALSE(shown("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0"));
  CHECK_FALSE(shown("key_abcdefghijklmno1"));
  CHECK(shown("key_abcdefghijklmn1"));
  CHECK(shown("context_length_exceeded"));
  CHECK(shown("DeploymentNotFoundInThisResource"));
  CHECK(shown("1234567890123456"));
  CHECK(shown("6f1c2c1e-6b5a-4a3e-9d7e-0123456789ab"));  // a request id
}

TEST_CASE("failure_of omits a name of an error that is longer than kMaxErrorName") {
  const auto shown = [](std::size_t octets) { return of(500, R"({"error":{"code":")" + std::string(octets, 'x') + "\"}}").why; };
  CHECK(shown(ErrorNames::kMaxErrorName).find("xxx") != std::string::npos);
  CHECK(shown(ErrorNames::kMaxErrorName + 1).find("xxx") == std::string::npos);
}

TEST_CASE("failure_of allows a retry only after a failure that may pass within a second") {
  CHECK(of(500).retry_in == kServerRetry);
  CHECK(of(408).retry_in == kServerRetry);
  CHECK(of(409).retry_in == kServerRetry);
  CHECK(of(503, "", {{"retry-after", "1"}}).retry_in == kLongestRetry);
  CHECK(of(503, "", {{"retry-after", "2"}}).retry_in == std::nullopt);
  CHECK(of(503, "", {{"retry-after", "Wed, 21 Oct 2026 07:28:00 GMT"}}).retry_in == std::nullopt);
  CHECK(of(429).retry_in == std::nullopt);
  CHECK(of(429, "", {{"retry-after-ms", "700"}, {"retry-after", "60"}}).retry_in == 700ms);
  CHECK(of(429, "", {{"retry-after", "0.5"}}).retry_in == 500ms);
  CHECK(of(429, "", {{"retry-after-ms", "1000"}}).retry_in == 1s);
  CHECK(of(429, "", {{"retry-after-ms", "1001"}}).retry_in == std::nullopt);
  CHECK(of(429, R"({"error":{"code":"insufficient_quota"}})", {{"retry-after-ms", "1"}}).retry_in == std::nullopt);
  CHECK(of(500, "", {{"x-should-retry", "false"}}).retry_in == std::nullopt);
  CHECK(of(400, "", {{"x-should-retry", "true"}}).retry_in == kServerRetry);
  CHECK(of(400).retry_in == std::nullopt);
  CHECK(of(401).retry_in == std::nullopt);
}

TEST_CASE("failure_of derives the kind of a failure from a network error") {
  using What = net::NetError::What;
  const auto kind = [](What what) { return failure_of("the model", net::NetError{what, "why"}).kind; };
  CHECK(kind(What::Refused) == FailureKind::Network);
  CHECK(kind(What::Closed) == FailureKind::Network);
  CHECK(kind(What::Tls) == FailureKind::Network);
  CHECK(kind(What::Timeout) == FailureKind::Timeout);
  CHECK(kind(What::TooLarge) == FailureKind::Protocol);
  CHECK(kind(What::Local) == FailureKind::Local);
  CHECK(failure_of("the model", net::NetError{What::Refused, "nobody listens"}).why ==
        "no answer from the model: nobody listens");
  CHECK(failure_of("the model", net::NetError{What::Closed, ""}).retry_in == kNetworkRetry);
  CHECK(failure_of("the model", net::NetError{What::Tls, ""}).retry_in == std::nullopt);
}
