#pragma once

#include <offhook/base/result.hpp>
#include <offhook/base/time.hpp>
#include <offhook/sip/model/events.hpp>
#include <offhook/sip/stack/stack_error.hpp>

#include <optional>
#include <string>

namespace offhook::inline v0::sip {

/// The options of our REFER: RFC 3515.
struct ReferOptions {
  std::string target{};  ///< Refer-To; if "" and `replaces` is set: the Contact of the peer of that call
  /// Attended transfer: our call with the target, which the transferee's call is to replace (RFC 3891).
  std::optional<SessionId> replaces{};
  bool reports = true;                       ///< false: request no reports of the outcome; the peer must support it (RFC 4488)
  std::optional<std::string> referred_by{};  ///< a URI (RFC 3892); nullopt: the account's address; "": omitted
  HeaderList headers{};
};

class CallTable;

/// Transfers of established calls by REFER: RFC 3515. An operation on a session that has ended returns WrongState or UnknownSession.
class Transfers {
 public:
  explicit Transfers(CallTable& table) : table_(table) {}

  /// Asks the peer to call another target. Ends in TransferProgress. Errors: also BadUri, BadHeader.
  base::Result<void, StackError> refer(SessionId id, ReferOptions options, base::TimePoint now);
  /// Answers TransferRequested with 202; then use Calls::call() with CallOptions::for_transfer, or report().
  base::Result<void, StackError> accept(SessionId id, base::TimePoint now, HeaderList headers = {});
  base::Result<void, StackError> decline(SessionId id, int status, base::TimePoint now, HeaderList headers = {});  ///< for example 603
  /// Sends a NOTIFY with this status; needed if the phone layer does not use Calls::call().
  base::Result<void, StackError> report(SessionId id, int status, base::TimePoint now);
  /// Returns true if the peer of an established call supports `replaces`, so that a REFER with `ReferOptions::replaces` can work.
  [[nodiscard]] bool peer_replaces(SessionId id) const;

 private:
  CallTable& table_;
};

}  // namespace offhook::inline v0::sip
