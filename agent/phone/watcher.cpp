#include <offhook/agent/phone/watcher.hpp>

#include <offhook/agent/phone/phone_core.hpp>

namespace offhook::inline v0::phone {

namespace {

base::Result<void, base::Error> decide(const std::shared_ptr<WatcherState>& state, std::string_view what, std::optional<View> view) {
  if (!state) return base::fail(phone_error(PhoneError::WrongState, "no endpoint made this watcher: use the watcher of a WatcherAsks event"));
  auto core = usable(state->core);
  if (!core) return base::fail(core.error());
  return from_stack((*core)->decide_watcher(state->id, view), what);
}

}  // namespace

sip::SubscriptionId Watcher::id() const { return state_ ? state_->id : sip::SubscriptionId{}; }
base::Result<void, base::Error> Watcher::accept(View view) { return decide(state_, "accept the watcher", view); }
base::Result<void, base::Error> Watcher::end() { return decide(state_, "end the subscription of the watcher", std::nullopt); }

}  // namespace offhook::inline v0::phone
