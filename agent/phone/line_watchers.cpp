#include <offhook/agent/phone/line_watchers.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/message/name_addr.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::phone {

namespace {

constexpr std::string_view kPackage = "dialog";

using Why = sip::SubscriptionChanged::Why;

/// Returns true for a subscription to a single dialog (RFC 4235 section 3.2). This class refuses it, as section 3.7.2 recommends if no policy
/// was agreed. The stack has checked the syntax already, because it read the package from this value.
bool is_about_one_dialog(const sip::HeaderFields& headers) {
  const auto event = headers.find("Event").value_or("");
  const sip::Params params(event.substr(std::min(event.find(';'), event.size())));
  return params.has("call-id") || params.has("to-tag") || params.has("from-tag");
}

std::string contact_of(const sip::HeaderFields& headers) {
  auto value = headers.find("Contact").value_or("");
  const auto contact = sip::take_name_addr(value);
  return contact ? std::string(contact->uri.text) : std::string();
}

/// Compares user and host only, not the transport.
bool is_same_address(std::string_view a, std::string_view b) {
  const auto one = sip::parse_uri(a);
  const auto other = sip::parse_uri(b);
  return one && other && one->scheme != sip::Uri::Scheme::Other && other->scheme != sip::Uri::Scheme::Other &&
         sip::unescape(one->user) == sip::unescape(other->user) && base::iequals(one->host, other->host) && !one->user.empty();
}

}  // namespace

sip::PackageOptions LineWatchers::package(const WatchOptions& options) {
  sip::PackageOptions package{std::string(kPackage), std::string(sip::packages::kDialogInfoType)};
  package.grant.usual = package.grant.most = options.longest;  // RFC 4235 section 3.4: an hour
  package.notify.patience = std::chrono::milliseconds(200);
  package.notify.pace = std::chrono::seconds(1);  // RFC 4235 section 3.10
  package.notify.counts = true;                   // RFC 4235 section 4.1: from 0, plus one for each NOTIFY that is sent
  package.most = options.most;
  return package;
}

void LineWatchers::add_line(sip::AccountId account, std::string address, std::string display) {
  lines_.try_emplace(account, std::move(address), std::move(display));
}

void LineWatchers::remove_line(sip::AccountId account) { lines_.erase(account); }

void LineWatchers::dialled(sip::SessionId call, sip::AccountId account, std::string_view target, bool withheld, base::TimePoint now) {
  const auto line = lines_.find(account);
  if (line == lines_.end()) return;
  line->second.dialled(call, target, withheld, stack_.calls().dialog_name(call));
  changed(account, now);
}

void LineWatchers::rang_in(const sip::IncomingCall& call, base::TimePoint now) {
  const auto line = call.account ? lines_.find(*call.account) : lines_.end();
  if (line == lines_.end()) return;
  line->second.rang_in(call, stack_.calls().dialog_name(call.session));
  changed(*call.account, now);
}

Line* LineWatchers::line_with(sip::SessionId call, sip::AccountId& account) {
  const auto at = std::find_if(lines_.begin(), lines_.end(), [&](const auto& line) { return line.second.has(call); });
  if (at == lines_.end()) return nullptr;
  account = at->first;
  return &at->second;
}

template <class Do>
void LineWatchers::with_call(sip::SessionId call, base::TimePoint now, Do what) {
  sip::AccountId account;
  Line* line = line_with(call, account);
  if (line == nullptr) return;
  what(*line);
  changed(account, now);
}

void LineWatchers::ringing(sip::SessionId call, base::TimePoint now) {
  with_call(call, now, [&](Line& line) { line.ringing(call); });
}

void LineWatchers::on_event(const sip::Event& event, base::TimePoint now) {
  const auto accept = [&](sip::SessionId call) {
    with_call(call, now, [&](Line& line) { line.accepted(call, stack_.calls().dialog_name(call)); });
  };
  if (const auto* progress = std::get_if<sip::CallProgress>(&event))
    with_call(progress->session, now, [&](Line& line) { line.on_progress(*progress); });
  if (const auto* answered = std::get_if<sip::CallAnswered>(&event)) accept(answered->session);
  if (const auto* confirmed = std::get_if<sip::CallConfirmed>(&event)) accept(confirmed->session);
  if (const auto* ended = std::get_if<sip::CallEnded>(&event)) on_ended(*ended, now);
  if (const auto* registration = std::get_if<sip::RegistrationChanged>(&event)) {
    if (registration->state == sip::RegistrationChanged::State::Unregistered) close(registration->account, now);
  }
  if (const auto* changed = std::get_if<sip::SubscriptionChanged>(&event)) {
    if (changed->state == sip::SubscriptionChanged::State::Ended && watchers_.erase(changed->subscription) > 0) emit_.left(*changed);
  }
}

