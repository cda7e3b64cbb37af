#include <offhook/sip/stack/stack.hpp>

#include <offhook/sip/message/parser.hpp>
#include <offhook/sip/message/writer.hpp>
#include <offhook/sip/stack/account_table.hpp>
#include <offhook/sip/admission/inspection.hpp>
#include <offhook/sip/stack/call_table.hpp>
#include <offhook/sip/model/capabilities.hpp>
#include <offhook/sip/stack/client_requests.hpp>
#include <offhook/sip/admission/admission.hpp>
#include <offhook/sip/stack/outbox.hpp>
#include <offhook/sip/stack/outcomes.hpp>
#include <offhook/sip/admission/refusals.hpp>
#include <offhook/sip/stack/publication_table.hpp>
#include <offhook/sip/stack/request_table.hpp>
#include <offhook/sip/stack/server_requests.hpp>
#include <offhook/sip/stack/subscription_table.hpp>
#include <offhook/sip/model/transport_kinds.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip {

/// Only routes: passes input to the part that owns it, and collects what the parts have finished after each call.
class Stack::Impl final : public ContactSource {
 public:
  Impl(StackOptions options, base::Random& random);

  void receive(const Flow& flow, base::Bytes bytes, base::TimePoint now);
  void on_garbage(const Refusal& refusal, const Flow& flow, std::size_t octets, base::TimePoint now);
  void on_request(Message message, const Flow& flow, std::size_t octets, base::TimePoint now);
  void refuse_busy(const Message& message, const Flow& flow, std::size_t octets, base::TimePoint now);
  /// Checks a request outside live calls. Returns false if it was refused statelessly.
  [[nodiscard]] bool admit(const Message& message, const RequestKeys& keys, const Flow& flow, bool own, ServerRequests::Sender& sender,
                           base::TimePoint now);
  void dispatch(TransactionId id, const Message& request, base::TimePoint now);
  void answer_options(TransactionId id, base::TimePoint now);
  [[nodiscard]] bool is_known(const base::IpAddress& source) const;
  void handle_timeout(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

  [[nodiscard]] StackParts parts(base::Random& random) {
    return {timers_, random, outbox_, clients_, servers_, accounts_, outcomes_, counters_, options_};
  }
  [[nodiscard]] std::string contact(const Owner& owner, Method method, const Flow& flow) override;
  [[nodiscard]] std::optional<Flow> way(const Owner& owner) const override;

  StackOptions options_;
  Capabilities can_;
  transaction::Timers timers_;
  std::uint64_t last_transaction_, last_query_;
  StackCounters counters_;
  SlabPool pool_;  // Outlives every message.
  Outbox outbox_;
  transaction::TransactionTable table_;
  ClientRequests clients_;
  ServerRequests servers_;
  Outcomes outcomes_;
  AccountTable accounts_;
  CallTable calls_;
  SubscriptionTable subscriptions_;
  PublicationTable publications_;
  RequestTable requests_;
  Admission admission_;
  Refusals refusals_;
  Availability availability_;
};

namespace {

/// Returns true for requests within a call that carry our Contact: RFC 3261 section 12.2.1.1, RFC 3311 section 5.1,
/// RFC 3515 section 2.2.
bool makes_or_moves_dialogs(Method method) {
  return method == Method::Invite || method == Method::Refer || method == Method::Update || method == Method::Notify;
}

/// The value of Allow-Events.
std::string names_of(const std::vector<PackageOptions>& packages) {
  std::string names;
  for (const PackageOptions& package : packages) names += (names.empty() ? "" : ", ") + package.name;
  return names;
}

std::uint64_t first_id(const StackOptions& options) { return std::uint64_t{options.number} << 32; }

}  // namespace

Stack::Impl::Impl(StackOptions options, base::Random& random)
    : options_(std::move(options)),
      can_(names_of(options_.packages), !options_.message_types.empty()),
      timers_{options_.t1, options_.t2, options_.t4},
      last_transaction_(first_id(options_)),
      last_query_(first_id(options_)),
      table_(options_.limits),
      clients_({timers_, options_.user_agent, random, outbox_, table_, *this, last_transaction_, last_query_, counters_,
                options_.datagram_limit, can_}),
      servers_({timers_, options_.user_agent, random, outbox_, table_, counters_, last_transaction_, can_}),
      outcomes_({clients_, accounts_, calls_, subscriptions_, publications_, requests_}),
      accounts_({random, outbox_, clients_, outcomes_, counters_, first_id(options_)}),
      calls_(parts(random), first_id(options_)),
      subscriptions_(parts(random), first_id(options_)),
      publications_(parts(random), first_id(options_)),
      requests_(parts(random), first_id(options_)),
      admission_(options_.admission, options_.callers, random, counters_),
      refusals_(64 * options_.t1) {}

std::string Stack::Impl::contact(const Owner& owner, Method method, const Flow& flow) {
  if (owner.kind == Owner::Kind::Account) return accounts_.register_contact({owner.id}, flow);
  if (owner.kind == Owner::Kind::Session && makes_or_moves_dialogs(method)) return calls_.contact(owner.id, flow);
  if (owner.kind == Owner::Kind::Subscription) return subscriptions_.contact(owner.id, flow);
  return {};
}

std::optional<Flow> Stack::Impl::way(const Owner& owner) const {
  if (owner.kind == Owner::Kind::Session) return calls_.way(owner.id);
  if (owner.kind == Owner::Kind::Subscription) return subscriptions_.way(owner.id);
  return std::nullopt;
}

void Stack::Impl::receive(const Flow& flow, base::Bytes bytes, base::TimePoint now) {
  const bool keep_alive =
      std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t c) { return c == '\r' || c == '\n' || c == 0; });
  // RFC 3261 section 7.5, RFC 5626 section 3.5.1; some devices send a NUL.
  if (keep_alive) {
    if (is_reliable(flow.transport)) accounts_.on_pong(flow, now);
    return;
  }
  ++counters_.received;
  if (admission_.is_shut(flow.remote.ip, accounts_.is_any_registrar(flow.remote.ip), now)) {
    if (is_reliable(flow.transport)) outbox_.closes.push_back(flow);
    return;
  }
  auto parsed = parse_message(pool_.copy(bytes), is_byte_stream(flow.transport) ? Framing::Stream : Framing::Datagram);
  if (!parsed) return on_garbage(parsed.error(), flow, bytes.size(), now);
  if (parsed->is_request()) return on_request(std::move(*parsed), flow, bytes.size(), now);
  if (!clients_.on_response(*parsed, flow, now)) ++counters_.stray_responses;
  outcomes_.deliver(now);
}

