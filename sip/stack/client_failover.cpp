#include <offhook/sip/stack/client_record.hpp>

#include <offhook/sip/dialog/dialog_set.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip {

/// RFC 3261 section 18.1.1: a request that is too large for a datagram takes TCP, to where the datagram would have gone, and comes
/// back to UDP when there is none. Only this request does. True: it waits for the way.
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
  const auto at = records_.find(look_up.mapped());
  if (at == records_.end() || at->second->dead) return true;
  Record& record = *at->second;
  std::erase_if(result.routes, [](const Route& route) { return route.transport != Transport::Tcp; });
  const auto here = record.routes.begin() + static_cast<std::ptrdiff_t>(record.route);
  if (!result.routes.empty()) record.routes.insert(here, result.routes.front());
  launch(record, now);
  return true;
}

bool ClientRequests::try_next_route(Record& record, std::optional<std::chrono::seconds> retry_after, base::TimePoint now) {
  if (record.what.owner.kind != Owner::Kind::Nobody && record.route < record.routes.size())
    memory_.on_failure(record.routes[record.route], retry_after, now);
  if (record.cancel_wanted || record.what.owner.kind == Owner::Kind::Nobody || record.route + 1 >= record.routes.size())
    return false;
  Record& next = make(record.what);
  next.routes = record.routes;
  next.route = record.route + 1;
  next.stream_tried = record.stream_tried;
  release(record.what.owner);
  record.what.owner = {};
  launch(next, now);
  return true;
}

/// The request went on to the next candidate while this one was silent. Should it answer after all, there must be no second call.
void ClientRequests::leave_behind(Record& record) {
  record.left = true;
  record.silence_ends.reset();
  auto* invite = std::get_if<transaction::InviteClient>(&record.machine);
  if (invite == nullptr) return finish(record);  // A late answer to anything else says nothing that matters.
  invite->stop_resending();
  record.cancel_wanted = true;
  watch(record);
}

/// A 2xx of a candidate that we left is acknowledged and hung up: RFC 3261 section 13.2.2.4.
void ClientRequests::on_late(Record& record, const Message& response, base::TimePoint now) {
  const std::string tag(response.to().tag().value_or(""));
  auto dialog = Dialog::as_client(record.what.head, response);
  if (!dialog || record.taken_back.size() >= kMaxForks || !record.taken_back.insert(tag).second) return;
  dialog->confirm(response);
  PendingAck pending{0, record.id, {dialog->ack(record.what.head.cseq), tag, {}}, {}};
  send_ack(std::move(pending));
  Outgoing bye;
  bye.head = dialog->request(Method::Bye);
  send(std::move(bye), now);
}

}  // namespace offhook::inline v0::sip
