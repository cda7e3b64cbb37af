#include <offhook/sip/stack/subscription_table.hpp>

#include <offhook/sip/model/capabilities.hpp>
#include <offhook/sip/model/limits.hpp>
#include <offhook/sip/session/confirmed_call.hpp>
#include <offhook/sip/stack/custom_headers.hpp>
#include <offhook/sip/stack/hop.hpp>
#include <offhook/sip/stack/stack.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip {

SubscriptionTable::SubscriptionTable(StackParts parts, std::uint64_t first_id) : parts_(parts), last_id_(first_id) {}
SubscriptionTable::~SubscriptionTable() = default;

SubscriptionTable::Entry* SubscriptionTable::find(SubscriptionId id) const {
  const auto at = entries_.find(id);
  return at == entries_.end() ? nullptr : at->second.get();
}

SubscriptionTable::Entry* SubscriptionTable::find(const Message& in_dialog) const {
  const auto id = by_dialog_.find(in_dialog);
  return id ? find(*id) : nullptr;
}

bool SubscriptionTable::knows(const Message& in_dialog) const { return find(in_dialog) != nullptr; }

SubscriptionTable::Entry& SubscriptionTable::add(std::optional<AccountId> account, std::string user) {
  const SubscriptionId id{++last_id_};
  auto entry = std::make_unique<Entry>();
  entry->id = id;
  entry->account = account;
  entry->user = std::move(user);
  parts_.accounts.hold(account);
  return *entries_.emplace(id, std::move(entry)).first->second;
}

SubscriptionTable::Entry& SubscriptionTable::add_own(AccountId account) {
  ++ours_;
  return add(account, {});
}

/// Each attempt of ours has its own Call-ID and tag, by which its NOTIFYs are found.
void SubscriptionTable::index(Entry& entry) {
  std::pair name = entry.ours ? std::pair(entry.ours->call_id(), entry.ours->local_tag())
                              : std::pair(entry.watcher->dialog().id().call_id, entry.watcher->dialog().id().local_tag);
  if (name == entry.name) return;
  by_dialog_.erase(entry.name.first, entry.name.second);
  by_dialog_.add(name.first, name.second, entry.id);
  entry.name = std::move(name);
}

const PackageOptions* SubscriptionTable::package_of(const Message& subscribe) const {
  const auto event = subscription::event_of(subscribe);
  if (!event) return nullptr;
  const auto& all = parts_.options.packages;
  const auto at = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == event->package; });
  return at == all.end() ? nullptr : &*at;
}

/// Checks the bounds. A registrar forwards the subscriptions of many users, so the bound per source does not apply to it.
bool SubscriptionTable::has_room(const PackageOptions& package, const Flow& flow, std::optional<AccountId> account) const {
  if (entries_.size() - ours_ >= kMaxWatchers) return false;
  const auto of_package = std::count_if(entries_.begin(), entries_.end(), [&](const auto& entry) {
    return entry.second->watcher && entry.second->watcher->event().package == package.name;
  });
  if (static_cast<std::size_t>(of_package) >= package.most) return false;
  if (account && parts_.accounts.is_registrar(*account, flow.remote.ip)) return true;
  const auto of_source = std::count_if(entries_.begin(), entries_.end(), [&](const auto& entry) {
    return entry.second->watcher && entry.second->source == flow.remote.ip;
  });
  return static_cast<std::size_t>(of_source) < kMaxWatchersPerSource;
}

void SubscriptionTable::on_subscribe(TransactionId id, base::TimePoint now) {
  const Message& subscribe = *parts_.servers.request(id);
  const Flow flow = *parts_.servers.flow(id);
  const auto refuse = [&](int status, const HeaderList& own = {}) {
    parts_.servers.respond(id, status, {}, {}, {}, now, own);
  };
  const Admitted admitted = admit(parts_.accounts, parts_.outbox, parts_.counters, subscribe, flow, !parts_.servers.proven(id).empty());
  if (admitted.refused != 0) return refuse(admitted.refused);
  const PackageOptions* package = package_of(subscribe);
  // Refuse an event package that we do not serve: RFC 6665 section 4.2.1.1.
  if (package == nullptr) return refuse(489);
  if (subscribe.has(HeaderName::Accept) && !package->type.empty() && !accepts_type(subscribe, package->type)) return refuse(406);
  const subscription::Grant grant = grant_of(subscribe, package->grant);
  if (grant.too_brief) return refuse(423, {{"Min-Expires", std::to_string(package->grant.least.count())}});
  if (!has_room(*package, flow, admitted.account)) {
    ++parts_.counters.refused_limit;
    return refuse(503, {{"Retry-After", std::string(kRetryAfter)}});
  }
  auto dialog = Dialog::as_server(subscribe, *parts_.servers.tag(id));
  if (!dialog) return refuse(400);
  Entry& entry = add(admitted.account, user_of(subscribe.request_uri()));
  entry.source = flow.remote.ip;
  entry.way = flow;
  entry.watcher = std::make_unique<subscription::Notifier>(
      subscription::Notifier::Setup{entry.id, *subscription::event_of(subscribe), package->grant, package->notify}, std::move(*dialog));
  report_received(entry, id, grant.expires);
  subscription::Actions actions;
  entry.watcher->start(id, grant.expires, now, actions);
  carry_out(entry, std::move(actions), now);
}

