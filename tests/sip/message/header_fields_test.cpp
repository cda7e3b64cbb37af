#include "support.hpp"

#include <offhook/sip/message/header_fields.hpp>

#include <doctest/doctest.h>

using namespace offhook::sip;
using namespace std::string_literals;

namespace {

/// Returns the fields of a message that is destroyed before the return.
HeaderFields fields_of(const std::string& lines, bool (*wanted)(HeaderName) = [](HeaderName) { return true; }) {
  return {test::request_with(lines), wanted};
}

}  // namespace

TEST_CASE("HeaderFields finds the first field with a name, in upper or lower case, and in long or compact form [RFC 3261 section 7.3]") {
  const auto fields = fields_of("x-a: 1\r\nX-A: 2\r\nk: timer\r\nRetry-After:  5 \r\n");
  CHECK(fields.find("X-A") == "1");
  CHECK(fields.find("Supported") == "timer");
  CHECK(fields.find("K") == "timer");
  CHECK(fields.find("retry-after") == "5");
  CHECK(fields.find("X-B") == std::nullopt);
}

TEST_CASE("HeaderFields keeps the order and repeated fields, joins folded lines, and contains only the selected names") {
  const auto only_other = [](HeaderName name) { return name == HeaderName::Other; };
  const auto fields = fields_of("X-A: 1\r\nSubject: lunch\r\nX-B: one\r\n two\r\nX-A: 2\r\nX-C:\r\n", only_other);
  CHECK(fields.list() == HeaderList{{"X-A", "1"}, {"X-B", "one   two"}, {"X-A", "2"}, {"X-C", ""}});
}

TEST_CASE("Copies of HeaderFields share one text, which exists as long as one copy exists") {
  auto first = std::make_unique<HeaderFields>(std::initializer_list<HeaderFields::Field>{{"X-A", "1"}});
  const HeaderFields copy = *first;
  CHECK(copy.find("X-A")->data() == first->find("X-A")->data());
  first.reset();
  CHECK(copy.find("X-A") == "1");
}

TEST_CASE("HeaderFields can be empty, and its values can contain any octets") {
  CHECK(HeaderFields().empty());
  CHECK(HeaderFields(HeaderList{}).list().empty());
  CHECK_FALSE(HeaderFields().find("X"));
  CHECK(fields_of("", [](HeaderName) { return false; }).empty());
  const HeaderList odd{{"X-A", "\r\n\0X-B: 1"s}, {"", ""}, {"X-C", std::string(70'000, 'c')}};
  CHECK(HeaderFields(odd).list() == odd);
}
