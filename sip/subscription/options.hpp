#pragma once

#include <offhook/sip/model/events.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip::subscription {

/// An event package and an id. Old subscribers use the id to distinguish several subscriptions of one dialog.
struct EventType {
  std::string package;  ///< "message-summary", or with templates: "presence.winfo"
  std::optional<std::string> id{};
  /// Compares byte by byte and ignores other parameters: RFC 6665 section 8.2.1.
  friend bool operator==(const EventType&, const EventType&) = default;
};

struct SubscriberOptions {
  EventType event;
  std::string accept{};                ///< media types that we can read, as in Accept; "": the package's default
  std::chrono::seconds expires{3600};  ///< 0: fetches the state once (RFC 6665 section 4.4.3)
  bool forks = false;                  ///< the package allows several dialogs per SUBSCRIBE: RFC 6665 section 5.4.9
  bool persists = true;                ///< true: subscribe again after the subscription ends, if the reason of its end allows that
  HeaderList headers{};                ///< added to each SUBSCRIBE
  Body body{};                         ///< body of each SUBSCRIBE: a filter
  std::string refer_to{};              ///< not empty: send a REFER outside calls, which creates the subscription (RFC 3515)
};

/// Placeholder for the version in a document that has no number yet.
inline constexpr std::string_view kVersionMark = "{version}";

/// The rules for the NOTIFYs of one package.
struct NotifyOptions {
  /// Longest time that the first SUBSCRIBE waits for the owner's decision, so that the owner can still refuse it with a response.
  /// After this time the subscriber gets 200 and a NOTIFY "pending" (RFC 6665 section 4.2.1.3). 0: the subscriber gets both at
  /// once.
  base::Duration patience{};
  /// Shortest time between two NOTIFYs. Does not apply to a NOTIFY that follows a SUBSCRIBE or the owner's decision
  /// (RFC 6665 section 5.4.10).
  base::Duration pace{};
  bool counts = false;     ///< replace the first kVersionMark in a body by 0, 1, 2, ...: one more with each body sent
};

/// Bounds on the duration of subscriptions of one package.
struct GrantOptions {
  std::chrono::seconds least{60};        ///< a shorter request gets 423, unless it is for an hour or more (RFC 6665 section 4.2.1.1)
  std::chrono::seconds usual{3600};      ///< granted if the subscriber requests no duration
  std::chrono::seconds most{3600};       ///< a longer request is reduced to this
};

}  // namespace offhook::inline v0::sip::subscription
