#include <offhook/agent/phone/endpoint.hpp>

#include <offhook/agent/phone/availability.hpp>
#include <offhook/agent/phone/call_capacity.hpp>
#include <offhook/agent/phone/call_identity.hpp>
#include <offhook/agent/phone/event_reporter.hpp>
#include <offhook/agent/phone/line_watchers.hpp>
#include <offhook/agent/phone/media_hosts.hpp>
#include <offhook/agent/phone/phone_call.hpp>
#include <offhook/agent/phone/phone_core.hpp>
#include <offhook/agent/phone/subscription_registry.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/text.hpp>
#include <offhook/sip/model/capabilities.hpp>
#include <offhook/sip/stack/outbound_route.hpp>

#include <chrono>
#include <thread>
#include <unordered_map>
#include <unordered_set>

namespace offhook::inline v0::phone {

namespace {

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};

base::Error socket_error(sip::EdgeError why, const sip::EdgeOptions& options) {
  const std::string where = base::SocketAddress{options.bind, options.port}.to_string();
  std::string help;
  switch (why) {
    case sip::EdgeError::PortInUse: help = ": another program uses it; choose another with /sip/bind_port, or 0 for any free port"; break;
    case sip::EdgeError::NoPermission: help = ": ports below 1024 need privileges; choose a higher port"; break;
    case sip::EdgeError::BadAddress: help = ": choose an address of this machine, or 0.0.0.0"; break;
    case sip::EdgeError::BadTrust: help = ": name a PEM file of certificates to trust, or pins of 44 base64 characters"; break;
    case sip::EdgeError::BadCertificate: help = ": name a PEM file with the certificate, and a PEM file with its key without a passphrase"; break;
    case sip::EdgeError::BadLimits: help = ": allow more connections than the agent and known peers reserve, and at least one for each source"; break;
    case sip::EdgeError::BadWebSocket: help = ": a WebSocket listener needs a path that begins with / and has no blanks"; break;
    case sip::EdgeError::Other: break;
  }
  return phone_error(PhoneError::Socket, "SIP on " + where + ": " + std::string(sip::to_string(why)) + help);
}

/// Returns the address that is the host of a URI; nullopt if the host is a name.
std::optional<base::IpAddress> address_in(std::string_view uri) {
  const auto parsed = sip::parse_uri(uri);
  return parsed ? base::IpAddress::parse(parsed->host) : std::nullopt;
}

/// Adds the package of LineWatchers to the stack's options, in place of any package with the same name.
EndpointOptions with_lines(EndpointOptions options) {
  if (!options.watched) return options;
  auto package = LineWatchers::package(*options.watched);
  std::erase_if(options.stack.packages, [&](const auto& other) { return other.name == package.name; });
  options.stack.packages.push_back(std::move(package));
  return options;
}

}  // namespace

class Endpoint::Impl {
 public:
  Impl(EndpointOptions options, media::Engine& engine, std::function<void(PhoneEvent)> on_event)
      : options_(with_lines(std::move(options))),
        reporter_(std::move(on_event)),
        stack_(options_.stack, random_),
        core_(new PhoneCore{stack_, engine, options_, [this](const base::IpAddress& remote) { return edge_->local_address_towards(remote); },
                            [this](PhoneEvent event) { reporter_.emit(std::move(event)); },
                            [this](sip::SessionId call) {
                              if (lines_) lines_->ringing(call, base::Clock::now());
                            },
                            [this](const std::shared_ptr<PhoneCall>& call, const DialOptions& dialled) { on_sent(call, dialled); },
                            [this](const std::shared_ptr<PhoneCall>& call) { preparing_.erase(call); },
                            [this](sip::SubscriptionId id, std::optional<View> view) { return decide_watcher(id, view); },
                            [this](base::Duration delay, std::function<void()> task) { edge_->post_after(delay, std::move(task)); }}),
        subscriptions_(core_) {
    if (!options_.watched) return;
    const auto watcher = [this](sip::SubscriptionId id) { return Watcher(std::make_shared<WatcherState>(WatcherState{core_, id})); };
    lines_.emplace(stack_, *options_.watched,
                   LineWatchers::Emit{[this, watcher](auto& event) {
                                        const auto id = event.subscription;
                                        reporter_.emit(WatcherAsks{watcher(id), std::move(event)});
                                      },
                                      [this, watcher](const auto& event) { reporter_.emit(WatcherLeft{watcher(event.subscription), event}); }});
  }