void SubscriptionTable::report_received(const Entry& entry, TransactionId id, std::chrono::seconds granted) {
  const Message& subscribe = *parts_.servers.request(id);
  const Flow& flow = *entry.way;
  SubscribeReceived event;
  event.subscription = entry.id;
  event.account = entry.account;
  event.package = entry.watcher->event().package;
  event.request_uri = std::string(subscribe.request_uri());
  event.from = party_of(subscribe.from());
  event.to = party_of(subscribe.to());
  event.asserted = asserted_of(parts_.accounts, entry.account, subscribe, flow);
  event.expires = granted;
  event.headers = carried_fields(subscribe);
  event.body = session::body_of(subscribe);
  event.source = flow.remote;
  event.proven_user = parts_.servers.proven(id);
  event.from_registrar = entry.account && parts_.accounts.is_registrar(*entry.account, flow.remote.ip);
  parts_.outbox.events.push_back(std::move(event));
}

void SubscriptionTable::on_unsolicited(TransactionId id, base::TimePoint now) {
  const Message& notify = *parts_.servers.request(id);
  const Flow flow = *parts_.servers.flow(id);
  const auto account = parts_.accounts.named_by(notify.request_uri(), flow.remote.ip);
  const AccountOptions* options = account ? parts_.accounts.options(*account) : nullptr;
  const auto event = subscription::event_of(notify);
  const bool taken = options != nullptr && options->takes_unsolicited_waiting && event && event->package == "message-summary" &&
                     parts_.accounts.is_registrar(*account, flow.remote.ip);
  parts_.servers.respond(id, taken ? 200 : 481, {}, {}, {}, now);  // RFC 6665 section 4.1.3
  if (taken) parts_.outbox.events.push_back(UnsolicitedNotify{*account, event->package, session::body_of(notify)});
}

void SubscriptionTable::on_in_dialog(TransactionId id, base::TimePoint now) {
  const Message& request = *parts_.servers.request(id);
  Entry& entry = *find(request);
  subscription::Actions actions;
  if (entry.ours && request.method() == Method::Notify) {
    entry.ours->on_notify(id, request, now, actions);
  } else if (entry.watcher && request.method() == Method::Subscribe) {
    entry.watcher->on_subscribe(id, request, now, actions);
  } else {
    return parts_.servers.respond(id, 481, {}, {}, {}, now);  // BYE or re-INVITE: there is no call in this dialog.
  }
  entry.way = *parts_.servers.flow(id);
  carry_out(entry, std::move(actions), now);
}

void SubscriptionTable::on_outcome(const ClientRequests::Outcome& outcome, base::TimePoint now) {
  Entry* entry = find({outcome.owner.id});
  const ClientRecord* request = parts_.clients.record(outcome.id);
  if (entry == nullptr || request == nullptr) return;
  subscription::Actions actions;
  if (outcome.response == nullptr) {
    if (entry->ours) entry->ours->on_failure(request->what.head, outcome.failure, now, actions);
    if (entry->watcher) entry->watcher->on_failure(outcome.failure, now, actions);
    return carry_out(*entry, std::move(actions), now);
  }
  entry->way = request->flow;
  AuthAttempt attempt;
  if (auto credentials = answer_challenge(parts_.clients, parts_.accounts, parts_.random, outcome, entry->account, entry->digest, attempt)) {
    const auto cseq = entry->ours ? entry->ours->take_cseq(request->what.head) : std::optional(entry->watcher->take_cseq());
    if (cseq) return parts_.clients.send_again(outcome.id, *cseq, std::move(*credentials), std::move(attempt), now);
  }
  if (entry->ours) entry->ours->on_response(request->what.head, *outcome.response, now, actions);
  if (entry->watcher) entry->watcher->on_response(*outcome.response, now, actions);
  carry_out(*entry, std::move(actions), now);
}

