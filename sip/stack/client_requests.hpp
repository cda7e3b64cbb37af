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

/// Provides values that depend on the flow by which a request leaves.
class ContactSource {
 public:
  virtual ~ContactSource() = default;
  /// Returns our Contact for the flow of a request; "" for none.
  [[nodiscard]] virtual std::string contact(const Owner& owner, Method method, const Flow& flow) = 0;
  /// Returns the flow of the last message in the owner's dialog.
  [[nodiscard]] virtual std::optional<Flow> way(const Owner& owner) const = 0;
};

/// All requests that we send, from the look-up of the next hop to the end of their transaction. Writes Via and Contact, tries the
/// next address after a failure (RFC 3263 section 4.3), and sends CANCEL. Also sends the ACKs to 2xx responses and their
/// repetitions.
class ClientRequests {
 public:
  /// Silence after which a candidate is left while another remains. Much shorter than the transaction's timeout.
  static constexpr base::Duration kSilence = std::chrono::seconds(4);

  /// The outcome of a request. `response` is null if there will be none; otherwise it borrows until the next receive.
  struct Outcome {
    TransactionId id;
    Owner owner;
    const Message* response = nullptr;
    session::Failure failure = session::Failure::Timeout;
    /// For Unresolvable and Transport: the reason and the remedy, as text for users; "" if unknown.
    std::string trouble{};
  };
  struct Shared {  ///< parts of the stack, which must outlive this object
    transaction::Timers timers;
    std::string user_agent;
    base::Random& random;
    Outbox& outbox;
    transaction::TransactionTable& table;
    ContactSource& contacts;
    std::uint64_t& last_id;
    std::uint64_t& last_query_id;
    StackCounters& counters;
    std::size_t datagram_limit;  ///< a larger request uses TCP; 0: no limit
    const Capabilities& can;
  };

  explicit ClientRequests(Shared shared);
  ~ClientRequests();

  void send(Outgoing request, base::TimePoint now);
  /// Sends a copy of an answered request with credentials, over the same flow.
  void send_again(TransactionId answered, std::uint32_t cseq, Authorizations authorizations, AuthAttempt attempt,
                  base::TimePoint now);
  /// Cancels the INVITE or re-INVITE, with these header fields. If it has no provisional response yet, waits for the first one.
  void cancel(const Owner& owner, HeaderList headers, base::TimePoint now);
  /// Drops the owner's INVITE if it was not sent yet; the outcome is then its failure.
  void withdraw(std::uint64_t session, HeaderList headers, base::TimePoint now);
  /// The call is over: its INVITEs without final response end within 64 * T1.
  void limit(std::uint64_t session, base::TimePoint now);
  void send_ack(std::uint64_t session, session::SendAck ack, base::TimePoint now);

  /// Returns false if the response matches no request of ours.
  [[nodiscard]] bool on_response(const Message& response, const Flow& flow, base::TimePoint now);
  /// Returns false if it is not our query.
  bool on_answer(QueryId query, QueryResult result, base::TimePoint now);
  void on_flow_failed(const Flow& flow, std::string_view why, base::TimePoint now);
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return deadlines_.next(); }

  [[nodiscard]] std::optional<Outcome> take_outcome();
  /// The next four functions return data of the request in an outcome. The data is valid until collect().
  [[nodiscard]] const Outgoing* request(TransactionId id) const;
  [[nodiscard]] const Flow* flow(TransactionId id) const;
  /// Returns our end of the route: our listening address, or the connection's local end once it is known (Route::local).
  [[nodiscard]] std::optional<base::SocketAddress> own_end(TransactionId id) const;
  [[nodiscard]] const std::vector<Route>* routes(TransactionId id) const;  ///< all routes to which its next hop resolved

  /// Removes what has ended, and appends the sessions that owned it to `ended`.
  void collect(std::vector<std::uint64_t>& ended);
  [[nodiscard]] bool owns_any(std::uint64_t session) const { return open_.contains(session); }
  /// Forgets the addresses that were looked up for this session.
  void forget(std::uint64_t session) { hops_.forget(session); }
  [[nodiscard]] std::size_t size() const { return records_.size(); }
  void add_to(StackSizes& sizes) const;
  [[nodiscard]] bool uses(const Flow& flow) const;
  /// Returns the number of requests that wait for their final response or for the address of their next hop, and of ACKs that
  /// wait for an address.
  [[nodiscard]] std::size_t unfinished() const;
  [[nodiscard]] bool is_consistent() const;

 private:
  struct Record;
  struct PendingAck {  // waits for the address of its next hop
    std::uint64_t session = 0;
    TransactionId invite;
    session::SendAck ack;
    Hop hop;
  };

  struct WrittenAck {  // sent again for each repetition of its 2xx
    PendingAck what;
    Flow flow, datagrams;  // The flow that it took, and the UDP flow of a smaller ACK.
    std::string bytes;
  };
  struct LargeAck {  // waits for a connection, which may fail
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
  enum class Leaving : std::uint8_t { Done, Waiting };  // Waiting: it may still respond.
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
    std::size_t place = 0;  // 0: the next hop; others: its alternatives.
  };
  std::unordered_map<QueryId, LookUp> look_ups_;
  std::unordered_map<QueryId, TransactionId> stream_look_ups_;  // For requests that are too large for a datagram.
  std::unordered_map<QueryId, PendingAck> pending_acks_;
  std::unordered_map<QueryId, LargeAck> large_acks_;
  CandidateMemory memory_;
  CallHops hops_;
  std::map<Owner, TransactionId> current_;               // The latest request of each owner and purpose.
  std::unordered_map<std::uint64_t, std::size_t> open_;  // Number of records and pending ACKs per session.
  std::vector<Outcome> outcomes_;
  std::vector<TransactionId> dead_;
  std::vector<std::uint64_t> released_;
  Deadlines<TransactionId> deadlines_;
};

}  // namespace offhook::inline v0::sip