void Stack::Impl::on_garbage(const Refusal& refusal, const Flow& flow, std::size_t octets, base::TimePoint now) {
  ++counters_.refused_parse;
  const bool let_in = admission_.let_in(flow.remote.ip, accounts_.is_any_registrar(flow.remote.ip), now);
  if (!refusal.answerable) return;
  const auto most = let_in ? std::nullopt : std::optional(octets);
  if ((!let_in && !admission_.may_refuse(now)) ||
      !servers_.respond_statelessly(refusal.message, flow, refusal.status, reason_phrase(refusal.status), {}, most))
    ++counters_.dropped_budget;
}

void Stack::Impl::on_request(Message message, const Flow& flow, std::size_t octets, base::TimePoint now) {
  const bool own = accounts_.is_any_registrar(flow.remote.ip);
  ServerRequests::Sender sender{calls_.session_of(message), !accounts_.never_any() && !accounts_.knows(flow.remote.ip), {}};
  const bool free = sender.session != 0 || message.method() == Method::Ack;
  const bool let_in = free || admission_.let_in(flow.remote.ip, own, now);
  auto keys = transaction::keys_of(message);
  auto received = servers_.absorb(message, keys, flow, let_in, now);
  if (received.kind == ServerRequests::Kind::New) {
    if (!free && admission_.is_scanner(message, flow.remote.ip, own, now)) return;
    if (!let_in) return refuse_busy(message, flow, octets, now);
    if (!free && !admit(message, keys, flow, own, sender, now)) return outcomes_.deliver(now);
    received = servers_.start(message, std::move(keys), flow, std::move(sender));
  }
  switch (received.kind) {
    case ServerRequests::Kind::New: dispatch(received.id, *servers_.request(received.id), now); break;
    case ServerRequests::Kind::AnswerAck: calls_.on_ack(message, now); break;
    case ServerRequests::Kind::Absorbed:
    case ServerRequests::Kind::Refused: break;
  }
  outcomes_.deliver(now);
}

