#pragma once

#include <offhook/base/random.hpp>
#include <offhook/sip/stack/call_hops.hpp>
#include <offhook/sip/stack/candidate_memory.hpp>
#include <offhook/sip/stack/deadlines.hpp>
#include <offhook/sip/stack/outbox.hpp>
#include <offhook/sip/stack/outgoing.hpp>
#include <offhook/sip/transaction/invite_client.hpp>
#include <offhook/sip/transaction/non_invite_client.hpp>
#include <offhook/sip/transaction/transaction_table.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace offhook::inline v0::sip {

using transaction::TransactionId;

struct StackCounters;
struct StackSizes;

/// What a request has to be asked for as it leaves.
class ContactSource {
 public:
  virtual ~ContactSource() = default;
  /// Our Contact, which depends on the way that the request takes. "" for none.
  [[nodiscard]] virtual std::string contact(const Owner& owner, Method method, const Flow& flow) = 0;
  /// The way that the last message of the owner's dialog took.
  [[nodiscard]] virtual std::optional<Flow> way(const Owner& owner) const = 0;
};

/// All requests of ours, from the look-up of the next hop to the end of their transaction: Via and Contact, the next address
/// after a failure (RFC 3263 section 4.3), CANCEL, and the ACKs to 2xx, which it repeats.
class ClientRequests {
 public:
  /// A candidate that says nothing for so long is left while another remains, well before its transaction would time out.
  static constexpr base::Duration kSilence = std::chrono::seconds(4);

  /// What became of a request. `response` is null when there will be none, and otherwise borrows until the next receive.
  struct Outcome {
    TransactionId id;
    Owner owner;
    const Message* response = nullptr;
    session::Failure failure = session::Failure::Timeout;
    std::string trouble{};  ///< Unresolvable, Transport: why, and what to do, for people; "" when that is not known.
  };
  struct Shared {  ///< Parts of the stack, which outlive this.
    transaction::Timers timers;
    std::string user_agent;
    base::Random& random;
    Outbox& outbox;
    transaction::TransactionTable& table;
    ContactSource& contacts;
    std::uint64_t& last_id;
    std::uint64_t& last_query_id;
    StackCounters& counters;
    std::size_t datagram_limit;  ///< a larger request takes TCP; 0: none does
    const Capabilities& can;
  };

  explicit ClientRequests(Shared shared);
  ~ClientRequests();

  void send(Outgoing request, base::TimePoint now);
  /// Sends a copy of an answered request with credentials, by the same way.
  void send_again(TransactionId answered, std::uint32_t cseq, Authorizations authorizations, AuthAttempt attempt,
                  base::TimePoint now);
  /// CANCELs the INVITE or re-INVITE with these header fields, at its first provisional response when there is none yet.
  void cancel(const Owner& owner, HeaderList headers, base::TimePoint now);
  /// Drops the owner's INVITE when it has not left yet; its failure is then the outcome.
  void withdraw(std::uint64_t session, HeaderList headers, base::TimePoint now);
  /// The call is over: its INVITEs that got no final response end within 64 * T1.
  void limit(std::uint64_t session, base::TimePoint now);
  void send_ack(std::uint64_t session, session::SendAck ack, base::TimePoint now);

