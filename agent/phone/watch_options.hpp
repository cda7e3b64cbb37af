#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace offhook::inline v0::phone {

/// The part of a line that a watcher may see: RFC 4235 sections 3.6 and 3.7.2.
enum class View : std::uint8_t {
  Busy,   ///< only whether the line is in use, which a call to it shows too
  Calls,  ///< each call: its state, its other party, and its dialog identifiers, with which other telephones can take it over (RFC 3891)
};

struct AllowedWatcher {
  /// An address, such as "sip:bert@pbx.example", that the account's registrar or one of its trusted_peers asserts (RFC 3325). Or a user name of
  /// sip::CallerOptions, if the watcher authenticates by this user's password.
  std::string who;
  View view = View::Busy;
};

/// The watchers that may see the state of the lines (one line for each account), for example to light lamps of telephones: the dialog package,
/// RFC 4235.
struct WatchOptions {
  std::vector<AllowedWatcher> allowed{};  ///< a watcher that is authenticated as the line's own address always sees the line's calls
  /// true: a watcher that is not allowed causes WatcherAsks; false: it gets 403.
  bool asks = false;
  /// true: the registrar challenges each request that names its domain, so the From of requests from the registrar is authenticated too.
  bool trusts_from = false;
  std::size_t most = 64;                  ///< largest number of watchers of this endpoint; a further watcher gets 503
  std::chrono::seconds longest{3600};     ///< longest granted time; watchers refresh their subscriptions
};

}  // namespace offhook::inline v0::phone
