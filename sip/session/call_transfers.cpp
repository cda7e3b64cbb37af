#include <offhook/sip/session/call_transfers.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/message/writer.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip::session {

void CallTransfers::on_notify(TransactionId id, const Message& request, Actions& out) {
  // RFC 6665 section 4.1.3: we have no subscription for this notification.
  if (!transfer_.pending() || !is_refer_notify(request)) return out.push_back(Respond{id, 481, {}, {}});
  out.push_back(Respond{id, 200, {}, {}});
  emit(transfer_.on_notify(request), out);
}

void CallTransfers::emit(std::optional<int> status, Actions& out) {
  if (status) out.push_back(Emit{TransferProgress{id_, *status, {}, transfer_.accepted()}});
}

bool CallTransfers::refer(HeaderList headers, HeaderList fields, base::TimePoint now, Actions& out) {
  if (transfer_.pending()) return false;
  transfer_.start(now);
  for (auto& field : supported()) fields.push_back(std::move(field));
  out.push_back(Send{Purpose::Refer, dialog_.request(Method::Refer), std::move(headers), {}, std::move(fields)});
  return true;
}

void CallTransfers::on_refer(TransactionId id, const Message& request, base::TimePoint now, Actions& out) {
  auto lines = request.lines(HeaderName::ReferTo);
  const auto value = lines.next();
  // A REFER has exactly one Refer-To: RFC 3515 section 2.4.2.
  if (!value || lines.next()) return out.push_back(Respond{id, 400, {}, {}});
  auto refer = parse_refer_to(*value);
  if (!refer) return out.push_back(Respond{id, refer.error() == ParseError::BadUri ? 416 : 400, {}, {}});
  // The REFER must ask for a call, because we carry out nothing else.
  if (refer->method != Method::Invite) return out.push_back(Respond{id, 603, {}, {}});
  if (referral_.under_way()) return out.push_back(Respond{id, 491, {}, {}});
  const auto subscribes = request.find("Refer-Sub");
  base::TextCursor words(subscribes.value_or("true"));
  const bool reports = !base::iequals(base::trim(words.take_until(';')), "false");
  std::string referred_by(request.find(HeaderName::ReferredBy).value_or(""));
  dialog_.refresh_target(request);
  referral_.on_refer(id, request.cseq().number, reports, referred_by, now);
  out.push_back(
      Emit{TransferRequested{id_, std::move(refer->target), std::move(refer->replaces), std::move(referred_by), reports}});
}

bool CallTransfers::accept(HeaderList headers, base::TimePoint now, Actions& out) {
  const auto accepted = referral_.accept(now);
  if (!accepted) return false;
  HeaderList own = supported();
  if (!accepted->notice) own.emplace_back("Refer-Sub", "false");  // RFC 4488 section 4
  out.push_back(Respond{accepted->request, 202, std::move(headers), {}, std::move(own)});
  notify(accepted->notice, out);
  return true;
}

bool CallTransfers::decline(int status, HeaderList headers, Actions& out) {
  if (status < 300 || status > 699) return false;
  const auto request = referral_.decline();
  if (request) out.push_back(Respond{*request, status, std::move(headers), {}});
  return request.has_value();
}

bool CallTransfers::report(int status, base::TimePoint now, Actions& out) {
  if (!referral_.accepted()) return false;
  notify(referral_.report(status, now), out);
  return true;
}

void CallTransfers::notify(const std::optional<Referral::Notice>& notice, Actions& out) {
  if (!notice) return;
  HeaderList own = supported();
  own.emplace_back("Event", notice->event);
  own.emplace_back("Subscription-State", notice->state);
  Body fragment{"message/sipfrag;version=2.0",
                "SIP/2.0 " + std::to_string(notice->status) + " " + std::string(reason_phrase(notice->status)) + "\r\n"};
  out.push_back(Send{Purpose::Notify, dialog_.request(Method::Notify), {}, std::move(fragment), std::move(own)});
}

/// Only a subscription that a REFER created can be refreshed or ended: RFC 3515 section 2.4.4.
void CallTransfers::on_subscribe(TransactionId id, const Message& request, base::TimePoint now, Actions& out) {
  if (!is_of_refer(request)) return out.push_back(Respond{id, 489, {}, {}});
  const auto expires = request.number(HeaderName::Expires).value_or(60);
  const auto notice = referral_.on_subscribe(expires, now);
  if (!notice) return out.push_back(Respond{id, 403, {}, {}});
  const auto granted = referral_.next_deadline() ? *referral_.next_deadline() - now : base::Duration{};
  out.push_back(
      Respond{id, 200, {}, {}, {{"Expires", std::to_string(std::chrono::duration_cast<std::chrono::seconds>(granted).count())}}});
  notify(notice, out);
}

void CallTransfers::refuse_pending(Actions& out) {
  if (const auto refer = referral_.decline()) out.push_back(Respond{*refer, 487, {}, {}});
}

void CallTransfers::give_up(Actions& out) {
  refuse_pending(out);
  notify(referral_.give_up(), out);
}

void CallTransfers::on_time(base::TimePoint now, Actions& out) {
  emit(transfer_.on_time(now), out);
  const auto due = referral_.on_time(now);
  if (due.declined) out.push_back(Respond{*due.declined, 603, {}, {}});
  notify(due.notice, out);
}

std::optional<base::TimePoint> CallTransfers::next_deadline() const {
  const auto transfer = transfer_.next_deadline();
  const auto referral = referral_.next_deadline();
  if (!transfer || !referral) return transfer ? transfer : referral;
  return std::min(*transfer, *referral);
}

}  // namespace offhook::inline v0::sip::session
