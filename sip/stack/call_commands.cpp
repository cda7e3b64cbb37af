#include <offhook/sip/model/limits.hpp>
#include <offhook/sip/stack/calls.hpp>
#include <offhook/sip/stack/custom_headers.hpp>
#include <offhook/sip/stack/hop.hpp>
#include <offhook/sip/stack/invitation.hpp>
#include <offhook/sip/stack/leg.hpp>

#include <algorithm>
#include <utility>

/// The phone layer's commands for calls.
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

}  // namespace

base::Result<SessionId, StackError> Calls::call(CallOptions options, base::TimePoint now) {
  const AccountOptions* account = shared_.accounts.open_options(options.account);
  if (account == nullptr) return base::fail(StackError::UnknownAccount);
  const auto asker = options.for_transfer;
  std::string referred_by;
  if (asker) {
    Leg* leg = find(*asker);
    if (leg == nullptr) return base::fail(StackError::UnknownSession);
    const session::ConfirmedCall* call = leg->session->confirmed();
    if (call == nullptr || !call->referral().accepted()) return base::fail(StackError::WrongState);
    referred_by = call->referral().referred_by();
  }
  const SessionId id{last_id_ + 1};
  session::ConfirmedCall::Setup setup{id,
                                      shared_.timers,
                                      true,
                                      options.session_timer.value_or(account->session_timer),
                                      options.reliability.value_or(account->reliability),
                                      account->info_packages};
  const AccountId of = options.account;
  const bool anonymous = options.privacy.any();
  auto invitation = make_invitation(*account, shared_.accounts.outbound_route(of), std::move(options), referred_by, shared_.random);
  if (!invitation) return base::fail(invitation.error());
  if (live_ >= shared_.max_sessions) return base::fail(StackError::Full);
  ++last_id_;
  Leg& leg = add(id, invitation->head.call_id, tag_in(invitation->head.from), of, {});
  leg.reports_to = asker;
  leg.anonymous = anonymous;
  session::Actions actions;
  leg.session = std::make_unique<session::InviteClientSession>(std::move(setup), std::move(*invitation), shared_.random, actions);
  carry_out(leg, std::move(actions), now);
  return id;
}

template <class Do>
base::Result<void, StackError> Calls::command(SessionId id, base::TimePoint now, Do what) {
  Leg* leg = find(id);
  if (leg == nullptr) return base::fail(StackError::UnknownSession);
  session::Actions actions;
  if (!what(*leg, actions)) return base::fail(StackError::WrongState);
  carry_out(*leg, std::move(actions), now);
  return {};
}

template <class Do>
base::Result<void, StackError> Calls::command_to_confirmed(SessionId id, base::TimePoint now, Do what) {
  return command(id, now, [&](Leg& leg, session::Actions& out) {
    session::ConfirmedCall* call = leg.session->confirmed();
    return call != nullptr && what(*call, out);
  });
}

base::Result<void, StackError> Calls::provisional(SessionId id, int status, Body body, HeaderList headers, base::TimePoint now) {
  if (why_not_sent(headers)) return base::fail(StackError::BadHeader);
  return command(id, now, [&](Leg& leg, auto& out) {
    return leg.incoming && leg.incoming->provisional(status, std::move(body), std::move(headers), now, out);
  });
}

base::Result<void, StackError> Calls::answer(SessionId id, Body body, Extras extras, base::TimePoint now) {
  auto fields = fields_of(std::move(extras));
  if (!fields) return base::fail(fields.error());
  return command(id, now, [&](Leg& leg, auto& out) {
    if (!leg.incoming || !leg.incoming->answer(std::move(body), now, out)) return false;
    leg.answering = std::move(*fields);
    return true;
  });
}

base::Result<void, StackError> Calls::reject(SessionId id, int status, HeaderList headers, base::TimePoint now) {
  if (why_not_sent(headers)) return base::fail(StackError::BadHeader);
  return command(id, now,
                 [&](Leg& leg, auto& out) { return leg.incoming && leg.incoming->reject(status, std::move(headers), out); });
}

base::Result<void, StackError> Calls::redirect(SessionId id, const std::vector<std::string>& targets, int status, HeaderList headers,
                                               base::TimePoint now) {
  if (why_not_sent(headers)) return base::fail(StackError::BadHeader);
  if (targets.size() > kMaxContacts) return base::fail(StackError::TooLarge);
  const bool readable = std::all_of(targets.begin(), targets.end(), [](const auto& target) { return parse_uri(target).has_value(); });
  if (!readable || targets.empty()) return base::fail(StackError::BadUri);
  return command(id, now, [&](Leg& leg, auto& out) {
    return status < 400 && leg.incoming && leg.incoming->reject(status, std::move(headers), out, contacts_of(targets));
  });
}

base::Result<void, StackError> Calls::hang_up(SessionId id, Extras extras, base::TimePoint now) {
  auto fields = fields_of(std::move(extras));
  if (!fields) return base::fail(fields.error());
  return command(id, now, [&](Leg& leg, auto& out) {
    if (!leg.session->hang_up(now, out)) return false;
    leg.parting = *fields;    // For the BYE or CANCEL,
    leg.answering = *fields;  // or for the response that refuses the INVITE.
    return true;
  });
}

