#pragma once

#include <offhook/agent/phone/phone_error.hpp>
#include <offhook/agent/phone/watch_options.hpp>
#include <offhook/sip/stack/events.hpp>

#include <memory>

namespace offhook::inline v0::phone {

struct WatcherState;

/// Somebody who watches one of our lines, or asks to, as a handle: WatcherAsks brings it, copies are the same one. Used on the
/// signalling thread. It may outlive its endpoint: operations are then Closed.
class Watcher {
 public:
  Watcher() = default;  ///< none: id() is 0, operations are WrongState
  explicit Watcher(std::shared_ptr<WatcherState> state) : state_(std::move(state)) {}

  [[nodiscard]] sip::SubscriptionId id() const;
  /// He sees the line from now on, until he has had enough or end() is called. Errors: WrongState (he was answered before, or has
  /// gone), WrongThread, Closed.
  [[nodiscard]] base::Result<void, base::Error> accept(View view = View::Busy);
  /// He may not, or no more: 403 where he still waits for a response, else a last NOTIFY that says "rejected" and nothing of the line.
  /// Errors as above.
  [[nodiscard]] base::Result<void, base::Error> end();

 private:
  std::shared_ptr<WatcherState> state_;
};

}  // namespace offhook::inline v0::phone
