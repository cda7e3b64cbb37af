#include <offhook/agent/tools/argument_schema.hpp>
#include <offhook/agent/tools/arguments.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook;
using namespace offhook::agent::tools;

namespace {

ArgumentError error_of(const std::string& json) {
  const auto read = read_arguments(json);
  REQUIRE_FALSE(read);
  return read.error();
}

std::string with_members(std::size_t count) {
  std::string json = "{";
  for (std::size_t i = 0; i < count; ++i) json += (i == 0 ? "\"m" : ",\"m") + std::to_string(i) + "\":1";
  return json + "}";
}

}  // namespace

TEST_CASE("read_arguments reads the members of one JSON object, and takes empty text as an object without members") {
  const auto read = read_arguments(R"({"a":"x","b":7,"c":1.5,"d":true,"e":null,"f":[1],"g":{"h":2}})");
  REQUIRE(read);
  REQUIRE(read->size() == 7);
  CHECK(std::get<std::string>((*read)[0].value) == "x");
  CHECK(std::get<std::int64_t>((*read)[1].value) == 7);
  CHECK(std::get<double>((*read)[2].value) == 1.5);
  CHECK(std::get<bool>((*read)[3].value));
  CHECK(std::holds_alternative<std::nullptr_t>((*read)[4].value));
  CHECK(std::get<Nested>((*read)[5].value).is_list);
  CHECK_FALSE(std::get<Nested>((*read)[6].value).is_list);
  CHECK(read_arguments("")->empty());
  CHECK(read_arguments(" \n")->empty());
  CHECK(read_arguments("{}")->empty());
}

TEST_CASE("read_arguments refuses text that is not JSON, is not an object, or continues after the object") {
  for (const char* json : {"{", "}", "{\"a\":}", "{'a':1}", "{\"a\":1,}", "{} {}", "{}x", "{\"a\":NaN}", "{\"a\":01}", "\xff",
                           "{\"a\":\"\xff\"}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\n\"}", "// {}", "\xef\xbb\xbfx"}) {
    CAPTURE(json);
    CHECK(error_of(json) == ArgumentError::NotJson);
  }
  for (const char* json : {"[]", "1", "\"{}\"", "null", "true"}) {
    CAPTURE(json);
    CHECK(error_of(json) == ArgumentError::NotAnObject);
  }
}

TEST_CASE("read_arguments refuses a repeated name, even in a nested object or in another spelling") {
  CHECK(error_of(R"({"a":1,"a":2})") == ArgumentError::RepeatedName);
  CHECK(error_of(R"({"a":1,"\u0061":2})") == ArgumentError::RepeatedName);
  CHECK(error_of(R"({"x":[{"a":1,"b":2,"a":3}]})") == ArgumentError::RepeatedName);
}

TEST_CASE("read_arguments bounds octets, depth, members and values, and accepts arguments at each bound") {
  const std::string frame = R"({"a":""})";
  const auto of_size = [&](std::size_t size) { return R"({"a":")" + std::string(size - frame.size(), 'x') + R"("})"; };
  CHECK(read_arguments(of_size(kMaxArgumentBytes)));
  CHECK(error_of(of_size(kMaxArgumentBytes + 1)) == ArgumentError::TooLong);
  const auto of_depth = [](std::size_t depth) {
    std::string json;
    for (std::size_t i = 1; i < depth; ++i) json += "{\"a\":";
    return json + "{}" + std::string(depth - 1, '}');
  };
  CHECK(read_arguments(of_depth(kMaxArgumentDepth)));
  CHECK(error_of(of_depth(kMaxArgumentDepth + 1)) == ArgumentError::TooDeep);
  CHECK(error_of(of_depth(2000)) == ArgumentError::TooDeep);
  CHECK(read_arguments(with_members(kMaxArgumentMembers)));
  CHECK(error_of(with_members(kMaxArgumentMembers + 1)) == ArgumentError::TooMany);
  const auto of_values = [](std::size_t values) {  // Two of the values are the object and its list.
    std::string json = R"({"a":[0)";
    for (std::size_t i = 3; i < values; ++i) json += ",0";
    return json + "]}";
  };
  CHECK(read_arguments(of_values(kMaxArgumentValues)));
  CHECK(error_of(of_values(kMaxArgumentValues + 1)) == ArgumentError::TooMany);
}

