// The input is server-sent events. Checks that the events are within their bounds, and are the same however the input is split.
#include "require.hpp"

#include <offhook/agent/support/sse.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace agent = offhook::agent;
using offhook::fuzz::require;

namespace {

std::string parse(std::string_view bytes, std::size_t step) {
  agent::SseParser parser;
  std::vector<agent::SseEvent> events;
  bool good = true;
  for (std::size_t at = 0; at < bytes.size(); at += step) good = parser.feed(bytes.substr(at, step), events) && good;
  good = parser.finish(events) && good;
  require(good || bytes.size() > agent::SseParser::kMaxLine);
  std::string all;
  for (const auto& event : events) {
    require(event.data.size() <= agent::SseParser::kMaxEventData);
    require(event.name.find_first_of("\r\n") == std::string::npos && event.data.find('\r') == std::string::npos);
    all += event.name + '\0' + event.data + '\0';
  }
  require(parser.last_id().size() <= agent::SseParser::kMaxId);
  return all + parser.last_id();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string at_once = parse(bytes, std::max<std::size_t>(size, 1));
  require(parse(bytes, 1) == at_once);
  if (size > 0) require(parse(bytes, 1 + data[0] % 16U) == at_once);
  return 0;
}
