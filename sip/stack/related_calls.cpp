#include <offhook/sip/stack/related_calls.hpp>

#include <offhook/sip/session/confirmed_call.hpp>
#include <offhook/sip/stack/leg.hpp>

#include <utility>

namespace offhook::inline v0::sip {

void end_replaced(CallTable& calls, SessionId id, base::TimePoint now) {
  CallTable::Leg* leg = calls.find(id);
  session::Actions actions;
  if (leg == nullptr || !leg->session->hang_up(now, actions)) return;
  for (session::Action& action : actions) {
    auto* emit = std::get_if<session::Emit>(&action);
    auto* ended = emit != nullptr ? std::get_if<CallEnded>(&emit->event) : nullptr;
    if (ended == nullptr) continue;
    ended->by = CallEnded::By::Remote;
    ended->why = CallEnded::Why::Replaced;
  }
  calls.carry_out(*leg, std::move(actions), now);
}

void report_progress(CallTable& calls, CallTable::Leg& leg, const Event& event, base::TimePoint now) {
  if (!leg.reports_to) return;
  int status = 0;
  if (const auto* progress = std::get_if<CallProgress>(&event)) status = progress->status;
  if (std::holds_alternative<CallAnswered>(event)) status = 200;
  if (const auto* ended = std::get_if<CallEnded>(&event)) status = ended->status >= 300 ? ended->status : 487;
  if (status == 0) return;
  CallTable::Leg* asker = calls.find(*leg.reports_to);
  if (status >= 200) leg.reports_to.reset();
  session::ConfirmedCall* call = asker != nullptr ? asker->session->confirmed() : nullptr;
  session::Actions actions;
  if (call != nullptr && call->transfers().report(status, now, actions)) calls.carry_out(*asker, std::move(actions), now);
}

}  // namespace offhook::inline v0::sip
