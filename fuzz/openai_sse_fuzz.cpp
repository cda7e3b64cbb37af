// Any bytes as server-sent events: however they are split the events are the same, and within their bounds.
#include "require.hpp"

#include <offhook/agent/providers/openai/sse.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace openai = offhook::agent::openai;
using offhook::fuzz::require;

namespace {

std::string parse(std::string_view bytes, std::size_t step) {
  openai::SseParser parser;
  std::vector<openai::SseEvent> events;
  bool good = true;
  for (std::size_t at = 0; at < bytes.size(); at += step) good = parser.feed(bytes.substr(at, step), events) && good;
  good = parser.finish(events) && good;
  require(good || bytes.size() > openai::SseParser::kMaxLine);
  std::string all;
  for (const auto& event : events) {
    require(event.data.size() <= openai::SseParser::kMaxEventData);
    require(event.name.find_first_of("\r\n") == std::string::npos && event.data.find('\r') == std::string::npos);
    all += event.name + '\0' + event.data + '\0';
  }
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string at_once = parse(bytes, std::max<std::size_t>(size, 1));
  require(parse(bytes, 1) == at_once);
  if (size > 0) require(parse(bytes, 1 + data[0] % 16U) == at_once);
  return 0;
}