TEST_CASE("complaint() names an argument that is missing, has a wrong type, or has a value that is not in its list") {
  const auto schema = ArgumentSchema::parse(
      R"({"type":"object","properties":{"order":{"type":"string"},"amount":{"type":"number"},
          "size":{"type":"string","enum":["S","L"]},"tags":{"type":"array"}},
          "required":["order"]})");
  REQUIRE(schema);
  const auto complaint = [&](const char* json) { return schema->complaint(*read_arguments(json)); };
  CHECK_FALSE(complaint(R"({"order":"a","amount":3,"size":"L","tags":[1]})"));
  CHECK_FALSE(complaint(R"({"order":"a","amount":3.5})"));
  CHECK(complaint("{}") == "\"order\" is missing.");
  CHECK(complaint(R"({"order":7})") == "\"order\" must be of the type string.");
  CHECK(complaint(R"({"order":"a","amount":"3"})") == "\"amount\" must be of the type number.");
  CHECK(complaint(R"({"order":"a","size":"XL"})") == "\"size\" must be one of its list.");
  CHECK(complaint(R"({"order":"a","tags":{}})") == "\"tags\" must be of the type array.");
  CHECK(complaint(R"({"order":"a","secret_member":1})") == "the arguments have a name that this tool does not know.");
}

TEST_CASE("A schema may allow several types, a list of values of any type, or one value [JSON Schema 2020-12 validation, section 6.1]") {
  const auto schema = ArgumentSchema::parse(
      R"({"type":"object","properties":{"remark":{"type":["string","null"]},"room":{"enum":["red",1,null,true,{"a":1}]},"kind":{"const":"a"},"none":{"enum":[]}}})");
  REQUIRE(schema);
  const auto complaint = [&](const char* json) { return schema->complaint(read_arguments(json).value()).value_or(""); };
  for (const char* good : {R"({"remark":"a"})", R"({"remark":null})", R"({"room":"red"})", R"({"room":1})", R"({"room":1.0})", R"({"room":null})", R"({"room":true})", R"({"room":{}})", R"({"kind":"a"})"}) {
    CAPTURE(good);
    CHECK(complaint(good).empty());
  }
  CHECK(complaint(R"({"remark":{"a":1}})") == "\"remark\" must be of the type string or null.");
  CHECK(complaint(R"({"remark":1})") == "\"remark\" must be of the type string or null.");
  for (const char* bad : {R"({"room":"blue"})", R"({"room":2})", R"({"room":false})", R"({"room":[]})", R"({"room":"1"})"}) {
    CAPTURE(bad);
    CHECK(complaint(bad) == "\"room\" must be one of its list.");
  }
  CHECK(complaint(R"({"kind":"b"})") == "\"kind\" must be one of its list.");
  CHECK(complaint(R"({"kind":1})") == "\"kind\" must be one of its list.");
  CHECK(complaint(R"({"none":null})") == "\"none\" must be one of its list.");
}

TEST_CASE("A schema with additionalProperties accepts further members. ArgumentSchema::parse refuses a schema that is not for an object") {
  const auto open = ArgumentSchema::parse(R"({"type":"object","additionalProperties":true})");
  REQUIRE(open);
  CHECK_FALSE(open->complaint(*read_arguments(R"({"anything":1})")));
  for (const char* json : {"", "{", "[]", "{}", R"({"type":"string"})"}) CHECK_FALSE(ArgumentSchema::parse(json));
  const std::string frame = R"({"type":"object","x":""})";
  const auto of_size = [&](std::size_t size) {
    return R"({"type":"object","x":")" + std::string(size - frame.size(), 'x') + R"("})";
  };
  CHECK(ArgumentSchema::parse(of_size(kMaxSchemaBytes)));
  CHECK_FALSE(ArgumentSchema::parse(of_size(kMaxSchemaBytes + 1)));
}
