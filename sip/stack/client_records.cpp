#include <offhook/sip/stack/client_records.hpp>

#include <offhook/base/shrink.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace offhook::inline v0::sip {

using transaction::TransactionId;

ClientRecord& ClientRecords::add(TransactionId id, Outgoing request) {
  auto record = std::make_unique<ClientRecord>();
  record->id = id;
  record->what = std::move(request);
  record->hop = hop_of(record->what.head.next_hop);
  if (record->hop) record->hop->takes_keys = record->what.body.needs_tls;
  if (record->is_of_session()) ++open_[record->what.owner.id];
  if (record->is_owned()) current_[record->what.owner] = id;
  return *records_.emplace(id, std::move(record)).first->second;
}

ClientRecord* ClientRecords::stored(TransactionId id) const {
  const auto at = records_.find(id);
  return at == records_.end() ? nullptr : at->second.get();
}

ClientRecord* ClientRecords::find(TransactionId id) const {
  ClientRecord* record = stored(id);
  return record == nullptr || record->dead ? nullptr : record;
}

ClientRecord* ClientRecords::current(const Owner& owner) const {
  const auto current = current_.find(owner);
  return current == current_.end() ? nullptr : find(current->second);
}

std::vector<ClientRecord*> ClientRecords::unanswered_over(const Flow& flow) const {
  std::vector<ClientRecord*> hit;
  for (const auto& [id, record] : records_) {
    if (record->dead || record->is_answered() || !record->machine.is_started()) continue;
    if (same_way(record->flow, flow)) hit.push_back(record.get());
  }
  // Sort them, because the order of the hash table is arbitrary.
  std::sort(hit.begin(), hit.end(), [](const auto* a, const auto* b) { return a->id < b->id; });
  return hit;
}

void ClientRecords::release(const Owner& owner) {
  if (owner.kind != Owner::Kind::Session) return;
  const auto at = open_.find(owner.id);
  if (at != open_.end() && --at->second == 0) open_.erase(at);
  released_.push_back(owner.id);
}

void ClientRecords::disown(ClientRecord& record) { release(std::exchange(record.what.owner, {})); }

void ClientRecords::watch(const ClientRecord& record) {
  auto due = record.machine.next_deadline();
  if (record.silence_ends && (!due || *record.silence_ends < *due)) due = record.silence_ends;
  deadlines_.set(record.id, due);
}

ClientRecord* ClientRecords::take_due(base::TimePoint now) {
  while (const auto id = deadlines_.take_due(now)) {
    if (ClientRecord* record = find(*id)) return record;
  }
  return nullptr;
}

void ClientRecords::end(ClientRecord& record) {
  drop_out(record);
  deadlines_.set(record.id, std::nullopt);
  record.dead = true;
  dead_.push_back(record.id);
}

void ClientRecords::collect(std::vector<std::uint64_t>& ended) {
  for (const TransactionId id : std::exchange(dead_, {})) {
    const auto at = records_.find(id);
    if (at == records_.end()) continue;
    const Owner owner = at->second->what.owner;
    if (const auto current = current_.find(owner); current != current_.end() && current->second == id) current_.erase(current);
    records_.erase(at);
    release(owner);
  }
  base::shrink(records_);
  ended.insert(ended.end(), released_.begin(), released_.end());
  released_.clear();
}

void ClientRecords::pass_on(ClientRecord& from, ClientRecord& to, Leaving how) {
  to.behind = std::exchange(from.behind, {});
  std::erase(to.behind, to.id);
  to.turn = ClientRecord::Turn::Holds;
  from.silence_ends.reset();
  if (how == Leaving::Waiting) {
    from.turn = ClientRecord::Turn::Left;
    to.behind.push_back(from.id);
    from.machine.stop_resending();
    watch(from);
  } else {
    disown(from);
  }
  for (const TransactionId id : to.behind) stored(id)->holder = to.id;
}

ClientRecord* ClientRecords::take_back(ClientRecord& record, Leaving how, base::TimePoint now) {
  ClientRecord* holder = find(record.holder);
  assert(holder != nullptr);
  // Take over the holder's routes. This candidate's own route comes after the holder's current one, and before the routes not yet tried.
  const Route own = record.routes[record.route];
  record.route = holder->route + 1;
  record.routes = holder->routes;
  record.routes.insert(record.routes.begin() + static_cast<std::ptrdiff_t>(record.route), own);
  record.limited = holder->limited;
  const auto current = current_.find(record.what.owner);
  if (current != current_.end() && current->second == holder->id) current->second = record.id;
  const bool asked = holder->machine.is_started();  // Otherwise the holder still waits for a route, which it does not need any more.
  pass_on(*holder, record, asked ? how : Leaving::Done);
  record.machine.resume_resending(now);
  watch(record);
  return asked ? nullptr : holder;
}

void ClientRecords::drop_out(const ClientRecord& record) {
  if (record.turn == ClientRecord::Turn::Holds) return;
  if (ClientRecord* holder = find(record.holder)) std::erase(holder->behind, record.id);
}

bool ClientRecords::uses(const Flow& flow) const {
  return std::any_of(records_.begin(), records_.end(),
                     [&](const auto& entry) { return !entry.second->dead && same_way(entry.second->flow, flow); });
}

std::size_t ClientRecords::unfinished() const {
  return static_cast<std::size_t>(std::count_if(records_.begin(), records_.end(), [](const auto& entry) {
    return !entry.second->dead && entry.second->answered != ClientRecord::Answered::Finally;
  }));
}

bool ClientRecords::is_consistent() const {
  return std::all_of(records_.begin(), records_.end(), [&](const auto& entry) { return is_consistent(*entry.second); });
}

bool ClientRecords::is_consistent(const ClientRecord& record) const {
  if (record.dead) return true;
  const auto is_left = [&](TransactionId id) {
    const ClientRecord* other = find(id);
    return other != nullptr && other->turn == ClientRecord::Turn::Left && other->holder == record.id;
  };
  if (record.turn != ClientRecord::Turn::Holds && !record.behind.empty()) return false;
  return std::all_of(record.behind.begin(), record.behind.end(), is_left) && record.machine.is_consistent();
}

}  // namespace offhook::inline v0::sip
