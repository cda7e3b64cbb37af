#include <offhook/sip/stack/account_table.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/model/counters.hpp>
#include <offhook/sip/model/host_port.hpp>
#include <offhook/sip/model/transport_kinds.hpp>
#include <offhook/sip/registration/binding.hpp>
#include <offhook/sip/stack/account.hpp>
#include <offhook/sip/stack/hop.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip {

namespace {

RegistrationChanged::Why as_event(registration::Why why) {
  switch (why) {
    case registration::Why::None: return RegistrationChanged::Why::None;
    case registration::Why::WrongCredentials: return RegistrationChanged::Why::WrongCredentials;
    case registration::Why::Refused: return RegistrationChanged::Why::Refused;
    case registration::Why::NoAnswer: return RegistrationChanged::Why::NoAnswer;
    case registration::Why::Unresolvable: return RegistrationChanged::Why::Unresolvable;
    case registration::Why::Unreachable: return RegistrationChanged::Why::Unreachable;
  }
  return RegistrationChanged::Why::None;
}

registration::Registration::Failure as_registration(session::Failure failure) {
  using Failure = registration::Registration::Failure;
  switch (failure) {
    case session::Failure::Timeout: return Failure::Timeout;
    case session::Failure::Transport: return Failure::Transport;
    case session::Failure::Unresolvable: return Failure::Unresolvable;
  }
  return Failure::Timeout;
}

}  // namespace

Credentials credentials_of(const AccountOptions& options) { return {options.username, options.password, options.challenges.realms}; }

AccountTable::AccountTable(Shared shared) : shared_(shared), last_id_(shared.first_id) {}
AccountTable::~AccountTable() = default;

AccountTable::Account* AccountTable::find(AccountId id) const {
  const auto at = accounts_.find(id);
  return at == accounts_.end() ? nullptr : at->second.get();
}

AccountTable::Account& AccountTable::insert(AccountOptions options) {
  const AccountId id{++last_id_};
  std::string user = user_of(options.address_of_record);
  DigestClient digest(credentials_of(options));
  auto made = std::unique_ptr<Account>(new Account{id, std::move(options), std::move(user), shared_.random.token(),
                                                   std::move(digest), {}, {}, {}, {}, {}, {}, {}, 0, false});
  Account& account = *accounts_.emplace(id, std::move(made)).first->second;
  index_.add(id, unescape(account.user), account.options.username, account.is_closed());
  for (const base::IpAddress& address : account.options.trunk_addresses) index_.add_trunk(id, address);
  any_known_ = any_known_ || !account.options.trunk_addresses.empty();
  return account;
}

void AccountTable::close(Account& account) {
  account.removed = true;
  index_.remove(account.id, unescape(account.user), account.options.username, account.is_closed());
  for (const base::IpAddress& address : account.options.trunk_addresses) index_.remove_trunk(account.id, address);
}

OutboundRoute AccountTable::outbound_route(AccountId id) const {
  const Account* account = find(id);
  return account == nullptr ? OutboundRoute{} : sip::outbound_route(account->options, account->service_routes);
}

void AccountTable::hold(std::optional<AccountId> id) {
  if (Account* account = id ? find(*id) : nullptr) ++account->users;
}

void AccountTable::release(std::optional<AccountId> id) {
  Account* account = id ? find(*id) : nullptr;
  if (account == nullptr) return;
  --account->users;
  let_go(*account);
}

void AccountTable::let_go(const Account& account) {
  if (account.removed && account.users == 0 && !account.is_registering()) gone_.push_back(account.id);
}

void AccountTable::collect() {
  for (const AccountId id : std::exchange(gone_, {})) {
    const Account* account = find(id);
    if (account == nullptr) continue;
    for (const base::IpAddress& registrar : account->registrars) index_.remove_registrar(registrar);
    deadlines_.set(id, std::nullopt);
    accounts_.erase(id);
  }
}

