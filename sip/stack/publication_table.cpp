#include <offhook/sip/stack/publication_table.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/model/limits.hpp>
#include <offhook/sip/publication/publication.hpp>
#include <offhook/sip/stack/custom_headers.hpp>
#include <offhook/sip/subscription/event.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace offhook::inline v0::sip {

namespace {

PublicationChanged::Why as_publication(session::Failure failure) {
  switch (failure) {
    case session::Failure::Timeout: return PublicationChanged::Why::NoAnswer;
    case session::Failure::Transport: return PublicationChanged::Why::Unreachable;
    case session::Failure::Unresolvable: return PublicationChanged::Why::Unresolvable;
  }
  return PublicationChanged::Why::NoAnswer;
}

}  // namespace

PublicationTable::PublicationTable(StackParts parts, std::uint64_t first_id) : parts_(parts), last_id_(first_id) {}
PublicationTable::~PublicationTable() = default;

PublicationTable::Entry* PublicationTable::find(PublicationId id) const {
  const auto at = entries_.find(id);
  return at == entries_.end() ? nullptr : at->second.get();
}

PublicationTable::Entry& PublicationTable::add(PublishOptions options, RequestHead head) {
  const PublicationId id{++last_id_};
  Entry& entry = *entries_.emplace(id, std::make_unique<Entry>()).first->second;
  entry.id = id;
  entry.to_registrar = goes_to_registrar(parts_, options.account, head);
  entry.head = std::move(head);
  entry.head.from += ";tag=" + parts_.random.token();
  entry.head.call_id = parts_.random.token();
  entry.head.cseq = 0;
  Body state = std::move(options.state);
  entry.options = std::move(options);
  parts_.accounts.hold(entry.options.account);
  entry.machine.emplace(std::move(state), entry.options.expires, parts_.random, entry.actions);
  return entry;
}

void PublicationTable::carry_out(Entry& entry, base::TimePoint now) {
  const PublicationId id = entry.id;
  const std::string uri = entry.head.request_uri;
  bool is_over = false;
  for (publication::Action& action : std::exchange(entry.actions, {})) {
    if (auto* send = std::get_if<publication::SendPublish>(&action)) {
      entry.held = std::move(*send);
      entry.held_since = ++waited_;
    } else if (auto* changed = std::get_if<publication::Emit>(&action)) {
      changed->publication = id;
      is_over = changed->state == PublicationChanged::State::Ended;
      parts_.outbox.events.push_back(std::move(*changed));
    }
  }
  deadlines_.set(id, entry.machine->next_deadline());
  if (is_over) {
    parts_.accounts.release(entry.options.account);
    entries_.erase(id);
  }
  send_next(uri, now);
}

void PublicationTable::send_next(std::string_view request_uri, base::TimePoint now) {
  Entry* first = nullptr;
  for (const auto& [id, entry] : entries_) {
    if (entry->head.request_uri != request_uri) continue;
    if (entry->is_on_its_way) return;
    if (entry->held && (first == nullptr || entry->held_since < first->held_since)) first = entry.get();
  }
  if (first != nullptr) send(*first, now);
}

void PublicationTable::send(Entry& entry, base::TimePoint now) {
  const publication::SendPublish what = *std::exchange(entry.held, std::nullopt);
  entry.is_on_its_way = true;
  ++entry.head.cseq;
  Outgoing out;
  out.owner = {Owner::Kind::Publication, entry.id.value, {}};
  out.head = entry.head;
  out.to_registrar = entry.to_registrar;
  if (out.to_registrar) out.alternatives = parts_.accounts.outbound_route(entry.options.account).alternatives;
  out.headers = entry.options.headers;
  out.own = {{"Event", entry.options.package}, {"Expires", std::to_string(what.expires.count())}};
  if (!what.etag.empty()) out.own.emplace_back("SIP-If-Match", what.etag);
  if (what.has_body) out.body = entry.machine->body();
  if (entry.digest) out.authorizations = entry.digest->preempt({"PUBLISH", out.head.request_uri, out.body.data}, parts_.random, out.attempt);
  parts_.clients.send(std::move(out), now);
}

void PublicationTable::on_outcome(const ClientRequests::Outcome& outcome, base::TimePoint now) {
  Entry* entry = find({outcome.owner.id});
  if (entry == nullptr || !entry->is_on_its_way) return;
  if (outcome.response == nullptr) {
    entry->is_on_its_way = false;
    entry->machine->on_failure(as_publication(outcome.failure), outcome.trouble, now, entry->actions);
    return carry_out(*entry, now);
  }
  if (outcome.response->status() < 200) return;
  AuthAttempt attempt;
  if (auto credentials = answer_challenge(parts_.clients, parts_.accounts, parts_.random, outcome, entry->options.account, entry->digest, attempt))
    return parts_.clients.send_again(outcome.id, ++entry->head.cseq, std::move(*credentials), std::move(attempt), now);
  entry->is_on_its_way = false;
  entry->machine->on_response(*outcome.response, now, entry->actions);
  carry_out(*entry, now);
}

void PublicationTable::on_time(base::TimePoint now) {
  while (const auto id = deadlines_.take_due(now)) {
    Entry* entry = find(*id);
    if (entry == nullptr) continue;
    entry->machine->on_time(now, entry->actions);
    carry_out(*entry, now);
  }
}

bool PublicationTable::is_consistent() const {
  return deadlines_.size() <= entries_.size() && std::all_of(entries_.begin(), entries_.end(), [](const auto& one) {
    const Entry& entry = *one.second;
    return entry.machine->is_consistent() && entry.actions.empty() && !(entry.held && entry.is_on_its_way);
  });
}

}  // namespace offhook::inline v0::sip
