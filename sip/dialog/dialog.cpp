#include <offhook/sip/dialog/dialog.hpp>

namespace offhook::inline v0::sip {

namespace {

bool is_sip(const Uri& uri) { return uri.scheme == Uri::Scheme::Sip || uri.scheme == Uri::Scheme::Sips; }

/// Returns the Contact as a Request-URI. Fails if no request can be sent to it.
base::Result<std::string, ParseError> target_of(const Message& message) {
  const auto contact = message.contact();
  if (!contact) return base::fail(contact.error());
  if (contact->wildcard || !is_sip(contact->uri) || contact->uri.host.empty()) return base::fail(ParseError::BadUri);
  return as_request_uri(contact->uri);
}

std::string tag_of(const NameAddr& party) { return std::string(party.tag().value_or("")); }

}  // namespace

std::string tag_in(std::string_view party) {
  const auto parsed = parse_name_addr(party);
  return parsed ? tag_of(*parsed) : std::string();
}

base::Result<Dialog, ParseError> Dialog::as_server(const Message& invite, std::string_view local_tag) {
  auto target = target_of(invite);
  // Before RFC 3261, Contact was optional. Without it, the caller is reachable at its From (RFC 4475 section 3.4.1).
  const bool old = !invite.top_via().has_rfc3261_branch() && is_sip(invite.from().uri);
  if (!target && old && target.error() == ParseError::MissingHeader) target = as_request_uri(invite.from().uri);
  if (!target) return base::fail(target.error());
  auto routes = RouteSet::from_record_route(invite, RouteSet::Order::AsListed);
  if (!routes) return base::fail(routes.error());
  Dialog dialog;
  dialog.id_ = {std::string(invite.call_id()), std::string(local_tag), tag_of(invite.from())};
  dialog.local_ = std::string(invite.find(HeaderName::To).value_or("")) + ";tag=" + std::string(local_tag);
  dialog.remote_ = std::string(invite.find(HeaderName::From).value_or(""));
  dialog.remote_target_ = std::move(*target);
  dialog.routes_ = std::move(*routes);
  dialog.remote_cseq_ = invite.cseq().number;
  return dialog;
}

base::Result<Dialog, ParseError> Dialog::as_client(const RequestHead& invite, const Message& response) {
  auto routes = RouteSet::from_record_route(response, RouteSet::Order::Reversed);
  if (!routes) return base::fail(routes.error());
  auto target = target_of(response);
  Dialog dialog;
  dialog.id_ = {std::string(response.call_id()), tag_of(response.from()), tag_of(response.to())};
  dialog.local_ = invite.from;
  dialog.remote_ = std::string(response.find(HeaderName::To).value_or(""));
  dialog.located_ = target.has_value();
  dialog.remote_target_ = std::move(target).value_or(invite.request_uri);
  dialog.routes_ = std::move(*routes);
  dialog.local_cseq_ = response.cseq().number;
  return dialog;
}

base::Result<Dialog, ParseError> Dialog::as_subscriber(const RequestHead& subscribe, const Message& notify) {
  auto dialog = as_server(notify, notify.to().tag().value_or(""));
  if (!dialog) return dialog;
  dialog->local_ = subscribe.from;
  dialog->local_cseq_ = subscribe.cseq;
  dialog->state_ = State::Confirmed;
  return dialog;
}

RequestHead Dialog::head(Method method, std::uint32_t cseq) const {
  auto path = routes_.path_to(remote_target_);
  return {method, std::move(path.request_uri), std::move(path.routes), std::move(path.next_hop), local_, remote_, id_.call_id,
          cseq};
}

RequestHead Dialog::request(Method method) { return head(method, ++local_cseq_); }

RequestHead Dialog::ack(std::uint32_t cseq) const { return head(Method::Ack, cseq); }

bool Dialog::matches(const Message& request) const {
  return request.call_id() == id_.call_id && tag_of(request.to()) == id_.local_tag && tag_of(request.from()) == id_.remote_tag;
}

bool Dialog::accept_sequence(const Message& request) {
  const std::uint32_t number = request.cseq().number;
  // An equal number is not a retransmission, because the transaction layer absorbs retransmissions.
  // Deviation: RFC 3261 section 12.2.2 also refuses a BYE whose number does not rise. Accept it, because the peer ends its call
  // by sending BYE, even if we refuse the BYE (section 15.1.1). After a refusal, our side of the call would stay up without a
  // peer.
  if (remote_cseq_ && number <= *remote_cseq_) return request.method() == Method::Bye;
  remote_cseq_ = number;
  return true;
}

void Dialog::refresh_target(const Message& message) {
  if (auto target = target_of(message)) retarget(std::move(*target));
}

std::optional<std::string> Dialog::target_in(const Message& message) {
  auto target = target_of(message);
  return target ? std::optional(std::move(*target)) : std::nullopt;
}

void Dialog::complete(const Message& response) {
  if (located_ || local_cseq_ != response.cseq().number) return;
  auto target = target_of(response);
  auto routes = RouteSet::from_record_route(response, RouteSet::Order::Reversed);
  if (!target || !routes) return;
  retarget(std::move(*target));
  routes_ = std::move(*routes);
}

void Dialog::confirm() { state_ = State::Confirmed; }

void Dialog::confirm(const Message& ok) {
  if (state_ == State::Early) {
    if (auto routes = RouteSet::from_record_route(ok, RouteSet::Order::Reversed)) routes_ = std::move(*routes);
  }
  refresh_target(ok);
  state_ = State::Confirmed;
}

}  // namespace offhook::inline v0::sip
