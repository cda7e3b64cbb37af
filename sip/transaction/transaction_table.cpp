#include <offhook/sip/transaction/transaction_table.hpp>

#include <offhook/base/shrink.hpp>

#include <utility>

namespace offhook::inline v0::sip::transaction {

std::string_view to_string(TableError error) {
  switch (error) {
    case TableError::Full: return "the table of transactions is full";
    case TableError::Duplicate: return "the transaction already exists";
  }
  return "";
}

base::Result<void, TableError> TransactionTable::add_client(Key key, TransactionId id) {
  if (clients_.contains(key) || entries_.contains(id)) return base::fail(TableError::Duplicate);
  if (entries_.size() >= limits_.transactions) return base::fail(TableError::Full);
  const auto known = clients_.emplace(std::move(key), id).first;
  entries_.emplace(id, Entry{&known->first, nullptr, false});
  return {};
}

base::Result<void, TableError> TransactionTable::add_server(RequestKeys keys, TransactionId id, bool of_a_call) {
  if (servers_.contains(keys.transaction) || entries_.contains(id)) return base::fail(TableError::Duplicate);
  const std::size_t most = limits_.server_transactions + (of_a_call ? limits_.call_transactions : 0);
  if (entries_.size() >= limits_.transactions || servers_.size() >= most) return base::fail(TableError::Full);
  const Key* origin = nullptr;
  if (keys.origin) {
    const auto [at, first] = origins_.emplace(std::move(*keys.origin), id);
    if (first) origin = &at->first;
  }
  const auto known = servers_.emplace(std::move(keys.transaction), id).first;
  entries_.emplace(id, Entry{&known->first, origin, true});
  return {};
}

std::optional<TransactionId> TransactionTable::find_client(const Key& key) const {
  const auto at = clients_.find(key);
  return at == clients_.end() ? std::nullopt : std::optional(at->second);
}

std::optional<TransactionId> TransactionTable::find_server(const Key& key) const {
  const auto at = servers_.find(key);
  return at == servers_.end() ? std::nullopt : std::optional(at->second);
}

bool TransactionTable::is_merged(const RequestKeys& keys) const {
  return keys.origin && origins_.contains(*keys.origin) && !servers_.contains(keys.transaction);
}

void TransactionTable::erase(TransactionId id) {
  const auto at = entries_.find(id);
  if (at == entries_.end()) return;
  auto& keys = at->second.server ? servers_ : clients_;
  if (at->second.origin != nullptr) origins_.erase(origins_.find(*at->second.origin));
  keys.erase(keys.find(*at->second.key));  // Erase by position, because the entry's key pointer becomes invalid with the node.
  entries_.erase(at);
  base::shrink(keys), base::shrink(origins_), base::shrink(entries_);
}

bool TransactionTable::is_consistent() const {
  std::size_t origins = 0;
  for (const auto& [id, entry] : entries_) {
    const auto& index = entry.server ? servers_ : clients_;
    const auto at = index.find(*entry.key);
    if (at == index.end() || at->second != id) return false;
    if (entry.origin == nullptr) continue;
    ++origins;
    const auto origin = origins_.find(*entry.origin);
    if (origin == origins_.end() || origin->second != id) return false;
  }
  return entries_.size() <= limits_.transactions && entries_.size() == clients_.size() + servers_.size() && origins == origins_.size();
}

}  // namespace offhook::inline v0::sip::transaction
