// The input is newline-delimited JSON. Checks that the lines are the same however the input is split, and that no line is empty or contains a line
// feed.
#include "require.hpp"

#include <offhook/agent/providers/ollama/line_reader.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using offhook::agent::ollama::LineReader;
using offhook::fuzz::require;

namespace {

std::vector<std::string> read(std::string_view bytes, std::size_t step) {
  LineReader reader;
  std::vector<std::string> lines;
  bool fits = true;
  for (std::size_t at = 0; at < bytes.size(); at += step) fits = reader.feed(bytes.substr(at, step), lines) && fits;
  reader.finish(lines);
  require(fits || bytes.size() > LineReader::kMaxLine);
  for (const std::string& line : lines)
    require(line.size() <= LineReader::kMaxLine && line.find_first_not_of(" \t") != std::string::npos && line.find('\n') == std::string::npos);
  return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto at_once = read(bytes, std::max<std::size_t>(size, 1));
  require(read(bytes, 1) == at_once);
  if (size > 0) require(read(bytes, 1 + data[0] % 16U) == at_once);
  return 0;
}
