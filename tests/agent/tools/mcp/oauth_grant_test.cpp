#include <offhook/agent/tools/mcp/client_assertion.hpp>
#include <offhook/agent/tools/mcp/oauth_grant.hpp>
#include <offhook/base/base64.hpp>
#include <offhook/sip/identity/es256.hpp>

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::tools::mcp;
using namespace std::chrono_literals;
using GrantState = ClientCredentialsGrant::State;
using nlohmann::json;

namespace {

constexpr base::TimePoint kNow{1h};
const std::string kServer = "https://t.example/mcp";
const std::string kChallenge = R"(Bearer resource_metadata="https://t.example/.well-known/here", scope="tools")";
const std::string kResource =
    R"({"resource":"https://t.example/mcp","authorization_servers":["https://a.example"],"scopes_supported":["all"]})";
const std::string kIssuer = R"({"issuer":"https://a.example","token_endpoint":"https://a.example/token"})";
const std::string kToken = R"({"access_token":"t0ken","token_type":"Bearer","expires_in":3600})";

/// A key that only this test uses.
constexpr std::string_view kPrivate = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgD9PNw3n123FeIXVD
FKHTiOy68j9C6zxTPjw2CYWUg8WhRANCAAQcQ5XsFWOBsV9cCCc1ie/znQaz7+eL
sy7XCo5eSe09cZ57PCD10uj5TiWUXdxGAtMi9tLbYfXPnXRt+Pc9Xo8S
-----END PRIVATE KEY-----
)";
constexpr std::string_view kPublic = R"(-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEHEOV7BVjgbFfXAgnNYnv850Gs+/n
i7Mu1wqOXkntPXGeezwg9dLo+U4llF3cRgLTIvbS22H1z510bfj3PV6PEg==
-----END PUBLIC KEY-----
)";

OauthOptions by_secret() {
  OauthOptions options;
  options.client_id = "offhook";
  options.client_secret = Secret("s3 cret");
  return options;
}

/// A ClientCredentialsGrant. The test acts as its servers.
struct Asking {
  explicit Asking(OauthOptions options = by_secret()) : grant(std::move(options), kServer) {}
  void begin(const std::string& challenge = kChallenge) { step = grant.begin(challenge); }
  void answer(const std::string& body, int status = 200) { step = grant.on_answer(status, body, kNow); }
  [[nodiscard]] const GrantRequest& request() const {
    REQUIRE(std::holds_alternative<GrantRequest>(step));
    return std::get<GrantRequest>(step);
  }
  /// Returns the reason of the denial. Checks that it contains neither the secret nor text of a server.
  [[nodiscard]] std::string why() const {
    REQUIRE(std::holds_alternative<Denied>(step));
    CHECK(grant.state() == GrantState::Idle);
    const std::string words = std::get<Denied>(step).why;
    CHECK(words.find("s3") == std::string::npos);
    CHECK(words.find("words") == std::string::npos);
    return words;
  }
  void until_token() {
    begin();
    answer(kResource);
    answer(kIssuer);
    REQUIRE(request().method == "POST");
  }
  [[nodiscard]] std::string header(std::string_view name) const {
    for (const auto& [key, value] : request().headers) {
      if (key == name) return value;
    }
    return "none";
  }

  ClientCredentialsGrant grant;
  GrantStep step;
};

std::string from_base64url(std::string text) {
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  text.append((4 - text.size() % 4) % 4, '=');
  std::string out(base::base64_decoded_size(text), '\0');
  REQUIRE(base::decode_base64(text, {reinterpret_cast<std::uint8_t*>(out.data()), out.size()}));
  return out;
}

}  // namespace

TEST_CASE(
    "From a challenge, the grant finds metadata and gets a token for this server only [RFC 6749 section 4.4, RFC 9728 section 5, RFC 8414 section 3, RFC 8707 section 2]") {
  Asking asking;
  CHECK_FALSE(asking.grant.knows_endpoint());
  asking.begin();
  CHECK((asking.request().method == "GET" && asking.request().url == "https://t.example/.well-known/here"));
  CHECK(asking.header("authorization") == "none");
  asking.answer(kResource);
  CHECK(asking.request().url == "https://a.example/.well-known/oauth-authorization-server");
  asking.answer("", 404);
  CHECK(asking.request().url == "https://a.example/.well-known/openid-configuration");
  asking.answer(kIssuer);
  CHECK((asking.request().method == "POST" && asking.request().url == "https://a.example/token"));
  CHECK(asking.header("content-type") == "application/x-www-form-urlencoded");
  CHECK(asking.header("authorization") == "Basic b2ZmaG9vazpzMyUyMGNyZXQ=");  // offhook:s3%20cret, RFC 6749 section 2.3.1
  CHECK(asking.request().body == "grant_type=client_credentials&resource=https%3A%2F%2Ft.example%2Fmcp&scope=tools");
  asking.answer(kToken);
  REQUIRE(std::holds_alternative<Granted>(asking.step));
  CHECK(std::get<Granted>(asking.step).token.reveal() == "t0ken");
  CHECK(std::get<Granted>(asking.step).good_until == kNow + 1h - kTokenMargin);
  CHECK(asking.grant.knows_endpoint());
  asking.begin("");
  CHECK(asking.request().url == "https://a.example/token");  // The grant knows the token endpoint and the scope now.
  CHECK(asking.request().body.ends_with("&scope=tools"));
}

