// The input is a value of Event or Subscription-State: RFC 6665 section 8.2. Checks that a parsed value does not change when it is written
// and parsed again.
#include "require.hpp"

#include <offhook/sip/subscription/event.hpp>

#include <cstdint>
#include <string_view>

using offhook::fuzz::require;

namespace subscription = offhook::sip::subscription;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto event = subscription::parse_event(text)) {
    require(!event->package.empty() && event->package.size() <= size && (!event->id || !event->id->empty()));
    const auto again = subscription::parse_event(to_string(*event));
    require(again && again->package == event->package && again->id == event->id);
  }
  if (const auto state = subscription::parse_subscription_state(text)) {
    const bool over = state->phase == subscription::Phase::Terminated;
    require(over == (state->reason != subscription::Why::None));
    if (state->phase == subscription::Phase::Other) return 0;  // The writer writes this phase as `active`.
    const auto again = subscription::parse_subscription_state(to_string(*state));
    require(again && again->phase == state->phase && again->reason == state->reason);
    require(over ? again->retry_after == state->retry_after : again->expires == state->expires);
  }
  return 0;
}
