#include <offhook/sip/stack/outside.hpp>

#include <offhook/sip/dialog/route_set.hpp>
#include <offhook/sip/model/capabilities.hpp>
#include <offhook/sip/stack/hop.hpp>

#include <bit>
#include <utility>

namespace offhook::inline v0::sip {

Admitted admit(const AccountTable& accounts, Outbox& outbox, StackCounters& counters, const Message& request, const Flow& flow,
               bool proven) {
  const auto account = accounts.named_by(request.request_uri(), flow.remote.ip);
  if (accounts.never_any() || (account && (proven || accounts.accepts(*account, flow.remote.ip)))) return {account, 0};
  if (proven || accounts.knows(flow.remote.ip)) return {account, 404};
  const std::uint64_t so_far = ++counters.refused_source;
  // The source may be our own PBX before we registered: 480, RFC 3261 section 21.4.18.
  if (accounts.knows_nobody_yet()) return {account, 480};
  if (std::has_single_bit(so_far)) outbox.events.push_back(StrangerRefused{flow.remote, so_far});
  return {account, 403};  // Unknown sources must not learn which users exist.
}

base::Result<RequestHead, StackError> head_outside(const StackParts& parts, AccountId account, Method method,
                                                   std::string_view target, bool through_registrar) {
  const AccountOptions* options = parts.accounts.open_options(account);
  if (options == nullptr) return base::fail(StackError::UnknownAccount);
  const auto uri = parse_uri(target);
  if (!uri || !hop_of(options->address_of_record)) return base::fail(StackError::BadUri);
  RequestHead head;
  head.method = method;
  head.request_uri = as_request_uri(*uri);
  head.next_hop = head.request_uri;
  if (through_registrar) {
    auto way = parts.accounts.outbound_route(account);
    head.next_hop = std::move(way.next_hop);
    head.routes = std::move(way.routes);
  }
  if (!hop_of(head.next_hop)) return base::fail(StackError::BadUri);
  head.from = (options->display_name.empty() ? "" : quote(options->display_name) + " ") + "<" + options->address_of_record + ">";
  head.to = "<" + head.request_uri + ">";
  return head;
}

bool goes_to_registrar(const StackParts& parts, std::optional<AccountId> account, const RequestHead& head) {
  return account && parts.accounts.options(*account) != nullptr && head.next_hop == parts.accounts.outbound_route(*account).next_hop;
}

std::optional<Authorizations> answer_challenge(const ClientRequests& clients, AccountTable& accounts, base::Random& random,
                                               const ClientRequests::Outcome& outcome,
                                               std::optional<AccountId> account, std::optional<DigestClient>& digest,
                                               AuthAttempt& attempt) {
  const int status = outcome.response->status();
  const ClientRecord* sent = clients.record(outcome.id);
  const AccountOptions* options = account ? accounts.options(*account) : nullptr;
  if (sent == nullptr || options == nullptr) return std::nullopt;
  const Outgoing& request = sent->what;
  if (status >= 200 && status < 300 && digest) digest->on_success(*outcome.response, request.attempt);
  if (status != 401 && status != 407) return std::nullopt;
  if (request.to_registrar) accounts.learn_registrar(*account, sent->flow.remote.ip);
  if (!accounts.may_answer(*account, request, sent->flow.remote.ip, *outcome.response)) return std::nullopt;
  if (!digest) digest.emplace(credentials_of(*options));
  attempt = request.attempt;
  const AuthorizedRequest what{to_string(request.head.method), request.head.request_uri, request.body.data};
  auto credentials = digest->answer(*outcome.response, what, random, attempt);
  if (!credentials) return std::nullopt;
  return std::move(*credentials);
}

Party party_of(const NameAddr& party) { return {std::string(party.uri.text), party.display_text()}; }

std::optional<Party> asserted_of(const AccountTable& accounts, std::optional<AccountId> account, const Message& request,
                                 const Flow& flow) {
  if (!account || !accounts.is_trusted(*account, flow.remote.ip)) return std::nullopt;
  // The field has one or two values: RFC 3325 section 9.1.
  const auto asserted = request.name_addrs(HeaderName::PAssertedIdentity, 2);
  if (!asserted || asserted->empty()) return std::nullopt;
  return party_of(asserted->front());
}

HeaderFields carried_fields(const Message& message) {
  return {message, [](HeaderName name) {
            switch (name) {
              case HeaderName::Via:
              case HeaderName::From:
              case HeaderName::To:
              case HeaderName::CallId:
              case HeaderName::CSeq:
              case HeaderName::MaxForwards:
              case HeaderName::ContentLength:
              case HeaderName::ContentType:
              case HeaderName::Authorization:
              case HeaderName::ProxyAuthorization:
              case HeaderName::Route:
              case HeaderName::RecordRoute:
              case HeaderName::PAssertedIdentity: return false;
              default: return true;
            }
          }};
}

}  // namespace offhook::inline v0::sip
