#pragma once

#include <chrono>
#include <cstdint>

namespace offhook::inline v0::sip {

/// Configures session refreshes, by which both sides and the proxies between them notice that a side is gone: RFC 4028.
struct SessionTimerOptions {
  enum class Use : std::uint8_t {
    Off,     ///< behave as without this extension; an INVITE that requires it gets 420
    Accept,  ///< use the timer if the peer, or a proxy on the way, requests it
    Ask,     ///< request the timer in each call, in both directions; we refresh if the peer does not support session timers
  };
  /// The side that refreshes, if we have the choice. As caller we request it; as called side we decide it (RFC 4028 section 9,
  /// table 2).
  enum class Refresher : std::uint8_t { Either, Us, Them };
  Use use = Use::Accept;
  std::chrono::seconds interval{1800};  ///< interval to request; at least `minimum`
  std::chrono::seconds minimum{90};     ///< shortest interval to accept, otherwise 422; less than 90 counts as 90: RFC 4028 section 9
  Refresher refresher = Refresher::Either;
};

}  // namespace offhook::inline v0::sip
