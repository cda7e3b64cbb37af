#pragma once

#include <offhook/agent/phone/phone_error.hpp>
#include <offhook/sip/stack/events.hpp>

#include <memory>

namespace offhook::inline v0::phone {

struct SubscriptionState;

/// What somebody is asked to keep telling us (RFC 6665), as a handle: Endpoint::subscribe() makes it, copies are the same one. Used on
/// the signalling thread. It may outlive its endpoint: it then knows what it knew, and operations are Closed.
class Subscription {
 public:
  Subscription() = default;  ///< none: id() is 0, operations are WrongState
  explicit Subscription(std::shared_ptr<SubscriptionState> state) : state_(std::move(state)) {}

  [[nodiscard]] sip::SubscriptionId id() const;
  /// What SubscriptionChanged told last: state, why it ended or waits, and for how long it was granted.
  [[nodiscard]] const sip::SubscriptionChanged& last() const;

  /// Asks for the state as it is now; Notified brings it. The subscription is kept alive without this. Errors: WrongState (it ended),
  /// WrongThread, Closed.
  [[nodiscard]] base::Result<void, base::Error> refresh();
  /// Ends it: SubscriptionChanged with State::Ended follows, after a last Notified. Errors as above.
  [[nodiscard]] base::Result<void, base::Error> unsubscribe();

 private:
  std::shared_ptr<SubscriptionState> state_;
};

}  // namespace offhook::inline v0::phone
