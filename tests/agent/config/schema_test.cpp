#include <offhook/agent/config/check.hpp>
#include <offhook/agent/config/config.hpp>
#include <offhook/agent/config/schema.hpp>
#include <offhook/agent/config/settings.hpp>
#include <offhook/tests/testkit/json_schema.hpp>
#include <offhook/tests/testkit/sample.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace config = offhook::agent::config;
using namespace offhook::agent;
using Json = nlohmann::json;
using offhook_test::JsonSchema;

namespace {

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Returns values at and around the bounds of this setting, and values of every type.
std::vector<Json> values_for(const config::Setting& setting) {
  std::vector<Json> values{nullptr, true, false, 0, -1, 1.5, "", "x", "6001", "a b", "a\nb", "a\tb", std::string("a\0b", 3), "\x7f", "\xc3\xbc",
                           Json::array(), Json::object(), {"x"}, {"G722"}, {"G722", "PCMA"}, {"G722", "G722"}, {"g722"}, {"PCMU", 1},
                           "127.0.0.1", "::1", "[::1]", "0.0.0.0", "pbx.example", "pbx:1", "sip:x", "-x", "1.2.3.4.5", "Tcp", "WARN",
                           "openai", "azure", 18446744073709551615U, "http://h", "HTTPS://h:1/v1/", "http://", "http://u@h", "http://h/ a", "http://h#x",
                           "http://:1", "ftp://h", "en", "pt-BR", "e", "en-", "en--x", "x-private", "abcd", "zh-Hant-TW", "6*", "*", "6*1", "**", "sip:1@h",
                           "SIPS:1", "tel:+1", "tel:", "1@h", "mailto:x", "+43 1", "a:b", "<1>", Json::array({"a", "b"}), Json::array({"a", "a"}),
                           Json::array({"a b"}), Json::array({Json::object()}), Json::array({"hang_up"}), {{"sales", "6002"}}, {{"sales", 1}},
                           {{"a b", "6002"}}, {{"called", "6002"}}, {{"kind", "realtime"}}, Json::array({{{"kind", "cascade"}, {"think", "openai"}}}),
                           std::string(64, 'x'), std::string(65, 'x'), std::string(256, '1'), std::string(257, '1')};
  constexpr std::int64_t kMaxText = 1 << 20;  // A larger bound is that of a number.
  for (const std::int64_t bound : {setting.least, setting.most}) {
    for (const std::int64_t beside : {-1, 0, 1}) {
      values.emplace_back(bound + beside);
      if (bound + beside >= 0 && bound <= kMaxText) values.emplace_back(std::string(static_cast<std::size_t>(bound + beside), 'x'));
    }
  }
  for (const std::string& choice : config::choices_of(setting)) values.emplace_back(choice);
  return values;
}

/// Returns a file with one section that has this value at `place`, inside objects that are otherwise complete.
Json file_with(const std::string& place, const Json& value) {
  static const Json whole = Json::parse(R"({"agent": {"sessions": [{"kind": "cascade"}], "tools": [{"name": "hang_up"}]}, "providers": {"NAME": {"kind": "local"}},
                              "tool_servers": {"NAME": {"environment": [{"name": "A", "value": "b"}], "headers": [{"name": "A", "value": "b"}], "oauth": {"client_id": "x"},
                                               "pins": [{"tool": "a", "hash": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}]}},
                              "nat": {"servers": [{"uri": "stun:s"}]},
                              "agents": [{"name": "a", "match": {"called": "1", "header": {"name": "X", "value": "y"}}}],
                              "sip": {"outbound_proxy": {"host": "p"}, "secondaries": [{"host": "p"}], "trusted_peers": [{"address": "::1"}],
                                      "callers": {"who": [{"username": "u", "password": "p"}], "algorithms": [{"name": "MD5"}]}, "watchers": [{"watcher": "u"}],
                                      "admission": {"peers": [{"address": "::1"}]},
                                      "identity": {"trust_file": "t", "certificates": [{"url": "https://c", "file": "f"}], "sign": {"key": "k", "url": "https://c"}}}})");
  std::string pointer = place;
  for (auto at = pointer.find("/N/"); at != std::string::npos; at = pointer.find("/N/")) pointer.replace(at, 3, "/0/");
  const auto second = pointer.find('/', 1);
  const Json::json_pointer around(pointer.substr(0, second == std::string::npos ? second : pointer.find('/', second + 1)));
  Json file = Json::object();
  if (whole.contains(around)) file[around] = whole[around];
  file[Json::json_pointer(pointer)] = value;
  return file;
}

std::string pointer_in_file(const config::Place& place) {
  std::string pointer = place.pointer;
  for (auto at = pointer.find("/N/"); at != std::string::npos; at = pointer.find("/N/")) pointer.replace(at, 3, "/0/");
  return pointer;
}

