#include <offhook/agent/phone/line.hpp>

#include <offhook/sip/message/uri.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::phone {

namespace {

using sip::packages::DialogInfo;
using State = DialogInfo::State;

std::string told(std::string_view text) { return text.size() <= Line::kMaxText ? std::string(text) : std::string(); }

/// Returns the reason of a dialog's end in the words of RFC 4235 section 3.7.1.
std::string_view word_of(const sip::CallEnded& ended) {
  using Why = sip::CallEnded::Why;
  switch (ended.why) {
    case Why::Bye:
      return ended.by == sip::CallEnded::By::Local    ? "local-bye"
             : ended.by == sip::CallEnded::By::Remote ? "remote-bye"
                                                      : "error";
    case Why::Cancelled: return "cancelled";
    case Why::Rejected: return "rejected";
    case Why::NoAnswer:
    case Why::NoAck:
    case Why::SessionLost: return "timeout";
    case Why::Unreachable:
    case Why::Unresolvable: return "error";
    case Why::Replaced: return "replaced";
  }
  return "";
}

/// Returns one dialog in place of all, which shows only whether the line is in use: RFC 4235 section 3.7.2.
std::vector<DialogInfo::Dialog> as_one(const std::vector<DialogInfo::Dialog>& all) {
  if (all.empty()) return {};
  DialogInfo::Dialog one;
  one.id = "line";
  const bool over = std::all_of(all.begin(), all.end(), [](const auto& row) { return row.state == State::Terminated; });
  one.state = over ? State::Terminated : State::Confirmed;
  return {std::move(one)};
}

}  // namespace

void Line::add(sip::SessionId id, DialogInfo::Direction direction, const sip::Party& remote, bool withheld, const sip::DialogName& name) {
  Call& call = calls_[id];
  call.withheld = withheld;
  call.row.id = std::to_string(id.value);
  call.row.direction = direction;
  call.row.call_id = told(name.call_id);
  call.row.local_tag = told(name.local_tag);
  call.row.remote_tag = told(name.remote_tag);
  call.row.local = {told(address_), told(display_), {}};
  call.row.remote = {told(remote.uri), told(remote.display), told(name.remote_target)};
}

void Line::dialled(sip::SessionId call, std::string_view target, bool withheld, const sip::DialogName& name) {
  add(call, DialogInfo::Direction::Initiator, {std::string(target), {}}, withheld, name);
}

void Line::rang_in(const sip::IncomingCall& call, const sip::DialogName& name) {
  add(call.session, DialogInfo::Direction::Recipient, call.from, call.privacy.any(), name);
}

void Line::ringing(sip::SessionId call) {
  const auto at = calls_.find(call);
  if (at != calls_.end() && at->second.row.state < State::Early) at->second.row.state = State::Early;
}

/// Deviation: the early dialogs of a fork are one row, because a lamp has one state for a call (RFC 4235 section 3.7.1 has a state machine for
/// each). The row has the names of the first early dialog, and later the names of the accepted dialog.
void Line::on_progress(const sip::CallProgress& event) {
  const auto at = calls_.find(event.session);
  if (at == calls_.end()) return;
  DialogInfo::Dialog& row = at->second.row;
  if (row.state < State::Confirmed) row.state = std::max(row.state, event.branch_tag.empty() ? State::Proceeding : State::Early);
  if (row.remote_tag.empty()) row.remote_tag = told(event.branch_tag);
}

void Line::accepted(sip::SessionId call, const sip::DialogName& name) {
  const auto at = calls_.find(call);
  if (at == calls_.end() || at->second.row.state == State::Terminated) return;
  at->second.row.state = State::Confirmed;
  if (name.remote_target.empty()) return;  // The dialog has ended already.
  at->second.row.remote_tag = told(name.remote_tag);
  at->second.row.remote.target = told(name.remote_target);
}

void Line::on_ended(const sip::CallEnded& event) {
  const auto at = calls_.find(event.session);
  if (at == calls_.end()) return;
  at->second.row.state = State::Terminated;
  at->second.row.event = word_of(event);
  if (event.status >= 300 && event.status <= 699) at->second.row.code = static_cast<std::uint32_t>(event.status);
}

std::vector<DialogInfo::Dialog> Line::seen(View view, std::string_view contact) const {
  const auto own = sip::parse_uri(contact);
  std::vector<DialogInfo::Dialog> rows;
  for (const auto& [id, call] : calls_) {
    const auto target = sip::parse_uri(call.row.remote.target);
    if (own && target && equivalent(*own, *target)) continue;
    rows.push_back(call.row);
    if (!call.withheld) continue;
    DialogInfo::Dialog bare;  // RFC 4235 section 3.6: with privacy, only the id and the state.
    bare.id = call.row.id;
    bare.state = call.row.state;
    rows.back() = std::move(bare);
  }
  return view == View::Busy ? as_one(rows) : rows;
}

}  // namespace offhook::inline v0::phone
