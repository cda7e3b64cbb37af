#include <offhook/sip/stack/subscriptions.hpp>

#include <offhook/sip/stack/custom_headers.hpp>
#include <offhook/sip/stack/subscription_table.hpp>

#include <utility>

namespace offhook::inline v0::sip {

namespace {

/// Runs `what(entry, actions)`, and carries out the actions if it returns true. Errors: UnknownSubscription, WrongState (`what`
/// returned false).
template <class Do>
base::Result<void, StackError> command(SubscriptionTable& table, SubscriptionId id, base::TimePoint now, Do what) {
  SubscriptionTable::Entry* entry = table.find(id);
  if (entry == nullptr) return base::fail(StackError::UnknownSubscription);
  subscription::Actions actions;
  if (!what(*entry, actions)) return base::fail(StackError::WrongState);
  table.carry_out(*entry, std::move(actions), now);
  table.parts().outcomes.deliver(now);
  return {};
}

}  // namespace

base::Result<SubscriptionId, StackError> Subscriptions::subscribe(SubscribeOptions options, base::TimePoint now) {
  const StackParts& parts = table_.parts();
  auto head = head_outside(parts, options.account, Method::Subscribe, options.target, options.through_registrar);
  if (!head) return base::fail(head.error());
  const auto event = subscription::parse_event(subscription::to_string(options.what.event));
  if (!event || *event != options.what.event) return base::fail(StackError::BadEvent);
  if (!options.what.refer_to.empty() && !parse_uri(options.what.refer_to)) return base::fail(StackError::BadUri);
  if (why_not_sent(options.what.headers)) return base::fail(StackError::BadHeader);
  if (table_.is_full()) return base::fail(StackError::Full);
  SubscriptionTable::Entry& entry = table_.add_own(options.account);
  const SubscriptionId id = entry.id;
  entry.ours = std::make_unique<subscription::Subscriber>(
      subscription::Subscriber::Setup{id, parts.timers, std::move(*head), std::move(options.what)}, parts.random);
  subscription::Actions actions;
  entry.ours->start(now, actions);
  table_.carry_out(entry, std::move(actions), now);
  parts.outcomes.deliver(now);
  return id;
}

base::Result<void, StackError> Subscriptions::refresh(SubscriptionId id, base::TimePoint now) {
  return command(table_, id, now, [&](auto& entry, auto& out) { return entry.ours && entry.ours->refresh(now, out); });
}

base::Result<void, StackError> Subscriptions::unsubscribe(SubscriptionId id, base::TimePoint now) {
  return command(table_, id, now, [&](auto& entry, auto& out) { return entry.ours && entry.ours->unsubscribe(now, out); });
}

base::Result<void, StackError> Subscriptions::accept(SubscriptionId id, Body state, base::TimePoint now) {
  return command(table_, id, now,
                 [&](auto& entry, auto& out) { return entry.watcher && entry.watcher->accept(std::move(state), now, out); });
}

base::Result<void, StackError> Subscriptions::notify(SubscriptionId id, Body state, base::TimePoint now) {
  return command(table_, id, now,
                 [&](auto& entry, auto& out) { return entry.watcher && entry.watcher->notify(std::move(state), now, out); });
}

base::Result<void, StackError> Subscriptions::end(SubscriptionId id, SubscriptionChanged::Why reason,
                                                  std::optional<std::chrono::seconds> retry_after, base::TimePoint now) {
  return command(table_, id, now,
                 [&](auto& entry, auto& out) { return entry.watcher && entry.watcher->end(reason, retry_after, now, out); });
}

std::size_t Subscriptions::size() const { return table_.size(); }

}  // namespace offhook::inline v0::sip