TEST_CASE(
    "If the challenge has no metadata URL, the grant tries the well-known URLs [MCP 2025-11-25 basic/authorization]") {
  Asking asking;
  asking.begin("Bearer");
  CHECK(asking.request().url == "https://t.example/.well-known/oauth-protected-resource/mcp");
  asking.answer("<html>", 200);
  CHECK(asking.request().url == "https://t.example/.well-known/oauth-protected-resource");
  asking.answer(kResource);
  asking.answer(kIssuer);
  CHECK(asking.request().body.ends_with("&scope=all"));  // The challenge has no scope, so the grant uses the scopes that the server offers.
  Asking nowhere;
  nowhere.begin("");
  nowhere.answer("", 404);
  nowhere.answer("", 404);
  CHECK(nowhere.why().find("name a token endpoint") != std::string::npos);
  nowhere.begin();
  nowhere.answer(kResource);
  nowhere.answer("", 404);
  nowhere.answer("{}");
  CHECK(nowhere.why().find("names no token endpoint") != std::string::npos);
}

TEST_CASE("If a token endpoint is configured, the grant needs no challenge, and uses the configured scope and method") {
  OauthOptions options = by_secret();
  options.token_endpoint = "https://a.example/oauth/token";
  options.scope = "mine and yours";
  options.secret_in_body = true;
  Asking asking(options);
  CHECK(asking.grant.knows_endpoint());
  asking.begin("");
  CHECK(asking.request().url == "https://a.example/oauth/token");
  CHECK(asking.header("authorization") == "none");
  CHECK(asking.request().body ==
        "grant_type=client_credentials&resource=https%3A%2F%2Ft.example%2Fmcp&scope=mine%20and%20yours&client_id=offhook&client_"
        "secret=s3%20cret");
  asking.answer(R"({"error":"invalid_client","error_description":"secret words"})", 401);
  CHECK(asking.why().find("401 (invalid_client)") != std::string::npos);
  asking.begin(kChallenge);  // A challenge does not change the configured token endpoint.
  CHECK(asking.request().url == "https://a.example/oauth/token");
  CHECK(asking.request().body.find("scope=mine%20and%20yours") != std::string::npos);
}

TEST_CASE("The grant authenticates by a method that the authorization server supports [RFC 8414 section 2]") {
  const auto proof_of = [](const std::string& methods, const OauthOptions& options) {
    Asking asking(options);
    asking.begin();
    asking.answer(kResource);
    asking.answer(
        R"({"issuer":"https://a.example","token_endpoint":"https://a.example/token","token_endpoint_auth_methods_supported":[)" +
        methods + "]}");
    if (std::holds_alternative<Denied>(asking.step)) return "denied: " + asking.why();
    if (!asking.request().audience.empty()) return "assertion for " + asking.request().audience;
    return std::string(asking.header("authorization") != "none" ? "basic" : "body");
  };
  OauthOptions by_key;
  by_key.client_id = "offhook";
  by_key.private_key = Secret(std::string(kPrivate));
  CHECK(proof_of(R"("client_secret_post","client_secret_basic")", by_secret()) == "basic");
  CHECK(proof_of(R"("client_secret_post")", by_secret()) == "body");
  CHECK(proof_of(R"("private_key_jwt")", by_secret()).starts_with("denied"));
  CHECK(proof_of(R"("private_key_jwt","client_secret_basic")", by_key) == "assertion for https://a.example");
  CHECK(proof_of(R"("client_secret_basic")", by_key).starts_with("denied"));
}

