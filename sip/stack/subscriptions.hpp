#pragma once

#include <offhook/base/result.hpp>
#include <offhook/base/time.hpp>
#include <offhook/sip/model/events.hpp>
#include <offhook/sip/model/limits.hpp>
#include <offhook/sip/stack/stack_error.hpp>
#include <offhook/sip/subscription/options.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace offhook::inline v0::sip {

/// An event package to which peers may subscribe. The owner decides about each subscription (SubscribeReceived).
struct PackageOptions {
  std::string name;                  ///< for example "dialog"
  std::string type{};                ///< media type of the notified bodies; a SUBSCRIBE that does not accept it gets 406
  subscription::GrantOptions grant{};
  subscription::NotifyOptions notify{};
  std::size_t most = kMaxWatchers;   ///< bound of subscribers; further ones get 503
};

/// The options of our SUBSCRIBE, or of our REFER outside calls.
struct SubscribeOptions {
  AccountId account;
  /// Request-URI and To: the resource; for message-summary the account's own address
  std::string target;
  subscription::SubscriberOptions what{};
  bool through_registrar = true;     ///< false: directly to the target's host
};

class SubscriptionTable;

/// The subscriptions of a stack, in both directions: RFC 6665. They end in SubscriptionChanged::Ended.
class Subscriptions {
 public:
  explicit Subscriptions(SubscriptionTable& table) : table_(table) {}

  // For our own subscriptions.
  [[nodiscard]] base::Result<SubscriptionId, StackError> subscribe(SubscribeOptions options, base::TimePoint now);
  base::Result<void, StackError> refresh(SubscriptionId id, base::TimePoint now);  ///< requests the current state
  base::Result<void, StackError> unsubscribe(SubscriptionId id, base::TimePoint now);

  // For subscriptions that peers made with us (SubscribeReceived). Each body must be the complete state.
  base::Result<void, StackError> accept(SubscriptionId id, Body state, base::TimePoint now);
  base::Result<void, StackError> notify(SubscriptionId id, Body state, base::TimePoint now);
  base::Result<void, StackError> end(SubscriptionId id, SubscriptionChanged::Why reason,
                                     std::optional<std::chrono::seconds> retry_after, base::TimePoint now);

  [[nodiscard]] std::size_t size() const;  ///< number of our subscriptions and of the peers' subscriptions

 private:
  SubscriptionTable& table_;
};

}  // namespace offhook::inline v0::sip
