#include <offhook/agent/config/harmless_value.hpp>

#include <doctest/doctest.h>

#include <string>

namespace config = offhook::agent::config;
using namespace offhook::agent;

TEST_CASE("is_harmless() accepts a short word without special characters, unless it mixes small letters, capital letters and digits as a secret does") {
  for (const char* word : {"sctp", "TCP", "pbx.example:5070", "192.0.2.256", "2001:db8::zz", "pt-BR", "G729", "5060", "a_b"}) CHECK(config::is_harmless(word));
  for (const char* word : {"", "a b", "p@ss", "x\n", "\xc3\xbc", "tab\t", "CANARY-7f3a", "sk-aB3", "quote\"", "back\\slash"}) CHECK_FALSE(config::is_harmless(word));
  CHECK(config::is_harmless(std::string(config::kMaxHarmlessWord, 'x')));
  CHECK_FALSE(config::is_harmless(std::string(config::kMaxHarmlessWord + 1, 'x')));
}

TEST_CASE("An error shows numbers, flags and harmless words, and never the value of a setting that may hold a secret") {
  const auto shown = [](std::string_view pointer, const JsonValue& value) { return config::with_value("it", *config::find_setting(pointer), value); };
  CHECK(shown("/sip/port", json_integer(0)) == "it (0)");
  CHECK(shown("/sip/port", json_text("5060")) == "it (\"5060\")");
  CHECK(shown("/transcripts/enabled", json_text("maybe")) == "it (\"maybe\")");
  CHECK(shown("/sip/display_name", json_flag(true)) == "true");
  CHECK(shown("/sip/transport", json_text("p@ssword")) == "it");
  CHECK(shown("/sip/transport", {}) == "it");
  CHECK(shown("/sip/transport", json_list({"a"})) == "it");
  for (const char* free_text : {"/sip/extension", "/sip/auth_user", "/agent/prompt"}) CHECK(shown(free_text, json_text("word")) == "it");
  for (const char* secret : {"/sip/password", "/health/token", "/recordings/key"}) {
    CHECK(shown(secret, json_text("word")) == "it");
    CHECK(shown(secret, json_integer(1234)) == "it");
    CHECK(shown(secret, json_flag(true)) == "it");
  }
}
