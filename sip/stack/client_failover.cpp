#include <offhook/sip/stack/client_record.hpp>

#include <offhook/sip/dialog/dialog_set.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace offhook::inline v0::sip {

/// Looks up TCP for a request that is too large for a datagram: RFC 3261 section 18.1.1. The TCP address is that of the datagram;
/// without TCP, the request falls back to UDP. Affects only this request. Returns true if the request waits for the look-up.
bool ClientRequests::look_up_stream(Record& record, base::TimePoint now) {
  const Route& route = record.routes[record.route];
  if (shared_.datagram_limit == 0 || record.bytes.size() <= shared_.datagram_limit) return false;
  if (route.transport != Transport::Udp || record.stream_tried == route.remote) return false;
  record.stream_tried = route.remote;
  if (memory_.is_passed_over(Transport::Tcp, route.remote, now)) return false;
  stream_look_ups_.emplace(query({route.remote.ip.to_string(), route.remote.port, Transport::Tcp, false}), record.id);
  return true;
}

bool ClientRequests::on_stream_answer(QueryId query, QueryResult& result, base::TimePoint now) {
  const auto look_up = stream_look_ups_.extract(query);
  if (!look_up) return false;
  Record* record = find(look_up.mapped());
  if (record == nullptr) return true;
  std::erase_if(result.routes, [](const Route& route) { return route.transport != Transport::Tcp; });
  const auto here = record->routes.begin() + static_cast<std::ptrdiff_t>(record->route);
  if (!result.routes.empty()) record->routes.insert(here, result.routes.front());
  launch(*record, now);
  return true;
}

bool ClientRequests::try_next_route(Record& record, std::optional<std::chrono::seconds> retry_after, Leaving how,
                                    base::TimePoint now) {
  if (record.what.owner.kind == Owner::Kind::Nobody || record.left) return false;
  if (record.route < record.routes.size()) memory_.on_failure(record.routes[record.route], retry_after, now);
  if (record.cancel_wanted || record.route + 1 >= record.routes.size()) return false;
  Record& next = make(record.what);
  next.routes = record.routes;
  next.route = record.route + 1;
  next.stream_tried = record.stream_tried;
  pass_on(record, next, how);
  launch(next, now);
  return true;
}

/// Passes the request from one candidate to another. `to` then holds the request, and the candidates that may still respond.
void ClientRequests::pass_on(Record& from, Record& to, Leaving how) {
  to.behind = std::exchange(from.behind, {});
  std::erase(to.behind, to.id);
  to.left = false;
  from.silence_ends.reset();
  if (how == Leaving::Waiting) {
    from.left = true;
    to.behind.push_back(from.id);
    if (auto* invite = std::get_if<transaction::InviteClient>(&from.machine)) invite->stop_resending();
    if (auto* other = std::get_if<transaction::NonInviteClient>(&from.machine)) other->stop_resending();
    watch(from);
  } else {
    release(from.what.owner);
    from.what.owner = {};
  }
  for (const TransactionId id : to.behind) records_.at(id)->holder = to.id;
}

/// Processes a response of a candidate that was left. Returns true if that candidate gets the request back and the response
/// counts.
bool ClientRequests::on_left(Record& record, const Message& response, base::TimePoint now) {
  const int status = response.status();
  if (record.given_up) {
    if (record.what.head.method == Method::Invite && status >= 200 && status < 300) on_late(record, response, now);
    return false;
  }
  const Record* holder = find(record.holder);
  if (status == 100 && (holder == nullptr || holder->answered)) return false;
  if (loses(record.what, status)) {
    drop_out(record);
    record.given_up = true;
    return false;
  }
  take_back(record, Leaving::Waiting, now);
  return true;
}

/// Gives the request back to a candidate that was left. Waiting: the previous holder may still respond.
void ClientRequests::take_back(Record& record, Leaving how, base::TimePoint now) {
  Record* holder = find(record.holder);
  assert(holder != nullptr);
  // The remaining routes of the holder come after its current one.
  const Route own = record.routes[record.route];
  record.route = holder->route + 1;
  record.routes = holder->routes;
  record.routes.insert(record.routes.begin() + static_cast<std::ptrdiff_t>(record.route), own);
  record.limited = holder->limited;
  const auto current = current_.find(record.what.owner);
  if (current != current_.end() && current->second == holder->id) current->second = record.id;
  const bool asked = holder->machine.index() != 0;  // Otherwise it still waits for a route, which it does not need any more.
  pass_on(*holder, record, asked ? how : Leaving::Done);
  if (!asked) finish(*holder);
  if (auto* invite = std::get_if<transaction::InviteClient>(&record.machine)) invite->resume_resending(now);
  if (auto* other = std::get_if<transaction::NonInviteClient>(&record.machine)) other->resume_resending(now);
  watch(record);
}

/// Gives the request back to the last candidate that was left, because the holder has no response. Returns false if there is
/// none.
bool ClientRequests::hand_back(Record& record, base::TimePoint now) {
  if (record.behind.empty()) return false;
  take_back(*records_.at(record.behind.back()), Leaving::Done, now);
  return true;
}

/// Ends the other copies of the request after a response or a cancellation, so that they cannot create a second call.
void ClientRequests::give_up_others(Record& record, base::TimePoint now) {
  for (const TransactionId id : std::exchange(record.behind, {})) {
    Record& other = *records_.at(id);
    other.given_up = true;
    if (!std::holds_alternative<transaction::InviteClient>(other.machine)) {
      finish(other);  // A late response to another method does not matter.
      continue;
    }
    other.cancel_headers = record.cancel_headers;
    other.cancel_wanted = true;
    if (other.answered) send_cancel(other, now);
  }
}

void ClientRequests::drop_out(Record& record) {
  if (!record.left) return;
  if (Record* holder = find(record.holder)) std::erase(holder->behind, record.id);
}

/// Acknowledges a late 2xx of a candidate that was given up: RFC 3261 section 13.2.2.4. Ends its call with BYE, unless the INVITE
/// was sent within an existing call.
void ClientRequests::on_late(Record& record, const Message& response, base::TimePoint now) {
  const std::string tag(response.to().tag().value_or(""));
  if (record.taken_back.size() >= kMaxForks || !record.taken_back.insert(tag).second) return;
  if (is_in_dialog(record.what)) {
    RequestHead ack = record.what.head;
    ack.method = Method::Ack;
    return send_ack(PendingAck{0, record.id, {std::move(ack), tag, {}}, {}}, now);
  }
  auto dialog = Dialog::as_client(record.what.head, response);
  if (!dialog) return;
  dialog->confirm(response);
  send_ack(PendingAck{0, record.id, {dialog->ack(record.what.head.cseq), tag, {}}, {}}, now);
  Outgoing bye;
  bye.owner = {record.what.owner.kind, record.what.owner.id, session::Purpose::ForkBye};
  bye.head = dialog->request(Method::Bye);
  send(std::move(bye), now);
}

bool ClientRequests::is_in_dialog(const Outgoing& request) { return request.head.to.find(";tag=") != std::string::npos; }

/// Returns true for a status of a server that has another copy of the request, or cannot decide: RFC 3261 sections 8.2.2.2 and
/// 12.2.2. It does not count as response while another candidate may respond.
bool ClientRequests::loses(const Outgoing& request, int status) {
  return status == 482 || status == 408 || status == 503 || (status == 500 && is_in_dialog(request));
}

}  // namespace offhook::inline v0::sip
