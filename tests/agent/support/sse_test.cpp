#include <offhook/agent/support/sse.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace offhook::agent;

namespace {

std::vector<SseEvent> parse(std::string_view text, std::size_t step) {
  SseParser parser;
  std::vector<SseEvent> events;
  for (std::size_t at = 0; at < text.size(); at += step) CHECK(parser.feed(text.substr(at, step), events));
  CHECK(parser.finish(events));
  return events;
}

std::string joined(const std::vector<SseEvent>& events) {
  std::string all;
  for (const SseEvent& event : events) all += event.name + "=" + event.data + ";";
  return all;
}

}  // namespace

TEST_CASE("SseParser gives the same events for any division of the octets [WHATWG HTML section 9.2]") {
  const std::string text =
      "\xef\xbb\xbf: a comment\n"
      "data: one\n\n"
      "event: two\r\ndata:first\r\ndata:  second\r\n\r\n"
      "id: 7\rretry: 10\rdata\rdata: x\r\r"
      "event: nothing\n\n"
      "unknown: y\ndata: {\"a\":\"\xc3\xa9\"}\n\n"
      "data: last";
  const std::string expected = "=one;two=first\n second;=\nx;={\"a\":\"\xc3\xa9\"};=last;";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    CAPTURE(step);
    CHECK(joined(parse(text, step)) == expected);
  }
}

TEST_CASE("SseParser removes a byte order mark only at the very beginning [WHATWG HTML section 9.2.5]") {
  CHECK(joined(parse("\xef\xbb\xbf" "data: a\n\n", 1)) == "=a;");
  CHECK(joined(parse("\xef\xbb" "data: a\n\ndata: b\n\n", 1)) == "=b;");
  CHECK(joined(parse("data: a\n\n\xef\xbb\xbf" "data: b\n\n", 4)) == "=a;");
}

TEST_CASE(
    "SseParser treats a line feed after a carriage return as the same end of line, even if it comes in another piece [WHATWG HTML section 9.2.6]") {
  SseParser parser;
  std::vector<SseEvent> events;
  CHECK(parser.feed("data: a\r", events));
  CHECK(parser.feed("\ndata: b\r\n", events));
  CHECK(events.empty());
  CHECK(parser.feed("\r\n", events));
  CHECK(joined(events) == "=a\nb;");
}

TEST_CASE("SseParser gives no event for an event name without data, and forgets the name") {
  CHECK(joined(parse("event: ping\n\ndata: a\n\n", 3)) == "=a;");
}

TEST_CASE("SseParser fails at a line that is longer than kMaxLine") {
  const auto fits = [](std::size_t octets, bool ended) {
    SseParser parser;
    std::vector<SseEvent> events;
    const std::string line = ":" + std::string(octets - 1, 'x');
    bool good = parser.feed(line.substr(0, octets / 2), events);
    good = parser.feed(line.substr(octets / 2) + (ended ? "\n" : ""), events) && good;
    return good;
  };
  for (const bool ended : {false, true}) {
    CHECK(fits(SseParser::kMaxLine, ended));
    CHECK_FALSE(fits(SseParser::kMaxLine + 1, ended));
  }
}

TEST_CASE("SseParser fails at an event with more data than kMaxEventData, and stays failed") {
  const auto feed = [](SseParser& parser, std::size_t octets, std::vector<SseEvent>& events) {
    const std::size_t half = octets / 2;
    return parser.feed("data:" + std::string(half, 'x') + "\n", events) &&
           parser.feed("data:" + std::string(octets - half - 1, 'x') + "\n\n", events);
  };
  SseParser parser;
  std::vector<SseEvent> events;
  const std::size_t reachable = SseParser::kMaxEventData - 20;
  CHECK(feed(parser, reachable, events));
  REQUIRE(events.size() == 1);
  CHECK(events[0].data.size() == reachable);

  SseParser full;
  const std::string half(SseParser::kMaxEventData / 4, 'x');
  for (int i = 0; i < 3; ++i) CHECK(full.feed("data:" + half + "\n", events));
  SseParser over = full;
  CHECK(full.feed("data:" + half.substr(3) + "\n", events));
  CHECK_FALSE(over.feed("data:" + half.substr(2) + "\n", events));
  CHECK_FALSE(over.feed("\ndata: a\n\n", events));
  CHECK_FALSE(over.finish(events));
}

TEST_CASE("SseParser keeps the id of the last whole event, and the retry time [WHATWG HTML section 9.2.6]") {
  SseParser parser;
  std::vector<SseEvent> events;
  CHECK(parser.feed("id: 7\nretry: 500\ndata:\n\n", events));
  CHECK(parser.last_id() == "7");
  CHECK(parser.retry_ms() == 500);
  CHECK(parser.feed("id: 8\ndata: half", events));
  CHECK(parser.last_id() == "7");
  CHECK(parser.feed("\n\ndata: without\n\n", events));
  CHECK(parser.last_id() == "8");
  CHECK(parser.feed("retry: soon\nretry: -1\nid: a" + std::string(1, '\0') + "b\n\n", events));
  CHECK(parser.retry_ms() == 500);
  CHECK(parser.last_id() == "8");
  CHECK(parser.feed("id\n\n", events));
  CHECK(parser.last_id().empty());
}

TEST_CASE("If an id is longer than kMaxId, SseParser clears the last id") {
  SseParser parser;
  std::vector<SseEvent> events;
  CHECK(parser.feed("id: " + std::string(SseParser::kMaxId, 'x') + "\n\n", events));
  CHECK(parser.last_id().size() == SseParser::kMaxId);
  CHECK(parser.feed("id: " + std::string(SseParser::kMaxId + 1, 'x') + "\n\n", events));
  CHECK(parser.last_id().empty());
}
