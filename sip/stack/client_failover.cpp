#include <offhook/sip/stack/client_requests.hpp>

#include <offhook/sip/dialog/dialog_set.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace offhook::inline v0::sip {

namespace {

struct LateAnswer {
  RequestHead ack;
  std::optional<RequestHead> bye;
};

/// Returns the requests that answer a late 2xx of a candidate that was given up: the ACK, and the BYE that ends its call
/// (RFC 3261 section 13.2.2.4). An INVITE within an existing call gets no BYE. Returns nullopt if the 2xx makes no dialog.
std::optional<LateAnswer> late_answer(const RequestHead& invite, const Message& response) {
  if (is_in_dialog(invite)) {
    RequestHead ack = invite;
    ack.method = Method::Ack;
    return LateAnswer{std::move(ack), std::nullopt};
  }
  auto dialog = Dialog::as_client(invite, response);
  if (!dialog) return std::nullopt;
  dialog->confirm(response);
  RequestHead ack = dialog->ack(invite.cseq);
  return LateAnswer{std::move(ack), dialog->request(Method::Bye)};
}

}  // namespace

bool ClientRequests::try_next_route(ClientRecord& record, std::optional<std::chrono::seconds> retry_after, Leaving how,
                                    base::TimePoint now) {
  if (!record.is_owned() || record.turn != ClientRecord::Turn::Holds) return false;
  hops_.on_failure(record, retry_after, now);
  if (record.cancelling != ClientRecord::Cancelling::No || record.route + 1 >= record.routes.size()) return false;
  ClientRecord& next = make(record.what);
  next.routes = record.routes;
  next.route = record.route + 1;
  next.stream_tried = record.stream_tried;
  records_.pass_on(record, next, how);
  launch(next, now);
  return true;
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
    records_.drop_out(record);
    record.turn = ClientRecord::Turn::GivenUp;
    return false;
  }
  take_back(record, Leaving::Waiting, now);
  return true;
}

void ClientRequests::take_back(ClientRecord& record, Leaving how, base::TimePoint now) {
  if (ClientRecord* unsent = records_.take_back(record, how, now)) finish(*unsent);
}

/// Gives the request back to the last candidate that was left, because the holder has no response. Returns false if no candidate
/// was left.
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

void ClientRequests::on_late(ClientRecord& record, const Message& response, base::TimePoint now) {
  const std::string tag(response.to().tag().value_or(""));
  if (record.taken_back.size() >= kMaxForks || !record.taken_back.insert(tag).second) return;
  auto late = late_answer(record.what.head, response);
  if (!late) return;
  acks_.send(0, {std::move(late->ack), tag, {}}, as_acknowledged(record), now);
  if (!late->bye) return;
  Outgoing bye;
  bye.owner = {record.what.owner.kind, record.what.owner.id, session::Purpose::ForkBye};
  bye.head = std::move(*late->bye);
  send(std::move(bye), now);
}

}  // namespace offhook::inline v0::sip
