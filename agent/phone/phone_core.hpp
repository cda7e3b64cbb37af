#pragma once

#include <offhook/agent/phone/account.hpp>
#include <offhook/agent/phone/endpoint.hpp>
#include <offhook/agent/phone/media_place.hpp>
#include <offhook/agent/phone/nat/nat_servers.hpp>
#include <offhook/agent/phone/subscription.hpp>
#include <offhook/agent/phone/watcher.hpp>
#include <offhook/media/dtls/endpoint.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace offhook::inline v0::phone {

class PhoneCall;

/// The part of an endpoint that its handles (calls, accounts) use. The endpoint owns it. Handles hold it weakly, and return Closed when it no
/// longer exists.
struct PhoneCore {
  sip::Stack& stack;
  media::Engine& engine;
  const EndpointOptions& options;
  std::function<std::optional<base::IpAddress>(const base::IpAddress& remote)> local_towards;
  std::function<void(PhoneEvent)> emit;               ///< reports an event when the present event handler or task has returned
  std::function<void(sip::SessionId)> rang;  ///< an incoming call has sent a ringing response
  std::function<void(const std::shared_ptr<PhoneCall>&, const DialOptions&)> sent;  ///< an outgoing call has sent its INVITE
  std::function<void(const std::shared_ptr<PhoneCall>&)> unsent;                    ///< an outgoing call has ended before its INVITE was sent
  std::function<base::Result<void, sip::StackError>(sip::SubscriptionId, std::optional<View>)> decide_watcher;
  std::function<void(base::Duration, std::function<void()>)> after;  ///< runs a task later, as Endpoint::post_after() does
  std::shared_ptr<const media::DtlsEndpoint> dtls{};  ///< set before the first call
  std::shared_ptr<NatServers> nat{};                  ///< set before the first call
  std::atomic<std::thread::id> thread{};  ///< the signalling thread; the default id before the thread runs and after stop()

  /// Returns the place of the media of a call with this peer. `seen`: see PlaceFacts.
  [[nodiscard]] MediaPlace place_for_call(const base::IpAddress& local, const std::optional<base::IpAddress>& peer, const std::optional<base::IpAddress>& seen) const {
    return place_for({local, peer, options.nat.public_address, seen});
  }
  /// Checks that this thread may use the stack. WrongThread is a bug of the application, and stops a debug build.
  [[nodiscard]] base::Result<void, base::Error> may_act() const;
};

/// Returns the core of a handle, if this thread may use it. Errors: WrongThread, Closed.
[[nodiscard]] base::Result<std::shared_ptr<PhoneCore>, base::Error> usable(const std::weak_ptr<PhoneCore>& core);

/// The state that copies of an Account share.
struct AccountState {
  std::weak_ptr<PhoneCore> core;
  sip::AccountId id;
  sip::RegistrationChanged last;
  bool removed = false;
  std::string address{};  ///< the address of record
  MediaSecurity security{};
  bool uses_tls = false;  ///< true if the signalling to the account's server uses TLS
  std::optional<base::IpAddress> server{};   ///< address of the account's server; nullopt: unknown
  std::optional<base::IpAddress> seen{};     ///< this machine's address as that server sees it; nullopt: unknown
};

/// The state that copies of a Subscription share.
struct SubscriptionState {
  std::weak_ptr<PhoneCore> core;
  sip::SubscriptionId id;
  sip::SubscriptionChanged last;
};

/// The state that copies of a Watcher share.
struct WatcherState {
  std::weak_ptr<PhoneCore> core;
  sip::SubscriptionId id;
};

/// Returns the phone's error for a refusal by the stack. `what` is for example "the call cannot begin".
[[nodiscard]] base::Error refused(sip::StackError why, std::string_view what);
/// Converts the stack's result of a handle's operation. `what` names the operation, for example "hold".
[[nodiscard]] base::Result<void, base::Error> from_stack(const base::Result<void, sip::StackError>& result, std::string_view what);

}  // namespace offhook::inline v0::phone
