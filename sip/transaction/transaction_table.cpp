#include <offhook/sip/transaction/transaction_table.hpp>

#include <offhook/base/shrink.hpp>

#include <utility>

namespace offhook::inline v0::sip::transaction {
namespace {

// What repeats of one request have in common whichever way they came: RFC 3261 section 8.2.2.2.
std::optional<Key> origin_key(const Message& request) {
  if (request.method() == Method::Ack || request.method() == Method::Cancel || request.to().tag()) return std::nullopt;
  Key key;
  const std::string number = std::to_string(request.cseq().number);
  const std::string_view from_tag = request.from().tag().value_or("");
  for (const std::string_view part : {from_tag, request.call_id(), std::string_view(number), request.method_text()}) {
    key.text.append(std::to_string(part.size())).append(":").append(part);
  }
  return key;
}

}  // namespace

std::string_view to_string(TableError error) {
  switch (error) {
    case TableError::Full: return "too many transactions";
    case TableError::Duplicate: return "this transaction is there already";
  }
  return "";
}

base::Result<void, TableError> TransactionTable::add_client(Key key, TransactionId id) {
  if (clients_.contains(key) || entries_.contains(id)) return base::fail(TableError::Duplicate);
  if (entries_.size() >= limits_.transactions) return base::fail(TableError::Full);
  clients_.emplace(key, id);
  entries_.emplace(id, Entry{std::move(key), std::nullopt, false});
  return {};
}

base::Result<void, TableError> TransactionTable::add_server(const Message& request, TransactionId id, bool of_a_call) {
  Key key = server_key(request);
  if (servers_.contains(key) || entries_.contains(id)) return base::fail(TableError::Duplicate);
  const std::size_t most = limits_.server_transactions + (of_a_call ? limits_.call_transactions : 0);
  if (entries_.size() >= limits_.transactions || servers_.size() >= most) return base::fail(TableError::Full);
  auto origin = origin_key(request);
  if (origin && !origins_.emplace(*origin, id).second) origin.reset();
  servers_.emplace(key, id);
  entries_.emplace(id, Entry{std::move(key), std::move(origin), true});
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

bool TransactionTable::is_merged(const Message& request) const {
  const auto origin = origin_key(request);
  return origin && origins_.contains(*origin) && !servers_.contains(server_key(request));
}

void TransactionTable::erase(TransactionId id) {
  const auto at = entries_.find(id);
  if (at == entries_.end()) return;
  auto& keys = at->second.server ? servers_ : clients_;
  keys.erase(at->second.key);
  if (at->second.origin) origins_.erase(*at->second.origin);
  entries_.erase(at);
  base::shrink(keys), base::shrink(origins_), base::shrink(entries_);
}

bool TransactionTable::is_consistent() const {
  std::size_t origins = 0;
  for (const auto& [id, entry] : entries_) {
    const auto& index = entry.server ? servers_ : clients_;
    const auto at = index.find(entry.key);
    if (at == index.end() || at->second != id) return false;
    if (!entry.origin) continue;
    ++origins;
    const auto origin = origins_.find(*entry.origin);
    if (origin == origins_.end() || origin->second != id) return false;
  }
  return entries_.size() <= limits_.transactions && entries_.size() == clients_.size() + servers_.size() && origins == origins_.size();
}

}  // namespace offhook::inline v0::sip::transaction