void AccountTable::carry_out(Account& account, registration::Actions actions, base::TimePoint now) {
  for (registration::Action& action : actions) {
    if (auto* send = std::get_if<registration::SendRegister>(&action)) {
      send_register(account, std::move(*send), now);
    } else if (auto* registered = std::get_if<registration::Registered>(&action)) {
      auto event = changed(account, RegistrationChanged::State::Registered);
      event.status = 200;
      if (account.flow && account.options.keep_alive) account.keep_alive.start(account.flow->transport, now, shared_.random);
      event.expires = registered->expires;
      event.contact = std::move(registered->contact);
      if (account.flow) event.local = account.flow->local.ip;
      if (account.flow) event.answered_by = account.flow->remote;
      shared_.outbox.events.push_back(std::move(event));
    } else if (auto* failed = std::get_if<registration::Failed>(&action)) {
      account.keep_alive.stop();
      auto event = changed(account, RegistrationChanged::State::Failed);
      if (failed->status != 0 && account.flow) event.answered_by = account.flow->remote;
      event.why = as_event(failed->why);
      event.status = failed->status;
      event.reason = std::move(failed->reason);
      event.retry_in = failed->retry_in;
      shared_.outbox.events.push_back(std::move(event));
    } else {
      account.keep_alive.stop();
      account.flow.reset();  // This account does not need the flow any more.
      shared_.outbox.events.push_back(changed(account, RegistrationChanged::State::Unregistered));
    }
  }
  tend(account, now);
  let_go(account);
}

/// Sends a ping that is due, and sets the next deadline.
void AccountTable::tend(Account& account, base::TimePoint now) {
  switch (account.keep_alive.on_time(now, shared_.random)) {
    case registration::KeepAlive::Due::Nothing: break;
    case registration::KeepAlive::Due::Ping: shared_.outbox.transmits.push_back({*account.flow, "\r\n\r\n"}); break;
    case registration::KeepAlive::Due::Dead:
      ++shared_.counters.dead_flows;
      shared_.outbox.closes.push_back(*account.flow);
      break;
  }
  auto due = account.registration->next_deadline();
  const auto ping = account.keep_alive.next_deadline();
  if (ping && (!due || *ping < *due)) due = ping;
  deadlines_.set(account.id, due);
}

void AccountTable::on_pong(const Flow& flow, base::TimePoint now) {
  for (auto& [id, account] : accounts_) {
    if (!account->flow || !account->registration || !same_way(*account->flow, flow)) continue;
    if (account->keep_alive.on_pong(now, shared_.random)) account->registration->on_flow_proven();
    tend(*account, now);
  }
}

bool AccountTable::uses(const Flow& flow) const {
  return std::any_of(accounts_.begin(), accounts_.end(), [&](const auto& entry) {
    return entry.second->registration && entry.second->flow && same_way(*entry.second->flow, flow);
  });
}

void AccountTable::send_register(Account& account, registration::SendRegister request, base::TimePoint now) {
  Outgoing out;
  out.owner = {Owner::Kind::Account, account.id.value, {}};
  const std::string name = "<" + account.options.address_of_record + ">";
  const bool redirected = request.registrar != account.options.registrar;
  OutboundRoute way = redirected ? way_to_another(account.options, request.registrar) : way_to_registrar(account.options);
  out.head = {Method::Register, std::move(request.registrar), way.routes, way.next_hop, name + ";tag=" + account.tag, name,
              request.call_id, request.cseq};
  out.headers = {{"Expires", std::to_string(request.expires.count())}};
  out.alternatives = std::move(way.alternatives);
  std::string supported = "path";  // RFC 3327 section 5.1
  if (!account.options.instance.empty()) supported += account.options.reg_id != 0 ? ", gruu, outbound" : ", gruu";
  out.own = {{"Supported", std::move(supported)}};
  out.authorizations = std::move(request.authorizations);
  out.to_registrar = true;
  shared_.clients.send(std::move(out), now);
}

void AccountTable::on_outcome(const ClientRequests::Outcome& outcome, base::TimePoint now) {
  Account* account = find({outcome.owner.id});
  if (account == nullptr || !account->registration) return;
  const ClientRecord* request = shared_.clients.record(outcome.id);
  registration::Actions actions;
  const bool fails = outcome.response == nullptr || outcome.response->status() >= 300;
  if (fails) account->registration->set_others_hold(others_hold(*account));
  if (outcome.response != nullptr) {
    if (request != nullptr) {
      const Flow& flow = request->flow;
      // REGISTER may have been sent to several candidates, each with its own Contact. Restore the Contact of the candidate that
      // responded.
      (void)account->registration->on_route(flow.transport, flow.local, host_for(flow));
      if (!is_reliable(flow.transport) || !account->options.keep_alive) account->registration->on_flow_proven();
      if (account->flow && !same_way(*account->flow, flow)) account->keep_alive.stop();
      account->flow = flow;
      if (const auto end = request->own_end()) account->flow->local = *end;
      account->registration->on_connected(account->flow->local);
      for (const Route& route : request->routes) learn_registrar(account->id, route.remote.ip);
    }
    account->realms.learn(*outcome.response);
    if (outcome.response->status() >= 200 && outcome.response->status() < 300) learn_service(*account, *outcome.response);
    account->registration->on_response(*outcome.response, now, actions);
  } else {
    account->registration->on_failure(as_registration(outcome.failure), now, actions);
    for (registration::Action& action : actions) {
      if (auto* failed = std::get_if<registration::Failed>(&action)) failed->reason = outcome.trouble;
    }
  }
  carry_out(*account, std::move(actions), now);
}

