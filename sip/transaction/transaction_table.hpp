#pragma once

#include <offhook/base/result.hpp>
#include <offhook/base/strong_id.hpp>
#include <offhook/sip/model/limits.hpp>
#include <offhook/sip/transaction/key.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace offhook::inline v0::sip::transaction {

using TransactionId = base::StrongId<struct TransactionIdTag>;

enum class TableError : std::uint8_t { Full, Duplicate };
[[nodiscard]] std::string_view to_string(TableError error);

/// Finds the transaction of a message. Holds at most `transactions`, client and server together. The owner holds the machines,
/// under ids that it chooses.
class TransactionTable {
 public:
  explicit TransactionTable(StackLimits limits = {}) : limits_(limits) {}

  /// Errors: Full (`transactions`); Duplicate (the key or the id exists already). An error changes nothing.
  base::Result<void, TableError> add_client(Key key, TransactionId id);
  /// Accepts at most `server_transactions` server transactions. If the transaction belongs to a live call, accepts `call_transactions`
  /// more. Errors: as for add_client().
  base::Result<void, TableError> add_server(RequestKeys keys, TransactionId id, bool of_a_call = false);
  [[nodiscard]] std::optional<TransactionId> find_client(const Key& key) const;
  [[nodiscard]] std::optional<TransactionId> find_server(const Key& key) const;
  /// Returns true if a request that matches no transaction has arrived before on another path: an existing server transaction has
  /// the same origin. Answer it with 482: RFC 3261 section 8.2.2.2.
  [[nodiscard]] bool is_merged(const RequestKeys& keys) const;
  void erase(TransactionId id);

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] bool is_consistent() const;

 private:
  struct Entry {
    const Key* key = nullptr;     // Points into `clients_` or `servers_`.
    const Key* origin = nullptr;  // Points into `origins_`; set for server transactions outside a dialog.
    bool server = false;
  };
  StackLimits limits_;
  std::unordered_map<TransactionId, Entry> entries_;
  std::unordered_map<Key, TransactionId> clients_;
  std::unordered_map<Key, TransactionId> servers_;
  std::unordered_map<Key, TransactionId> origins_;  // At most one per origin, because a merged request is refused and not stored.
};

}  // namespace offhook::inline v0::sip::transaction
