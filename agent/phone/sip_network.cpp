#include <offhook/agent/phone/sip_network.hpp>

#include <offhook/agent/phone/leg_values.hpp>
#include <offhook/agent/phone/target.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace offhook::inline v0::phone {

namespace {

template <class... Fs>
struct ByEvent : Fs... {
  using Fs::operator()...;
};

}  // namespace

base::Result<std::unique_ptr<SipNetwork>, base::Error> SipNetwork::open(EndpointOptions options, media::Engine& engine, Hooks hooks) {
  std::unique_ptr<SipNetwork> network(new SipNetwork(std::move(hooks), options.security));
  auto endpoint = Endpoint::open(std::move(options), engine, [network = network.get()](PhoneEvent event) { network->on_event(std::move(event)); });
  if (!endpoint) return base::fail(endpoint.error());
  network->endpoint_ = std::move(*endpoint);
  return network;
}

void SipNetwork::add_account(const sip::AccountOptions& options) {
  const auto account = endpoint_->add_account(options, security_);
  if (!account) return;
  const std::string& address = options.address_of_record;
  if (accounts_.empty()) domain_ = address.substr(address.find('@') + 1);
  accounts_.push_back(*account);
}

void SipNetwork::unregister() {
  for (Account& account : accounts_) (void)account.unregister();
}

call::Party SipNetwork::party(const std::string& address) const { return party_of(sip::Party{address, {}}); }

/// Returns the account on which the call of `on_behalf_of` came, otherwise the first registered account. When none is registered, returns the first
/// account, because its failure then explains the failed call.
Account SipNetwork::account_for(const call::LegPtr& on_behalf_of) const {
  if (const auto* leg = static_cast<const SipLeg*>(on_behalf_of.get()); leg != nullptr && leg->account()) return leg->account();
  const auto up = std::find_if(accounts_.begin(), accounts_.end(), [](const Account& each) { return each.registered(); });
  if (up != accounts_.end()) return *up;
  return accounts_.empty() ? Account() : accounts_.front();
}

Account SipNetwork::account_of(const sip::IncomingCall& call) const {
  const auto account = std::find_if(accounts_.begin(), accounts_.end(), [&call](const Account& each) { return call.account == each.id(); });
  return account == accounts_.end() ? Account() : *account;
}

base::Result<call::LegPtr, base::Error> SipNetwork::do_dial(const call::DialOptions& options, std::shared_ptr<media::AudioPort> port) {
  auto call = endpoint_->dial({account_for(options.on_behalf_of), target_at(options.target, domain_), {}, true, options.codecs}, std::move(port));
  if (!call) return base::fail(call.error());
  const auto leg = std::make_shared<SipLeg>(*call, Account());
  legs_.emplace(*call, leg);
  return call::LegPtr(leg);
}

template <class Make>
void SipNetwork::emit(const CallPtr& call, Make make) {
  const auto leg = legs_.find(call);
  if (leg != legs_.end()) hooks_.on_leg(make(leg->second));
}

void SipNetwork::on_event(PhoneEvent event) {
  std::visit(ByEvent{
                 [&](CallOffered& e) { on_offered(e); },
                 [&](CallPrepared& e) {
                   emit(e.call, [&](const std::shared_ptr<SipLeg>& leg) {
                     if (e.media) leg->set_prepared(*e.media);
                     return call::Prepared{leg, e.media ? base::Result<void, base::Error>() : base::fail(e.media.error())};
                   });
                 },
                 [&](CallTurnedAway& e) { hooks_.on_leg(call::TurnedAway{incoming_of(e.details, {}), refused_with(e.status)}); },
                 [&](CallRinging& e) { emit(e.call, [](auto leg) { return call::Ringing{leg}; }); },
                 [&](CallConnected& e) { emit(e.call, [&](auto leg) { return call::Connected{leg, e.sends}; }); },
                 [&](CallMediaChanged& e) { emit(e.call, [&](auto leg) { return call::MediaChanged{leg, e.sends, e.receives}; }); },
                 [&](CallPeerChanged& e) { emit(e.call, [&](auto leg) { return call::PartyChanged{leg, person_of(e.details), e.details.asserted.has_value()}; }); },
                 [&](CallInfo& e) {
                   if (e.details.digit) emit(e.call, [&](auto leg) { return call::KeyPressed{leg, e.details.digit->digit}; });
                 },
                 [&](CallTransferred& e) {
                   emit(e.call, [&](auto leg) { return call::Transferred{leg, e.status >= 200 && e.status < 300, status_text(e.status), e.accepted}; });
                 },
                 [&](CallTransferRequested& e) { emit(e.call, [](auto leg) { return call::TransferRequested{leg}; }); },
                 [&](CallFinished& e) { on_finished(e); },
                 [&](auto& e) { hooks_.on_other(std::move(e)); },
             },
             event);
}

void SipNetwork::on_offered(const CallOffered& event) {
  const auto leg = std::make_shared<SipLeg>(event.call, account_of(event.details));
  legs_.emplace(event.call, leg);
  hooks_.on_leg(call::Offered{leg, incoming_of(event.details, event.call->leg_name().local_tag)});
}

void SipNetwork::on_finished(CallFinished& event) {
  const auto found = legs_.find(event.call);
  if (found == legs_.end()) return;
  const std::shared_ptr<SipLeg> leg = found->second;
  legs_.erase(found);
  call::Ended how = ended_of(event.details);
  how.why = leg->why();
  hooks_.on_leg(call::Finished{leg, std::move(how), event.media});
}

}  // namespace offhook::inline v0::phone
