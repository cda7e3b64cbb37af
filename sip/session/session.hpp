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

/// One call's signalling, from its first INVITE to its last BYE, as the stack drives it. Pure: no I/O, no clock. Commands that
/// the state does not allow return false and change nothing.
class Session {
 public:
  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  virtual ~Session() = default;

  /// The dialog that the tags of a request name; null when it is none of ours.
  [[nodiscard]] virtual Dialog* dialog_of(const Message& request) = 0;

  // From the network. Requests are those whose Call-ID and To tag are ours; the From tag is checked here (481).
  virtual void on_request(TransactionId id, const Message& request, base::TimePoint now, Actions& out) = 0;
  virtual void on_ack(const Message& ack, base::TimePoint now, Actions& out) = 0;  ///< For a 2xx of ours.
  virtual void on_cancel(TransactionId invite, const Message& cancel, base::TimePoint now, Actions& out) = 0;
  virtual void on_response(Purpose purpose, const Message& response, base::TimePoint now, Actions& out) = 0;
  /// Of the request that went out as `sent`.
  virtual void on_failure(Purpose purpose, const RequestHead& sent, Failure failure, base::TimePoint now, Actions& out) = 0;
  virtual void on_time(base::TimePoint now, Actions& out) = 0;
  [[nodiscard]] virtual std::optional<base::TimePoint> next_deadline() const = 0;

  // From the phone.
  [[nodiscard]] virtual bool hang_up(base::TimePoint now, Actions& out) = 0;
  /// By re-INVITE.
  [[nodiscard]] virtual bool offer(Body body, HeaderList headers, base::TimePoint now, Actions& out) = 0;
  /// By UPDATE: before there is a 2xx in the early dialog `branch` ("": the first that can), and after it where the peer
  /// allows it.
  [[nodiscard]] virtual bool update(Body body, HeaderList headers, std::string_view branch, base::TimePoint now,
                                    Actions& out) = 0;
  /// `branch`: the early dialog whose offer it is; "": the one that came first.
  [[nodiscard]] virtual bool accept_offer(Body body, std::string_view branch, base::TimePoint now, Actions& out) = 0;
  [[nodiscard]] virtual bool refuse_offer(int status, std::string_view branch, base::TimePoint now, Actions& out) = 0;
  /// The call between two sides that have both agreed to it, for all that they may ask of each other then; null before.
  [[nodiscard]] virtual ConfirmedCall* confirmed() = 0;
  /// What the dialog with this tag of the peer is: RFC 3891 section 3.
  [[nodiscard]] virtual Standing standing(std::string_view remote_tag) = 0;

  /// The CSeq for sending this request, which went out as `sent`, again with credentials (RFC 3261 section 22.2); nothing: it
  /// shall not be sent again.
  [[nodiscard]] virtual std::optional<std::uint32_t> take_cseq(Purpose purpose, const RequestHead& sent, Actions& out) = 0;
  /// CallEnded was told. What is still to be sent or repeated goes on.
  [[nodiscard]] virtual bool is_over() const = 0;
  [[nodiscard]] virtual bool is_consistent() const = 0;
};

}  // namespace offhook::inline v0::sip::session
