// The input is a summary of waiting messages. Checks that a parsed summary does not change when it is written and parsed again.
#include "require.hpp"

#include <offhook/sip/subscription/packages/message_summary.hpp>

#include <cstdint>
#include <string_view>

namespace packages = offhook::sip::packages;
using offhook::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto summary = packages::parse_message_summary({reinterpret_cast<const char*>(data), size});
  if (!summary) return 0;
  require(summary->counts.size() <= packages::kMaxSummaryLines);
  const auto again = packages::parse_message_summary(packages::write_message_summary(*summary));
  require(again && again->waiting == summary->waiting && again->counts.size() == summary->counts.size());
  return 0;
}
