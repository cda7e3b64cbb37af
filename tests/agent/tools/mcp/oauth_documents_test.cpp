#include <offhook/agent/tools/mcp/oauth_documents.hpp>
#include <offhook/agent/tools/mcp/oauth_urls.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace offhook::agent::tools::mcp;
using namespace std::chrono_literals;

TEST_CASE("read_bearer_challenge finds a Bearer challenge among others, and reads its parameters [RFC 6750 section 3, RFC 9728 section 5.1]") {
  const auto all = read_bearer_challenge(
      R"(Basic realm="a, b", bearer error=invalid_token , scope="tools:read tools:\"x\"",resource_metadata="https://a.example/.well-known/x", Digest scope="other")");
  REQUIRE(all.has_value());
  CHECK(all->error == "invalid_token");
  CHECK(all->scope == "tools:read tools:\"x\"");
  CHECK(all->resource_metadata == "https://a.example/.well-known/x");
  const auto bare = read_bearer_challenge("Bearer");
  REQUIRE(bare.has_value());
  CHECK((bare->scope.empty() && bare->error.empty() && bare->resource_metadata.empty()));
  CHECK(read_bearer_challenge("Negotiate abc==, Bearer scope=x")->scope == "x");
  CHECK(read_bearer_challenge("Bearer scope=\"unended")->scope == "unended");
  CHECK(read_bearer_challenge("Bearer scope=a, scope=b")->scope == "a");
  for (const char* none : {"", "Basic realm=x", "realm=\"Bearer\"", "Basic scope=\"Bearer scope=x\"", "()Bearer"}) {
    CAPTURE(none);
    CHECK_FALSE(read_bearer_challenge(none).has_value());
  }
}

TEST_CASE("read_bearer_challenge bounds the octets, the parameters and the values of a challenge") {
  const auto padded = [](std::size_t size) { return "Bearer scope=x, y=" + std::string(size - 18, 'z'); };
  CHECK(read_bearer_challenge(padded(kMaxChallengeBytes)).has_value());
  CHECK_FALSE(read_bearer_challenge(padded(kMaxChallengeBytes + 1)).has_value());
  const auto behind = [](std::size_t words) {
    std::string text = "Bearer ";
    for (std::size_t i = 1; i < words; ++i) text += "a=b, ";
    return read_bearer_challenge(text + "scope=x")->scope;
  };
  CHECK(behind(kMaxChallengeParameters - 1) == "x");
  CHECK(behind(kMaxChallengeParameters).empty());
  CHECK(read_bearer_challenge("Bearer scope=" + std::string(kMaxScopeBytes, 'x'))->scope.size() == kMaxScopeBytes);
  CHECK(read_bearer_challenge("Bearer scope=" + std::string(kMaxScopeBytes + 1, 'x'))->scope.empty());
  CHECK(read_bearer_challenge("Bearer resource_metadata=" + std::string(kMaxOauthUrl, 'x'))->resource_metadata.size() ==
        kMaxOauthUrl);
  CHECK(read_bearer_challenge("Bearer resource_metadata=" + std::string(kMaxOauthUrl + 1, 'x'))->resource_metadata.empty());
}

TEST_CASE("The readers parse the metadata of a resource and of an authorization server [RFC 9728 section 2, RFC 8414 section 2]") {
  const auto resource = read_resource_metadata(
      R"({"resource":"https://t.example/mcp","authorization_servers":["https://a.example",7,"https://b.example"],"scopes_supported":["one","two"]})");
  REQUIRE(resource.has_value());
  CHECK(resource->resource == "https://t.example/mcp");
  CHECK(resource->issuers == std::vector<std::string>{"https://a.example", "https://b.example"});
  CHECK(resource->scopes == "one two");
  for (const char* none : {"", "[]", "{}", R"({"resource":7})", R"({"resource":"https://t.example/a b"})"})
    CHECK_FALSE(read_resource_metadata(none).has_value());

  const auto any = read_issuer_metadata(R"({"issuer":"https://a.example","token_endpoint":"https://a.example/token"})");
  REQUIRE(any.has_value());
  CHECK((any->takes_basic && any->takes_post && any->takes_assertion));
  const auto one = read_issuer_metadata(
      R"({"issuer":"i","token_endpoint":"t","token_endpoint_auth_methods_supported":["none","client_secret_post"]})");
  REQUIRE(one.has_value());
  CHECK((!one->takes_basic && one->takes_post && !one->takes_assertion));
  for (const char* none : {"", R"({"issuer":"i"})", R"({"token_endpoint":"t"})"})
    CHECK_FALSE(read_issuer_metadata(none).has_value());
}

TEST_CASE("read_resource_metadata bounds octets, issuers and scopes") {
  const auto document = [](std::size_t size) {
    const std::string begin = R"({"resource":"https://t.example","x":")";
    return begin + std::string(size - begin.size() - 2, 'x') + "\"}";
  };
  CHECK(read_resource_metadata(document(kMaxOauthDocument)).has_value());
  CHECK_FALSE(read_resource_metadata(document(kMaxOauthDocument + 1)).has_value());
  const auto issuers = [](std::size_t many) {
    std::string list;
    for (std::size_t i = 0; i < many; ++i) list += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\"";
    return read_resource_metadata(R"({"resource":"r","authorization_servers":[)" + list + "]}")->issuers.size();
  };
  CHECK(issuers(kMaxIssuers) == kMaxIssuers);
  CHECK(issuers(kMaxIssuers + 1) == kMaxIssuers);
  const auto scopes = [](std::size_t size) {
    return read_resource_metadata(R"({"resource":"r","scopes_supported":[")" + std::string(size, 's') + "\"]}")->scopes.size();
  };
  CHECK(scopes(kMaxScopeBytes - 1) == kMaxScopeBytes - 1);
  CHECK(scopes(kMaxScopeBytes) == 0);
}

TEST_CASE("read_token_answer accepts only a token that is valid in a header, and limits its lifetime to a day [RFC 6749 section 5.1]") {
  const auto whole = read_token_answer(R"({"access_token":"abc.def~","token_type":"bearer","expires_in":3600,"scope":"x"})");
  REQUIRE(whole.has_value());
  CHECK(whole->token.reveal() == "abc.def~");
  CHECK(whole->expires_in == 3600s);
  CHECK_FALSE(read_token_answer(R"({"access_token":"a"})")->expires_in.has_value());
  CHECK(read_token_answer(R"({"access_token":"a","expires_in":1e300})")->expires_in == kLongestToken);
  CHECK(read_token_answer(R"({"access_token":"a","expires_in":-5})")->expires_in == 0s);
  CHECK(read_token_answer(R"({"access_token":")" + std::string(kMaxTokenBytes, 't') + "\"}").has_value());
  for (const std::string& none :
       {std::string(), std::string("{}"), std::string(R"({"access_token":""})"), std::string(R"({"access_token":"a b"})"),
        std::string(R"({"access_token":"a\r\nx: y"})"), std::string(R"({"access_token":"a","token_type":"mac"})"),
        R"({"access_token":")" + std::string(kMaxTokenBytes + 1, 't') + "\"}"}) {
    CAPTURE(none);
    CHECK_FALSE(read_token_answer(none).has_value());
  }
}

TEST_CASE("read_oauth_error reads only the name of an error [RFC 6749 section 5.2]") {
  CHECK(read_oauth_error(R"({"error":"invalid_client","error_description":"secret words"})") == "invalid_client");
  for (const char* none : {"", "{}", R"({"error":"Secret words"})", R"({"error":7})"}) CHECK(read_oauth_error(none).empty());
  CHECK(read_oauth_error(R"({"error":")" + std::string(64, 'a') + "\"}").size() == 64);
  CHECK(read_oauth_error(R"({"error":")" + std::string(65, 'a') + "\"}").empty());
}

