#pragma once

#include <offhook/base/result.hpp>
#include <offhook/base/strong_id.hpp>
#include <offhook/sip/limits.hpp>
#include <offhook/sip/transaction/key.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace offhook::inline v0::sip::transaction {

using TransactionId = base::StrongId<struct TransactionIdTag>;

enum class TableError : std::uint8_t { Full, Duplicate };
[[nodiscard]] std::string_view to_string(TableError error);

/// Finds the transaction of a message. Holds at most `transactions`, client and server together; the machines themselves
/// are the owner's, under the id that it chose.
class TransactionTable {
 public:
  explicit TransactionTable(StackLimits limits = {}) : limits_(limits) {}

  /// A server transaction is refused already over `server_transactions`, one that belongs to a live call over
  /// `call_transactions` more. Errors: Full; Duplicate (the key or the id is there already). Then nothing has changed.
  base::Result<void, TableError> add_client(Key key, TransactionId id);
  base::Result<void, TableError> add_server(RequestKeys keys, TransactionId id, bool of_a_call = false);
  [[nodiscard]] std::optional<TransactionId> find_client(const Key& key) const;
  [[nodiscard]] std::optional<TransactionId> find_server(const Key& key) const;
  /// True when this request (which matches no transaction) has come before on another way: it has the origin of a server transaction
  /// that is still here. Answer 482: RFC 3261 section 8.2.2.2.
  [[nodiscard]] bool is_merged(const RequestKeys& keys) const;
  void erase(TransactionId id);

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] bool is_consistent() const;

 private:
  struct Entry {
    const Key* key = nullptr;     // In `clients_` or `servers_`.
    const Key* origin = nullptr;  // In `origins_`: of a server transaction outside a dialog, what is_merged() looks for.
    bool server = false;
  };
  StackLimits limits_;
  std::unordered_map<TransactionId, Entry> entries_;
  std::unordered_map<Key, TransactionId> clients_;
  std::unordered_map<Key, TransactionId> servers_;
  std::unordered_map<Key, TransactionId> origins_;  // At most one per origin: a merged request is refused, not stored.
};

}  // namespace offhook::inline v0::sip::transaction