void LineWatchers::on_ended(const sip::CallEnded& event, base::TimePoint now) {
  sip::AccountId account;
  Line* line = line_with(event.session, account);
  if (line == nullptr) return;
  line->on_ended(event);
  changed(account, now);
  line->forget(event.session);
}

std::optional<View> LineWatchers::view_of(const sip::SubscribeReceived& event, const Line& line) const {
  std::vector<std::string_view> proven;
  if (event.asserted) proven.push_back(event.asserted->uri);
  if (!event.asserted && event.from_registrar && options_.trusts_from) proven.push_back(event.from.uri);
  std::optional<View> view;
  for (const AllowedWatcher& allowed : options_.allowed) {
    const bool is_he = (!event.proven_user.empty() && allowed.who == event.proven_user) ||
                       std::any_of(proven.begin(), proven.end(), [&](auto who) { return is_same_address(who, allowed.who); });
    if (is_he && (!view || allowed.view == View::Calls)) view = allowed.view;
  }
  // RFC 4235 section 3.6: the watcher is a different device of the line's own user.
  if (std::any_of(proven.begin(), proven.end(), [&](auto who) { return is_same_address(who, line.address()); })) view = View::Calls;
  return view;
}

void LineWatchers::on_subscribe(sip::SubscribeReceived& event, base::TimePoint now) {
  const auto refuse = [&](Why why) { (void)stack_.subscriptions().end(event.subscription, why, std::nullopt, now); };
  if (event.package != kPackage) return refuse(Why::Rejected);  // The stack offers this package, but this class has no state for it.
  const auto line = event.account ? lines_.find(*event.account) : lines_.end();
  if (line == lines_.end()) return refuse(Why::NoResource);
  if (is_about_one_dialog(event.headers)) return refuse(Why::Rejected);
  const auto view = view_of(event, line->second);
  if (!view && !options_.asks) return refuse(Why::Rejected);
  watchers_[event.subscription] = {*event.account, contact_of(event.headers)};
  if (!view) return emit_.asks(event);
  (void)decide(event.subscription, view, now);
}

base::Result<void, sip::StackError> LineWatchers::decide(sip::SubscriptionId watcher, std::optional<View> view, base::TimePoint now) {
  const auto at = watchers_.find(watcher);
  if (at == watchers_.end()) return base::fail(sip::StackError::UnknownSubscription);
  if (!view) return stack_.subscriptions().end(watcher, Why::Rejected, std::nullopt, now);
  Watching& watching = at->second;
  if (watching.view) return base::fail(sip::StackError::WrongState);
  const auto known = lines_.find(watching.account);
  if (known == lines_.end()) return base::fail(sip::StackError::UnknownSubscription);
  const Line& line = known->second;
  auto rows = line.seen(*view, watching.contact);
  auto accepted = stack_.subscriptions().accept(watcher, document(line, rows), now);
  if (!accepted) return accepted;
  watching.view = view;
  watching.told = std::move(rows);
  return {};
}

void LineWatchers::changed(sip::AccountId account, base::TimePoint now) {
  const Line& line = lines_.at(account);
  for (auto& [id, watching] : watchers_) {
    if (watching.account != account || !watching.view) continue;
    auto rows = line.seen(*watching.view, watching.contact);
    if (rows == watching.told) continue;  // The watcher may not see this change: RFC 4235 section 3.3
    (void)stack_.subscriptions().notify(id, document(line, rows), now);
    std::erase_if(rows, [](const auto& row) { return row.state == DialogInfo::State::Terminated; });
    watching.told = std::move(rows);
  }
}

/// The reason is "probation", because an unregistered line may return: RFC 6665 section 4.1.3.
void LineWatchers::close(sip::AccountId account, base::TimePoint now) {
  for (const auto& [id, watching] : watchers_) {
    if (watching.account == account) (void)stack_.subscriptions().end(id, Why::Probation, kLater, now);
  }
}

sip::Body LineWatchers::document(const Line& line, std::vector<DialogInfo::Dialog> rows) {
  DialogInfo info;
  info.entity = line.address();
  info.dialogs = std::move(rows);
  return {std::string(sip::packages::kDialogInfoType), write_dialog_info(info, sip::subscription::kVersionMark)};
}

}  // namespace offhook::inline v0::phone
