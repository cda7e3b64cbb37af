#include <offhook/agent/support/crc32c.hpp>
#include <offhook/agent/support/json_line.hpp>
#include <offhook/agent/support/utf8.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace offhook::agent;

TEST_CASE("The checksum is CRC-32C [RFC 3720 appendix B.4]") {
  CHECK(crc32c("123456789") == 0xe3069283);
  CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aa);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62a8ab43);
  CHECK(crc32c("") == 0);
}

TEST_CASE("Any text becomes one line of printable JSON, and reads back unchanged") {
  for (int code = 0; code < 256; ++code) {
    const std::string hostile = std::string("a") + static_cast<char>(code) + "\r\n\x1b[31m\0" + "b";
    const std::string line = seal(JsonLine().text("t", hostile, 100).take());
    CHECK(line.find('\n') == line.size() - 1);
    for (const char c : line.substr(0, line.size() - 1)) CHECK((static_cast<unsigned char>(c) >= 0x20 && c != 0x7f));
    const auto json = nlohmann::json::parse(line, nullptr, false);
    REQUIRE(json.is_object());
    if (code < 0x80) CHECK(json["t"] == hostile);
  }
}

TEST_CASE("JsonLine escapes characters that change the direction of text or hide text, and keeps names in other scripts readable") {
  const std::string turned =
      "x\xe2\x80\xae"
      "gpj.exe\xe2\x80\xa8\xc2\x9b";  // U+202E, U+2028, U+009B
  CHECK(JsonLine().text("t", turned, 100).take() == "{\"t\":\"x\\u202egpj.exe\\u2028\\u009b\"");
  CHECK(JsonLine().text("t", "J\xc3\xb6rg \xe5\xbc\xb5", 100).take() == "{\"t\":\"J\xc3\xb6rg \xe5\xbc\xb5\"");
  CHECK(JsonLine().text("t", "\xc0\xaf\xed\xa0\x80\xf5", 100).take() == "{\"t\":\"\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\"");
  CHECK(JsonLine().text("t", "\xd8\x9c\xe2\x81\xa0", 9).take() == "{\"t\":\"\\u061c\\u2060\"");
  CHECK(printable("\x1b[2J\"ok\"", 100) == "\\u001b[2J\"ok\"");
}

TEST_CASE("Text is cut at its bound, never within a character") {
  CHECK(JsonLine().text("t", "abcd", 4).take() == "{\"t\":\"abcd\"");
  CHECK(JsonLine().text("t", "abcde", 4).take() == "{\"t\":\"abcd\"");
  CHECK(JsonLine().text("t", "abc\xc3\xb6", 4).take() == "{\"t\":\"abc\"");
  CHECK(cut_utf8("abc\xc3\xb6", 5) == "abc\xc3\xb6");
  CHECK(cut_utf8("abc\xc3\xb6", 4) == "abc");
  CHECK(cut_utf8("a\xf0\x9f\x98\x80", 4) == "a");
  CHECK(cut_utf8("\xb6\xb6\xb6\xb6\xb6\xb6", 5).size() == 5);  // The text is not UTF-8.
  CHECK(cut_utf8("\xb6\xb6", 0).empty());
}

TEST_CASE("Numbers that JSON cannot express are written as 0") {
  CHECK(JsonLine().real("a", 1.0 / 3).real("b", std::numeric_limits<double>::quiet_NaN()).take() == "{\"a\":0.333,\"b\":0.000");
}

TEST_CASE("is_sealed() refuses a line that was cut or changed in any place") {
  const std::string line = seal(JsonLine().text("name", "value", 100).number("n", std::int64_t{-7}).take());
  const std::string whole = line.substr(0, line.size() - 1);
  CHECK(is_sealed(whole));
  for (std::size_t i = 0; i < whole.size(); ++i) {
    CHECK_FALSE(is_sealed(whole.substr(0, i)));
    CHECK_FALSE(is_sealed(whole.substr(i + 1)));
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = whole;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      CHECK_FALSE(is_sealed(changed));
    }
  }
}
