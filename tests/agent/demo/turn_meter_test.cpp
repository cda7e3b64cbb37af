#include <offhook/agent/demo/turn_meter.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace offhook::agent::demo;

namespace {

void tone(std::vector<std::int16_t>& track, std::size_t from, std::size_t to, double amplitude = 8000) {
  for (std::size_t i = from; i < to; ++i) track[i] = static_cast<std::int16_t>(amplitude * std::sin(0.3 * static_cast<double>(i)));
}

Recording two_seconds() {
  Recording recording;
  recording.sent.assign(32000, 0);
  recording.heard.assign(32000, 0);
  return recording;
}

}  // namespace

TEST_CASE("The response time runs from the last voiced sample sent to the first voiced sample heard") {
  Recording recording = two_seconds();
  tone(recording.sent, 1600, 8000);
  tone(recording.heard, 16000, 20000);
  const auto ms = response_ms(recording, 0, 12000, 32000);
  REQUIRE(ms.has_value());
  CHECK(*ms == doctest::Approx(500).epsilon(0.01));
}

TEST_CASE("Silence after the question does not shorten the response time") {
  Recording recording = two_seconds();
  tone(recording.sent, 1600, 8000);
  tone(recording.heard, 16000, 20000);
  CHECK(*response_ms(recording, 0, 15999, 32000) == doctest::Approx(*response_ms(recording, 0, 8000, 32000)).epsilon(0.02));
}

TEST_CASE("Line noise below -45 dBov does not count as a response") {
  Recording recording = two_seconds();
  tone(recording.sent, 1600, 8000);
  tone(recording.heard, 9000, 30000, 60);
  CHECK_FALSE(response_ms(recording, 0, 12000, 32000).has_value());
}

TEST_CASE("A response after the limit, or before the end of the question, does not count") {
  Recording recording = two_seconds();
  tone(recording.sent, 1600, 8000);
  tone(recording.heard, 100, 7000);
  tone(recording.heard, 31000, 32000);
  CHECK_FALSE(response_ms(recording, 0, 12000, 30000).has_value());
}

TEST_CASE("A range beyond the end of the recording is cut at that end") {
  const Recording recording = two_seconds();
  CHECK_FALSE(response_ms(recording, 40000, 50000, 60000).has_value());
  CHECK_FALSE(first_voiced(recording.heard, 16000, 31990, 99999).has_value());
  CHECK_FALSE(last_voiced({}, 16000, 0, 10).has_value());
}
