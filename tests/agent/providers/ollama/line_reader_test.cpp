#include <offhook/agent/providers/ollama/line_reader.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using offhook::agent::ollama::LineReader;
using Lines = std::vector<std::string>;

namespace {

/// Returns the lines that the reader gives if it gets `bytes` in pieces of `step` octets.
Lines lines_of(std::string_view bytes, std::size_t step) {
  LineReader reader;
  Lines lines;
  for (std::size_t at = 0; at < bytes.size(); at += step) CHECK(reader.feed(bytes.substr(at, step), lines));
  reader.finish(lines);
  return lines;
}

}  // namespace

TEST_CASE("LineReader gives the same lines if it gets the octets in pieces of any size, and skips empty lines") {
  const std::string bytes = "\n{\"a\":1}\n\r\n  \n{\"caf\xc3\xa9\":2}\r\n{\"last\":3}";
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    CAPTURE(step);
    CHECK(lines_of(bytes, step) == Lines{"{\"a\":1}", "{\"caf\xc3\xa9\":2}", "{\"last\":3}"});
  }
}

TEST_CASE("LineReader gives a line when its LF arrives, not before") {
  LineReader reader;
  Lines lines;
  CHECK(reader.feed("{}", lines));
  CHECK(lines.empty());
  CHECK(reader.feed("\n{", lines));
  CHECK(lines == Lines{"{}"});
}

TEST_CASE("LineReader bounds a line, and gives no lines after a line that is too long") {
  for (const std::size_t step : {LineReader::kMaxLine, std::size_t{1000}}) {
    CAPTURE(step);
    LineReader fits, over;
    Lines lines, none;
    std::string line(LineReader::kMaxLine, 'a');
    for (std::size_t at = 0; at < line.size(); at += step) CHECK(fits.feed(line.substr(at, step), lines));
    CHECK(fits.feed("\n", lines));
    CHECK(lines.size() == 1);

    for (std::size_t at = 0; at < line.size(); at += step) CHECK(over.feed(line.substr(at, step), none));
    CHECK_FALSE(over.feed("a\n", none));
    CHECK_FALSE(over.feed("{}\n", none));
    over.finish(none);
    CHECK(none.empty());
  }
}
