#include "wire_line.hpp"

#include <offhook/agent/tools/mcp/server.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::tools::mcp;
using namespace std::chrono_literals;
using test::kJson;
using What = NoAnswer::What;

namespace {

const std::string kUrl = "https://t.example/mcp";
const net::Headers kWants = {{"www-authenticate", "Basic realm=\"x\""},
                             {"www-authenticate", R"(Bearer resource_metadata="https://t.example/metadata")"}};

OauthOptions options(const std::string& endpoint = "https://a.example/token") {
  OauthOptions made;
  made.client_id = "offhook";
  made.client_secret = Secret("s3cret");
  made.token_endpoint = endpoint;
  return made;
}

struct Authorized {
  explicit Authorized(OauthOptions oauth = options())
      : authorizer(std::move(oauth), kUrl, http,
                   {[this] { return now; }, [] { return std::int64_t{1}; }, [] { return std::string("once"); }}),
        wire({kUrl, {}, {}, 5s, std::nullopt}, http, handler(), &authorizer) {}

  WireHandler handler() {
    WireHandler made;
    made.on_text = [this](std::string_view json) {
      texts.emplace_back(json);
      if (const auto read = read_messages(json); read && !read->empty() && read->front().number())
        wire.settled(*read->front().number());
    };
    made.on_no_answer = [this](std::uint64_t id, NoAnswer why) { missing.emplace_back(id, std::move(why)); };
    return made;
  }
  void send(std::uint64_t id) {
    Outgoing message;
    message.id = id;
    message.method = "tools/call";
    message.revision = "2025-11-25";
    message.body = "{\"the\":\"message\"}";
    wire.send(std::move(message));
  }
  [[nodiscard]] std::string token_of(std::size_t index) const {
    for (const auto& [name, value] : http.all.at(index)->request.headers) {
      if (name == "authorization") return value;
    }
    return "none";
  }
  [[nodiscard]] const std::string& url(std::size_t index) const { return http.all.at(index)->request.url; }
  void grant(std::size_t index, const std::string& token, const std::string& more = R"(,"expires_in":3600)") {
    REQUIRE(http.all.at(index)->request.method == "POST");
    REQUIRE(url(index) == "https://a.example/token");
    http.answer(index, 200, R"({"access_token":")" + token + "\"" + more + "}", kJson);
  }
  void answer(std::size_t index, std::uint64_t id) {
    REQUIRE(url(index) == kUrl);
    http.answer(index, 200, R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"result":{}})", kJson);
  }

  test::FakeHttp http;
  base::TimePoint now{1h};
  Authorizer authorizer;
  HttpWire wire;
  std::vector<std::string> texts;
  std::vector<std::pair<std::uint64_t, NoAnswer>> missing;
};

}  // namespace

TEST_CASE("If a token endpoint is configured, HttpWire first gets a token, and uses it in all requests until shortly before the token expires") {
  Authorized line;
  line.send(1);
  line.send(2);
  REQUIRE(line.http.all.size() == 1);
  line.grant(0, "one");
  REQUIRE(line.http.all.size() == 3);
  for (const std::size_t at : {1U, 2U}) {
    CHECK(line.token_of(at) == "Bearer one");
    CHECK(line.http.all[at]->request.body == "{\"the\":\"message\"}");
  }
  line.answer(1, 1);
  line.answer(2, 2);
  CHECK(line.texts.size() == 2);
  line.now += 1h - kTokenMargin - 1ms;
  line.send(3);
  CHECK(line.token_of(3) == "Bearer one");
  line.now += 1ms;
  line.send(4);
  line.grant(4, "two");
  CHECK(line.token_of(5) == "Bearer two");
}