void AccountTable::on_flow_failed(const Flow& flow, base::TimePoint now) {
  if (!is_reliable(flow.transport)) return;
  for (auto& [id, account] : accounts_) {
    if (!account->registration || !account->flow) continue;
    if (!same_way(*account->flow, flow)) continue;
    account->flow.reset();
    account->keep_alive.stop();
    registration::Actions actions;
    account->registration->set_others_hold(others_hold(*account));
    account->registration->on_flow_lost(now, actions);
    carry_out(*account, std::move(actions), now);
  }
}

void AccountTable::on_time(base::TimePoint now) {
  while (const auto id = deadlines_.take_due(now)) {
    Account* account = find(*id);
    if (account == nullptr || !account->registration) continue;
    registration::Actions actions;
    account->registration->on_time(now, actions);
    carry_out(*account, std::move(actions), now);
  }
}

bool AccountTable::others_hold(const Account& account) const {
  if (account.options.reg_id == 0 || account.options.instance.empty()) return false;
  return std::any_of(accounts_.begin(), accounts_.end(), [&](const auto& entry) {
    const Account& other = *entry.second;
    return other.id != account.id && other.options.instance == account.options.instance &&
           other.options.address_of_record == account.options.address_of_record && other.registration &&
           other.registration->state() == registration::Registration::State::Registered;
  });
}

const AccountOptions* AccountTable::options(AccountId id) const {
  const Account* account = find(id);
  return account != nullptr ? &account->options : nullptr;
}

const AccountOptions* AccountTable::open_options(AccountId id) const {
  const Account* account = find(id);
  return account != nullptr && !account->removed ? &account->options : nullptr;
}

std::optional<AccountId> AccountTable::named_by(std::string_view request_uri, const base::IpAddress& source) const {
  const auto& named = index_.named(unescape(user_of(request_uri)));
  const auto own = std::find_if(named.begin(), named.end(), [&](AccountId id) { return is_registrar(id, source) || was_asked(id, source); });
  if (own != named.end()) return *own;
  if (const auto trunk = index_.with_trunk(source)) return trunk;
  return named.empty() ? std::nullopt : std::optional(named.front());
}

bool AccountTable::is_trusted(AccountId id, const base::IpAddress& address) const {
  const AccountOptions* account = options(id);
  if (account == nullptr) return false;
  const auto& peers = account->trusted_peers;
  return is_registrar(id, address) || std::find(peers.begin(), peers.end(), address) != peers.end();
}

bool AccountTable::is_trusted_by_any(const base::IpAddress& address) const {
  return std::any_of(accounts_.begin(), accounts_.end(), [&](const auto& entry) { return is_trusted(entry.first, address); });
}

bool AccountTable::is_registrar(AccountId id, const base::IpAddress& address) const {
  const Account* account = find(id);
  if (account == nullptr) return false;
  return account->has_trunk(address) || std::find(account->registrars.begin(), account->registrars.end(), address) != account->registrars.end();
}

void AccountTable::learn_registrar(AccountId id, const base::IpAddress& address) {
  Account* account = find(id);
  if (account == nullptr || account->has_trunk(address)) return;
  auto& known = account->registrars;
  if (std::erase(known, address) == 0) index_.add_registrar(address);
  if (known.size() >= kMaxRegistrarAddresses) {
    index_.remove_registrar(known.front());
    known.erase(known.begin());
  }
  known.push_back(address);  // Move it to the end of the list, so that addresses in use are not the ones to be forgotten.
}

