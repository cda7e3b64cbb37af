#pragma once

#include <offhook/sip/session/invite_client_session.hpp>
#include <offhook/sip/session/invite_server_session.hpp>
#include <offhook/sip/stack/deadlines.hpp>
#include <offhook/sip/stack/dialog_index.hpp>
#include <offhook/sip/stack/stack_error.hpp>
#include <offhook/sip/stack/stack_parts.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace offhook::inline v0::sip {

/// All calls: finds the session for a request, a response or an operation, and carries out its actions.
class CallTable {
 public:
  CallTable(StackParts parts, std::uint64_t first_id);
  ~CallTable();

  /// Returns the status that refuses an INVITE outside dialogs if it names no user of ours, or if the user does not accept its source.
  /// Otherwise returns nullopt. Unknown sources get 403 for any user, so that they cannot learn which users exist.
  [[nodiscard]] std::optional<int> turn_away(const Message& invite, const Flow& flow, bool proven);

  // For requests that have a transaction and passed inspect().
  void on_invite(TransactionId id, base::TimePoint now);     ///< outside any dialog
  void on_in_dialog(TransactionId id, base::TimePoint now);  ///< with a tag in To
  void on_cancel(TransactionId cancel, std::optional<TransactionId> invite, base::TimePoint now);
  void on_refused(const Message& refused);                   ///< for a refused request; does nothing if its dialog is not one of ours
  [[nodiscard]] bool knows(const Message& in_dialog) const;  ///< true if its dialog is one of ours, and not over
  /// Returns the call of a request that has no transaction yet: by its dialog, or by the INVITE of a CANCEL. Returns 0 if the
  /// request belongs to no call.
  [[nodiscard]] std::uint64_t session_of(const Message& request) const;
  void on_ack(const Message& ack, base::TimePoint now);
  void on_outcome(const ClientRequests::Outcome& outcome, base::TimePoint now);
  void on_flow_failed(const Flow& flow);  ///< call it before the flow's requests take another flow
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return deadlines_.next(); }

  // For the operations of the layer above (Calls, Transfers).
  struct Leg;
  [[nodiscard]] const StackParts& parts() const { return parts_; }
  [[nodiscard]] Leg* find(SessionId id) const;
  [[nodiscard]] bool is_full() const;
  Leg& add(std::string call_id, std::string local_tag, std::optional<AccountId> account, std::string user);
  void carry_out(Leg& leg, session::Actions actions, base::TimePoint now);
  /// Runs `what(leg, actions)`, and carries out the actions if it returns true. Errors: UnknownSession, WrongState (`what`
  /// returned false).
  template <class Do>
  base::Result<void, StackError> command(SessionId id, base::TimePoint now, Do what);
  /// Does the same for an established call with `what(call, actions)`. Error before the answer: WrongState.
  template <class Do>
  base::Result<void, StackError> command_to_confirmed(SessionId id, base::TimePoint now, Do what);

  [[nodiscard]] std::string contact(std::uint64_t session, const Flow& flow) const;
  void set_accepting(bool accepting) { accepting_ = accepting; }
  [[nodiscard]] bool takes_calls() const { return accepting_ && !is_full(); }
  [[nodiscard]] std::size_t live() const { return live_; }
  [[nodiscard]] std::size_t timers() const { return deadlines_.size(); }
  [[nodiscard]] std::size_t size() const { return legs_.size(); }  ///< including calls that only wait for their last transactions
  [[nodiscard]] std::optional<Flow> way(std::uint64_t session) const;  ///< flow of the session's last message
  [[nodiscard]] bool uses(const Flow& flow) const;  ///< true if a call that is not over sent or received its last message over `flow`
  /// Returns the number of calls that are not over, or whose BYE still waits for an ACK.
  [[nodiscard]] std::size_t unfinished() const;
  /// Removes sessions that are over and have no transaction left.
  void collect();
  [[nodiscard]] bool is_consistent() const;

 private:
  [[nodiscard]] Leg* find(const Message& in_dialog) const;
  void send(const Leg& leg, session::Send request, base::TimePoint now);
  void respond(Leg& leg, const session::Respond& response, base::TimePoint now);
  [[nodiscard]] base::Result<std::optional<SessionId>, int> replaced_by(const Message& invite,
                                                                        std::optional<AccountId> account) const;
  [[nodiscard]] bool answer_challenge(Leg& leg, const ClientRequests::Outcome& outcome, session::Actions& actions,
                                      base::TimePoint now);

  StackParts parts_;
  std::uint64_t last_id_;
  bool accepting_ = true;
  std::size_t live_ = 0;
  std::unordered_map<SessionId, std::unique_ptr<Leg>> legs_;
  DialogIndex<SessionId> by_dialog_;
  std::vector<std::uint64_t> ended_;
  Deadlines<SessionId> deadlines_;
};

}  // namespace offhook::inline v0::sip
