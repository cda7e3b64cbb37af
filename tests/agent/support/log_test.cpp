#include <offhook/agent/support/log.hpp>

#include <doctest/doctest.h>

#include <type_traits>

#include <offhook/agent/support/secret.hpp>

#include <offhook/tests/agent/ops/logged.hpp>

using namespace offhook::agent;
using offhook::agent::Secret;

TEST_CASE("format_line() writes readable text, or JSON with the same content") {
  CHECK(log::format_line(log::Format::Text, log::Level::Info, "call.up", {{"call", "7"}, {"seconds", 1.5}, {"ok", true}, {"n", 3}}) ==
        "info    call.up call=7 seconds=1.500 ok=true n=3");
  CHECK(log::format_line(log::Format::Json, log::Level::Warning, "call.up", {{"call", "7"}, {"n", 3}}) ==
        R"("level":"warning","event":"call.up","call":"7","n":3)");
}

TEST_CASE("Text from a peer cannot forge a line, a field or a JSON member") {
  const std::string hostile = std::string("x\r\nerror forged=1 \"q\" \\ \x1b[31m") + '\0' + "\x7f";
  for (const auto format : {log::Format::Text, log::Format::Json}) {
    const std::string line = log::format_line(format, log::Level::Info, "e", {{"reason", hostile}});
    for (const char c : line) CHECK(static_cast<unsigned char>(c) >= 0x20);
    CHECK(line.find('\x7f') == std::string::npos);
    CHECK(line.find("\\\"q\\\"") != std::string::npos);
  }
  CHECK(log::format_line(log::Format::Text, log::Level::Info, "e", {{"a", "b c=d"}}) == "info    e a=\"b c=d\"");
}

TEST_CASE("A control character of two octets in UTF-8 is escaped, too [ECMA-48 section 5.3]") {
  CHECK(log::format_line(log::Format::Text, log::Level::Info, "e", {{"a", "\xc2\x9b[2J\xc2\xa9"}}) == "info    e a=\"\\u009b[2J\xc2\xa9\"");
}

TEST_CASE("Names in UTF-8 stay readable, and octets that are not UTF-8 are escaped, so that a JSON line stays valid") {
  CHECK(log::format_line(log::Format::Text, log::Level::Info, "e", {{"a", "J\xc3\xb6rg"}}) == "info    e a=\"J\xc3\xb6rg\"");
  CHECK(log::format_line(log::Format::Text, log::Level::Info, "e", {{"a", "\xff\xc3("}}) == "info    e a=\"\\u00ff\\u00c3(\"");
  CHECK(log::format_line(log::Format::Text, log::Level::Info, "e", {{"a", "\xed\xa0\x80"}}) == "info    e a=\"\\u00ed\\u00a0\\u0080\"");  // a surrogate
  CHECK(log::format_line(log::Format::Text, log::Level::Info, "e", {{"a", "\xe2\x82"}}) == "info    e a=\"\\u00e2\\u0082\"");
}

TEST_CASE("On a terminal, warnings and errors have a colour; other levels and JSON have none") {
  const auto line = [](log::Format format, log::Level level) { return log::format_line(format, level, "e", {{"a", 1}}, true); };
  CHECK(line(log::Format::Text, log::Level::Warning) == "\x1b[33mwarning\x1b[0m e a=1");
  CHECK(line(log::Format::Text, log::Level::Error) == "\x1b[31merror  \x1b[0m e a=1");
  for (const auto level : {log::Level::Info, log::Level::Debug}) CHECK(line(log::Format::Text, level).find('\x1b') == std::string::npos);
  for (const auto level : {log::Level::Warning, log::Level::Error}) {
    CHECK(line(log::Format::Json, level) == log::format_line(log::Format::Json, level, "e", {{"a", 1}}));
    CHECK(log::format_line(log::Format::Text, level, "e", {}).find('\x1b') == std::string::npos);
  }
}

TEST_CASE("configure() without colours turns the colours off") {
  const auto warned = [](bool colours) {
    return logged_by([colours] {
      log::configure({.colours = colours});
      log::warning("e", {{"a", "\x1b[2J"}});
      log::configure({});
    });
  };
  CHECK(warned(true).ends_with("Z \x1b[33mwarning\x1b[0m e a=\"\\u001b[2J\"\n"));
  CHECK(warned(false).ends_with("Z warning e a=\"\\u001b[2J\"\n"));
}

TEST_CASE("A long value is cut, so that one field cannot fill the disk") {
  CHECK(log::format_line(log::Format::Text, log::Level::Info, "e", {{"a", std::string(100000, 'x')}}).size() < 1000);
}

TEST_CASE("A secret cannot be a field of the log") {
  CHECK_FALSE(std::is_constructible_v<log::Field, std::string_view, Secret>);
  CHECK(to_string(Secret("canary")) == "***");
}

TEST_CASE("The log shows only the last three characters of a person's address") {
  CHECK(log::redacted("sip:+4930123456@example.com") == "sip:********456@example.com");
  CHECK(log::redacted("tel:+4930123456") == "tel:********456");
  CHECK(log::redacted("+4930123456") == "********456");
  CHECK(log::redacted("sip:bob@example.com") == "sip:bob@example.com");
  CHECK(log::redacted("sip:example.com") == "sip:example.com");
  CHECK(log::redacted("") == "");
  // No part of a password is shown, in any position.
  CHECK(log::redacted("sip:u:pw@h") == "sip:u:***@h");
  CHECK(log::redacted("sips:6001:s3cret@example.com") == "sips:*001:***@example.com");
  CHECK(log::redacted("sip:6001:s3@cret@example.com") == "sip:*001:***@example.com");
  CHECK(log::redacted("6001:s3cret@example.com") == "*001:***@example.com");
  CHECK(log::redacted("u:pw@h") == "u:***@h");
}

TEST_CASE("parse_level() reads the names of levels") {
  CHECK(log::parse_level("debug") == log::Level::Debug);
  CHECK(log::parse_level("off") == log::Level::Off);
  CHECK_FALSE(log::parse_level("loud").has_value());
}
