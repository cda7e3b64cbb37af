#pragma once

#include <offhook/sip/session/confirmed_call.hpp>
#include <offhook/sip/stack/leg.hpp>

#include <utility>

namespace offhook::inline v0::sip {

template <class Do>
base::Result<void, StackError> CallTable::command(SessionId id, base::TimePoint now, Do what) {
  Leg* leg = find(id);
  if (leg == nullptr) return base::fail(StackError::UnknownSession);
  session::Actions actions;
  if (!what(*leg, actions)) return base::fail(StackError::WrongState);
  carry_out(*leg, std::move(actions), now);
  parts_.outcomes.deliver(now);
  return {};
}

template <class Do>
base::Result<void, StackError> CallTable::command_to_confirmed(SessionId id, base::TimePoint now, Do what) {
  return command(id, now, [&](Leg& leg, session::Actions& out) {
    session::ConfirmedCall* call = leg.session->confirmed();
    return call != nullptr && what(*call, out);
  });
}

}  // namespace offhook::inline v0::sip
