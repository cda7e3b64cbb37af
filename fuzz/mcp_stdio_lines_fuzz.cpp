// The input is the two outputs of a process. The first octet is the size of the pieces. Checks that the lines do not depend on the pieces,
// and that no reported line of the standard error contains a secret from the environment of the process.
#include "require.hpp"

#include <offhook/agent/tools/mcp/line_reader.hpp>
#include <offhook/agent/tools/mcp/stdio_wire.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace offhook::agent::tools::mcp;
using offhook::agent::Secret;
using offhook::fuzz::require;

namespace {

constexpr std::size_t kMost = 64;

struct Reading {
  std::vector<std::string> lines;
  std::size_t passed_over = 0;

  friend bool operator==(const Reading&, const Reading&) = default;
};

Reading read(std::string_view bytes, std::size_t piece) {
  LineReader reader(kMost);
  Reading out;
  for (std::size_t at = 0; at < bytes.size(); at += piece) reader.feed(bytes.substr(at, piece), out.lines);
  out.passed_over = reader.passed_over();
  return out;
}

void judge(const Reading& reading, std::string_view bytes) {
  const auto ends = static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\n'));
  require(reading.lines.size() <= ends && ends <= reading.lines.size() + reading.passed_over);
  for (const std::string& line : reading.lines) require(line.size() <= kMost && line.find('\n') == std::string::npos);
}

void veil(const std::string& line) {
  static const std::vector<std::string> needles = needles_of({Secret("hunter2 is\nmine"), Secret("hunter2"), Secret("a\"b\\c"), Secret("abc")});
  const std::string told = without_secrets(line, needles);
  for (const std::string_view secret : {"hunter2", "mine", "a\"b\\c", "a%22b%5Cc", "a\\\"b\\\\c"}) require(told.find(secret) == std::string::npos);
  require(std::none_of(told.begin(), told.end(), [](char c) { return (c >= '\0' && c < ' ') || c == '\x7f'; }));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Reading whole = read(bytes, size);
  require(read(bytes, 1 + data[0] % 80U) == whole);
  judge(whole, bytes);
  for (const std::string& line : whole.lines) veil(line);
  return 0;
}
