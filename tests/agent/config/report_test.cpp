#include <offhook/agent/config/report.hpp>
#include <offhook/agent/config/settings.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace config = offhook::agent::config;
using Json = nlohmann::json;

namespace {

config::Effective sample() {
  const std::string long_prompt(59, 'x');
  return config::read_text(R"({"sip": {"extension": "1", "password": "canary-7f3a", "host": "h"}, "agent": {"prompt": ")" + long_prompt +
                               "\xc3\xbc" + R"("}, "log": {"level": 1}})",
                           "my.json", {});
}

}  // namespace

TEST_CASE("The table shows every setting with value and origin, and no secret") {
  const std::string table = config::effective_table(sample());
  for (const config::Setting& setting : config::settings())
    CHECK(table.find(config::pointer_of(setting) + (setting.name == "providers" ? "/" : " ")) != std::string::npos);
  CHECK(table.find("file my.json:/sip/extension\n") != std::string::npos);
  CHECK(table.find("\"***\"") != std::string::npos);
  CHECK(table.find("canary") == std::string::npos);
}

TEST_CASE("effective_table() cuts a long value, but never within a character, and effective_json() writes the whole value") {
  const std::string table = config::effective_table(sample());
  CHECK(table.find("\"" + std::string(56, 'x') + "...") != std::string::npos);
  const Json json = Json::parse(config::effective_json(sample()));
  for (const Json& setting : json.at("settings")) {
    if (setting.at("setting") == "/agent/prompt") CHECK(setting.at("value") == std::string(59, 'x') + "\xc3\xbc");
    if (setting.at("setting") == "/sip/password") CHECK(setting.at("value") == "***");
  }
}

TEST_CASE("The JSON report also contains the source and the problems") {
  const Json json = Json::parse(config::effective_json(sample()));
  CHECK(json.at("settings").size() == config::settings().size());
  CHECK(json.at("settings").at(0) == Json::parse(R"({"setting": "/sip/extension", "value": "1", "source": "file", "origin": "my.json:/sip/extension"})"));
  REQUIRE(json.at("problems").size() == 1);
  CHECK(json.at("problems").at(0).at("where") == "/log/level");
  CHECK(json.at("problems").at(0).at("found") == "a whole number (1)");
  CHECK(json.at("problems").at(0).at("position").get<std::string>().starts_with("my.json:1:"));
}
