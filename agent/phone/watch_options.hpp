#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace offhook::inline v0::phone {

/// How much of a line somebody may see: RFC 4235 sections 3.6 and 3.7.2.
enum class View : std::uint8_t {
  Busy,   ///< whether somebody is on the line, and no more: what a call to it would tell, too
  Calls,  ///< each call: its state, with whom, and the names of its dialog, by which others can take it (RFC 3891)
};

struct AllowedWatcher {
  /// "sip:bert@pbx.example": as the account's registrar or one of its trusted_peers asserts it (RFC 3325). Or a user name of
  /// sip::CallerOptions, whose password was proven.
  std::string who;
  View view = View::Busy;
};

/// Who may watch our lines, one for each account, as the lamps of other telephones do: the dialog package, RFC 4235.
struct WatchOptions {
  std::vector<AllowedWatcher> allowed{};  ///< who is proven to be the line's own address sees its calls in any case
  /// true: who is not allowed is asked about (WatcherAsks); false: he gets 403.
  bool asks = false;
  /// The registrar challenges whoever names its domain, so that From of what it brings is proven, too.
  bool trusts_from = false;
  std::size_t most = 64;                  ///< watchers of this endpoint; a further one gets 503
  std::chrono::seconds longest{3600};     ///< that is granted; they refresh
};

}  // namespace offhook::inline v0::phone
