#include <offhook/agent/support/wall_time.hpp>

#include <doctest/doctest.h>

using namespace offhook::agent;
using namespace std::chrono_literals;

TEST_CASE("to_rfc3339() writes the time in UTC with milliseconds [RFC 3339 section 5.6]") {
  CHECK(to_rfc3339(WallTime(1700000000007ms)) == "2023-11-14T22:13:20.007Z");
  CHECK(to_rfc3339(WallTime(-1ms)) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("parse_rfc3339() reads a time only in the form that to_rfc3339() writes") {
  CHECK(parse_rfc3339("2023-11-14T22:13:20.007Z") == WallTime(1700000000007ms));
  CHECK(parse_rfc3339("1970-01-01T00:00:00.000Z") == WallTime{});
  CHECK(parse_rfc3339("2200-12-31T23:59:59.999Z"));
  for (const char* wrong : {"1969-12-31T23:59:59.999Z", "2201-01-01T00:00:00.000Z", "1970-00-00T09:30:01.000Z", "2023-02-29T00:00:00.000Z",
                            "2023-13-01T00:00:00.000Z", "2023-01-01T24:00:00.000Z", "2023-01-01T00:00:00.-01Z", "2023- 1-01T00:00:00.000Z",
                            "2023-01-01T00:00:00.000", "2023-01-01T00:00:00.000Zx"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_rfc3339(wrong));
  }
}

TEST_CASE("readable_utc() writes a time with seconds, but without milliseconds") {
  CHECK(readable_utc(WallTime(1700000000987ms)) == "2023-11-14 22:13:20Z");
}