  ~Impl() {
    stop();
    for (const auto& [id, call] : calls_) call->let_go();
    for (const auto& call : preparing_) call->let_go();
  }

  void stop() {
    if (edge_) edge_->stop();
    if (thread_.joinable()) thread_.join();
    core_->thread = std::thread::id{};
  }

  base::Result<void, base::Error> open() {
    if (auto opened = identity_.open(options_.identity); !opened) return opened;
    if (const auto certificate = media::DtlsCertificate::make()) {
      if (auto dtls = media::DtlsEndpoint::make(*certificate)) core_->dtls = std::make_shared<const media::DtlsEndpoint>(*std::move(dtls));
    }
    if (!core_->dtls) return base::fail(phone_error(PhoneError::Socket, "OpenSSL cannot make a certificate for DTLS: check its configuration (openssl.cnf)"));
    auto nat = NatServers::make(options_.nat);
    if (!nat) return base::fail(phone_error(PhoneError::Socket, nat.error()));
    core_->nat = std::move(*nat);
    auto edge = sip::SipEdge::open(options_.sip, stack_);
    if (!edge) return base::fail(socket_error(edge.error(), options_.sip));
    edge_ = std::move(*edge);
    edge_->on_event([this](sip::Event event) { hosts_.on_event(std::move(event)); });
    stack_.set_accepting(options_.accepting);
    thread_ = std::thread([this] {
      core_->thread = std::this_thread::get_id();
      watch_load();
      look_up_servers();
      edge_->run();
    });
    return {};
  }

  base::Result<Account, base::Error> add_account(sip::AccountOptions options, MediaSecurity security) {
    if (auto may = core_->may_act(); !may) return base::fail(may.error());
    std::string address = options.address_of_record, display = options.display_name;
    const std::string server = options.registers ? std::string() : sip::way_to_registrar(options).next_hop;
    const bool secure_way = uses_tls(sip::way_to_registrar(options).next_hop);
    if (core_->options.ice != IceUse::Off) options.info_packages.insert(options.info_packages.begin(), std::string(sip::kTrickleIce));
    const sip::AccountId id = stack_.accounts().add(std::move(options), base::Clock::now());
    accounts_[id] = std::make_shared<AccountState>(AccountState{core_, id, {}, false, address, security, secure_way});
    if (lines_) lines_->add_line(id, std::move(address), std::move(display));
    if (!server.empty()) look_for_way(server, id);
    return Account(accounts_[id]);
  }

  /// Finds the local address towards the server of an account that does not register: looks up the server's name, and then asks the routing table.
  void look_for_way(const std::string& server, sip::AccountId id) {
    const auto uri = sip::parse_uri(server);
    if (!uri || uri->host.empty()) return;
    const auto take = [this, id](const std::vector<base::IpAddress>& addresses) {
      if (addresses.empty()) return;
      if (!local_to_registrar_) local_to_registrar_ = edge_->local_address_towards(addresses.front());
      if (const auto account = accounts_.find(id); account != accounts_.end()) account->second->server = addresses.front();
    };
    if (const auto ip = base::IpAddress::parse(uri->host)) return take({*ip});
    edge_->find_host(std::string(uri->host), take);
  }

  base::Result<CallPtr, base::Error> dial(DialOptions options, std::shared_ptr<media::AudioPort> port) {
    if (auto may = core_->may_act(); !may) return base::fail(may.error());
    const auto account = accounts_.find(options.account.id());
    if (account == accounts_.end() || account->second->removed)
      return base::fail(phone_error(PhoneError::UnknownAccount, "cannot dial: the account of the call does not belong to this endpoint"));
    if (calls() >= options_.max_calls) return base::fail(phone_error(PhoneError::Full, "cannot dial: the endpoint already has max_calls calls"));
    if (const Shortage shortage = capacity_.shortage(base::Clock::now()); shortage != Shortage::None) return base::fail(error_of(shortage));
    const auto local = local_for_calls();
    if (!local) return base::fail(phone_error(PhoneError::Socket, "cannot dial: this machine has no network address"));
    const auto security = security_for(account->second->security, options.through_registrar ? account->second->uses_tls : uses_tls(options.target));
    const auto call = *preparing_.insert(std::make_shared<PhoneCall>(core_, next_sdp_id(), options.target, security)).first;
    if (!options.privacy.any()) identity_.sign(account->second->address, options.target, options.headers, random_);  // A withheld number is not signed.
    const auto peer = options.through_registrar ? account->second->server : address_in(options.target);
    if (auto dialled = call->dial(options, std::move(port), core_->place_for_call(*local, peer, account->second->seen)); !dialled) {
      preparing_.erase(call);
      return base::fail(dialled.error());
    }
    return CallPtr(call);
  }

