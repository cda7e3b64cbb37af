#include <offhook/agent/phone/availability.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using phone::availability_of;

namespace {

media::EngineStatus audio(float load, bool takes_legs = true) {
  media::EngineStatus status;
  status.load = load;
  status.takes_legs = takes_legs;
  return status;
}

std::string told(std::size_t calls, std::size_t lines, float load) { return availability_of(calls, lines, audio(load), "X-Load").for_known.at(0).second; }

}  // namespace

TEST_CASE("An OPTIONS request gets the status that an INVITE would get: 486 with all lines in use, 503 without capacity for audio [RFC 3261 section 11.2]") {
  CHECK(availability_of(0, 2, audio(0), "").status == 200);
  CHECK(availability_of(1, 2, audio(0), "").status == 200);
  CHECK(availability_of(2, 2, audio(0), "").status == 486);
  CHECK(availability_of(2, 2, audio(1, false), "").status == 486);
  CHECK(availability_of(1, 2, audio(1, false), "").status == 503);
  CHECK(availability_of(1, 2, audio(0), "", false).status == 503);
  CHECK(availability_of(2, 2, audio(0), "", false).status == 486);
}

TEST_CASE("The load is the share of the lines in use or the load of the audio engine, whichever is greater, and at most 1") {
  CHECK(told(0, 64, 0) == "calls=0;limit=64;load=0.00");
  CHECK(told(16, 64, 0.1F) == "calls=16;limit=64;load=0.25");
  CHECK(told(16, 64, 0.5F) == "calls=16;limit=64;load=0.50");
  CHECK(told(64, 64, 1.5F) == "calls=64;limit=64;load=1.00");
  CHECK(told(0, 0, 0) == "calls=0;limit=0;load=1.00");
}

TEST_CASE("If no header field is configured for the load, the response has only the status") {
  CHECK(availability_of(1, 2, audio(0), "").for_known.empty());
}
