#include <offhook/sip/stack/calls.hpp>

#include <offhook/sip/model/capabilities.hpp>
#include <offhook/sip/model/limits.hpp>
#include <offhook/sip/stack/call_command.hpp>
#include <offhook/sip/stack/custom_headers.hpp>
#include <offhook/sip/stack/hop.hpp>
#include <offhook/sip/stack/invitation.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip {

namespace {

/// Returns the header fields, with Reason as one of them. Error: BadHeader.
base::Result<HeaderList, StackError> fields_of(Extras extras) {
  if (why_not_sent(extras.headers)) return base::fail(StackError::BadHeader);
  if (extras.reason) extras.headers.emplace_back("Reason", to_string(*extras.reason));
  return std::move(extras.headers);
}

/// Returns Contact fields for `targets`, each with a lower q than the one before: RFC 3261 section 20.10.
HeaderList contacts_of(const std::vector<std::string>& targets) {
  HeaderList contacts;
  std::size_t weight = 1000;
  for (const std::string& target : targets) {
    const std::string thousandths = std::to_string(1000 + weight).substr(1);
    contacts.emplace_back("Contact", "<" + target + ">" + (weight < 1000 ? ";q=0." + thousandths : ""));
    weight -= 1000 / targets.size();
  }
  return contacts;
}

/// Sends INFO, MESSAGE or OPTIONS. `own` are the fields of the stack.
base::Result<void, StackError> request_within(CallTable& table, SessionId id, session::Purpose purpose, HeaderList own, Body body,
                                              Extras extras, base::TimePoint now) {
  auto fields = fields_of(std::move(extras));
  if (!fields) return base::fail(fields.error());
  return table.command_to_confirmed(id, now, [&](auto& call, auto& out) {
    return call.send(purpose, std::move(*fields), std::move(own), std::move(body), out);
  });
}

}  // namespace

base::Result<SessionId, StackError> Calls::call(CallOptions options, base::TimePoint now) {
  const StackParts& parts = table_.parts();
  const AccountOptions* account = parts.accounts.open_options(options.account);
  if (account == nullptr) return base::fail(StackError::UnknownAccount);
  const auto asker = options.for_transfer;
  std::string referred_by;
  if (asker) {
    const CallTable::Leg* leg = table_.find(*asker);
    if (leg == nullptr) return base::fail(StackError::UnknownSession);
    const session::ConfirmedCall* call = leg->session->confirmed();
    if (call == nullptr || !call->referral().accepted()) return base::fail(StackError::WrongState);
    referred_by = call->referral().referred_by();
  }
  session::ConfirmedCall::Setup setup{{},
                                      parts.timers,
                                      true,
                                      options.session_timer.value_or(account->session_timer),
                                      options.reliability.value_or(account->reliability),
                                      account->info_packages};
  const AccountId of = options.account;
  const bool anonymous = options.privacy.any();
  auto invitation = make_invitation(*account, parts.accounts.outbound_route(of), std::move(options), referred_by, parts.random);
  if (!invitation) return base::fail(invitation.error());
  if (table_.is_full()) return base::fail(StackError::Full);
  CallTable::Leg& leg = table_.add(invitation->head.call_id, tag_in(invitation->head.from), of, {});
  const SessionId id = setup.id = leg.id;
  leg.reports_to = asker;
  leg.anonymous = anonymous;
  session::Actions actions;
  leg.session = std::make_unique<session::InviteClientSession>(std::move(setup), std::move(*invitation), parts.random, actions);
  table_.carry_out(leg, std::move(actions), now);
  parts.outcomes.deliver(now);
  return id;
}

base::Result<void, StackError> Calls::provisional(SessionId id, int status, Body body, base::TimePoint now, HeaderList headers) {
  if (why_not_sent(headers)) return base::fail(StackError::BadHeader);
  return table_.command(id, now, [&](auto& leg, auto& out) {
    return leg.incoming && leg.incoming->provisional(status, std::move(body), std::move(headers), now, out);
  });
}

base::Result<void, StackError> Calls::ring(SessionId id, base::TimePoint now, HeaderList headers) {
  return provisional(id, 180, {}, now, std::move(headers));
}

base::Result<void, StackError> Calls::progress(SessionId id, Body body, base::TimePoint now, HeaderList headers) {
  return provisional(id, 183, std::move(body), now, std::move(headers));
}

base::Result<void, StackError> Calls::answer(SessionId id, Body body, base::TimePoint now, Extras extras) {
  auto fields = fields_of(std::move(extras));
  if (!fields) return base::fail(fields.error());
  return table_.command(id, now, [&](auto& leg, auto& out) {
    if (!leg.incoming || !leg.incoming->answer(std::move(body), now, out)) return false;
    leg.answering = std::move(*fields);
    return true;
  });
}

base::Result<void, StackError> Calls::reject(SessionId id, int status, HeaderList headers, base::TimePoint now) {
  if (why_not_sent(headers)) return base::fail(StackError::BadHeader);
  return table_.command(id, now,
                 [&](auto& leg, auto& out) { return leg.incoming && leg.incoming->reject(status, std::move(headers), out); });
}

