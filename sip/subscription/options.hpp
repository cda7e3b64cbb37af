#pragma once

#include <offhook/sip/stack/events.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip::subscription {

/// An event package, with the id that old subscribers tell several subscriptions of one dialog apart by.
struct EventType {
  std::string package;  ///< "message-summary", templates included: "presence.winfo"
  std::optional<std::string> id{};
  /// Byte by byte, other parameters left aside: RFC 6665 section 8.2.1.
  friend bool operator==(const EventType&, const EventType&) = default;
};

struct SubscriberOptions {
  EventType event;
  std::string accept{};                ///< media types of bodies that we read, as in Accept; "": the package's own
  std::chrono::seconds expires{3600};  ///< 0: asks once, keeps nothing (RFC 6665 section 4.4.3)
  bool forks = false;                  ///< the package allows several dialogs of one SUBSCRIBE: RFC 6665 section 5.4.9
  bool persists = true;                ///< asks anew when it ended, where the reason allows
  HeaderList headers{};                ///< of each SUBSCRIBE
  Body body{};                         ///< of each SUBSCRIBE: a filter
  std::string refer_to{};              ///< not empty: a REFER outside of calls, whose subscription comes with it (RFC 3515)
};

/// Where a document counts itself, before it has a number.
inline constexpr std::string_view kVersionMark = "{version}";

/// How one package tells.
struct NotifyOptions {
  /// For so long a first SUBSCRIBE is not answered while its owner decides, so that a refusal is a response; then it gets 200, and
  /// "pending" (RFC 6665 section 4.2.1.3). 0: that at once.
  base::Duration patience{};
  base::Duration pace{};   ///< from one NOTIFY to the next; those that answer a SUBSCRIBE or end it do not wait (RFC 6665 section 5.4.10)
  bool counts = false;     ///< the first kVersionMark of a body becomes 0, 1, 2 ...: one more with each body that is sent
};

/// How long subscriptions of one package may last.
struct GrantOptions {
  std::chrono::seconds least{60};        ///< less is refused with 423; at most an hour is asked for (RFC 6665 section 4.2.1.1)
  std::chrono::seconds usual{3600};      ///< where the subscriber names none
  std::chrono::seconds most{3600};       ///< more is granted as this
};

}  // namespace offhook::inline v0::sip::subscription
