#pragma once

#include <offhook/base/time.hpp>
#include <offhook/sip/dialog/dialog.hpp>
#include <offhook/sip/message/message.hpp>
#include <offhook/sip/session/actions.hpp>
#include <offhook/sip/session/replacement.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace offhook::inline v0::sip::session {

class ConfirmedCall;

/// One call's signalling, from its first INVITE to its last BYE, driven by the stack. Pure: no I/O, no clock. A command that the
/// state does not allow returns false and changes nothing.
class Session {
 public:
  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  virtual ~Session() = default;

  /// Returns the dialog that the tags of a request identify, or null if this session has none.
  [[nodiscard]] virtual Dialog* dialog_of(const Message& request) = 0;

  // Events from the network. The Call-ID and To tag of a request already match; the session checks the From tag (481).
  virtual void on_request(TransactionId id, const Message& request, base::TimePoint now, Actions& out) = 0;
  virtual void on_ack(const Message& ack, base::TimePoint now, Actions& out) = 0;  ///< for our 2xx
  virtual void on_cancel(TransactionId invite, const Message& cancel, base::TimePoint now, Actions& out) = 0;
  virtual void on_response(Purpose purpose, const Message& response, base::TimePoint now, Actions& out) = 0;
  /// Call this when there will be no response to the request `sent`.
  virtual void on_failure(Purpose purpose, const RequestHead& sent, Failure failure, base::TimePoint now, Actions& out) = 0;
  virtual void on_time(base::TimePoint now, Actions& out) = 0;
  [[nodiscard]] virtual std::optional<base::TimePoint> next_deadline() const = 0;

  // Commands from the phone layer.
  [[nodiscard]] virtual bool hang_up(base::TimePoint now, Actions& out) = 0;
  /// Sends an offer by re-INVITE.
  [[nodiscard]] virtual bool offer(Body body, HeaderList headers, base::TimePoint now, Actions& out) = 0;
  /// Sends an offer by UPDATE. Before a 2xx, returns false if the peer does not allow UPDATE. `branch` then names the early
  /// dialog; "" selects the first one that allows an offer. After the 2xx, sends a re-INVITE if the peer does not allow UPDATE.
  [[nodiscard]] virtual bool update(Body body, HeaderList headers, std::string_view branch, base::TimePoint now,
                                    Actions& out) = 0;
  /// `branch` is the early dialog of the offer; "" selects the waiting offer that arrived first.
  [[nodiscard]] virtual bool accept_offer(Body body, std::string_view branch, base::TimePoint now, Actions& out) = 0;
  [[nodiscard]] virtual bool refuse_offer(int status, std::string_view branch, base::TimePoint now, Actions& out) = 0;
  /// Returns the established call, which has the operations within a call, or null before the call is established.
  [[nodiscard]] virtual ConfirmedCall* confirmed() = 0;
  /// Returns the state of the dialog with this remote tag: RFC 3891 section 3.
  [[nodiscard]] virtual Standing standing(std::string_view remote_tag) = 0;

  /// Returns the CSeq to repeat the request `sent` with credentials (RFC 3261 section 22.2). Returns nullopt if it must not be
  /// repeated.
  [[nodiscard]] virtual std::optional<std::uint32_t> take_cseq(Purpose purpose, const RequestHead& sent, Actions& out) = 0;
  /// Returns true after CallEnded was reported. Pending transmissions and repetitions continue.
  [[nodiscard]] virtual bool is_over() const = 0;
  [[nodiscard]] virtual bool is_consistent() const = 0;
};

}  // namespace offhook::inline v0::sip::session
