#pragma once

#include <offhook/base/time.hpp>
#include <offhook/sip/stack/client_record.hpp>
#include <offhook/sip/stack/deadlines.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace offhook::inline v0::sip {

/// The requests that we sent, by id and by owner, their deadlines, and the candidate that holds each request.
class ClientRecords {
 public:
  enum class Leaving : std::uint8_t { Done, Waiting };  ///< Waiting: the candidate that is left may still respond

  /// Adds a request. This request becomes the current request of its owner.
  ClientRecord& add(transaction::TransactionId id, Outgoing request);
  /// Returns a request that has not ended, or null.
  [[nodiscard]] ClientRecord* find(transaction::TransactionId id) const;
  /// Returns a request that may have ended, until collect().
  [[nodiscard]] ClientRecord* stored(transaction::TransactionId id) const;
  /// Returns the latest request of the owner and purpose, or null if that request has ended.
  [[nodiscard]] ClientRecord* current(const Owner& owner) const;
  /// Returns the started requests over this flow that have no response, in the order of their ids.
  [[nodiscard]] std::vector<ClientRecord*> unanswered_over(const Flow& flow) const;
  /// Detaches the request from its owner, which has another request instead.
  void disown(ClientRecord& record);
  void end(ClientRecord& record);
  /// Sets the deadline of a request, after its transaction or `silence_ends` has changed.
  void watch(const ClientRecord& record);
  /// Returns a request whose deadline has passed, and clears the deadline. Returns null if there is none.
  [[nodiscard]] ClientRecord* take_due(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return deadlines_.next(); }
  [[nodiscard]] std::size_t timers() const { return deadlines_.size(); }

  /// Passes the request from one candidate to another. `to` then holds the request, and the candidates that may still respond.
  void pass_on(ClientRecord& from, ClientRecord& to, Leaving how);
  /// Gives the request back to a candidate that was left. Returns the previous holder if its copy was not sent yet and therefore
  /// has to end.
  [[nodiscard]] ClientRecord* take_back(ClientRecord& record, Leaving how, base::TimePoint now);
  /// Call this when a candidate that was left will not respond any more.
  void drop_out(const ClientRecord& record);

  /// Removes the requests that have ended, and appends the sessions that owned them to `ended`.
  void collect(std::vector<std::uint64_t>& ended);

  [[nodiscard]] bool owns_any(std::uint64_t session) const { return open_.contains(session); }
  [[nodiscard]] bool uses(const Flow& flow) const;
  [[nodiscard]] std::size_t unfinished() const;  ///< number of requests without a final response
  [[nodiscard]] std::size_t size() const { return records_.size(); }
  [[nodiscard]] bool is_consistent() const;

 private:
  void release(const Owner& owner);
  [[nodiscard]] bool is_consistent(const ClientRecord& record) const;

  std::unordered_map<transaction::TransactionId, std::unique_ptr<ClientRecord>> records_;
  std::map<Owner, transaction::TransactionId> current_;  // The latest request of each owner and purpose.
  std::unordered_map<std::uint64_t, std::size_t> open_;  // Number of records per session.
  std::vector<transaction::TransactionId> dead_;
  std::vector<std::uint64_t> released_;
  Deadlines<transaction::TransactionId> deadlines_;
};

}  // namespace offhook::inline v0::sip
