#pragma once

#include <offhook/base/time.hpp>
#include <offhook/sip/stack/call_hops.hpp>
#include <offhook/sip/stack/candidate_memory.hpp>
#include <offhook/sip/stack/client_record.hpp>
#include <offhook/sip/stack/contact_source.hpp>
#include <offhook/sip/stack/route_look_ups.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace offhook::inline v0::sip {

/// The routes of our requests: those that a call knows, and those that look-ups find. Remembers which of them work.
class NextHops {
 public:
  /// `datagram_limit`: a larger request uses TCP; 0: no limit. The references must outlive this object.
  NextHops(Queries& queries, const ContactSource& contacts, std::size_t datagram_limit)
      : look_ups_(queries), contacts_(contacts), datagram_limit_(datagram_limit) {}

  /// Returns the routes if no look-up is needed: back along the flow of the dialog, or where the call's last request went.
  [[nodiscard]] std::optional<std::vector<Route>> known(const ClientRecord& request) const;
  void look_up(const ClientRecord& request) { look_ups_.start(request.id, *request.hop, request.what.alternatives); }
  /// Looks up TCP for a request that is too large for a datagram: RFC 3261 section 18.1.1. Keeps the address of the datagram. If
  /// TCP fails there, the request falls back to UDP. Affects only this request. Returns true if it waits for the look-up.
  [[nodiscard]] bool look_up_stream(ClientRecord& request, base::TimePoint now);
  /// Processes the result of a look-up. Returns nullopt if the query is not one of this object.
  [[nodiscard]] std::optional<RouteLookUps::Found> on_answer(QueryId query, QueryResult result) {
    return look_ups_.on_answer(query, std::move(result));
  }
  /// Sorts the routes that were found, and remembers them for the call of the request.
  void arrange(const ClientRecord& request, std::vector<Route>& routes, base::TimePoint now);

  void on_response(const ClientRecord& request, base::TimePoint now);
  void on_failure(const ClientRecord& request, std::optional<std::chrono::seconds> retry_after, base::TimePoint now);
  /// Call this when no route of the request works.
  void forget(const ClientRecord& request);
  /// Starts the call's next requests at the address that responded.
  void prefer(const ClientRecord& request);
  /// Stores the connection's local end, so that later messages on this route (a copy with credentials, or a request within the
  /// call) name an address that reaches us.
  void learn_own_end(ClientRecord& request, const Flow& connection);

  [[nodiscard]] CallHops& of_calls() { return calls_; }
  [[nodiscard]] const CallHops& of_calls() const { return calls_; }
  [[nodiscard]] CandidateMemory& memory() { return memory_; }
  [[nodiscard]] std::size_t look_ups() const { return look_ups_.size(); }

 private:
  RouteLookUps look_ups_;
  const ContactSource& contacts_;
  std::size_t datagram_limit_;
  CandidateMemory memory_;
  CallHops calls_;
};

}  // namespace offhook::inline v0::sip
