#include <offhook/sip/stack/request_table.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/model/capabilities.hpp>
#include <offhook/sip/model/limits.hpp>
#include <offhook/sip/session/confirmed_call.hpp>
#include <offhook/sip/stack/custom_headers.hpp>
#include <offhook/sip/stack/stack.hpp>

#include <utility>

namespace offhook::inline v0::sip {

struct RequestTable::Entry {
  AccountId account;
  std::optional<DigestClient> digest;
};

RequestTable::RequestTable(StackParts parts, std::uint64_t first_id) : parts_(parts), last_id_(first_id) {}
RequestTable::~RequestTable() = default;

void RequestTable::on_message(TransactionId id, base::TimePoint now) {
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

RequestId RequestTable::add(AccountId account) {
  const RequestId id{++last_id_};
  entries_.emplace(id, std::make_unique<Entry>(Entry{account, std::nullopt}));
  parts_.accounts.hold(account);
  return id;
}

void RequestTable::on_outcome(const ClientRequests::Outcome& outcome, base::TimePoint now) {
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
  const ClientRecord* request = parts_.clients.record(outcome.id);
  AuthAttempt attempt;
  if (auto credentials = answer_challenge(parts_.clients, parts_.accounts, parts_.random, outcome, at->second->account, at->second->digest, attempt))
    return parts_.clients.send_again(outcome.id, request->what.head.cseq + 1, std::move(*credentials), std::move(attempt), now);
  RequestAnswered event;
  event.status = outcome.response->status();
  event.reason = std::string(outcome.response->reason());
  event.headers = carried_fields(*outcome.response);
  event.body = session::body_of(*outcome.response);
  end(id, std::move(event));
}

void RequestTable::end(RequestId id, RequestAnswered event) {
  event.request = id;
  parts_.outbox.events.push_back(std::move(event));
  const auto at = entries_.find(id);
  parts_.accounts.release(at->second->account);
  entries_.erase(at);
}

}  // namespace offhook::inline v0::sip
