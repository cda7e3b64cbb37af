#pragma once

#include <offhook/agent/phone/phone_core.hpp>

#include <unordered_map>

namespace offhook::inline v0::phone {

/// All subscriptions of an endpoint that have not ended.
class SubscriptionRegistry {
 public:
  explicit SubscriptionRegistry(std::shared_ptr<PhoneCore> core) : core_(std::move(core)) {}

  [[nodiscard]] base::Result<Subscription, base::Error> subscribe(const SubscribeOptions& options);
  void on_changed(const sip::SubscriptionChanged& event);
  void on_notified(sip::Notified& event);

 private:
  std::shared_ptr<PhoneCore> core_;
  std::unordered_map<sip::SubscriptionId, std::shared_ptr<SubscriptionState>> open_;
};

}  // namespace offhook::inline v0::phone