bool AccountTable::accepts(AccountId id, const base::IpAddress& source) const {
  const Account* account = find(id);
  if (account == nullptr) return false;
  return !account->is_closed() || is_registrar(id, source) || was_asked(id, source);
}

bool AccountTable::was_asked(AccountId id, const base::IpAddress& address) const {
  const Account* account = find(id);
  return account != nullptr && std::find(account->asked.begin(), account->asked.end(), address) != account->asked.end();
}

bool AccountTable::is_any_registrar(const base::IpAddress& source) const {
  return index_.is_registrar(source);
}

bool AccountTable::knows(const base::IpAddress& source) const {
  return index_.is_registrar(source) || !index_.any_closed();
}

bool AccountTable::knows_nobody_yet() const { return index_.any_closed() && !any_known_; }

/// Reads the fields of a 2xx to REGISTER that do not concern the binding: RFC 3608 section 6.1, RFC 5626 section 4.4.1.
void AccountTable::learn_service(Account& account, const Message& response) {
  account.service_routes = service_routes(response);
  std::optional<std::chrono::seconds> flow_timer;
  for (const Header& header : response.headers()) {
    if (!base::iequals(header.name, "Flow-Timer")) continue;
    if (const auto value = base::parse_number<std::uint32_t>(header.value)) flow_timer = std::chrono::seconds(*value);
  }
  account.keep_alive.apply(flow_timer);
}

/// Deviation: RFC 3261 section 22.2 answers any challenge for which there are credentials. Within a dialog that the peer opened,
/// a challenge of the registrar cannot be distinguished from one that the peer made up.
bool AccountTable::may_answer(AccountId id, const Outgoing& request, const base::IpAddress& from, const Message& challenge) const {
  const Account* account = find(id);
  if (account == nullptr || account->options.username.empty() || !is_registrar(id, from)) return false;
  const ChallengeOptions& rule = account->options.challenges;
  if (request.peer_opened && !rule.in_peers_dialogs) return false;
  return account->realms.are_matched_by(challenge, rule.realms);
}

std::string AccountTable::register_contact(AccountId id, const Flow& flow) {
  Account* account = find(id);
  if (account == nullptr || !account->registration) return {};
  std::erase(account->asked, flow.remote.ip);
  if (account->asked.size() >= kMaxRegistrarAddresses) account->asked.erase(account->asked.begin());
  account->asked.push_back(flow.remote.ip);
  any_known_ = true;
  return account->registration->on_route(flow.transport, flow.local, host_for(flow));
}

/// Returns the .invalid host for a WebSocket that we opened: the peer can reach us over this WebSocket only:
/// RFC 7118 section 8.1.
const std::string& AccountTable::host_for(const Flow& flow) const {
  static const std::string kNone;
  if (!is_web_socket(flow.transport) || flow.name.empty()) return kNone;
  if (nowhere_.empty()) nowhere_ = shared_.random.token() + ".invalid";
  return nowhere_;
}

std::string AccountTable::own_uri(std::string_view user, const Flow& flow) const {
  const std::string& nowhere = host_for(flow);
  return registration::contact_uri(user, nowhere.empty() ? host_port(flow.local) : nowhere, flow.transport);
}

std::string AccountTable::contact(AccountId id, const Flow& flow, As as) const {
  const Account* account = find(id);
  if (account == nullptr) return "<" + own_uri({}, flow) + ">";
  // Prefer a GRUU; in an anonymous call only the temporary one: RFC 5627 section 4.4.
  if (account->registration) {
    const std::string& gruu = as == As::Anonymous ? account->registration->temp_gruu() : account->registration->gruu();
    if (!gruu.empty()) return "<" + gruu + ">";
  }
  const bool registered = account->registration && !account->registration->contact().empty() && account->flow;
  if (registered && account->flow->transport == flow.transport && account->flow->remote.ip == flow.remote.ip) {
    const bool outbound = account->registration->has_outbound();  // RFC 5626 section 4.3
    return "<" + account->registration->contact() + (outbound ? ";ob>" : ">");
  }
  return "<" + own_uri(account->user, flow) + ">";
}

bool AccountTable::is_consistent() const {
  if (!gone_.empty() || timers() > accounts_.size()) return false;
  return std::all_of(accounts_.begin(), accounts_.end(), [](const auto& entry) {
    return !entry.second->registration || entry.second->registration->is_consistent();
  });
}

}  // namespace offhook::inline v0::sip