/// Answers 503 without a transaction, a look-up or a hash.
void Stack::Impl::refuse_busy(const Message& message, const Flow& flow, std::size_t octets, base::TimePoint now) {
  const bool sent = admission_.may_refuse(now) &&
                    servers_.respond_statelessly(message, flow, 503, reason_phrase(503), {{"Retry-After", std::string(kRetryAfter)}},
                                                 Admission::most_octets(flow, octets));
  ++(sent ? counters_.refused_budget : counters_.dropped_budget);
}

bool Stack::Impl::admit(const Message& message, const RequestKeys& keys, const Flow& flow, bool own, ServerRequests::Sender& sender,
                        base::TimePoint now) {
  const auto called = accounts_.named_by(message.request_uri(), flow.remote.ip);
  const std::string_view address = called ? std::string_view(accounts_.options(*called)->address_of_record) : std::string_view();
  auto proof = admission_.ask(message, address, flow.remote.ip, own, now);
  if (!proof.refused && message.method() == Method::Invite && !message.to().tag()) {
    auto status = refusals_.find(keys.transaction, now);
    if (!status) {
      status = calls_.turn_away(message, flow, !proof.username.empty());
      if (status) refusals_.remember(keys.transaction, *status, now);
    }
    // If the request from a known source is also faulty, inspect() later refuses it with that error instead of 404: RFC 3261 section 8.2.2.1.
    if (status && (*status != 404 || !inspect(message, can_))) proof.refused = Refused{*status, {}};
  }
  // A source that may be forged gets one response per request, and no retransmissions: RFC 3261 section 8.2.7.
  if (proof.refused) {
    const int status = proof.refused->status;
    servers_.respond_statelessly(message, flow, status, reason_phrase(status), proof.refused->headers);
    return false;
  }
  sender.stranger = sender.stranger && proof.username.empty();
  sender.proven = std::move(proof.username);
  return true;
}

void Stack::Impl::dispatch(TransactionId id, const Message& request, base::TimePoint now) {
  const bool in_dialog = request.to().tag().has_value();
  if (const auto refused = inspect(request, can_)) {
    if (in_dialog && request.method() != Method::Cancel) calls_.on_refused(request);
    return servers_.respond(id, refused->status, refused->headers, {}, {}, now);
  }
  if (request.method() == Method::Cancel) return calls_.on_cancel(id, servers_.cancelled(request), now);
  if (request.method() == Method::Options) {
    // Within a call, OPTIONS is part of the CSeq order (RFC 3261 section 12.2.2), so pass it to the call: RFC 3261 section 11.2.
    if (in_dialog && !subscriptions_.knows(request)) return calls_.on_in_dialog(id, now);
    return answer_options(id, now);
  }
  if (in_dialog && subscriptions_.knows(request)) return subscriptions_.on_in_dialog(id, now);
  if (in_dialog) return calls_.on_in_dialog(id, now);
  if (request.method() == Method::Invite) return calls_.on_invite(id, now);
  if (request.method() == Method::Subscribe) return subscriptions_.on_subscribe(id, now);
  if (request.method() == Method::Notify) return subscriptions_.on_unsolicited(id, now);
  if (request.method() == Method::Message) return requests_.on_message(id, now);
  servers_.respond(id, 481, {}, {}, {}, now);  // BYE or UPDATE without a dialog.
}

bool Stack::Impl::is_known(const base::IpAddress& source) const {
  return admission_.is_peer(source, accounts_.is_any_registrar(source)) || accounts_.is_trusted_by_any(source);
}

/// Answers with the status that an INVITE would get: RFC 3261 section 11.2. A proxy that sends OPTIONS then routes its calls
/// elsewhere.
void Stack::Impl::answer_options(TransactionId id, base::TimePoint now) {
  const int status = calls_.takes_calls() ? availability_.status : 503;
  HeaderList fields{{"Accept", std::string(kAccept)}, {"Supported", std::string(kSupported)}};
  // Say when a later attempt may succeed: RFC 3261 section 20.33.
  if (status != 200) fields.emplace_back("Retry-After", std::string(kRetryAfter));
  if (is_known(servers_.flow(id)->remote.ip))
    fields.insert(fields.end(), availability_.for_known.begin(), availability_.for_known.end());
  servers_.respond(id, status, fields, {}, {}, now);
}

