#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/message/message.hpp>
#include <offhook/sip/subscription/options.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

/// The header fields of RFC 6665 section 8.2.
namespace offhook::inline v0::sip::subscription {

/// Parses `presence.winfo;id=7`. Error: BadParameter (not an event type, or a bad parameter).
[[nodiscard]] base::Result<EventType, ParseError> parse_event(std::string_view value);
/// Returns the Event of a message. Errors: MissingHeader, and those of parse_event().
[[nodiscard]] base::Result<EventType, ParseError> event_of(const Message& message);
[[nodiscard]] std::string to_string(const EventType& event);

enum class Phase : std::uint8_t { Pending, Active, Terminated, Other };
using Why = SubscriptionChanged::Why;

/// Holds `terminated;reason=probation;retry-after=60`: RFC 6665 section 4.1.3.
struct SubscriptionState {
  Phase phase = Phase::Active;
  Why reason = Why::None;  ///< for Terminated: a reason of section 4.1.3; Why::Terminated if there is no reason or an unknown one
  std::optional<std::chrono::seconds> expires{};
  std::optional<std::chrono::seconds> retry_after{};
};

/// Parses Subscription-State. Error: BadParameter. Ignores a number that cannot be read.
[[nodiscard]] base::Result<SubscriptionState, ParseError> parse_subscription_state(std::string_view value);
/// Writes Expires unless terminated, and a reason only if terminated.
[[nodiscard]] std::string to_string(const SubscriptionState& state);
/// Returns the word of section 4.1.3; "" for a reason without one.
[[nodiscard]] std::string_view reason_word(Why why);

/// Returns true for statuses that end a subscription: as response to a refresh (section 4.1.2.2) or to a NOTIFY (section 4.2.2).
[[nodiscard]] bool ends_subscription(int status);

}  // namespace offhook::inline v0::sip::subscription
