#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/message/message.hpp>
#include <offhook/sip/subscription/options.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

/// What the header fields of RFC 6665 section 8.2 say.
namespace offhook::inline v0::sip::subscription {

/// `presence.winfo;id=7`. Errors: MissingHeader; BadParameter for what is no event-type or no parameter.
[[nodiscard]] base::Result<EventType, ParseError> parse_event(std::string_view value);
/// Of a message. MissingHeader when it has none.
[[nodiscard]] base::Result<EventType, ParseError> event_of(const Message& message);
[[nodiscard]] std::string to_string(const EventType& event);

enum class Phase : std::uint8_t { Pending, Active, Terminated, Other };
using Why = SubscriptionChanged::Why;

/// `terminated;reason=probation;retry-after=60`: RFC 6665 section 4.1.3.
struct SubscriptionState {
  Phase phase = Phase::Active;
  Why reason = Why::None;  ///< Terminated: one of those that section 4.1.3 names, or Terminated for any other and none
  std::optional<std::chrono::seconds> expires{};
  std::optional<std::chrono::seconds> retry_after{};
};

/// Errors: MissingHeader, BadParameter. A number that cannot be read is as if it were not there.
[[nodiscard]] base::Result<SubscriptionState, ParseError> parse_subscription_state(std::string_view value);
/// Expires is written unless terminated, and a reason only then.
[[nodiscard]] std::string to_string(const SubscriptionState& state);
/// The word of section 4.1.3; "" for what has none there.
[[nodiscard]] std::string_view reason_word(Why why);

/// Answers after which a subscription is over, to a refresh (section 4.1.2.2) and to a NOTIFY (section 4.2.2) alike.
[[nodiscard]] bool ends_subscription(int status);

}  // namespace offhook::inline v0::sip::subscription
