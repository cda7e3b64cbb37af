#include <offhook/agent/phone/subscription_registry.hpp>

namespace offhook::inline v0::phone {

base::Result<Subscription, base::Error> SubscriptionRegistry::subscribe(const SubscribeOptions& options) {
  sip::SubscribeOptions wanted;
  wanted.account = options.account.id();
  wanted.target = options.target;
  wanted.what.event.package = options.package;
  wanted.what.expires = options.expires;
  wanted.what.accept = options.accept;
  wanted.what.headers = options.headers;
  wanted.through_registrar = options.through_registrar;
  const auto id = core_->stack.subscriptions().subscribe(std::move(wanted), base::Clock::now());
  if (!id) return base::fail(refused(id.error(), "cannot subscribe to " + options.target + " for " + options.package));
  const auto state = std::make_shared<SubscriptionState>(SubscriptionState{core_, *id, {}});
  state->last.subscription = *id;
  open_.emplace(*id, state);
  return Subscription(state);
}

void SubscriptionRegistry::on_changed(const sip::SubscriptionChanged& event) {
  const auto it = open_.find(event.subscription);
  if (it == open_.end()) return;
  const auto state = it->second;
  state->last = event;
  // If the SUBSCRIBE was forked, its other branches continue.
  if (event.state == sip::SubscriptionChanged::State::Ended && event.branch_tag.empty()) open_.erase(it);
  core_->emit(SubscriptionChanged{Subscription(state), event});
}

void SubscriptionRegistry::on_notified(sip::Notified& event) {
  const auto it = open_.find(event.subscription);
  if (it != open_.end()) core_->emit(Notified{Subscription(it->second), std::move(event)});
}

}  // namespace offhook::inline v0::phone
