#include "document.hpp"

#include <offhook/agent/tools/http/bound_request.hpp>
#include <offhook/agent/tools/http/path_value.hpp>
#include <offhook/agent/support/url_text.hpp>
#include <offhook/agent/tools/http/percent.hpp>

using namespace offhook::agent::tools;
using namespace offhook::agent::tools::http;
using Json = nlohmann::json;
using offhook::test::read_one;
using offhook::test::shop;

namespace {

/// Returns the target of the request for getOrder with these arguments, or the complaint.
std::string target(const Json& document, const Json& arguments) {
  const auto bound = bind_arguments(read_one(document, "getOrder"), arguments.dump());
  return bound ? bound->target : bound.error();
}

Json with_parameter(const char* parameter) {
  auto document = shop();
  document["paths"]["/orders/{order}"]["get"]["parameters"] = Json::array({Json::parse(parameter)});
  return document;
}

}  // namespace

TEST_CASE("bind_arguments puts the model's arguments into path, query, headers and body as the document says") {
  const auto bound = bind_arguments(read_one(shop(), "getOrder"), R"({"order": "4/7 a+b?c#d&\u00fc", "fields": ["state", "price"], "X-Language": "de, en"})");
  REQUIRE(bound);
  CHECK(bound->method == "GET");
  CHECK(bound->target == "/orders/4%2F7%20a%2Bb%3Fc%23d%26%C3%BC?fields=state&fields=price");
  CHECK(bound->headers == std::vector<std::pair<std::string, std::string>>{{"X-Language", "de, en"}});
  CHECK_FALSE(bound->has_body);
  const auto change = bind_arguments(read_one(shop(), "changeOrder"), R"({"order": "7", "state": "paid", "note": null, "address": {"street": "A 1"}})");
  REQUIRE(change);
  CHECK(change->target == "/orders/7");
  CHECK(Json::parse(change->body) == Json::parse(R"({"state": "paid", "note": null, "address": {"street": "A 1"}})"));
}

TEST_CASE("bind_arguments sends a body that is one argument unchanged, and sends no body if the argument is absent") {
  const Operation create = read_one(shop(), "createOrder");
  CHECK(bind_arguments(create, R"({"body": [ 1 , "\n" ]})")->body == R"([1,"\n"])");
  CHECK_FALSE(bind_arguments(create, "{}")->has_body);
  CHECK_FALSE(bind_arguments(create, " \n")->has_body);
  auto document = shop();
  document["paths"]["/orders"]["post"]["requestBody"]["required"] = true;
  CHECK(bind_arguments(read_one(document, "createOrder"), "{}") == offhook::base::fail(std::string("\"body\" is missing.")));
  document["paths"]["/orders"]["post"]["requestBody"]["content"]["application/json"]["schema"] = Json::parse(R"({"type": "object", "properties": {"a": {}}})");
  CHECK(bind_arguments(read_one(document, "createOrder"), "{}")->body == "{}");
  document["paths"]["/orders"]["post"]["requestBody"]["required"] = false;
  CHECK_FALSE(bind_arguments(read_one(document, "createOrder"), "{}")->has_body);
}

TEST_CASE("bind_arguments writes a list in a query as several parameters, or as one parameter with commas [OpenAPI 3.1.1 section 4.8.12.3]") {
  const auto joined = with_parameter(R"({"name": "a[b]", "in": "query", "explode": false, "schema": {"type": "array"}})");
  CHECK(target(joined, {{"order", "1"}, {"a_b_", {"x,y", 2, true}}}) == "/orders/1?a%5Bb%5D=x%2Cy,2,true");
  CHECK(target(joined, {{"order", "1"}, {"a_b_", Json::array()}}) == "/orders/1");
  CHECK(target(joined, {{"order", "1"}, {"a_b_", "x"}}) == "\"a_b_\" must be a list.");
  const auto required = with_parameter(R"({"name": "a", "in": "query", "required": true, "schema": {"type": "array"}})");
  CHECK(target(required, {{"order", "1"}, {"a", Json::array()}}) == "\"a\" is an empty list.");
}

TEST_CASE("bind_arguments refuses a value that could leave its path segment [RFC 3986 section 5.2.4]") {
  for (const char* bad : {"", ".", "..", "../admin", "a/../b", "a/..", "a\\..\\b", "..\\x", "%2e%2e", "%2E%2e%2fadmin", "%252e%252e%252fadmin", "%25252e%25252e", "..;/admin", "..%00", "a\nb",
                          "a\x7f", "..?x", "..#", ".%2e", "%2525252561", "..%2fadmin%2f%zz", "..%2fadmin%", "%zz/../x", "%2e%2e%2f%", "..%252fadmin%zz"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_path_value(bad));
    CHECK(target(shop(), {{"order", bad}}) == "\"order\" cannot be a part of an address.");
  }
  CHECK_FALSE(is_path_value(std::string_view("a\0b", 3)));
  for (const char* good : {"1", "a.b", "...", "a..b", "..a", "4/7", "100%", "%zz", "%zz%41", "50%25", "\xc3\xbc", "a b", "%20", "?x", "#"}) {
    CAPTURE(good);
    CHECK(is_path_value(good));
    const std::string got = target(shop(), {{"order", good}});
    CHECK(got.starts_with("/orders/"));
    CHECK(got.find_first_of("?#\\;", 8) == std::string::npos);
    CHECK(got.find('/', 8) == std::string::npos);
  }
}

TEST_CASE("bind_arguments refuses values that form a dot segment together, or with a dot of the path") {
  auto document = shop();
  document["paths"]["/a/{x}{order}/b"] = document["paths"]["/orders/{order}"];
  document["paths"].erase("/orders/{order}");
  document["paths"]["/a/{x}{order}/b"]["parameters"].push_back(Json::parse(R"({"name": "x", "in": "path", "required": true, "schema": {}})"));
  CHECK(target(document, {{"x", "a"}, {"order", "b"}}) == "/a/ab/b");
  CHECK(target(document, {{"x", "."}, {"order", "."}}).find("cannot") != std::string::npos);
  CHECK(target(document, {{"x", "%2"}, {"order", "E."}}) == "the arguments make a URL path that leads to another resource.");
  auto dotted = shop();
  dotted["paths"]["/.{order}"] = dotted["paths"]["/orders/{order}"];
  dotted["paths"].erase("/orders/{order}");
  CHECK(target(dotted, {{"order", "x"}}) == "/.x");
  CHECK(target(dotted, {{"order", "%2e"}}).find("cannot") != std::string::npos);
}

TEST_CASE("bind_arguments accepts only one line of plain text as a header value [RFC 9110 section 5.5]") {
  const auto header = [](const std::string& value) { return bind_arguments(read_one(shop(), "getOrder"), Json({{"order", "1"}, {"X-Language", value}}).dump()); };
  for (const std::string& bad : {std::string("de\r\nX-Evil: 1"), std::string("de\n"), std::string("a\0b", 3), std::string("a\tb"), std::string(" a"), std::string("a "), std::string("\xc3\xbc"), std::string("\x7f"), std::string()}) {
    CAPTURE(bad);
    CHECK(header(bad) == offhook::base::fail(std::string("\"X-Language\" must be a short text of plain letters, digits and marks, in one line.")));
  }
  CHECK(header(std::string(kMaxHeaderValueBytes, 'a'))->headers[0].second.size() == kMaxHeaderValueBytes);
  CHECK_FALSE(header(std::string(kMaxHeaderValueBytes + 1, 'a')));
  CHECK(header("a: b; c=\"d\"")->headers[0].second == "a: b; c=\"d\"");
}

TEST_CASE("A complaint of bind_arguments contains the name of an argument, but not its value") {
  CHECK(target(shop(), Json::object()) == "\"order\" is missing.");
  CHECK(target(shop(), {{"order", nullptr}}) == "\"order\" is missing.");
  CHECK(target(shop(), {{"order", 7}}) == "\"order\" must be of the type string.");
  CHECK(target(shop(), {{"order", {{"a", 1}}}}) == "\"order\" must be of the type string.");
  CHECK(target(shop(), {{"order", "1"}, {"fields", {"secret"}}}) == "\"fields\" must be one of its list.");
  CHECK(target(shop(), {{"order", "1"}, {"evil", "x"}}) == "the arguments have a name that this tool does not know.");
  CHECK(target(shop(), {{"order", "1"}, {"Order", "2"}}) == "the arguments have a name that this tool does not know.");
  CHECK(bind_arguments(read_one(shop(), "getOrder"), R"({"order": "1", "order": "2"})") == offhook::base::fail(std::string("a name occurs twice in the arguments.")));
  CHECK(bind_arguments(read_one(shop(), "getOrder"), R"(["order"])") == offhook::base::fail(std::string("the arguments must be one JSON object.")));
  const auto whole = with_parameter(R"({"name": "n", "in": "query", "schema": {"type": "integer", "enum": [1, 2]}})");
  CHECK(target(whole, {{"order", "1"}, {"n", 2}}) == "/orders/1?n=2");
  CHECK(target(whole, {{"order", "1"}, {"n", "2"}}) == "\"n\" must be of the type integer.");
  CHECK(target(whole, {{"order", "1"}, {"n", 2.5}}) == "\"n\" must be of the type integer.");
  CHECK(target(whole, {{"order", "1"}, {"n", 3}}) == "\"n\" must be one of its list.");
  const auto any = with_parameter(R"({"name": "n", "in": "query", "schema": {}})");
  CHECK(target(any, {{"order", "1"}, {"n", false}}) == "/orders/1?n=false");
  CHECK(target(any, {{"order", "1"}, {"n", {1}}}) == "\"n\" must be a text, a number, or true or false.");
}

TEST_CASE("bind_arguments makes a target of at most kMaxTargetBytes octets") {
  const std::size_t around = std::string("/orders/").size();
  CHECK(target(shop(), {{"order", std::string(kMaxTargetBytes - around, 'a')}}).size() == kMaxTargetBytes);
  CHECK(target(shop(), {{"order", std::string(kMaxTargetBytes - around + 1, 'a')}}) == "the arguments are too long.");
}

TEST_CASE("percent_encoded keeps the unreserved characters, and percent_decoded restores the text [RFC 3986 section 2.3]") {
  CHECK(percent_encoded("AZaz09-._~") == "AZaz09-._~");
  std::string all;
  for (int octet = 0; octet < 256; ++octet) all += static_cast<char>(octet);
  CHECK(percent_decoded(percent_encoded(all)) == all);
  for (const char* bad : {"%", "%4", "%g0", "a%0x"}) CHECK_FALSE(percent_decoded(bad));
}