  std::size_t calls() const { return calls_.size() + preparing_.size(); }

  void post(std::function<void()> task) {
    edge_->post([this, task = std::move(task)] { reporter_.run(task); });
  }
  void post_after(base::Duration delay, std::function<void()> task) {
    edge_->post_after(delay, [this, task = std::move(task)] { reporter_.run(task); });
  }

  base::Result<Subscription, base::Error> subscribe(const SubscribeOptions& options) {
    if (auto may = core_->may_act(); !may) return base::fail(may.error());
    return subscriptions_.subscribe(options);
  }

  base::Result<sip::RequestId, base::Error> send_message(const MessageOptions& options) {
    return request({options.account.id(), sip::Method::Message, options.target, options.headers, {options.type, options.text}, options.through_registrar}, "cannot write to ");
  }

  base::Result<sip::RequestId, base::Error> ask_options(const Account& account, std::string target, bool through_registrar) {
    return request({account.id(), sip::Method::Options, std::move(target), {}, {}, through_registrar}, "cannot ask ");
  }

  base::Result<sip::RequestId, base::Error> request(sip::RequestOptions options, const std::string& trouble) {
    if (auto may = core_->may_act(); !may) return base::fail(may.error());
    const std::string target = options.target;
    const auto id = stack_.requests().send(std::move(options), base::Clock::now());
    if (!id) return base::fail(refused(id.error(), trouble + target));
    return *id;
  }

  /// Returns the local address for an offer, before the stack has found the route: the address towards the registrar, or towards the default route.
  std::optional<base::IpAddress> local_for_calls() const {
    if (local_to_registrar_) return local_to_registrar_;
    static const auto kAnywhere = *base::IpAddress::parse("192.0.2.1");  // An address of RFC 5737, only for a look-up in the routing table.
    return edge_->local_address_towards(kAnywhere);
  }

  EndpointOptions options_;
  EventReporter reporter_;
  base::SystemRandom random_;
  sip::Stack stack_;
  std::unique_ptr<sip::SipEdge> edge_;
  std::shared_ptr<PhoneCore> core_;
  std::unordered_map<sip::AccountId, std::shared_ptr<AccountState>> accounts_;
  std::unordered_map<sip::SessionId, std::shared_ptr<PhoneCall>> calls_;
  std::unordered_set<std::shared_ptr<PhoneCall>> preparing_;  // outgoing calls that have not sent their INVITE
  SubscriptionRegistry subscriptions_;
  std::optional<LineWatchers> lines_;
  CallCapacity capacity_;
  MediaHosts hosts_{[this](const std::string& host, auto done) { edge_->find_host(host, std::move(done)); }, [this](sip::Event event) { on_sip(std::move(event)); }};
  CallIdentity identity_;
  std::optional<base::IpAddress> local_to_registrar_;
  std::thread thread_;

 private:
  static constexpr std::chrono::seconds kLookAtLoad{1};

  static base::Error error_of(Shortage shortage) {
    return shortage == Shortage::Memory
               ? phone_error(PhoneError::NoMemory, "too little memory is left for one more call: raise the limit (ulimit -v, MemoryMax=, of the container)")
               : phone_error(PhoneError::NoDescriptors, "too few descriptors are left for one more call: raise the limit of open files (ulimit -n, LimitNOFILE=)");
  }

  void on_sent(const std::shared_ptr<PhoneCall>& call, const DialOptions& options) {
    preparing_.erase(call);
    calls_.emplace(call->id(), call);
    capacity_.on_call();
    report_availability();
    if (lines_) lines_->dialled(call->id(), options.account.id(), options.target, options.privacy.any(), base::Clock::now());
  }

  void report_availability() {
    const bool has_room = capacity_.shortage(base::Clock::now()) == Shortage::None && !(options_.is_loading && options_.is_loading());
    stack_.set_availability(availability_of(calls(), options_.max_calls, core_->engine.status(), options_.load_field, has_room));
  }
  /// Runs every second, because the load of audio and the state of loading change without calls.
  void watch_load() {
    report_availability();
    edge_->post_after(kLookAtLoad, [this] { watch_load(); });
  }