TEST_CASE("The grant ends before it sends a secret if the metadata are for another resource or have a forbidden URL") {
  const auto denied = [](const std::string& challenge, const std::string& resource, const std::string& issuer = {}) {
    Asking asking;
    asking.begin(challenge);
    if (std::holds_alternative<GrantRequest>(asking.step)) asking.answer(resource);
    if (std::holds_alternative<GrantRequest>(asking.step)) asking.answer(issuer);
    return !asking.why().empty();
  };
  const auto resource = [](const std::string& of, const std::string& issuer) {
    return R"({"resource":")" + of + R"(","authorization_servers":[")" + issuer + "\"]}";
  };
  CHECK(denied(R"(Bearer resource_metadata="http://evil.example/x")", ""));
  CHECK(denied(R"(Bearer resource_metadata="https://169.254.169.254/x")", ""));
  CHECK(denied(kChallenge, resource("https://evil.example/mcp", "https://a.example")));
  CHECK(denied(kChallenge, resource("https://t.example/mcp", "http://a.example")));
  CHECK(denied(kChallenge, resource("https://t.example/mcp", "https://127.0.0.1")));
  CHECK(denied(kChallenge, R"({"resource":"https://t.example/mcp"})"));
  CHECK(denied(kChallenge, kResource, R"({"issuer":"https://evil.example","token_endpoint":"https://a.example/token"})"));
  CHECK(denied(kChallenge, kResource, R"({"issuer":"https://a.example","token_endpoint":"http://a.example/token"})"));
  CHECK(denied(kChallenge, kResource, R"({"issuer":"https://a.example","token_endpoint":"https://localhost/token"})"));
}

TEST_CASE(
    "After a token, the grant accepts only the same issuer. It always requires a configured issuer [MCP 2026-07-28 basic/authorization]") {
  const std::string other = R"({"resource":"https://t.example/mcp","authorization_servers":["https://evil.example"]})";
  Asking asking;
  asking.until_token();
  asking.answer(kToken);
  asking.begin("");
  asking.answer("", 404);  // The grant forgets an endpoint that answers 404, and finds it again after the next challenge.
  CHECK_FALSE(asking.grant.knows_endpoint());
  asking.begin();
  asking.answer(other);
  CHECK(asking.why().find("another authorization server than before") != std::string::npos);
  asking.begin();
  asking.answer(kResource);
  CHECK(asking.request().url.starts_with("https://a.example/"));

  OauthOptions options = by_secret();
  options.issuer = "https://a.example/";
  Asking wanting(options);
  wanting.begin();
  wanting.answer(other);
  CHECK(wanting.why().find("does not name the configured issuer") != std::string::npos);
  wanting.begin();
  wanting.answer(R"({"resource":"https://t.example/mcp","authorization_servers":["https://evil.example","https://a.example"]})");
  CHECK(wanting.request().url.starts_with("https://a.example/"));
}

TEST_CASE("The grant denies an invalid token and a missing answer with a reason, and uses a short-lived token for half its lifetime") {
  Asking asking;
  asking.until_token();
  asking.answer(R"({"access_token":"words words"})");
  CHECK(asking.why().find("no bearer token") != std::string::npos);
  asking.begin();
  asking.step = asking.grant.on_no_answer("the connection was refused");
  CHECK(asking.why().find("the connection was refused") != std::string::npos);
  asking.until_token();
  asking.answer(R"({"access_token":"t","expires_in":40})");
  CHECK(std::get<Granted>(asking.step).good_until == kNow + 20s);
  asking.begin();
  asking.answer(R"({"access_token":"t"})");
  CHECK_FALSE(std::get<Granted>(asking.step).good_until.has_value());
}

TEST_CASE("fault_of refuses invalid OauthOptions, and the reason contains no secret") {
  const auto fault = [](auto change) {
    OauthOptions options = by_secret();
    change(options);
    const auto words = fault_of(options);
    if (words) CHECK(words->find("s3 cret") == std::string::npos);
    return words.has_value();
  };
  CHECK_FALSE(fault([](OauthOptions&) {}));
  CHECK(fault([](OauthOptions& o) { o.client_id.clear(); }));
  CHECK(fault([](OauthOptions& o) { o.client_secret = {}; }));
  CHECK(fault([](OauthOptions& o) { o.private_key = Secret(std::string(kPrivate)); }));
  CHECK(fault([](OauthOptions& o) { o.client_secret = {}, o.private_key = Secret("no key"); }));
  CHECK_FALSE(fault([](OauthOptions& o) { o.client_secret = {}, o.private_key = Secret(std::string(kPrivate)); }));
  CHECK_FALSE(fault([](OauthOptions& o) { o.token_endpoint = "https://a.example/token"; }));
  CHECK(fault([](OauthOptions& o) { o.token_endpoint = "http://a.example/token"; }));
}

TEST_CASE("client_assertion has the client, the audience, an id and a lifetime, and is signed [RFC 7523 section 3]") {
  const auto assertion = client_assertion(Secret(std::string(kPrivate)), "off\"hook", "https://a.example", 1000, "once");
  REQUIRE(assertion.has_value());
  const auto first = assertion->find('.'), second = assertion->rfind('.');
  CHECK(json::parse(from_base64url(assertion->substr(0, first))) == json{{"alg", "ES256"}, {"typ", "JWT"}});
  CHECK(json::parse(from_base64url(assertion->substr(first + 1, second - first - 1))) == json{{"iss", "off\"hook"},
                                                                                              {"sub", "off\"hook"},
                                                                                              {"aud", "https://a.example"},
                                                                                              {"jti", "once"},
                                                                                              {"iat", 1000},
                                                                                              {"exp", 1300}});
  const auto key = sip::VerifyingKey::from_pem(kPublic);
  REQUIRE(key.has_value());
  const std::string octets = from_base64url(assertion->substr(second + 1));
  sip::Es256Signature signature{};
  REQUIRE(octets.size() == signature.size());
  std::copy(octets.begin(), octets.end(), signature.begin());
  CHECK(key->verifies(assertion->substr(0, second), signature));
  CHECK_FALSE(key->verifies(assertion->substr(0, second - 1), signature));
  CHECK_FALSE(client_assertion(Secret("no key"), "a", "b", 1, "c").has_value());
}
