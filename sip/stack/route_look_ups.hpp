#pragma once

#include <offhook/sip/stack/hop.hpp>
#include <offhook/sip/stack/outbox.hpp>
#include <offhook/sip/transaction/transaction_table.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace offhook::inline v0::sip {

/// Asks for the addresses of a hop. Numbers the queries.
class Queries {
 public:
  Queries(Outbox& outbox, std::uint64_t& last_id) : outbox_(outbox), last_id_(last_id) {}
  [[nodiscard]] QueryId ask(const Hop& hop);

 private:
  Outbox& outbox_;
  std::uint64_t& last_id_;
};

/// The look-ups of the next hops of our requests: RFC 3263 section 4.
class RouteLookUps {
 public:
  explicit RouteLookUps(Queries& queries) : queries_(queries) {}

  /// Looks up the next hop, and each URI of `alternatives`.
  void start(transaction::TransactionId request, const Hop& hop, const std::vector<std::string>& alternatives);
  /// Looks up TCP at the address of a datagram that is too large.
  void start_stream(transaction::TransactionId request, const base::SocketAddress& remote);

  struct Found {
    transaction::TransactionId request;
    bool is_stream = false;        ///< the answer to start_stream()
    bool is_complete = false;      ///< false: other look-ups of start() are pending
    std::vector<Route> routes{};   ///< routes of the next hop, then of each alternative
    std::string trouble{};         ///< the reason, for the first name that has no address
  };
  /// Processes the result of a look-up. Returns nullopt if the query is not one of this object.
  [[nodiscard]] std::optional<Found> on_answer(QueryId query, QueryResult result);
  [[nodiscard]] std::size_t size() const { return places_.size() + streams_.size(); }

 private:
  struct Place {
    transaction::TransactionId request;
    std::size_t index = 0;  // 0: the next hop; 1 and above: its alternatives.
  };
  struct Pending {
    std::vector<std::vector<Route>> found;  // Routes of each place, by Place::index.
    std::size_t left = 0;
    std::string trouble{};
  };

  Queries& queries_;
  std::unordered_map<QueryId, Place> places_;
  std::unordered_map<QueryId, transaction::TransactionId> streams_;
  std::unordered_map<transaction::TransactionId, Pending> pending_;
};

}  // namespace offhook::inline v0::sip
