#include <offhook/sip/identity/json_reader.hpp>
#include <offhook/sip/model/identity_error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace offhook;
using sip::IdentityError;
using sip::detail::JsonReader;

namespace {

std::optional<std::string> text(std::string_view json) {
  JsonReader reader(json);
  auto read = reader.string();
  return read && reader.at_end() ? read : std::nullopt;
}

std::optional<std::int64_t> number(std::string_view json) {
  JsonReader reader(json);
  const auto read = reader.number();
  return read && reader.at_end() ? read : std::nullopt;
}

/// Returns true if the text is exactly one value, at most `depth` deep.
bool is_value(std::string_view json, std::size_t depth = 4) {
  JsonReader reader(json);
  return reader.skip(depth) && reader.at_end();
}

}  // namespace

TEST_CASE("string() decodes escapes to UTF-8 [RFC 8259 section 7]") {
  CHECK(text(R"("12155551212")") == "12155551212");
  CHECK(text(R"( "a\"b\\c\/d" )") == "a\"b\\c/d");
  CHECK(text(R"("\b\f\n\r\t")") == "\b\f\n\r\t");
  CHECK(text("\"\\u0041\\u00e9\\u20AC\"") == "A\xC3\xA9\xE2\x82\xAC");
  CHECK(text("\"\\u007f\\u0080\\u07ff\\u0800\"") == "\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80");
  CHECK(text("\"\xC3\xA9\"") == "\xC3\xA9");
}

TEST_CASE("string() refuses text that is not a string [RFC 8259 section 7]") {
  for (const char* bad : {"", "a", "\"", "\"a", "\"a\\", "\"a\\\"", "\"\\x41\"", "\"\\u004\"", "\"\\u00g1\"", "\"\\u-041\"", "\"\\u0x41\"", "\"a\nb\"",
                          "\"\\ud800\"", "\"\\udfff\"", "'a'"}) {
    CAPTURE(bad);
    CHECK_FALSE(text(bad).has_value());
  }
}

TEST_CASE("number() accepts only integers within 64 bits [RFC 8259 section 6]") {
  CHECK(number("1443208345") == 1443208345);
  CHECK(number(" -1 ") == -1);
  CHECK(number("9223372036854775807") == 9223372036854775807);
  for (const char* bad : {"", "1.5", "1e3", "1E3", "+1", "\"1\"", "9223372036854775808", "-"}) {
    CAPTURE(bad);
    CHECK_FALSE(number(bad).has_value());
  }
}

TEST_CASE("skip() skips any value up to the given depth, and refuses a deeper one [RFC 8259 section 9]") {
  for (const char* good : {"true", "false", "null", "-1.5e+3", "\"a\"", "{}", "[]", "[1, \"a\", {\"b\": [null]}]", " { \"a\" : 1 } "}) {
    CAPTURE(good);
    CHECK(is_value(good));
  }
  for (const char* bad : {"", "tru", "{", "[", "[1", "[1,]", "{\"a\"}", "{\"a\":}", "{a:1}", "[1}", "{\"a\":1,}", "nul", "@"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_value(bad));
  }
  CHECK(is_value("[[[[1]]]]"));
  CHECK_FALSE(is_value("[[[[[1]]]]]"));
  CHECK(is_value(R"({"a":{"a":{"a":{"a":1}}}})"));
  CHECK_FALSE(is_value(R"({"a":{"a":{"a":{"a":{"a":1}}}}})"));
}

TEST_CASE("each IdentityError has its own text, and the status code of the RFC [RFC 8224 section 6.2.2]") {
  const std::pair<IdentityError, int> statuses[] = {
      {IdentityError::Absent, 428},       {IdentityError::NoCertificate, 436}, {IdentityError::BadCertificate, 437},
      {IdentityError::BadHeader, 438},    {IdentityError::BadToken, 438},      {IdentityError::Unsupported, 438},
      {IdentityError::BadSignature, 438}, {IdentityError::Mismatch, 438},      {IdentityError::Stale, 403}};
  std::vector<std::string_view> words;
  for (const auto& [error, status] : statuses) {
    CHECK(sip::status_of(error) == status);
    const auto said = to_string(error);
    CHECK_FALSE(said.empty());
    CHECK(std::find(words.begin(), words.end(), said) == words.end());
    words.push_back(said);
  }
}
