#include <offhook/sip/stack/client_requests.hpp>

#include <offhook/sip/dialog/dialog_set.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace offhook::inline v0::sip {

/// Looks up TCP for a request that is too large for a datagram: RFC 3261 section 18.1.1. The TCP address is that of the datagram;
/// without TCP, the request falls back to UDP. Affects only this request. Returns true if the request waits for the look-up.
bool ClientRequests::look_up_stream(ClientRecord& record, base::TimePoint now) {
  const Route& route = record.routes[record.route];
  if (shared_.datagram_limit == 0 || record.bytes.size() <= shared_.datagram_limit) return false;
  if (route.transport != Transport::Udp || record.stream_tried == route.remote) return false;
  record.stream_tried = route.remote;
  if (memory_.is_passed_over(Transport::Tcp, route.remote, now)) return false;
  look_ups_.start_stream(record.id, route.remote);
  return true;
}

bool ClientRequests::try_next_route(ClientRecord& record, std::optional<std::chrono::seconds> retry_after, Leaving how,
                                    base::TimePoint now) {
  if (!record.is_owned() || record.turn != ClientRecord::Turn::Holds) return false;
  if (record.route < record.routes.size()) memory_.on_failure(record.routes[record.route], retry_after, now);
  if (record.cancelling != ClientRecord::Cancelling::No || record.route + 1 >= record.routes.size()) return false;
  ClientRecord& next = make(record.what);
  next.routes = record.routes;
  next.route = record.route + 1;
  next.stream_tried = record.stream_tried;
  pass_on(record, next, how);
  launch(next, now);
  return true;
}

/// Passes the request from one candidate to another. `to` then holds the request, and the candidates that may still respond.
void ClientRequests::pass_on(ClientRecord& from, ClientRecord& to, Leaving how) {
  to.behind = std::exchange(from.behind, {});
  std::erase(to.behind, to.id);
  to.turn = ClientRecord::Turn::Holds;
  from.silence_ends.reset();
  if (how == Leaving::Waiting) {
    from.turn = ClientRecord::Turn::Left;
    to.behind.push_back(from.id);
    from.machine.stop_resending();
    watch(from);
  } else {
    records_.disown(from);
  }
  for (const TransactionId id : to.behind) records_.stored(id)->holder = to.id;
}

/// Processes a response of a candidate that was left. Returns true if that candidate gets the request back and the response
/// counts.
bool ClientRequests::on_left(ClientRecord& record, const Message& response, base::TimePoint now) {
  const int status = response.status();
  if (record.turn == ClientRecord::Turn::GivenUp) {
    if (record.what.head.method == Method::Invite && status >= 200 && status < 300) on_late(record, response, now);
    return false;
  }
  const ClientRecord* holder = records_.find(record.holder);
  if (status == 100 && (holder == nullptr || holder->is_answered())) return false;
  if (record.loses(status)) {
    drop_out(record);
    record.turn = ClientRecord::Turn::GivenUp;
    return false;
  }
  take_back(record, Leaving::Waiting, now);
  return true;
}

/// Gives the request back to a candidate that was left. Waiting: the previous holder may still respond.
void ClientRequests::take_back(ClientRecord& record, Leaving how, base::TimePoint now) {
  ClientRecord* holder = records_.find(record.holder);
  assert(holder != nullptr);
  // The remaining routes of the holder come after its current one.
  const Route own = record.routes[record.route];
  record.route = holder->route + 1;
  record.routes = holder->routes;
  record.routes.insert(record.routes.begin() + static_cast<std::ptrdiff_t>(record.route), own);
  record.limited = holder->limited;
  records_.replace_current(*holder, record);
  const bool asked = holder->machine.is_started();  // Otherwise it still waits for a route, which it does not need any more.
  pass_on(*holder, record, asked ? how : Leaving::Done);
  if (!asked) finish(*holder);
  record.machine.resume_resending(now);
  watch(record);
}

/// Gives the request back to the last candidate that was left, because the holder has no response. Returns false if there is
/// none.
bool ClientRequests::hand_back(ClientRecord& record, base::TimePoint now) {
  if (record.behind.empty()) return false;
  take_back(*records_.stored(record.behind.back()), Leaving::Done, now);
  return true;
}

/// Ends the other copies of the request after a response or a cancellation, so that they cannot create a second call.
void ClientRequests::give_up_others(ClientRecord& record, base::TimePoint now) {
  for (const TransactionId id : std::exchange(record.behind, {})) {
    ClientRecord& other = *records_.stored(id);
    other.turn = ClientRecord::Turn::GivenUp;
    if (!other.machine.is_invite()) {
      finish(other);  // A late response to another method does not matter.
      continue;
    }
    other.cancel_headers = record.cancel_headers;
    other.want_cancel();
    if (other.is_answered()) send_cancel(other, now);
  }
}

void ClientRequests::drop_out(ClientRecord& record) {
  if (record.turn == ClientRecord::Turn::Holds) return;
  if (ClientRecord* holder = records_.find(record.holder)) std::erase(holder->behind, record.id);
}

/// Acknowledges a late 2xx of a candidate that was given up: RFC 3261 section 13.2.2.4. Ends its call with BYE, unless the INVITE
/// was sent within an existing call.
void ClientRequests::on_late(ClientRecord& record, const Message& response, base::TimePoint now) {
  const std::string tag(response.to().tag().value_or(""));
  if (record.taken_back.size() >= kMaxForks || !record.taken_back.insert(tag).second) return;
  if (record.what.is_in_dialog()) {
    RequestHead ack = record.what.head;
    ack.method = Method::Ack;
    return acks_.send(0, {std::move(ack), tag, {}}, as_acknowledged(record), now);
  }
  auto dialog = Dialog::as_client(record.what.head, response);
  if (!dialog) return;
  dialog->confirm(response);
  acks_.send(0, {dialog->ack(record.what.head.cseq), tag, {}}, as_acknowledged(record), now);
  Outgoing bye;
  bye.owner = {record.what.owner.kind, record.what.owner.id, session::Purpose::ForkBye};
  bye.head = dialog->request(Method::Bye);
  send(std::move(bye), now);
}

}  // namespace offhook::inline v0::sip
