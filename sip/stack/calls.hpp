#pragma once

#include <offhook/base/random.hpp>
#include <offhook/sip/session/invite_client_session.hpp>
#include <offhook/sip/session/invite_server_session.hpp>
#include <offhook/sip/stack/accounts.hpp>
#include <offhook/sip/stack/client_requests.hpp>
#include <offhook/sip/stack/deadlines.hpp>
#include <offhook/sip/stack/dialog_index.hpp>
#include <offhook/sip/stack/server_requests.hpp>
#include <offhook/sip/stack/stack.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace offhook::inline v0::sip {

/// All calls: finds the session that a request, a response or a command is for, and carries out what it asks for.
class Calls {
 public:
  struct Shared {  ///< Parts of the stack, which outlive this.
    transaction::Timers timers;
    base::Random& random;
    Outbox& outbox;
    ClientRequests& clients;
    ServerRequests& servers;
    Accounts& accounts;
    StackCounters& counters;
    std::uint64_t first_id;
    std::size_t max_sessions;
  };

  explicit Calls(Shared shared);
  ~Calls();

  /// The status for an INVITE outside any dialog that is for none of our users, or from nobody whose calls they take. 403 to
  /// strangers whomever they ask for: they must not learn which of our users there are.
  [[nodiscard]] std::optional<int> turn_away(const Message& invite, const Flow& flow, bool proven);

  // Requests that have a transaction, and have been inspected.
  void on_invite(TransactionId id, base::TimePoint now);     ///< Outside any dialog.
  void on_in_dialog(TransactionId id, base::TimePoint now);  ///< With a tag in To.
  void on_cancel(TransactionId cancel, std::optional<TransactionId> invite, base::TimePoint now);
  void see(const Message& refused);  ///< In a dialog, perhaps one of ours.
  [[nodiscard]] bool knows(const Message& in_dialog) const;  ///< Its dialog is one of ours, and not over.
  /// The call that a request which has no transaction yet belongs to: by its dialog, or as the CANCEL of its INVITE. 0: none.
  [[nodiscard]] std::uint64_t session_of(const Message& request) const;
  void on_ack(const Message& ack, base::TimePoint now);
  void on_outcome(const ClientRequests::Outcome& outcome, base::TimePoint now);
  void on_flow_failed(const Flow& flow);  ///< Before its requests take another flow.
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return deadlines_.next(); }

  [[nodiscard]] base::Result<SessionId, StackError> call(CallOptions options, base::TimePoint now);
  base::Result<void, StackError> provisional(SessionId id, int status, Body body, HeaderList headers, base::TimePoint now);
  base::Result<void, StackError> answer(SessionId id, Body body, Extras extras, base::TimePoint now);
  base::Result<void, StackError> reject(SessionId id, int status, HeaderList headers, base::TimePoint now);
  base::Result<void, StackError> redirect(SessionId id, const std::vector<std::string>& targets, int status, HeaderList headers,
                                          base::TimePoint now);
  base::Result<void, StackError> hang_up(SessionId id, Extras extras, base::TimePoint now);
  base::Result<void, StackError> offer(SessionId id, Body body, Extras extras, base::TimePoint now);
  base::Result<void, StackError> update(SessionId id, Body body, std::string_view branch, Extras extras, base::TimePoint now);
  base::Result<void, StackError> accept_offer(SessionId id, Body body, std::string_view branch, base::TimePoint now);
  base::Result<void, StackError> refuse_offer(SessionId id, int status, std::string_view branch, base::TimePoint now);
  base::Result<void, StackError> identify(SessionId id, const Party& party, HeaderList headers, base::TimePoint now);
  base::Result<void, StackError> refer(SessionId id, ReferOptions options, base::TimePoint now);
  base::Result<void, StackError> accept_transfer(SessionId id, HeaderList headers, base::TimePoint now);
  base::Result<void, StackError> decline_transfer(SessionId id, int status, HeaderList headers, base::TimePoint now);
  base::Result<void, StackError> report_transfer(SessionId id, int status, base::TimePoint now);
  /// INFO, MESSAGE or OPTIONS. `fields`: the stack's own.
  base::Result<void, StackError> send(SessionId id, session::Purpose purpose, HeaderList fields, Body body, Extras extras,
                                      base::TimePoint now);

  [[nodiscard]] std::string contact(std::uint64_t session, const Flow& flow) const;
  void set_accepting(bool accepting) { accepting_ = accepting; }
  [[nodiscard]] bool takes_calls() const { return accepting_ && live_ < shared_.max_sessions; }
  [[nodiscard]] std::size_t live() const { return live_; }
  [[nodiscard]] std::size_t timers() const { return deadlines_.size(); }
  [[nodiscard]] std::size_t size() const { return legs_.size(); }  ///< With those that only wait for their last transactions.
  [[nodiscard]] std::optional<Flow> way(std::uint64_t session) const;  ///< that its last message took
  [[nodiscard]] bool uses(const Flow& flow) const;  ///< Its last message came or went that way, and it is not over.
  /// Calls that are up, or are over but for their BYE.
  [[nodiscard]] std::size_t unfinished() const;
  [[nodiscard]] LegName name(SessionId id) const;
  [[nodiscard]] bool peer_replaces(SessionId id) const;
  [[nodiscard]] DialogName dialog_name(SessionId id) const;
  /// Removes the sessions that are over and own no transaction any more.
  void collect();
  [[nodiscard]] bool is_consistent() const;

 private:
  struct Leg;
  [[nodiscard]] Leg* find(SessionId id) const;
  [[nodiscard]] Leg* find(const Message& in_dialog) const;
  Leg& add(SessionId id, std::string call_id, std::string local_tag, std::optional<AccountId> account, std::string user);
  void carry_out(Leg& leg, session::Actions actions, base::TimePoint now);
  void respond(Leg& leg, const session::Respond& response, base::TimePoint now);
  [[nodiscard]] base::Result<std::optional<SessionId>, int> replaced_by(const Message& invite,
                                                                        std::optional<AccountId> account) const;
  void end_replaced(SessionId id, base::TimePoint now);
  void report(Leg& leg, const Event& event, base::TimePoint now);
  static void add_extras(const Leg& leg, session::Send& send);
  void learn_peer(Leg& leg, const Message& request, const Flow& flow);
  void add_carried(const Leg& leg, const Message& message, session::Actions& actions) const;
  static void add_reason(const std::string& trouble, session::Actions& actions);
  [[nodiscard]] bool answer_challenge(Leg& leg, const ClientRequests::Outcome& outcome, session::Actions& actions,
                                      base::TimePoint now);
  template <class Do>
  base::Result<void, StackError> command(SessionId id, base::TimePoint now, Do what);
  template <class Do>
  base::Result<void, StackError> command_to_confirmed(SessionId id, base::TimePoint now, Do what);

  Shared shared_;
  std::uint64_t last_id_;
  bool accepting_ = true;
  std::size_t live_ = 0;
  std::unordered_map<SessionId, std::unique_ptr<Leg>> legs_;
  DialogIndex<SessionId> by_dialog_;
  std::vector<std::uint64_t> ended_;
  Deadlines<SessionId> deadlines_;
};

}  // namespace offhook::inline v0::sip
