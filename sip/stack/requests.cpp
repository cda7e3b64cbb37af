#include <offhook/sip/stack/requests.hpp>

#include <offhook/sip/model/limits.hpp>
#include <offhook/sip/stack/custom_headers.hpp>
#include <offhook/sip/stack/request_table.hpp>

#include <utility>

namespace offhook::inline v0::sip {

base::Result<RequestId, StackError> Requests::send(RequestOptions options, base::TimePoint now) {
  const StackParts& parts = table_.parts();
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
  auto head = head_outside(parts, options.account, options.method, options.target, options.through_registrar);
  if (!head) return base::fail(head.error());
  if (why_not_sent(options.headers)) return base::fail(StackError::BadHeader);
  // RFC 3428 section 8: it is unknown whether all hops use congestion control.
  if (options.method == Method::Message && options.body.data.size() > kMaxMessageBody) return base::fail(StackError::TooLarge);
  if (table_.size() >= kMaxRequests) return base::fail(StackError::Full);
  const RequestId id = table_.add(options.account);
  Outgoing out;
  out.owner = {Owner::Kind::Request, id.value, {}};
  out.to_registrar = goes_to_registrar(parts, options.account, *head);
  if (out.to_registrar) out.alternatives = parts.accounts.outbound_route(options.account).alternatives;
  out.head = std::move(*head);
  out.head.from += ";tag=" + parts.random.token();
  out.head.call_id = parts.random.token();
  out.head.cseq = 1;
  out.headers = std::move(options.headers);
  out.body = std::move(options.body);
  parts.clients.send(std::move(out), now);
  parts.outcomes.deliver(now);
  return id;
}

std::size_t Requests::size() const { return table_.size(); }

}  // namespace offhook::inline v0::sip