TEST_CASE("resource_metadata_urls and issuer_metadata_urls give the well-known URLs [RFC 9728 section 3.1, RFC 8414 section 3.1]") {
  using Urls = std::vector<std::string>;
  CHECK(resource_metadata_urls("https://t.example/a/mcp?x=y") ==
        Urls{"https://t.example/.well-known/oauth-protected-resource/a/mcp",
             "https://t.example/.well-known/oauth-protected-resource"});
  CHECK(resource_metadata_urls("https://t.example:8443/") == Urls{"https://t.example:8443/.well-known/oauth-protected-resource"});
  CHECK(issuer_metadata_urls("https://a.example/") ==
        Urls{"https://a.example/.well-known/oauth-authorization-server", "https://a.example/.well-known/openid-configuration"});
  CHECK(issuer_metadata_urls("https://a.example/tenant") ==
        Urls{"https://a.example/.well-known/oauth-authorization-server/tenant",
             "https://a.example/.well-known/openid-configuration/tenant",
             "https://a.example/tenant/.well-known/openid-configuration"});
}

TEST_CASE("is_resource_of accepts the URL of the server, or a URL whose path contains it [RFC 8707 section 2, RFC 9728 section 3.3]") {
  for (const char* good : {"https://t.example/a/mcp", "https://T.example:443/a/mcp/", "https://t.example/a", "https://t.example",
                           "https://t.example/"}) {
    CAPTURE(good);
    CHECK(is_resource_of(good, "https://t.example/a/mcp?x"));
  }
  for (const char* bad :
       {"https://t.example/a/mc", "https://t.example/a/mcp/more", "https://evil.example/a/mcp", "https://t.example:444/a/mcp",
        "http://127.0.0.1/a/mcp", "", "x", "https://t.example.evil.example/a/mcp", "https://t.example@evil.example/a/mcp"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_resource_of(bad, "https://t.example/a/mcp"));
  }
  CHECK(resource_name_of("https://t.example/mcp?key=x") == "https://t.example/mcp");
  CHECK(is_same_issuer("https://a.example/", "https://a.example"));
  CHECK_FALSE(is_same_issuer("https://a.example", "https://a.example.evil.example"));
  CHECK_FALSE(is_same_issuer("", ""));
}

TEST_CASE("fault_of_named_url refuses plain http, this machine if the server is on another machine, and an IP address that is not the server's") {
  for (const char* good : {"https://a.example/token", "https://t.example/token", "https://T.example:8443/token"})
    CHECK_FALSE(fault_of_named_url(good, "https://t.example/mcp"));
  for (const char* bad :
       {"http://a.example/token", "https://127.0.0.1/token", "http://127.0.0.1/token", "https://localhost/",
        "https://x.localhost/", "https://10.0.0.1/", "https://169.254.169.254/latest", "https://[fd00::1]/",
        "https://2130706433/", "https://0x7f.1/", "https://a.example./", "ftp://a.example/", "", "https://user@a.example/",
        "https://127.0.0.%31:9/", "https://loc%61lhost:9/", "https://a.LOCALHOST:9/", "https://LocalHost/", "https://\xef\xbc\x91.example/",
        "https://a.example%2e/"}) {
    CAPTURE(bad);
    CHECK(fault_of_named_url(bad, "https://t.example/mcp"));
  }
  CHECK_FALSE(fault_of_named_url("http://localhost:1/token", "http://127.0.0.1:2/mcp"));
  CHECK_FALSE(fault_of_named_url("https://10.0.0.1/token", "https://10.0.0.1/mcp"));
  CHECK(fault_of_named_url("https://10.0.0.2/token", "https://10.0.0.1/mcp"));
}
