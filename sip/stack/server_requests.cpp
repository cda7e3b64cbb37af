#include <offhook/sip/stack/server_requests.hpp>

#include <offhook/base/shrink.hpp>
#include <offhook/sip/message/writer.hpp>
#include <offhook/sip/model/capabilities.hpp>
#include <offhook/sip/stack/hop.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip {

struct ServerRequests::Record {
  TransactionId id;
  std::optional<Message> request;  // Deleted after the final response, whose bytes suffice for repetitions.
  Method method = Method::Other;
  Flow from, reply;
  std::uint16_t sent_by_port = 5060;  // Port to connect to if the stream on which the request came has broken.
  std::string tag;
  std::string proven;
  std::string bytes;
  std::variant<transaction::InviteServer, transaction::NonInviteServer> machine;
  std::uint64_t session = 0;
  bool dead = false;
};

ServerRequests::ServerRequests(Shared shared) : shared_(std::move(shared)), stateless_tag_(shared_.random.token()) {}
ServerRequests::~ServerRequests() = default;

ServerRequests::Record* ServerRequests::find(TransactionId id) const {
  const auto at = records_.find(id);
  return at == records_.end() || at->second->dead ? nullptr : at->second.get();
}

ServerRequests::Received ServerRequests::absorb(const Message& message, const RequestKeys& keys, const Flow& flow,
                                                bool answered, base::TimePoint now) {
  const auto known = shared_.table.find_server(keys.transaction);
  if (known) {
    Record* record = find(*known);
    if (record == nullptr) return {Kind::Absorbed, *known};
    if (!answered) return drop(*known);
    transaction::Actions actions;
    auto* invite = std::get_if<transaction::InviteServer>(&record->machine);
    if (message.method() == Method::Ack) {
      if (invite != nullptr) invite->on_ack(now, actions);
    } else if (invite != nullptr) {
      invite->on_request(now, actions);
    } else {
      std::get<transaction::NonInviteServer>(record->machine).on_request(now, actions);
    }
    const bool for_session = std::erase(actions, transaction::Action(transaction::DeliverAck{})) > 0;
    carry_out(*record, actions);
    if (for_session) return {Kind::AnswerAck, *known};
    if (message.method() != Method::Ack) ++shared_.counters.retransmissions_absorbed;
    return {Kind::Absorbed, *known};
  }
  if (message.method() == Method::Ack) return {Kind::AnswerAck, {}};
  if (shared_.table.is_merged(keys)) {
    if (!answered) return drop({});
    respond_statelessly(message, flow, 482, reason_phrase(482), {});  // RFC 3261 section 8.2.2.2
    return {Kind::Refused, {}};
  }
  return {Kind::New, {}};
}

ServerRequests::Received ServerRequests::drop(TransactionId id) {
  ++shared_.counters.dropped_budget;
  return {Kind::Absorbed, id};
}

ServerRequests::Received ServerRequests::start(Message& message, RequestKeys keys, const Flow& flow, Sender sender) {
  const TransactionId id{++shared_.last_id};
  // One call must not use up the reserve of all calls.
  const auto open = open_.find(sender.session);
  const std::size_t held = open == open_.end() ? 0 : open->second;
  const bool of_a_call = sender.session != 0 && held < kMaxTransactionsPerCall;
  const bool full = sender.session != 0 ? held >= kMaxOfOneCall : sender.stranger && records_.size() >= kMaxBesideStrangers;
  if (full || !shared_.table.add_server(std::move(keys), id, of_a_call)) {
    ++shared_.counters.refused_limit;
    respond_statelessly(message, flow, 503, reason_phrase(503), {{"Retry-After", std::string(kRetryAfter)}});
    return {Kind::Refused, {}};
  }
  using Machine = decltype(Record::machine);
  const bool invite = message.method() == Method::Invite;
  auto record = std::unique_ptr<Record>(new Record{
      id, std::nullopt, message.method(), flow, reply_flow(message.top_via(), flow), message.top_via().port.value_or(5060),
      shared_.random.token(), std::move(sender.proven), {},
      invite ? Machine(transaction::InviteServer(shared_.timers, flow.transport))
             : Machine(transaction::NonInviteServer(shared_.timers, flow.transport)),
      0, false});
  record->request.emplace(std::move(message));
  records_.emplace(id, std::move(record));
  // Count the request for its call, even if its response will be a refusal.
  if (sender.session != 0) assign(id, sender.session);
  return {Kind::New, id};
}

