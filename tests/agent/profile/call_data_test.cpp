#include <offhook/agent/profile/call_data.hpp>
#include <offhook/agent/prompts/call_variables.hpp>

#include <doctest/doctest.h>

using namespace offhook::agent;

TEST_CASE("parse_call_data() takes the texts, numbers and flags of one JSON object, and ignores its null, lists and objects") {
  const auto values = parse_call_data(R"({"name":"Ann","visits":3,"vip":true,"rate":1.5,"none":null,"more":{"x":1},"list":[1,2]})", "crm.json");
  REQUIRE(values);
  using Pair = std::pair<std::string, std::string>;
  CHECK(*values == std::vector<Pair>{{"name", "Ann"}, {"rate", "1.5"}, {"vip", "true"}, {"visits", "3"}});
}

TEST_CASE("The error about a context that cannot be used gives the reason") {
  CHECK(parse_call_data("nonsense", "crm.json").error().detail == "crm.json has no valid JSON");
  CHECK(parse_call_data("[1]", "crm.json").error().detail == "crm.json has JSON that is not an object");
  CHECK(parse_call_data(std::string(100000, '['), "crm.json").error().detail == "crm.json has more than 65536 octets");
  CHECK_FALSE(parse_call_data(std::string(60000, '['), "crm.json"));
}

TEST_CASE("The context of a call has bounds for its size, for the number of its values, and for the length of their names [kMaxCallDataBytes, kMaxContextValues, kMaxContextName]") {
  const std::string frame = R"({"a":""})";
  CHECK(parse_call_data(R"({"a":")" + std::string(kMaxCallDataBytes - frame.size(), 'x') + R"("})", "f"));
  CHECK_FALSE(parse_call_data(R"({"a":")" + std::string(kMaxCallDataBytes - frame.size() + 1, 'x') + R"("})", "f"));
  std::string many = "{";
  for (std::size_t i = 0; i < prompts::kMaxContextValues + 1; ++i) many += (i ? ",\"k" : "\"k") + std::to_string(i) + "\":1";
  CHECK(parse_call_data(many + "}", "f")->size() == prompts::kMaxContextValues);
  CHECK(parse_call_data("{\"" + std::string(prompts::kMaxContextName, 'n') + "\":1}", "f")->size() == 1);
  CHECK(parse_call_data("{\"" + std::string(prompts::kMaxContextName + 1, 'n') + "\":1}", "f")->empty());
}
