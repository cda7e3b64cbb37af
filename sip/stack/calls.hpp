#pragma once

#include <offhook/base/result.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>
#include <offhook/sip/model/events.hpp>
#include <offhook/sip/session/reliability.hpp>
#include <offhook/sip/session/session_timer_options.hpp>
#include <offhook/sip/stack/stack_error.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip {

/// The options of an outgoing call.
struct CallOptions {
  AccountId account;
  std::string target;                ///< Request-URI and To
  Body offer;
  HeaderList headers;
  bool through_registrar = true;     ///< false: directly to the target's host
  std::optional<SessionTimerOptions> session_timer{};  ///< instead of the account's
  std::optional<Reliability> reliability{};            ///< instead of the account's
  std::optional<Replaces> replaces{};                  ///< the call at the target that this call replaces: RFC 3891
  /// The call whose TransferRequested caused this call. Its peer gets reports on this call, and Referred-By names the referrer.
  std::optional<SessionId> for_transfer{};
  /// If privacy.any(), From is "Anonymous", and P-Preferred-Identity tells the registrar our identity (RFC 3325).
  Privacy privacy{};
  /// Most targets of 3xx responses to try, at most kMaxRedirections. 0: none; CallEnded::contacts then has the Contacts of the 3xx.
  unsigned max_redirections = 0;
};

/// Additions of the phone layer to one request or response of a call.
struct Extras {
  HeaderList headers{};            ///< at most kMaxCustomHeaders, without fields that the stack writes itself; otherwise the error is BadHeader
  std::optional<Reason> reason{};  ///< RFC 3326
};

/// Call-ID and our tag, which together are unique among our legs.
struct LegName { std::string call_id, local_tag; };
/// The dialog of a call. The peer's values are known at once for a received call, and after the peer's answer for our call.
struct DialogName { std::string call_id, local_tag, remote_tag, remote_target; };

class CallTable;

/// The calls of a stack: INVITE sessions (RFC 3261 section 13) and the requests within them. An operation on a session that has
/// ended returns WrongState or UnknownSession.
class Calls {
 public:
  explicit Calls(CallTable& table) : table_(table) {}

  [[nodiscard]] base::Result<SessionId, StackError> call(CallOptions options, base::TimePoint now);
  /// Sends a provisional response, 101 to 199, with or without a description. Errors: also WrongState for any other status.
  base::Result<void, StackError> provisional(SessionId id, int status, Body body, base::TimePoint now, HeaderList headers = {});
  base::Result<void, StackError> ring(SessionId id, base::TimePoint now, HeaderList headers = {});  ///< 180
  /// Sends 183 with early media. The peer acknowledges it (RFC 3262) if it supports that.
  base::Result<void, StackError> progress(SessionId id, Body body, base::TimePoint now, HeaderList headers = {});
  base::Result<void, StackError> answer(SessionId id, Body body, base::TimePoint now, Extras extras = {});  ///< 200, repeated until ACK
  base::Result<void, StackError> reject(SessionId id, int status, HeaderList headers, base::TimePoint now);
  /// Redirects with 300 to 399 and these URIs as Contacts, best first, at most kMaxContacts: RFC 3261 section 21.3. Errors: also
  /// BadUri (a bad URI, or no URI), TooLarge (too many), WrongState (another status).
  base::Result<void, StackError> redirect(SessionId id, const std::vector<std::string>& targets, base::TimePoint now,
                                          int status = 302, HeaderList headers = {});
  /// Sends CANCEL, BYE or a final response, by the call's state.
  base::Result<void, StackError> hang_up(SessionId id, base::TimePoint now, Extras extras = {});

  /// Sends an offer by re-INVITE. After a 491, the offer is retried (RFC 3261 section 14.1).
  base::Result<void, StackError> offer(SessionId id, Body body, base::TimePoint now, Extras extras = {});
  /// Sends an offer by UPDATE (RFC 3311), which the peer must answer at once. Ends in OfferAnswered or OfferRefused like offer().
  /// Before a 2xx, the first offer must have a reliable answer and the peer must allow UPDATE; `branch_tag` names the early
  /// dialog ("": the first that allows an offer). In an established call, a peer that does not allow UPDATE gets a re-INVITE.
  base::Result<void, StackError> update(SessionId id, Body body, base::TimePoint now, Extras extras = {},
                                        std::string_view branch_tag = {});
  /// Accepts an offer. `branch_tag` is from OfferReceived, if several early dialogs of a fork have offers; "" selects the offer
  /// that arrived first.
  base::Result<void, StackError> accept_offer(SessionId id, Body body, base::TimePoint now, std::string_view branch_tag = {});
  /// Refuses an offer with `status`, for example 488. The session stays as it was.
  base::Result<void, StackError> refuse_offer(SessionId id, int status, base::TimePoint now, std::string_view branch_tag = {});
  /// Informs the peer that another user of ours is connected now (RFC 4916 section 4.3): sends UPDATE with a changed From. Errors: also
  /// BadUri, and WrongState if the peer does not support `from-change` or UPDATE, or another UPDATE of ours is pending.
  base::Result<void, StackError> identify(SessionId id, const Party& party, base::TimePoint now, HeaderList headers = {});

  // Requests within an established call; MidCallAnswered reports their outcome.
  /// Sends INFO (RFC 6086). `package` "": INFO without a package.
  base::Result<void, StackError> info(SessionId id, std::string package, Body body, base::TimePoint now, Extras extras = {});
  base::Result<void, StackError> message(SessionId id, Body body, base::TimePoint now, Extras extras = {});  ///< RFC 3428
  base::Result<void, StackError> probe(SessionId id, base::TimePoint now, Extras extras = {});  ///< OPTIONS: checks whether the peer responds

  [[nodiscard]] std::size_t size() const;  ///< number of sessions that have not ended
  [[nodiscard]] LegName leg_name(SessionId id) const;        ///< both "" if the session is gone
  [[nodiscard]] DialogName dialog_name(SessionId id) const;  ///< all "" if the session is gone
  /// Returns the remote address of the session's last message. The address is unspecified if there was no message, or the session
  /// is gone.
  [[nodiscard]] base::SocketAddress peer(SessionId id) const;

 private:
  CallTable& table_;
};

}  // namespace offhook::inline v0::sip
