#pragma once

#include <offhook/base/random.hpp>
#include <offhook/sip/stack/call_hops.hpp>
#include <offhook/sip/stack/candidate_memory.hpp>
#include <offhook/sip/stack/contact_source.hpp>
#include <offhook/sip/stack/outgoing.hpp>
#include <offhook/sip/stack/route_look_ups.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace offhook::inline v0::sip {

/// Our ACKs to 2xx responses, and their repetitions: RFC 3261 section 13.2.2.4.
class ClientAcks {
 public:
  struct Shared {  ///< parts of the stack, which must outlive this object
    base::Random& random;
    Outbox& outbox;
    ContactSource& contacts;
    Queries& queries;
    CallHops& hops;
    CandidateMemory& memory;
    std::size_t datagram_limit;
    OwnWords words;
  };
  struct Invite {
    transaction::TransactionId id;
    Flow flow;
    Authorizations authorizations;
  };

  explicit ClientAcks(Shared shared) : shared_(shared) {}

  /// `session` 0: the ACK belongs to no call. `invite` is the acknowledged request, if it has not ended.
  void send(std::uint64_t session, session::SendAck ack, std::optional<Invite> invite, base::TimePoint now);
  /// Sends the ACK to the 2xx with this To tag again. Returns false if no such ACK was sent.
  bool repeat(transaction::TransactionId invite, const std::string& tag);
  /// Call this when the INVITE has ended: its 2xx is not repeated any more.
  void forget(transaction::TransactionId invite);
  /// Processes the result of a look-up. Returns false if the query is not one of this object.
  bool on_answer(QueryId query, const QueryResult& result, base::TimePoint now);
  /// Call this when a flow failed. Sends again, as datagrams over UDP, the large ACKs for which that connection was used.
  void on_flow_failed(const Flow& failed, base::TimePoint now);

  /// Appends to `ended` the sessions whose ACKs do not wait for an address any more.
  void collect(std::vector<std::uint64_t>& ended);
  [[nodiscard]] bool owns_any(std::uint64_t session) const;
  [[nodiscard]] std::size_t waiting() const { return pending_.size() + large_.size(); }  ///< number of ACKs that wait for an address

 private:
  struct Pending {
    std::uint64_t session = 0;
    std::optional<Invite> invite;
    session::SendAck ack;
    Hop hop;
  };
  struct Large {  // a large ACK, which waits for the look-up of TCP
    Pending what;
    Flow datagrams;
  };
  struct Written {
    Pending what;
    Flow flow, datagrams;  // The flow of this ACK, and the UDP flow that it uses if TCP fails.
    std::string bytes;
  };

  void write_along_invite(Pending pending, base::TimePoint now);
  void write(Pending pending, const Flow& flow, base::TimePoint now);
  [[nodiscard]] std::string text(const Pending& pending, const Flow& flow);
  void transmit(Pending pending, const Flow& flow, const Flow& datagrams, std::string bytes);
  [[nodiscard]] bool on_large_answer(QueryId query, const QueryResult& result);

  Shared shared_;
  std::unordered_map<QueryId, Pending> pending_;  // ACKs that wait for the address of their next hop.
  std::unordered_map<QueryId, Large> large_;
  std::map<std::pair<transaction::TransactionId, std::string>, Written> written_;  // Sent ACKs, by INVITE and To tag of the 2xx.
  std::vector<std::uint64_t> released_;
};

}  // namespace offhook::inline v0::sip