  void look_up_servers() {
    core_->nat->look_up([this](const std::string& host, auto done) { edge_->find_host(host, std::move(done)); },
                        [this](base::Duration delay, std::function<void()> task) { edge_->post_after(delay, std::move(task)); },
                        [this](const std::string& uri, const std::string& why) { reporter_.emit(NatServerFailed{uri, why}); });
  }

  std::uint64_t next_sdp_id() { return random_.next_u64() >> 2; }  // fits into the signed 64 bits that many peers use

  base::Result<void, sip::StackError> decide_watcher(sip::SubscriptionId id, std::optional<View> view) {
    if (!lines_) return base::fail(sip::StackError::UnknownSubscription);
    return lines_->decide(id, view, base::Clock::now());
  }

  /// Refuses a subscription to a package that only the stack's options name, because no component here would notify it.
  void on_subscribe(sip::SubscribeReceived& event) {
    if (lines_) return lines_->on_subscribe(event, base::Clock::now());
    (void)stack_.subscriptions().end(event.subscription, sip::SubscriptionChanged::Why::Rejected, std::nullopt, base::Clock::now());
  }

  void on_sip(sip::Event event) {
    if (lines_) lines_->on_event(event, base::Clock::now());
    std::visit(Overloaded{
                   [&](sip::RegistrationChanged& e) { on_registration(e); },
                   [&](sip::StrangerRefused& e) { reporter_.emit(e); },
                   [&](sip::IncomingCall& e) { on_incoming(e); },
                   [&](sip::TransferProgress& e) {
                     if (const auto call = find(e.session)) reporter_.emit(CallTransferred{call, e.status, e.headers, e.accepted});
                   },
                   [&](sip::PeerChanged& e) { pass_on<CallPeerChanged>(e); },
                   [&](sip::TransferRequested& e) { pass_on<CallTransferRequested>(e); },
                   [&](sip::InfoReceived& e) {
                     if (!base::iequals(e.package, sip::kTrickleIce)) return pass_on<CallInfo>(e);
                     with(e.session, [&](PhoneCall& call) { call.on_trickled(e); });
                   },
                   [&](sip::TextReceived& e) { pass_on<CallText>(e); },
                   [&](sip::MidCallAnswered& e) { pass_on<CallRequestAnswered>(e); },
                   [&](sip::CallEnded& e) {
                     if (const auto call = find(e.session)) call->on_ended(e);
                     calls_.erase(e.session);
                     report_availability();
                   },
                   [&](sip::CallProgress& e) { with(e.session, [&](PhoneCall& call) { call.on_progress(e); }); },
                   [&](sip::CallAnswered& e) { with(e.session, [&](PhoneCall& call) { call.on_answered(e); }); },
                   [&](sip::CallConfirmed& e) { with(e.session, [&](PhoneCall& call) { call.on_confirmed(e); }); },
                   [&](sip::OfferReceived& e) { with(e.session, [&](PhoneCall& call) { call.on_offer(e); }); },
                   [&](sip::OfferAnswered& e) { with(e.session, [&](PhoneCall& call) { call.on_offer_answered(e); }); },
                   [&](sip::OfferRefused& e) { with(e.session, [&](PhoneCall& call) { call.on_offer_refused(e); }); },
                   [&](sip::SubscriptionChanged& e) { subscriptions_.on_changed(e); },
                   [&](sip::Notified& e) { subscriptions_.on_notified(e); },
                   [&](sip::UnsolicitedNotify& e) { reporter_.emit(std::move(e)); },
                   [&](sip::MessageReceived& e) { reporter_.emit(std::move(e)); },
                   [&](sip::RequestAnswered& e) { reporter_.emit(std::move(e)); },
                   [&](sip::SubscribeReceived& e) { on_subscribe(e); },
                   [](sip::PublicationChanged&) {},  // The phone publishes nothing.
               },
               event);
  }

  std::shared_ptr<PhoneCall> find(sip::SessionId session) const {
    const auto it = calls_.find(session);
    return it == calls_.end() ? nullptr : it->second;
  }

  /// Passes an event to the application; the call itself does not need it.
  template <class Told, class What>
  void pass_on(What& event) {
    if (auto call = find(event.session)) reporter_.emit(Told{std::move(call), std::move(event)});
  }

