// The input is an operator's own pattern in the first line, and then a text to redact. Checks that no run of four digits remains, that
// valid UTF-8 stays valid, and that a second redaction changes nothing.
#include "require.hpp"

#include <offhook/agent/redaction/redaction.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

using namespace offhook::agent::redaction;
using offhook::fuzz::require;

namespace {

bool is_broken(const TextPoints& points) {
  return std::any_of(points.begin(), points.end(), [](const TextPoint& p) { return p.code == 0xfffd; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), std::min<std::size_t>(size, 4096));
  const auto line = std::min(input.find('\n'), input.size());
  const std::string_view text = input.substr(std::min(line + 1, input.size()));
  RedactionOptions options;
  options.patterns = {std::string(input.substr(0, line))};
  if (const auto own = Redactor::make(options)) (void)own->redacted(text);
  options.patterns.clear();
  const Redactor redactor = *Redactor::make(options);
  const std::string out = redactor.redacted(text);
  const TextPoints points = points_of(out);
  require(is_broken(points_of(text)) || !is_broken(points));
  std::size_t run = 0;
  for (const TextPoint& point : points) {
    run = digit_of(point.code) >= 0 ? run + 1 : 0;
    require(run < options.digits_from);
  }
  require(redactor.redacted(out) == out);
  return 0;
}
