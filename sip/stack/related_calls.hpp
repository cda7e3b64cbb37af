#pragma once

#include <offhook/sip/stack/call_table.hpp>

/// Effects of one call on another.
namespace offhook::inline v0::sip {

/// Ends the call whose place another call has taken (RFC 3891): by BYE, or by CANCEL while it rings.
void end_replaced(CallTable& calls, SessionId id, base::TimePoint now);
/// Reports the progress of a referred call to the peer that requested it: RFC 3515.
void report_progress(CallTable& calls, CallTable::Leg& leg, const Event& event, base::TimePoint now);

}  // namespace offhook::inline v0::sip
