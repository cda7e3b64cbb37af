#pragma once

#include <offhook/sip/stack/outside.hpp>

#include <cstddef>
#include <memory>
#include <unordered_map>

namespace offhook::inline v0::sip {

/// Requests outside dialogs that create no dialog: MESSAGE in both directions (RFC 3428), and our OPTIONS, INFO and PUBLISH.
class RequestTable {
 public:
  RequestTable(StackParts parts, std::uint64_t first_id);
  ~RequestTable();

  /// Answers a MESSAGE at once. It must have a transaction and have passed inspect().
  void on_message(TransactionId id, base::TimePoint now);
  void on_outcome(const ClientRequests::Outcome& outcome, base::TimePoint now);

  // For the operations of the layer above (Requests).
  [[nodiscard]] const StackParts& parts() const { return parts_; }
  RequestId add(AccountId account);
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry;
  void end(RequestId id, RequestAnswered event);

  StackParts parts_;
  std::uint64_t last_id_;
  std::unordered_map<RequestId, std::unique_ptr<Entry>> entries_;
};

}  // namespace offhook::inline v0::sip
