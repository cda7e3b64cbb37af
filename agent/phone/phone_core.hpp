#pragma once

#include <offhook/agent/phone/account.hpp>
#include <offhook/agent/phone/endpoint.hpp>
#include <offhook/agent/phone/subscription.hpp>
#include <offhook/agent/phone/watcher.hpp>

#include <atomic>
#include <functional>
#include <string>
#include <thread>

namespace offhook::inline v0::phone {

/// What the handles (calls, accounts) need of their endpoint. The endpoint owns it; they hold it weakly, and are Closed without it.
struct PhoneCore {
  sip::Stack& stack;
  media::Engine& engine;
  const EndpointOptions& options;
  std::function<std::optional<base::IpAddress>(const base::IpAddress& remote)> local_towards;
  std::function<void(PhoneEvent)> tell;
  std::function<void(sip::SessionId)> rang;  ///< a call to us was told that it rings
  std::function<base::Result<void, sip::StackError>(sip::SubscriptionId, std::optional<View>)> decide_watcher;
  std::function<void(base::Duration, std::function<void()>)> after;  ///< as Endpoint::post_after()
  std::atomic<std::thread::id> thread{};  ///< the signalling thread; none: before it runs, and once it was stopped

  /// Whether this thread may ask the stack for anything. WrongThread is a mistake of the caller's: it stops a debug build.
  [[nodiscard]] base::Result<void, base::Error> may_act() const;
};

/// The core behind a handle, when it may be used from here. Errors: WrongThread, Closed.
[[nodiscard]] base::Result<std::shared_ptr<PhoneCore>, base::Error> usable(const std::weak_ptr<PhoneCore>& core);

/// What an Account's copies share.
struct AccountState {
  std::weak_ptr<PhoneCore> core;
  sip::AccountId id;
  sip::RegistrationChanged last;
  bool removed = false;
  std::string address{};  ///< of record
};

/// What a Subscription's copies share.
struct SubscriptionState {
  std::weak_ptr<PhoneCore> core;
  sip::SubscriptionId id;
  sip::SubscriptionChanged last;
};

/// What a Watcher's copies share.
struct WatcherState {
  std::weak_ptr<PhoneCore> core;
  sip::SubscriptionId id;
};

/// Why the stack refused to begin something, as the phone's error. `what`: "the call cannot begin".
[[nodiscard]] base::Error refused(sip::StackError why, std::string_view what);
/// The stack's refusal of what a handle asked, in words. `what`: "holding".
[[nodiscard]] base::Result<void, base::Error> from_stack(const base::Result<void, sip::StackError>& result, std::string_view what);

}  // namespace offhook::inline v0::phone
