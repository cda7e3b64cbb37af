#pragma once

#include <offhook/base/random.hpp>
#include <offhook/sip/stack/client_acks.hpp>
#include <offhook/sip/stack/client_records.hpp>
#include <offhook/sip/stack/contact_source.hpp>
#include <offhook/sip/stack/next_hops.hpp>
#include <offhook/sip/stack/outbox.hpp>
#include <offhook/sip/stack/outgoing.hpp>
#include <offhook/sip/stack/route_look_ups.hpp>
#include <offhook/sip/transaction/transaction_table.hpp>

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::sip {

using transaction::TransactionId;

struct StackCounters;
struct StackSizes;

/// All requests that we send, from the look-up of the next hop to the end of their transaction. Writes Via and Contact, tries the
/// next address after a failure (RFC 3263 section 4.3), and sends CANCEL.
class ClientRequests {
 public:
  /// If a candidate is silent for this time, the request goes to the next candidate, if there is one. Much shorter than the
  /// transaction's timeout.
  static constexpr base::Duration kSilence = std::chrono::seconds(4);

  /// The outcome of a request. `response` is null if there will be none; otherwise it is valid until the next receive().
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
  ClientRequests(const ClientRequests&) = delete;
  ClientRequests& operator=(const ClientRequests&) = delete;

  void send(Outgoing request, base::TimePoint now);
  /// Sends a copy of an answered request with credentials, over the same flow.
  void send_again(TransactionId answered, std::uint32_t cseq, Authorizations authorizations, AuthAttempt attempt,
                  base::TimePoint now);
  /// Cancels the INVITE or re-INVITE, with these header fields. If it has no provisional response yet, CANCEL is sent after the
  /// first one.
  void cancel(const Owner& owner, HeaderList headers, base::TimePoint now);
  /// Drops the owner's INVITE if it was not sent yet; its outcome is then a Timeout. If it was sent, CANCEL follows its first
  /// provisional response.
  void withdraw(std::uint64_t session, HeaderList headers, base::TimePoint now);
  /// Call this when the call is over: its INVITEs without final response end within 64 * T1.
  void limit(std::uint64_t session, base::TimePoint now);
  void send_ack(std::uint64_t session, session::SendAck ack, base::TimePoint now);

  /// Returns false if the response matches no request of ours.
  [[nodiscard]] bool on_response(const Message& response, const Flow& flow, base::TimePoint now);
  /// Processes the result of a look-up. Returns false if the query is not one of this object.
  bool on_answer(QueryId query, QueryResult result, base::TimePoint now);
  void on_flow_failed(const Flow& flow, std::string_view why, base::TimePoint now);
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return records_.next_deadline(); }

  [[nodiscard]] std::optional<Outcome> take_outcome() { return Outbox::take(outcomes_); }
  /// Returns the request of an outcome, or null. It is valid until collect().
  [[nodiscard]] const ClientRecord* record(TransactionId id) const { return records_.stored(id); }

  /// Removes the requests and ACKs that have ended, and appends the sessions that owned them to `ended`.
  void collect(std::vector<std::uint64_t>& ended) {
    records_.collect(ended);
    acks_.collect(ended);
  }
  [[nodiscard]] bool owns_any(std::uint64_t session) const { return records_.owns_any(session) || acks_.owns_any(session); }
  /// Forgets the addresses that were looked up for this session.
  void forget(std::uint64_t session) { hops_.of_calls().forget(session); }
  [[nodiscard]] std::size_t size() const { return records_.size(); }
  void add_to(StackSizes& sizes) const;
  [[nodiscard]] bool uses(const Flow& flow) const { return records_.uses(flow); }
  /// Returns the number of requests that wait for their final response or for the address of their next hop, and of ACKs that
  /// wait for an address.
  [[nodiscard]] std::size_t unfinished() const { return records_.unfinished() + acks_.waiting(); }
  [[nodiscard]] bool is_consistent() const { return records_.is_consistent(); }

 private:
  using Leaving = ClientRecords::Leaving;

  ClientRecord& make(Outgoing request) { return records_.add(TransactionId{++shared_.last_id}, std::move(request)); }
  void look_up(ClientRecord& record, base::TimePoint now);
  void take_routes(ClientRecord& record, RouteLookUps::Found found, base::TimePoint now);
  void launch(ClientRecord& record, base::TimePoint now);
  void carry_out(ClientRecord& record, transaction::Actions actions, const Message* response, base::TimePoint now);
  void deliver(ClientRecord& record, const Message& response, base::TimePoint now);
  void mind_silence(const ClientRecord& record);
  void send_cancel(ClientRecord& invite, base::TimePoint now);
  void fail(ClientRecord& record, session::Failure failure, base::TimePoint now);
  void finish(ClientRecord& record);
  [[nodiscard]] static ClientAcks::Invite as_acknowledged(const ClientRecord& invite) {
    return {invite.id, invite.flow, invite.what.authorizations};
  }
  [[nodiscard]] std::string write(const Outgoing& request, const Flow& flow, std::string_view branch);

  // The candidates of a request: client_failover.cpp.
  [[nodiscard]] bool try_next_route(ClientRecord& record, std::optional<std::chrono::seconds> retry_after, Leaving how,
                                    base::TimePoint now);
  [[nodiscard]] bool on_left(ClientRecord& record, const Message& response, base::TimePoint now);
  void take_back(ClientRecord& record, Leaving how, base::TimePoint now);
  [[nodiscard]] bool hand_back(ClientRecord& record, base::TimePoint now);
  void give_up_others(ClientRecord& record, base::TimePoint now);
  void on_late(ClientRecord& record, const Message& response, base::TimePoint now);

  Shared shared_;
  Queries queries_;
  NextHops hops_;
  ClientRecords records_;
  ClientAcks acks_;
  std::deque<Outcome> outcomes_;
};

}  // namespace offhook::inline v0::sip