/// Refreshes our subscriptions on a failed connection. A new connection has another address, which the notifier learns from the
/// Contact of the refresh.
void SubscriptionTable::on_flow_failed(const Flow& flow, base::TimePoint now) {
  if (!is_reliable(flow.transport)) return;
  std::vector<SubscriptionId> hit;
  for (const auto& [id, entry] : entries_) {
    if (entry->ours && entry->way && same_way(*entry->way, flow)) hit.push_back(id);
  }
  std::sort(hit.begin(), hit.end());  // Sort them, because the order of the hash table is arbitrary.
  for (const SubscriptionId id : hit) {
    Entry* entry = find(id);
    if (entry == nullptr) continue;
    entry->way.reset();
    subscription::Actions actions;
    (void)entry->ours->refresh(now, actions);
    carry_out(*entry, std::move(actions), now);
  }
}

void SubscriptionTable::on_time(base::TimePoint now) {
  while (const auto id = deadlines_.take_due(now)) {
    Entry* entry = find(*id);
    if (entry == nullptr) continue;
    subscription::Actions actions;
    if (entry->ours) entry->ours->on_time(now, actions);
    if (entry->watcher) entry->watcher->on_time(now, actions);
    carry_out(*entry, std::move(actions), now);
  }
}

void SubscriptionTable::carry_out(Entry& entry, subscription::Actions actions, base::TimePoint now) {
  index(entry);
  for (subscription::Action& action : actions) {
    if (auto* response = std::get_if<subscription::Respond>(&action)) {
      respond(entry, *response, now);
    } else if (auto* request = std::get_if<subscription::Send>(&action)) {
      send(entry, std::move(*request), now);
    } else if (auto* emit = std::get_if<subscription::Emit>(&action)) {
      parts_.outbox.events.push_back(std::move(emit->event));
    }
  }
  const SubscriptionId id = entry.id;
  if (!entry.is_over()) return deadlines_.set(id, entry.next_deadline());
  deadlines_.set(id, std::nullopt);
  by_dialog_.erase(entry.name.first, entry.name.second);
  if (entry.ours) --ours_;
  parts_.accounts.release(entry.account);
  entries_.erase(id);
}

void SubscriptionTable::respond(const Entry& entry, const subscription::Respond& response, base::TimePoint now) {
  const Flow* flow = parts_.servers.flow(response.request);
  if (flow == nullptr) return;
  const std::string own = response.status < 300 ? contact(entry.id.value, *flow) : std::string();
  parts_.servers.respond(response.request, response.status, response.headers, response.body, own, now, response.own);
}

void SubscriptionTable::send(const Entry& entry, subscription::Send request, base::TimePoint now) {
  Outgoing out;
  out.owner = {Owner::Kind::Subscription, entry.id.value, {}};
  // Within a dialog the peer wrote the next hop, so its address must not count as a registrar.
  const bool begins = entry.ours && request.head.to.find(";tag=") == std::string::npos;
  out.to_registrar = begins && goes_to_registrar(parts_, entry.account, request.head);
  if (out.to_registrar) out.alternatives = parts_.accounts.outbound_route(*entry.account).alternatives;
  out.peer_opened = entry.watcher != nullptr;
  out.head = std::move(request.head);
  out.headers = std::move(request.headers);
  out.body = std::move(request.body);
  out.own = std::move(request.own);
  parts_.clients.send(std::move(out), now);
}

std::string SubscriptionTable::contact(std::uint64_t id, const Flow& flow) const {
  const Entry* entry = find(SubscriptionId{id});
  if (entry == nullptr) return {};
  if (entry->account) return parts_.accounts.contact(*entry->account, flow);
  return "<" + parts_.accounts.own_uri(entry->user, flow) + ">";
}

std::optional<Flow> SubscriptionTable::way(std::uint64_t id) const {
  const Entry* entry = find({id});
  return entry != nullptr ? entry->way : std::nullopt;
}

bool SubscriptionTable::uses(const Flow& flow) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const auto& entry) { return entry.second->way && same_way(*entry.second->way, flow); });
}

bool SubscriptionTable::is_consistent() const {
  if (by_dialog_.size() != entries_.size() || ours_ > entries_.size()) return false;
  return std::all_of(entries_.begin(), entries_.end(), [](const auto& entry) {
    return !entry.second->is_over() && (entry.second->ours ? entry.second->ours->is_consistent() : entry.second->watcher->is_consistent());
  });
}

}  // namespace offhook::inline v0::sip