base::Result<void, StackError> Calls::offer(SessionId id, Body body, Extras extras, base::TimePoint now) {
  auto fields = fields_of(std::move(extras));
  if (!fields) return base::fail(fields.error());
  return command(
      id, now, [&](Leg& leg, auto& out) { return leg.session->offer(std::move(body), std::move(*fields), now, out); });
}

base::Result<void, StackError> Calls::update(SessionId id, Body body, std::string_view branch, Extras extras,
                                             base::TimePoint now) {
  auto fields = fields_of(std::move(extras));
  if (!fields) return base::fail(fields.error());
  return command(id, now, [&](Leg& leg, auto& out) {
    return leg.session->update(std::move(body), std::move(*fields), branch, now, out);
  });
}

base::Result<void, StackError> Calls::accept_offer(SessionId id, Body body, std::string_view branch, base::TimePoint now) {
  return command(id, now, [&](Leg& leg, auto& out) { return leg.session->accept_offer(std::move(body), branch, now, out); });
}

base::Result<void, StackError> Calls::refuse_offer(SessionId id, int status, std::string_view branch, base::TimePoint now) {
  return command(id, now, [&](Leg& leg, auto& out) { return leg.session->refuse_offer(status, branch, now, out); });
}

base::Result<void, StackError> Calls::identify(SessionId id, const Party& party, HeaderList headers, base::TimePoint now) {
  if (why_not_sent(headers)) return base::fail(StackError::BadHeader);
  if (!parse_uri(party.uri)) return base::fail(StackError::BadUri);
  const std::string from = (party.display.empty() ? "" : quote(party.display) + " ") + "<" + party.uri + ">";
  return command_to_confirmed(id, now, [&](auto& call, auto& out) { return call.identify(from, std::move(headers), out); });
}

base::Result<void, StackError> Calls::refer(SessionId id, ReferOptions options, base::TimePoint now) {
  const Leg* leg = find(id);
  if (leg == nullptr) return base::fail(StackError::UnknownSession);
  std::optional<Replaces> replaces;
  // The tags are from the target's view, so the target's own tag is the to-tag.
  if (options.replaces) {
    const Leg* other = find(*options.replaces);
    session::ConfirmedCall* call = other != nullptr && other != leg ? other->session->confirmed() : nullptr;
    if (call == nullptr || call->is_over())
      return base::fail(other == nullptr ? StackError::UnknownSession : StackError::WrongState);
    const DialogId& dialog = call->dialog().id();
    replaces = Replaces{dialog.call_id, dialog.remote_tag.empty() ? "0" : dialog.remote_tag, dialog.local_tag, false};
    if (options.target.empty()) options.target = call->dialog().remote_target();
  }
  const auto target = parse_uri(options.target);
  if (!target || (replaces && !target->headers.empty())) return base::fail(StackError::BadUri);
  if (why_not_sent(options.headers)) return base::fail(StackError::BadHeader);
  HeaderList fields{{"Refer-To", refer_to(options.target, replaces ? &*replaces : nullptr)}};
  const AccountOptions* account = leg->account ? shared_.accounts.options(*leg->account) : nullptr;
  const std::string referrer = options.referred_by.value_or(account != nullptr ? account->address_of_record : std::string());
  if (!referrer.empty() && !parse_uri(referrer)) return base::fail(StackError::BadUri);
  if (!referrer.empty()) fields.emplace_back("Referred-By", "<" + referrer + ">");  // RFC 3892 section 2.1
  if (!options.reports) fields.emplace_back("Refer-Sub", "false");
  return command_to_confirmed(
      id, now, [&](auto& call, auto& out) { return call.refer(std::move(options.headers), std::move(fields), now, out); });
}

base::Result<void, StackError> Calls::accept_transfer(SessionId id, HeaderList headers, base::TimePoint now) {
  if (why_not_sent(headers)) return base::fail(StackError::BadHeader);
  return command_to_confirmed(id, now, [&](auto& call, auto& out) { return call.accept_transfer(std::move(headers), now, out); });
}

base::Result<void, StackError> Calls::decline_transfer(SessionId id, int status, HeaderList headers, base::TimePoint now) {
  if (why_not_sent(headers)) return base::fail(StackError::BadHeader);
  return command_to_confirmed(
      id, now, [&](auto& call, auto& out) { return call.decline_transfer(status, std::move(headers), out); });
}

base::Result<void, StackError> Calls::report_transfer(SessionId id, int status, base::TimePoint now) {
  return command_to_confirmed(id, now, [&](auto& call, auto& out) { return call.report_transfer(status, now, out); });
}

base::Result<void, StackError> Calls::send(SessionId id, session::Purpose purpose, HeaderList fields, Body body, Extras extras,
                                           base::TimePoint now) {
  auto headers = fields_of(std::move(extras));
  if (!headers) return base::fail(headers.error());
  return command_to_confirmed(id, now, [&](auto& call, auto& out) {
    return call.send(purpose, std::move(*headers), std::move(fields), std::move(body), out);
  });
}

}  // namespace offhook::inline v0::sip
