#include <offhook/sip/stack/outgoing.hpp>

#include <offhook/sip/message/writer.hpp>

namespace offhook::inline v0::sip {

std::string compose(const Outgoing& request, const Flow& flow, std::string_view branch, std::string_view contact,
                    const OwnWords& words) {
  const RequestHead& head = request.head;
  auto writer = Writer::request(to_string(head.method), head.request_uri);
  writer.header(HeaderName::Via, via_value(flow.transport, flow.local, branch)).header(HeaderName::MaxForwards, 70u);
  for (const std::string& route : head.routes) writer.header(HeaderName::Route, route);
  writer.header(HeaderName::From, head.from).header(HeaderName::To, head.to).header(HeaderName::CallId, head.call_id);
  writer.header(HeaderName::CSeq, std::to_string(head.cseq) + " " + std::string(to_string(head.method)));
  if (!contact.empty()) writer.header(HeaderName::Contact, contact);
  for (const auto& authorization : request.authorizations) writer.header(authorization.name, authorization.value);
  if (head.method == Method::Invite) writer.header(HeaderName::Allow, words.can.allow()).header(HeaderName::Accept, kAccept);
  if (head.method == Method::Invite && !words.can.allow_events().empty())
    writer.header(HeaderName::AllowEvents, words.can.allow_events());  // RFC 6665 section 4.4.4
  writer.header(HeaderName::UserAgent, words.user_agent);
  write_own(writer, request.own);
  write_headers(writer, request.headers);
  return writer.finish(request.body.type, request.body.data);
}

std::string compose_ack(const RequestHead& invite, const Flow& flow, std::string_view branch, const Message& response) {
  auto writer = Writer::request("ACK", invite.request_uri);
  writer.header(HeaderName::Via, via_value(flow.transport, flow.local, branch));
  writer.header(HeaderName::MaxForwards, 70u);
  for (const std::string& route : invite.routes) writer.header(HeaderName::Route, route);
  writer.header(HeaderName::From, invite.from).header(HeaderName::To, response.find(HeaderName::To).value_or(""));
  writer.header(HeaderName::CallId, invite.call_id).header(HeaderName::CSeq, std::to_string(invite.cseq) + " ACK");
  return writer.finish();
}

}  // namespace offhook::inline v0::sip