  template <class Do>
  void with(sip::SessionId session, Do what) {
    if (const auto call = find(session)) what(*call);
  }

  void on_registration(sip::RegistrationChanged& event) {
    if (event.local) local_to_registrar_ = event.local;
    const auto account = accounts_.find(event.account);
    if (account == accounts_.end()) return;
    const std::shared_ptr<AccountState> state = account->second;
    state->last = event;
    if (event.answered_by) state->server = event.answered_by->ip;
    if (event.state == sip::RegistrationChanged::State::Registered) state->seen = address_in(event.contact);
    if (state->removed && event.state == sip::RegistrationChanged::State::Unregistered) {
      accounts_.erase(account);
      if (lines_) lines_->remove_line(event.account);
    }
    reporter_.emit(RegistrationChanged{Account(state), std::move(event)});
  }

  void turn_away(sip::IncomingCall& event, int status) {
    (void)stack_.calls().reject(event.session, status, status == 503 ? sip::HeaderList{{"Retry-After", std::string(sip::kRetryAfter)}} : sip::HeaderList{}, base::Clock::now());
    reporter_.emit(CallTurnedAway{std::move(event), status});
  }

  void on_incoming(sip::IncomingCall& event) {
    if (calls() >= options_.max_calls) return turn_away(event, 486);
    if (capacity_.shortage(base::Clock::now()) != Shortage::None) return turn_away(event, 503);
    if (const auto status = identity_.refusal_of(event)) return turn_away(event, *status);
    const auto account = event.account ? accounts_.find(*event.account) : accounts_.end();
    const auto security = security_for(account != accounts_.end() ? account->second->security : options_.security, uses_tls(event.transport));
    capacity_.on_call();
    // If the Request-URI has a public address, the caller's network reached this machine at that address.
    const auto reached = address_in(event.request_uri);
    const auto seen = reached && reached->is_public() ? reached : account != accounts_.end() ? account->second->seen : std::nullopt;
    auto call = std::make_shared<PhoneCall>(core_, event, next_sdp_id(), security, seen);
    calls_.emplace(event.session, call);
    report_availability();
    if (lines_) lines_->rang_in(event, base::Clock::now());
    reporter_.emit(CallOffered{std::move(call), std::move(event)});
  }
};

base::Result<std::unique_ptr<Endpoint>, base::Error> Endpoint::open(EndpointOptions options, media::Engine& engine,
                                                                    std::function<void(PhoneEvent)> on_event) {
  auto impl = std::make_unique<Impl>(std::move(options), engine, std::move(on_event));
  if (auto opened = impl->open(); !opened) return base::fail(opened.error());
  return std::unique_ptr<Endpoint>(new Endpoint(std::move(impl)));
}

Endpoint::Endpoint(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Endpoint::~Endpoint() = default;
void Endpoint::stop() { impl_->stop(); }
void Endpoint::post(std::function<void()> task) { impl_->post(std::move(task)); }
void Endpoint::post_after(base::Duration delay, std::function<void()> task) { impl_->post_after(delay, std::move(task)); }
base::Result<Account, base::Error> Endpoint::add_account(sip::AccountOptions options, MediaSecurity security) {
  return impl_->add_account(std::move(options), security);
}
base::Result<Subscription, base::Error> Endpoint::subscribe(const SubscribeOptions& options) { return impl_->subscribe(options); }
base::Result<sip::RequestId, base::Error> Endpoint::send_message(const MessageOptions& options) { return impl_->send_message(options); }
base::Result<sip::RequestId, base::Error> Endpoint::ask_options(const Account& account, std::string target, bool through_registrar) {
  return impl_->ask_options(account, std::move(target), through_registrar);
}
base::Result<CallPtr, base::Error> Endpoint::dial(DialOptions options, std::shared_ptr<media::AudioPort> port) {
  return impl_->dial(std::move(options), std::move(port));
}
void Endpoint::set_accepting(bool accepting) { impl_->stack_.set_accepting(accepting); }
std::size_t Endpoint::calls() const { return impl_->calls(); }
std::size_t Endpoint::unfinished() const { return impl_->stack_.unfinished(); }
std::vector<sip::Listener> Endpoint::listeners() const { return impl_->edge_->listeners(); }
std::uint16_t Endpoint::sip_port() const { return impl_->edge_->port(); }

}  // namespace offhook::inline v0::phone
