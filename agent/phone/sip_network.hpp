#pragma once

#include <offhook/agent/call/event.hpp>
#include <offhook/agent/call/network.hpp>
#include <offhook/agent/phone/endpoint.hpp>
#include <offhook/agent/phone/sip_leg.hpp>

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace offhook::inline v0::phone {

/// An endpoint as a network, whose calls are legs. Use its functions on the signalling thread, like those of Endpoint.
class SipNetwork final : public call::Network {
 public:
  struct Hooks {
    std::function<void(call::Event)> on_leg;
    std::function<void(PhoneEvent)> on_other;  ///< gets the events that belong to no leg
  };
  [[nodiscard]] static base::Result<std::unique_ptr<SipNetwork>, base::Error> open(EndpointOptions options, media::Engine& engine, Hooks hooks);

  [[nodiscard]] Endpoint& endpoint() { return *endpoint_; }
  /// Adds an account with EndpointOptions::security. Numbers are dialled at the domain of the first account.
  void add_account(const sip::AccountOptions& options);
  void unregister();  ///< unregisters all accounts

  call::Party party(const std::string& address) const override;
  void post(std::function<void()> task) override { endpoint_->post(std::move(task)); }
  void post_after(base::Duration delay, std::function<void()> task) override { endpoint_->post_after(delay, std::move(task)); }

 private:
  SipNetwork(Hooks hooks, MediaSecurity security) : hooks_(std::move(hooks)), security_(security) {}
  base::Result<call::LegPtr, base::Error> do_dial(const call::DialOptions& options, std::shared_ptr<media::AudioPort> port) override;
  [[nodiscard]] Account account_for(const call::LegPtr& on_behalf_of) const;
  [[nodiscard]] Account account_of(const sip::IncomingCall& call) const;
  void on_event(PhoneEvent event);
  void on_offered(const CallOffered& event);
  void on_finished(CallFinished& event);
  /// Reports the event `make(leg)`, if the call has a leg.
  template <class Make>
  void emit(const CallPtr& call, Make make);

  Hooks hooks_;
  MediaSecurity security_;
  std::vector<Account> accounts_;
  std::string domain_;
  std::unordered_map<CallPtr, std::shared_ptr<SipLeg>> legs_;
  std::unique_ptr<Endpoint> endpoint_;  // Declared last, so that its thread ends before the other members.
};

}  // namespace offhook::inline v0::phone