base::Result<void, StackError> Calls::redirect(SessionId id, const std::vector<std::string>& targets, base::TimePoint now,
                                               int status, HeaderList headers) {
  if (why_not_sent(headers)) return base::fail(StackError::BadHeader);
  if (targets.size() > kMaxContacts) return base::fail(StackError::TooLarge);
  const bool readable = std::all_of(targets.begin(), targets.end(), [](const auto& target) { return parse_uri(target).has_value(); });
  if (!readable || targets.empty()) return base::fail(StackError::BadUri);
  return table_.command(id, now, [&](auto& leg, auto& out) {
    return status < 400 && leg.incoming && leg.incoming->reject(status, std::move(headers), out, contacts_of(targets));
  });
}

base::Result<void, StackError> Calls::hang_up(SessionId id, base::TimePoint now, Extras extras) {
  auto fields = fields_of(std::move(extras));
  if (!fields) return base::fail(fields.error());
  return table_.command(id, now, [&](auto& leg, auto& out) {
    if (!leg.session->hang_up(now, out)) return false;
    leg.parting = *fields;    // For the BYE or CANCEL,
    leg.answering = *fields;  // or for the response that refuses the INVITE.
    return true;
  });
}

base::Result<void, StackError> Calls::offer(SessionId id, Body body, base::TimePoint now, Extras extras) {
  auto fields = fields_of(std::move(extras));
  if (!fields) return base::fail(fields.error());
  return table_.command(id, now,
                       [&](auto& leg, auto& out) { return leg.session->offer(std::move(body), std::move(*fields), now, out); });
}

base::Result<void, StackError> Calls::update(SessionId id, Body body, base::TimePoint now, Extras extras,
                                             std::string_view branch_tag) {
  auto fields = fields_of(std::move(extras));
  if (!fields) return base::fail(fields.error());
  return table_.command(id, now, [&](auto& leg, auto& out) {
    return leg.session->update(std::move(body), std::move(*fields), branch_tag, now, out);
  });
}

base::Result<void, StackError> Calls::accept_offer(SessionId id, Body body, base::TimePoint now, std::string_view branch_tag) {
  return table_.command(id, now,
                       [&](auto& leg, auto& out) { return leg.session->accept_offer(std::move(body), branch_tag, now, out); });
}

base::Result<void, StackError> Calls::refuse_offer(SessionId id, int status, base::TimePoint now, std::string_view branch_tag) {
  return table_.command(id, now, [&](auto& leg, auto& out) { return leg.session->refuse_offer(status, branch_tag, now, out); });
}

base::Result<void, StackError> Calls::identify(SessionId id, const Party& party, base::TimePoint now, HeaderList headers) {
  if (why_not_sent(headers)) return base::fail(StackError::BadHeader);
  if (!parse_uri(party.uri)) return base::fail(StackError::BadUri);
  const std::string from = (party.display.empty() ? "" : quote(party.display) + " ") + "<" + party.uri + ">";
  return table_.command_to_confirmed(id, now, [&](auto& call, auto& out) { return call.identify(from, std::move(headers), out); });
}

base::Result<void, StackError> Calls::info(SessionId id, std::string package, Body body, base::TimePoint now, Extras extras) {
  HeaderList own;
  if (!package.empty()) {  // RFC 6086 section 4.2.1
    own.emplace_back("Info-Package", std::move(package));
    if (!body.empty()) own.emplace_back("Content-Disposition", "Info-Package");
  }
  return request_within(table_, id, session::Purpose::Info, std::move(own), std::move(body), std::move(extras), now);
}

base::Result<void, StackError> Calls::message(SessionId id, Body body, base::TimePoint now, Extras extras) {
  return request_within(table_, id, session::Purpose::Message, {}, std::move(body), std::move(extras), now);
}

base::Result<void, StackError> Calls::probe(SessionId id, base::TimePoint now, Extras extras) {
  return request_within(table_, id, session::Purpose::Options, {{"Accept", std::string(kAccept)}}, {}, std::move(extras), now);
}

std::size_t Calls::size() const { return table_.live(); }

LegName Calls::leg_name(SessionId id) const {
  const CallTable::Leg* leg = table_.find(id);
  return leg == nullptr ? LegName{} : LegName{leg->call_id, leg->local_tag};
}

DialogName Calls::dialog_name(SessionId id) const {
  const CallTable::Leg* leg = table_.find(id);
  if (leg == nullptr) return {};
  const session::ConfirmedCall* call = leg->session->confirmed();
  const Dialog* dialog = call != nullptr ? &call->dialog() : leg->incoming != nullptr ? &leg->incoming->dialog() : nullptr;
  if (dialog == nullptr) return {leg->call_id, leg->local_tag, {}, {}};
  return {leg->call_id, leg->local_tag, dialog->id().remote_tag, dialog->remote_target()};
}

base::SocketAddress Calls::peer(SessionId id) const {
  const auto way = table_.way(id.value);
  return way ? way->remote : base::SocketAddress{};
}

}  // namespace offhook::inline v0::sip