std::optional<TransactionId> ServerRequests::cancelled(const Message& cancel) const {
  return shared_.table.find_server(transaction::cancelled_key(cancel));
}

void ServerRequests::respond(TransactionId id, int status, const HeaderList& headers, const Body& body, std::string_view contact,
                             base::TimePoint now, const HeaderList& own) {
  Record* record = find(id);
  if (record == nullptr || !record->request) return;
  auto* invite = std::get_if<transaction::InviteServer>(&record->machine);
  auto* other = std::get_if<transaction::NonInviteServer>(&record->machine);
  if (!(invite != nullptr ? invite->accepts(status) : other->accepts(status))) return;
  const Message& request = *record->request;
  auto writer = Writer::response(request, status, reason_phrase(status), status == 100 ? std::string_view() : record->tag,
                                 record->from.remote);
  const bool events = request.method() == Method::Subscribe || request.method() == Method::Notify;
  // A response that creates a dialog copies Record-Route: RFC 3261 section 12.1.1.
  if ((invite != nullptr || events) && status > 100 && status < 300) {
    for (const Header& header : request.headers()) {
      if (header.id == HeaderName::RecordRoute) writer.header(HeaderName::RecordRoute, header.value);
    }
  }
  if (!contact.empty()) writer.header(HeaderName::Contact, contact);
  // Allow tells the caller whether it may send UPDATE: RFC 3311 section 5.1.
  const bool accepts = status > (request.method() == Method::Invite ? 100 : 199) && status < 300;
  if (status == 405 || status == 501 || (accepts && request.method() != Method::Bye)) {
    writer.header(HeaderName::Allow, shared_.can.allow());
    if (!shared_.can.allow_events().empty()) writer.header(HeaderName::AllowEvents, shared_.can.allow_events());
  } else if (status == 489 && !shared_.can.allow_events().empty()) {
    // RFC 6665 section 4.4.4: tells the subscriber the available packages.
    writer.header(HeaderName::AllowEvents, shared_.can.allow_events());
  }
  writer.header(HeaderName::Server, shared_.user_agent);
  write_own(writer, own);
  write_headers(writer, headers);
  record->bytes = writer.finish(body.type, body.data);
  transaction::Actions actions;
  if (invite != nullptr) invite->on_response(status, now, actions);
  if (other != nullptr) other->on_response(status, now, actions);
  if (status >= 200) answered_.push_back(id);
  carry_out(*record, actions);
}

void ServerRequests::repeat(TransactionId id, base::TimePoint now) {
  Record* record = find(id);
  if (record == nullptr || record->method != Method::Invite) return;
  transaction::Actions actions;
  std::get<transaction::InviteServer>(record->machine).on_response(200, now, actions);
  carry_out(*record, actions);
}

bool ServerRequests::respond_statelessly(const Message& request, const Flow& flow, int status, std::string_view reason,
                                         const HeaderList& headers, std::optional<std::size_t> most) {
  if (request.method() == Method::Ack) return false;
  auto writer = Writer::response(request, status, reason, stateless_tag_, flow.remote);
  if (status == 501) writer.header(HeaderName::Allow, shared_.can.allow());
  writer.header(HeaderName::Server, shared_.user_agent);
  write_headers(writer, headers);
  std::string bytes = writer.finish();
  if (most && bytes.size() > *most) return false;
  shared_.outbox.transmits.push_back({reply_flow(request.top_via(), flow), std::move(bytes)});
  return true;
}

const Message* ServerRequests::request(TransactionId id) const {
  const Record* record = find(id);
  return record != nullptr && record->request ? &*record->request : nullptr;
}

const Flow* ServerRequests::flow(TransactionId id) const {
  const Record* record = find(id);
  return record != nullptr ? &record->from : nullptr;
}

