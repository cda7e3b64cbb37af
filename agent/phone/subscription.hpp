#pragma once

#include <offhook/agent/phone/phone_error.hpp>
#include <offhook/sip/model/events.hpp>

#include <memory>

namespace offhook::inline v0::phone {

struct SubscriptionState;

/// A handle of a subscription of this side (RFC 6665). Endpoint::subscribe() makes it; copies name the same subscription. Use it on the
/// signalling thread. It may outlive its endpoint: it then keeps its last state, and operations return Closed.
class Subscription {
 public:
  Subscription() = default;  ///< no subscription: id() is 0, operations return WrongState
  explicit Subscription(std::shared_ptr<SubscriptionState> state) : state_(std::move(state)) {}

  [[nodiscard]] sip::SubscriptionId id() const;
  /// Returns the last SubscriptionChanged: the state, why it ended or waits, and the granted time.
  [[nodiscard]] const sip::SubscriptionChanged& last() const;

  /// Requests the present state; Notified brings it. Even without refresh(), the subscription stays active. Errors: WrongState (it has ended),
  /// WrongThread, Closed.
  [[nodiscard]] base::Result<void, base::Error> refresh();
  /// Ends the subscription: SubscriptionChanged with State::Ended follows, after a last Notified. Errors as for refresh().
  [[nodiscard]] base::Result<void, base::Error> unsubscribe();

 private:
  std::shared_ptr<SubscriptionState> state_;
};

}  // namespace offhook::inline v0::phone
