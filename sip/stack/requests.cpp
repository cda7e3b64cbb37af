#include <offhook/sip/stack/requests.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/model/capabilities.hpp>
#include <offhook/sip/model/limits.hpp>
#include <offhook/sip/session/confirmed_call.hpp>
#include <offhook/sip/stack/custom_headers.hpp>

#include <utility>

namespace offhook::inline v0::sip {

struct Requests::Entry {
  AccountId account;
  std::optional<DigestClient> digest;
};

Requests::Requests(OutsideParts parts, std::uint64_t first_id) : parts_(parts), last_id_(first_id) {}
Requests::~Requests() = default;

void Requests::on_message(TransactionId id, base::TimePoint now) {
  const Message& message = *parts_.servers.request(id);
  const Flow flow = *parts_.servers.flow(id);
  const auto answer = [&](int status, const HeaderList& own = {}) { parts_.servers.respond(id, status, {}, {}, {}, now, own); };
  const Admitted admitted = admit(parts_.accounts, parts_.outbox, parts_.counters, message, flow, !parts_.servers.proven(id).empty());
  if (admitted.refused != 0) return answer(admitted.refused);
  const auto encoding = message.find(HeaderName::ContentEncoding);
  if (encoding && !base::iequals(base::trim(*encoding), "identity")) return answer(415, {{"Accept-Encoding", "identity"}});
  if (!message.body().empty() && !lists_type(parts_.options.message_types, message.content_type()))
    return answer(415, {{"Accept", parts_.options.message_types}});
  MessageReceived event;
  event.account = admitted.account;
  event.call_id = std::string(message.call_id());
  event.request_uri = std::string(message.request_uri());
  event.from = party_of(message.from());
  event.to = party_of(message.to());
  event.asserted = asserted_of(parts_.accounts, admitted.account, message, flow);
  event.headers = carried_fields(message);
  event.body = session::body_of(message);
  event.source = flow.remote;
  answer(200);  // RFC 3428 section 7: without body and without Contact.
  parts_.outbox.events.push_back(std::move(event));
}

base::Result<RequestId, StackError> Requests::send(RequestOptions options, base::TimePoint now) {
  switch (options.method) {
    case Method::Options:
    case Method::Message:
    case Method::Info:
    case Method::Publish: break;
    case Method::Invite:
    case Method::Ack:
    case Method::Bye:
    case Method::Cancel:
    case Method::Register:
    case Method::Prack:
    case Method::Update:
    case Method::Refer:
    case Method::Notify:
    case Method::Subscribe:
    case Method::Other: return base::fail(StackError::BadMethod);
  }
  auto head = head_outside(parts_, options.account, options.method, options.target, options.through_registrar);
  if (!head) return base::fail(head.error());
  if (why_not_sent(options.headers)) return base::fail(StackError::BadHeader);
  // RFC 3428 section 8: it is unknown whether all hops use congestion control.
  if (options.method == Method::Message && options.body.data.size() > kMaxMessageBody) return base::fail(StackError::TooLarge);
  if (entries_.size() >= kMaxRequests) return base::fail(StackError::Full);
  const RequestId id{++last_id_};
  entries_.emplace(id, std::make_unique<Entry>(Entry{options.account, std::nullopt}));
  parts_.accounts.hold(options.account);
  Outgoing out;
  out.owner = {Owner::Kind::Request, id.value, {}};
  out.to_registrar = goes_to_registrar(parts_, options.account, *head);
  if (out.to_registrar) out.alternatives = parts_.accounts.outbound_route(options.account).alternatives;
  out.head = std::move(*head);
  out.head.from += ";tag=" + parts_.random.token();
  out.head.call_id = parts_.random.token();
  out.head.cseq = 1;
  out.headers = std::move(options.headers);
  out.body = std::move(options.body);
  parts_.clients.send(std::move(out), now);
  return id;
}

void Requests::on_outcome(const ClientRequests::Outcome& outcome, base::TimePoint now) {
  const RequestId id{outcome.owner.id};
  const auto at = entries_.find(id);
  if (at == entries_.end()) return;
  if (outcome.response == nullptr) {
    RequestAnswered event;
    event.why = outcome.failure == session::Failure::Timeout     ? RequestAnswered::Why::NoAnswer
                : outcome.failure == session::Failure::Transport ? RequestAnswered::Why::Unreachable
                                                                 : RequestAnswered::Why::Unresolvable;
    event.reason = outcome.trouble;
    return end(id, std::move(event));
  }
  if (outcome.response->status() < 200) return;
  const Outgoing* request = parts_.clients.request(outcome.id);
  AuthAttempt attempt;
  if (auto credentials = answer_challenge(parts_.clients, parts_.accounts, parts_.random, outcome, at->second->account, at->second->digest, attempt))
    return parts_.clients.send_again(outcome.id, request->head.cseq + 1, std::move(*credentials), std::move(attempt), now);
  RequestAnswered event;
  event.status = outcome.response->status();
  event.reason = std::string(outcome.response->reason());
  event.headers = carried_fields(*outcome.response);
  event.body = session::body_of(*outcome.response);
  end(id, std::move(event));
}

void Requests::end(RequestId id, RequestAnswered event) {
  event.request = id;
  parts_.outbox.events.push_back(std::move(event));
  const auto at = entries_.find(id);
  parts_.accounts.release(at->second->account);
  entries_.erase(at);
}

}  // namespace offhook::inline v0::sip