std::string ServerRequests::proven(TransactionId id) const {
  const Record* record = find(id);
  return record != nullptr ? record->proven : std::string();
}

const std::string* ServerRequests::tag(TransactionId id) const {
  const Record* record = find(id);
  return record != nullptr ? &record->tag : nullptr;
}

void ServerRequests::share_tag(TransactionId cancel, TransactionId invite) {
  Record* to = find(cancel);
  const Record* from = find(invite);
  if (to != nullptr && from != nullptr) to->tag = from->tag;
}

void ServerRequests::assign(TransactionId id, std::uint64_t session) {
  Record* record = find(id);
  if (record == nullptr || record->session != 0) return;
  record->session = session;
  ++open_[session];
}

std::uint64_t ServerRequests::session(TransactionId id) const {
  const Record* record = find(id);
  return record != nullptr ? record->session : 0;
}

void ServerRequests::on_flow_failed(const Flow& flow, base::TimePoint) {
  // Over UDP, the timers of the transactions repeat what was lost.
  if (!is_reliable(flow.transport)) return;
  for (auto& [id, record] : records_) {
    if (record->dead || !same_way(record->reply, flow)) continue;
    record->reply.id = {};
    // Respond over a new connection to the port in the Via's sent-by: RFC 3261 section 18.2.2.
    record->reply.remote.port = record->sent_by_port;
  }
}

void ServerRequests::carry_out(Record& record, const transaction::Actions& actions) {
  for (const transaction::Action& action : actions) {
    if (std::holds_alternative<transaction::Transmit>(action)) {
      shared_.outbox.transmits.push_back({record.reply, record.bytes});
    } else if (std::holds_alternative<transaction::Ended>(action)) {
      record.dead = true;
      shared_.table.erase(record.id);
      dead_.push_back(record.id);
    }
  }
  const auto next = std::visit([](const auto& machine) { return machine.next_deadline(); }, record.machine);
  deadlines_.set(record.id, record.dead ? std::nullopt : next);
}

void ServerRequests::on_time(base::TimePoint now) {
  while (const auto id = deadlines_.take_due(now)) {
    Record* record = find(*id);
    if (record == nullptr) continue;
    transaction::Actions actions;
    std::visit([&](auto& machine) { machine.on_time(now, actions); }, record->machine);
    carry_out(*record, actions);
  }
}

void ServerRequests::collect(std::vector<std::uint64_t>& ended) {
  for (const TransactionId id : answered_) {
    if (Record* record = find(id)) record->request.reset();
  }
  answered_.clear();
  for (const TransactionId id : dead_) {
    const auto at = records_.find(id);
    if (at == records_.end()) continue;
    const std::uint64_t session = at->second->session;
    records_.erase(at);
    const auto open = open_.find(session);
    if (open == open_.end() || --open->second != 0) continue;
    open_.erase(open);
    ended.push_back(session);
  }
  dead_.clear();
  base::shrink(records_), base::shrink(open_);
}

bool ServerRequests::uses(const Flow& flow) const {
  return std::any_of(records_.begin(), records_.end(),
                     [&](const auto& entry) { return !entry.second->dead && same_way(entry.second->reply, flow); });
}

std::size_t ServerRequests::unfinished() const {
  using Invite = transaction::InviteServer::State;
  using Other = transaction::NonInviteServer::State;
  return static_cast<std::size_t>(std::count_if(records_.begin(), records_.end(), [](const auto& entry) {
    const auto& machine = entry.second->machine;
    if (entry.second->dead) return false;
    if (const auto* invite = std::get_if<transaction::InviteServer>(&machine))
      return invite->state() == Invite::Proceeding || invite->state() == Invite::Completed;
    const Other state = std::get<transaction::NonInviteServer>(machine).state();
    return state == Other::Trying || state == Other::Proceeding;
  }));
}

bool ServerRequests::is_consistent() const {
  return std::all_of(records_.begin(), records_.end(), [](const auto& entry) {
    return std::visit([](const auto& machine) { return machine.is_consistent(); }, entry.second->machine);
  });
}

}  // namespace offhook::inline v0::sip