std::optional<base::TimePoint> Stack::Impl::next_deadline() const {
  std::optional<base::TimePoint> first;
  for (const auto& due :
       {clients_.next_deadline(), servers_.next_deadline(), accounts_.next_deadline(), calls_.next_deadline(),
        subscriptions_.next_deadline(), publications_.next_deadline()}) {
    if (due && (!first || *due < *first)) first = due;
  }
  return first;
}

void Stack::Impl::handle_timeout(base::TimePoint now) {
  for (auto due = next_deadline(); due && *due <= now; due = next_deadline()) {
    clients_.on_time(now);
    outcomes_.deliver(now);
    servers_.on_time(now);
    calls_.on_time(now);
    accounts_.on_time(now);
    subscriptions_.on_time(now);
    publications_.on_time(now);
    outcomes_.deliver(now);
  }
}

Stack::Stack(StackOptions options, base::Random& random)
    : impl_(std::make_unique<Impl>(std::move(options), random)),
      accounts_(impl_->accounts_),
      calls_(impl_->calls_),
      transfers_(impl_->calls_),
      subscriptions_(impl_->subscriptions_),
      publications_(impl_->publications_),
      requests_(impl_->requests_) {}
Stack::~Stack() = default;

void Stack::receive(const Flow& flow, base::Bytes message, base::TimePoint now) { impl_->receive(flow, message, now); }

void Stack::on_flow_failed(const Flow& flow, base::TimePoint now, std::string_view why) {
  impl_->calls_.on_flow_failed(flow);
  impl_->servers_.on_flow_failed(flow, now);
  impl_->clients_.on_flow_failed(flow, why, now);
  impl_->outcomes_.deliver(now);
  impl_->accounts_.on_flow_failed(flow, now);
  impl_->subscriptions_.on_flow_failed(flow, now);
  impl_->outcomes_.deliver(now);
}

void Stack::on_answer(QueryId query, QueryResult result, base::TimePoint now) {
  impl_->clients_.on_answer(query, std::move(result), now);
  impl_->outcomes_.deliver(now);
}

void Stack::handle_timeout(base::TimePoint now) { impl_->handle_timeout(now); }
std::optional<base::TimePoint> Stack::next_deadline() const { return impl_->next_deadline(); }

std::optional<Transmit> Stack::poll_transmit() { return Outbox::take(impl_->outbox_.transmits); }
std::optional<Query> Stack::poll_query() { return Outbox::take(impl_->outbox_.queries); }
std::optional<Event> Stack::poll_event() { return Outbox::take(impl_->outbox_.events); }
std::optional<Flow> Stack::poll_close() { return Outbox::take(impl_->outbox_.closes); }

void Stack::set_accepting(bool accepting) { impl_->calls_.set_accepting(accepting); }
void Stack::set_availability(Availability availability) { impl_->availability_ = std::move(availability); }
bool Stack::is_known(const base::IpAddress& source) const { return impl_->is_known(source); }
bool Stack::uses(const Flow& flow) const {
  return impl_->servers_.uses(flow) || impl_->clients_.uses(flow) || impl_->accounts_.uses(flow) || impl_->calls_.uses(flow) ||
         impl_->subscriptions_.uses(flow);
}

std::size_t Stack::unfinished() const {
  return impl_->calls_.unfinished() + impl_->clients_.unfinished() + impl_->servers_.unfinished();
}

StackSizes Stack::sizes() const {
  StackSizes sizes;
  sizes.transactions = impl_->table_.size();
  sizes.requests_received = impl_->servers_.size();
  sizes.legs = impl_->calls_.size();
  sizes.timers = impl_->servers_.timers() + impl_->calls_.timers() + impl_->accounts_.timers() +
                 impl_->subscriptions_.timers() + impl_->publications_.timers();
  sizes.subscriptions = impl_->subscriptions_.size();
  sizes.publications = impl_->publications_.size();
  sizes.requests = impl_->requests_.size();
  impl_->clients_.add_to(sizes);
  return sizes;
}

const StackCounters& Stack::counters() const { return impl_->counters_; }

bool Stack::is_consistent() const {
  return impl_->table_.is_consistent() && impl_->clients_.is_consistent() && impl_->servers_.is_consistent() &&
         impl_->accounts_.is_consistent() && impl_->calls_.is_consistent() && impl_->subscriptions_.is_consistent() &&
         impl_->publications_.is_consistent();
}

}  // namespace offhook::inline v0::sip