  /// False: no request of ours that it could answer.
  [[nodiscard]] bool on_response(const Message& response, const Flow& flow, base::TimePoint now);
  /// False: not a query of ours.
  bool on_answer(QueryId query, QueryResult result, base::TimePoint now);
  void on_flow_failed(const Flow& flow, std::string_view why, base::TimePoint now);
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return deadlines_.next(); }

  [[nodiscard]] std::optional<Outcome> take_outcome();
  /// Of the request behind an outcome; valid until collect().
  [[nodiscard]] const Outgoing* request(TransactionId id) const;
  [[nodiscard]] const Flow* flow(TransactionId id) const;
  /// Our end of the way that it took: where we listen, or the connection's own, once that is known (Route::local).
  [[nodiscard]] std::optional<base::SocketAddress> own_end(TransactionId id) const;
  [[nodiscard]] const std::vector<Route>* routes(TransactionId id) const;  ///< All that its next hop resolved to.

  /// Removes what has ended; `ended` gets the sessions that owned it.
  void collect(std::vector<std::uint64_t>& ended);
  [[nodiscard]] bool owns_any(std::uint64_t session) const { return open_.contains(session); }
  /// Forgets the addresses that were looked up for this session.
  void forget(std::uint64_t session) { hops_.forget(session); }
  [[nodiscard]] std::size_t size() const { return records_.size(); }
  void add_to(StackSizes& sizes) const;
  [[nodiscard]] bool uses(const Flow& flow) const;
  /// Requests that wait for their final answer, for the address of their next hop, or for that of an ACK.
  [[nodiscard]] std::size_t unfinished() const;
  [[nodiscard]] bool is_consistent() const;

 private:
  struct Record;
  struct PendingAck {  // Waits for the address of its next hop.
    std::uint64_t session = 0;
    TransactionId invite;
    session::SendAck ack;
    Hop hop;
  };

  struct WrittenAck {  // Is sent again for each repeat of its 2xx.
    PendingAck what;
    Flow flow, datagrams;  // The way that it took, and the one that it would have taken if it were smaller.
    std::string bytes;
  };
  struct LargeAck {  // Waits for a connection, which may not come.
    PendingAck what;
    Flow datagrams;
  };

  Record& make(Outgoing request);
  [[nodiscard]] Record* find(TransactionId id) const;
  void take_routes(Record& record, std::size_t place, QueryResult result, base::TimePoint now);
  void look_up(Record& record, base::TimePoint now);
  [[nodiscard]] bool take_way_back(Record& record, base::TimePoint now);
  [[nodiscard]] QueryId query(const Hop& hop);
  void launch(Record& record, base::TimePoint now);
  enum class Leaving : std::uint8_t { Done, Waiting };  // Waiting: it may still answer.
  [[nodiscard]] bool try_next_route(Record& record, std::optional<std::chrono::seconds> retry_after, Leaving how,
                                    base::TimePoint now);
  void pass_on(Record& from, Record& to, Leaving how);
  [[nodiscard]] bool on_left(Record& record, const Message& response, base::TimePoint now);
  void take_back(Record& record, Leaving how, base::TimePoint now);
  [[nodiscard]] bool hand_back(Record& record, base::TimePoint now);
  void give_up_others(Record& record, base::TimePoint now);
  void drop_out(Record& record);
  void on_late(Record& record, const Message& response, base::TimePoint now);
  [[nodiscard]] bool look_up_stream(Record& record, base::TimePoint now);
  bool on_stream_answer(QueryId query, QueryResult& result, base::TimePoint now);
  void watch(Record& record);
  void mind_silence(const Record& record);
  void carry_out(Record& record, transaction::Actions actions, const Message* response, base::TimePoint now);
  void deliver(Record& record, const Message& response, base::TimePoint now);
  void send_cancel(Record& invite, base::TimePoint now);
  void prefer_route(const Record& record);
  [[nodiscard]] static bool is_in_dialog(const Outgoing& request);
  [[nodiscard]] static bool loses(const Outgoing& request, int status);
  void fail(Record& record, session::Failure failure, base::TimePoint now);
  void learn_own_end(Record& record, const Flow& connection);
  void finish(Record& record);
  void send_ack(PendingAck pending, base::TimePoint now);
  [[nodiscard]] bool on_ack_answer(QueryId query, const QueryResult& result, base::TimePoint now);
  [[nodiscard]] bool on_large_ack_answer(QueryId query, const QueryResult& result);
  void write_ack(PendingAck pending, const Flow& flow, base::TimePoint now);
  [[nodiscard]] std::string ack_text(const PendingAck& pending, const Flow& flow);
  void transmit_ack(PendingAck pending, const Flow& flow, const Flow& datagrams, std::string bytes);
  void acks_by_datagram(const Flow& failed, base::TimePoint now);
  void hold_for(std::uint64_t session);
  void release_for(std::uint64_t session);
  [[nodiscard]] std::string write(const Outgoing& request, const Flow& flow, std::string_view branch);
  [[nodiscard]] Record* find_invite(const Owner& owner);
  void hold(const Owner& owner);
  void release(const Owner& owner);

  Shared shared_;
  std::unordered_map<TransactionId, std::unique_ptr<Record>> records_;
  struct LookUp {
    TransactionId request;
    std::size_t place = 0;  // 0: its next hop; others: its alternatives.
  };
  std::unordered_map<QueryId, LookUp> look_ups_;
  std::unordered_map<QueryId, TransactionId> stream_look_ups_;  // Of requests that are too large for a datagram.
  std::unordered_map<QueryId, PendingAck> pending_acks_;
  std::unordered_map<QueryId, LargeAck> large_acks_;
  CandidateMemory memory_;
  CallHops hops_;
  std::map<Owner, TransactionId> current_;               // The latest of its purpose.
  std::unordered_map<std::uint64_t, std::size_t> open_;  // Records and pending ACKs of a session.
  std::vector<Outcome> outcomes_;
  std::vector<TransactionId> dead_;
  std::vector<std::uint64_t> released_;
  Deadlines<TransactionId> deadlines_;
};

}  // namespace offhook::inline v0::sip
