#include <offhook/sip/stack/transfers.hpp>

#include <offhook/sip/stack/call_command.hpp>
#include <offhook/sip/stack/custom_headers.hpp>

#include <utility>

namespace offhook::inline v0::sip {

base::Result<void, StackError> Transfers::refer(SessionId id, ReferOptions options, base::TimePoint now) {
  const CallTable::Leg* leg = table_.find(id);
  if (leg == nullptr) return base::fail(StackError::UnknownSession);
  std::optional<Replaces> replaces;
  // The tags are from the target's view, so the target's own tag is the to-tag.
  if (options.replaces) {
    const CallTable::Leg* other = table_.find(*options.replaces);
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
  const AccountOptions* account = leg->account ? table_.parts().accounts.options(*leg->account) : nullptr;
  const std::string referrer = options.referred_by.value_or(account != nullptr ? account->address_of_record : std::string());
  if (!referrer.empty() && !parse_uri(referrer)) return base::fail(StackError::BadUri);
  if (!referrer.empty()) fields.emplace_back("Referred-By", "<" + referrer + ">");  // RFC 3892 section 2.1
  if (!options.reports) fields.emplace_back("Refer-Sub", "false");
  return table_.command_to_confirmed(id, now, [&](auto& call, auto& out) {
    return call.state() == session::ConfirmedCall::State::Up &&
           call.transfers().refer(std::move(options.headers), std::move(fields), now, out);
  });
}

base::Result<void, StackError> Transfers::accept(SessionId id, base::TimePoint now, HeaderList headers) {
  if (why_not_sent(headers)) return base::fail(StackError::BadHeader);
  return table_.command_to_confirmed(
      id, now, [&](auto& call, auto& out) { return call.transfers().accept(std::move(headers), now, out); });
}

base::Result<void, StackError> Transfers::decline(SessionId id, int status, base::TimePoint now, HeaderList headers) {
  if (why_not_sent(headers)) return base::fail(StackError::BadHeader);
  return table_.command_to_confirmed(
      id, now, [&](auto& call, auto& out) { return call.transfers().decline(status, std::move(headers), out); });
}

base::Result<void, StackError> Transfers::report(SessionId id, int status, base::TimePoint now) {
  return table_.command_to_confirmed(id, now, [&](auto& call, auto& out) { return call.transfers().report(status, now, out); });
}

bool Transfers::peer_replaces(SessionId id) const {
  const CallTable::Leg* leg = table_.find(id);
  const session::ConfirmedCall* call = leg != nullptr ? leg->session->confirmed() : nullptr;
  return call != nullptr && !call->is_over() && call->peer_replaces();
}

}  // namespace offhook::inline v0::sip