TEST_CASE(
    "If no token endpoint is configured, HttpWire finds one after a 401, and repeats the request [MCP 2025-11-25 basic/authorization]") {
  Authorized line(options(""));
  line.send(1);
  line.send(2);
  CHECK(line.token_of(0) == "none");
  line.http.answer(0, 401, "secret words", kWants);
  REQUIRE(line.http.all.size() == 3);
  CHECK(line.url(2) == "https://t.example/metadata");
  line.http.answer(1, 401, "secret words", kWants);  // One discovery is enough for both requests.
  REQUIRE(line.http.all.size() == 3);
  line.http.answer(2, 200, R"({"resource":"https://t.example/mcp","authorization_servers":["https://a.example"]})", kJson);
  line.http.answer(3, 200, R"({"issuer":"https://a.example","token_endpoint":"https://a.example/token"})", kJson);
  line.grant(4, "one");
  REQUIRE(line.http.all.size() == 7);
  CHECK(line.token_of(5) == "Bearer one");
  line.answer(5, 1);
  line.answer(6, 2);
  CHECK(line.texts.size() == 2);
  CHECK(line.missing.empty());
  line.send(3);
  CHECK(line.token_of(7) == "Bearer one");
}

TEST_CASE("If the server refuses a token, HttpWire gets another one, but only once for each request") {
  Authorized line;
  line.send(1);
  line.grant(0, "one", "");
  line.http.answer(1, 401, "", kWants);
  line.grant(2, "two", "");
  CHECK(line.token_of(3) == "Bearer two");
  line.http.answer(3, 401, "secret words", kWants);
  CHECK(line.http.all.size() == 4);
  REQUIRE(line.missing.size() == 1);
  CHECK(line.missing[0].second.what == What::Auth);
  CHECK(line.missing[0].second.why.find("secret") == std::string::npos);
}

TEST_CASE("When HttpWire resumes a stream, it may get another token once more") {
  Authorized line;
  line.send(1);
  line.grant(0, "one", "");
  line.http.answer(1, 401, "", kWants);
  line.grant(2, "two", "");
  line.http.head(3, 200, {{"content-type", "text/event-stream"}});
  line.http.body(3, "id: 1\ndata:\n\n");
  line.http.end(3);
  line.wire.on_time(line.now);
  line.wire.on_time(line.now + 1s);
  CHECK(line.http.all.at(4)->request.method == "GET");
  CHECK(line.token_of(4) == "Bearer two");
  line.http.answer(4, 401, "", kWants);
  line.grant(5, "three", "");
  CHECK(line.http.all.at(6)->request.method == "GET");
  CHECK(line.token_of(6) == "Bearer three");
  line.answer(6, 1);
  CHECK(line.texts.size() == 1);
}

TEST_CASE("If a late 401 refuses an old token, HttpWire repeats the request with the current token") {
  Authorized line;
  line.send(1);
  line.grant(0, "one", "");
  line.send(2);
  line.http.answer(1, 401, "", kWants);
  line.grant(3, "two", "");
  line.http.answer(2, 401, "", kWants);
  REQUIRE(line.http.all.size() == 6);
  CHECK(line.url(5) == kUrl);
  CHECK(line.token_of(5) == "Bearer two");
}

TEST_CASE("After insufficient_scope, HttpWire requests a token with the required scope, once for each request [RFC 6750 section 3.1]") {
  Authorized line;
  line.send(1);
  line.grant(0, "one", "");
  line.http.answer(1, 403, "", {{"www-authenticate", R"(Bearer error="insufficient_scope", scope="write")"}});
  CHECK(line.http.all[2]->request.body.ends_with("&scope=write"));
  line.grant(2, "two", "");
  line.http.answer(3, 403, "", {{"www-authenticate", R"(Bearer error="insufficient_scope", scope="more")"}});
  CHECK(line.missing.size() == 1);
  Authorized forbidden;
  forbidden.send(1);
  forbidden.grant(0, "one", "");
  forbidden.http.answer(1, 403, "");
  CHECK(forbidden.http.all.size() == 2);
  CHECK(forbidden.missing.size() == 1);
}

TEST_CASE("If no token comes, the waiting requests fail with the reason, and the next request causes another request for a token") {
  Authorized line;
  line.send(1);
  line.send(2);
  line.send(0);
  line.http.answer(0, 400, R"({"error":"invalid_scope","error_description":"secret words"})", kJson);
  REQUIRE(line.missing.size() == 2);
  CHECK(line.missing[0].second.what == What::Auth);
  CHECK(line.missing[0].second.why.find("invalid_scope") != std::string::npos);
  CHECK(line.missing[0].second.why.find("secret words") == std::string::npos);
  line.send(3);
  line.http.break_off(1);
  CHECK(line.missing.size() == 3);
  for (std::size_t i = 0; i < kMaxUnanswered; ++i) line.send(0);  // The failed requests do not count towards this bound.
  line.grant(2, "one");
  CHECK(line.http.all.size() == 3 + kMaxUnanswered);
}

TEST_CASE("When the token comes, HttpWire does not send a request that was stopped, or a request of a destroyed wire") {
  Authorized line;
  line.send(1);
  line.wire.stop(1);
  line.grant(0, "one");
  CHECK(line.http.all.size() == 1);

  test::FakeHttp http;
  Authorizer authorizer(options(), kUrl, http,
                        {[] { return base::TimePoint(1h); }, [] { return std::int64_t{1}; }, [] { return std::string("once"); }});
  auto wire = std::make_unique<HttpWire>(HttpWireOptions{kUrl, {}, {}, 5s, std::nullopt}, http, WireHandler{}, &authorizer);
  Outgoing message;
  message.id = 1;
  wire->send(message);
  wire.reset();
  http.answer(0, 200, R"({"access_token":"one"})", kJson);
  CHECK(http.all.size() == 1);
  CHECK(authorizer.token().reveal() == "one");  // The next wire can use the token.
}

TEST_CASE("HttpWire sends the token only to the server, and the client secret only to the token endpoint") {
  Authorized line;
  line.wire.on_opened("2025-11-25", false);
  line.grant(0, "one");
  CHECK(line.http.all[1]->request.method == "GET");
  CHECK(line.token_of(1) == "Bearer one");
  line.http.answer(1, 307, "", {{"location", "https://evil.example/"}});
  line.send(1);
  line.http.answer(2, 307, "", {{"location", "https://evil.example/"}});
  for (const auto& one : line.http.all) {
    const bool is_endpoint = one->request.url == "https://a.example/token";
    CHECK((is_endpoint || one->request.url == kUrl));
    for (const auto& [name, value] : one->request.headers)
      CHECK((name != "authorization" || value.starts_with(is_endpoint ? "Basic " : "Bearer one")));
    CHECK(one->request.body.find("s3cret") == std::string::npos);
  }
}

TEST_CASE("fault_of accepts a server with either a token or complete client credentials") {
  ServerOptions server;
  server.label = "s";
  HttpWireOptions http;
  http.url = kUrl;
  http.oauth = options();
  server.at = http;
  CHECK_FALSE(fault_of(server));
  http.token = Secret("t");
  server.at = http;
  CHECK(fault_of(server));
  http.token = {};
  http.oauth->client_id.clear();
  server.at = http;
  CHECK(fault_of(server));
}
