#pragma once

#include <chrono>
#include <cstdint>

namespace offhook::inline v0::sip {

/// Whether a call is refreshed now and then, so that either side and the proxies between learn when the other is gone: RFC 4028.
struct SessionTimerOptions {
  enum class Use : std::uint8_t {
    Off,     ///< as if we had never heard of it; who requires it gets 420
    Accept,  ///< as the peer, or a proxy on the way, asks for it
    Ask,     ///< asked for in each call, in both directions; refreshed by us where the peer does not know session timers
  };
  /// Who refreshes, where the choice is ours: as caller it is asked for, as called side it is decided (RFC 4028 section 9, table
  /// 2).
  enum class Refresher : std::uint8_t { Either, Us, Them };
  Use use = Use::Accept;
  std::chrono::seconds interval{1800};  ///< that we ask for; not under `minimum`
  std::chrono::seconds minimum{90};     ///< that we agree to, else 422; less than 90 counts as 90: RFC 4028 section 9
  Refresher refresher = Refresher::Either;
};

}  // namespace offhook::inline v0::sip