/// Returns true if Offhook's own reader finds no problem with this one value.
bool we_accept(const config::Place& place, const Json& file) {
  const auto effective = config::read_text(file.dump(), "file", {});
  const std::string pointer = pointer_in_file(place);
  for (const Problem& problem : effective.problems) {
    if (problem.found.starts_with("an unknown provider")) continue;  // This problem depends on the whole file, not on this value alone.
    if (problem.where == pointer && problem.found != "nothing" && problem.allowed == config::allowed_for(*place.setting)) return false;
    if ((place.setting->is_compound() || place.setting->shape == config::Shape::Targets) && problem.where.starts_with(pointer + "/")) return false;
  }
  return true;
}

/// Returns true if the schema may accept more than the reader does, for example for an address or a host name.
bool may_be_laxer(const config::Setting& setting) {
  using config::Shape;
  // A Provider value may also be the name of a provider in the file. The reader also parses the URIs of servers of STUN and TURN.
  if (setting.name == "kind" || setting.name == "uri" || setting.shape == Shape::Provider || setting.shape == Shape::Providers) return true;
  for (const config::Setting& member : setting.members) {  // A list of objects may have plain texts as its items.
    if (member.name == setting.short_for && may_be_laxer(member)) return true;
  }
  return setting.shape == Shape::Host || setting.shape == Shape::Address;
}

}  // namespace

TEST_CASE("share/offhook.schema.json matches the table of settings (offhook schema > share/offhook.schema.json)") {
  CHECK(content("share/offhook.schema.json") == config::schema_text());
}

TEST_CASE("docs/configuration.md contains the current table of settings (offhook schema --markdown)") {
  CHECK(content("docs/configuration.md").find(config::markdown_table()) != std::string::npos);
}

TEST_CASE("The schema and the reader agree on every setting [JSON Schema draft 7, by valijson]") {
  // By default, each setting gets every fourth of its values, and neighbours get different ones. In `./dev test --full`, it gets all.
  const std::size_t step = offhook_test::sample_step(4);
  const JsonSchema schema(config::schema_text());
  std::size_t compared = 0, refused = 0, index = 0;
  for (const config::Place& place : config::places()) {
    for (const Json& value : values_for(*place.setting)) {
      if (++index % step != 0) continue;
      const Json file = file_with(place.pointer, value);
      const bool ours = we_accept(place, file), theirs = schema.accepts(file);
      CAPTURE(place.pointer);
      CAPTURE(value.dump(-1, ' ', false, Json::error_handler_t::replace).substr(0, 200));
      if (may_be_laxer(*place.setting)) CHECK((theirs || !ours));
      else CHECK(ours == theirs);
      ++compared;
      refused += theirs ? 0 : 1;
    }
  }
  CHECK(compared * step > 5000);
  CHECK(refused * step > 2500);
}

TEST_CASE("The schema refuses unknown names at every level, and accepts the default values and the member $schema") {
  const JsonSchema schema(config::schema_text());
  CHECK(schema.accepts(Json::parse(R"({"$schema": "offhook.schema.json"})")));
  CHECK_FALSE(schema.accepts(Json::parse(R"({"$schema": 1})")));
  CHECK_FALSE(schema.accepts(Json::parse("[]")));
  CHECK_FALSE(schema.accepts(Json::parse(R"({"unknown": 1})")));
  for (const std::string_view section : config::sections()) {
    CHECK(schema.accepts(Json{{section, Json::object()}}));
    CHECK_FALSE(schema.accepts(Json{{section, {{"unknown", 1}}}}));
    CHECK_FALSE(schema.accepts(Json{{section, 1}}));
  }
  const Json properties = Json::parse(config::schema_text());
  for (const config::Setting& setting : config::settings()) {
    if (!setting.unset.empty()) continue;
    const Json place = properties.at(Json::json_pointer((setting.section.empty() ? "" : "/properties/" + std::string(setting.section)) +
                                                       "/properties/" + std::string(setting.name)));
    CHECK(schema.accepts(file_with(config::pointer_of(setting), place.at("default"))));
  }
}

TEST_CASE("The schema shows no secret, and no default value for a secret setting") {
  CHECK(config::schema_text().find("***") == std::string::npos);
  std::size_t secrets = 0;
  for (const config::Setting& setting : config::settings()) {
    if (!setting.is_secret()) continue;
    ++secrets;
    CHECK_FALSE(setting.unset.empty());
  }
  CHECK(secrets == 4);
}

TEST_CASE("Every setting has a description, and check() accepts the default value of the setting") {
  for (const config::Setting& setting : config::settings()) {
    CAPTURE(config::pointer_of(setting));
    CHECK(setting.meaning.size() > 3);
    CHECK_FALSE(setting.meaning.ends_with('.'));
    if (setting.unset.empty()) CHECK(config::check(setting, setting.field.get(config::Config{})));
    else if (!setting.is_required()) CHECK(setting.field.get(config::Config{}) == json_text(""));
  }
}
