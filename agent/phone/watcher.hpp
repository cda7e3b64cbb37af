#pragma once

#include <offhook/agent/phone/phone_error.hpp>
#include <offhook/agent/phone/watch_options.hpp>
#include <offhook/sip/model/events.hpp>

#include <memory>

namespace offhook::inline v0::phone {

struct WatcherState;

/// A handle of a watcher of a line of this endpoint, accepted or waiting. WatcherAsks brings it; copies name the same watcher. Use it on the
/// signalling thread. It may outlive its endpoint: operations then return Closed.
class Watcher {
 public:
  Watcher() = default;  ///< no watcher: id() is 0, operations return WrongState
  explicit Watcher(std::shared_ptr<WatcherState> state) : state_(std::move(state)) {}

  [[nodiscard]] sip::SubscriptionId id() const;
  /// Accepts the watcher: it sees the line from now on, until it ends its subscription or end() is called. Errors: WrongState (it was
  /// answered before, or has ended), WrongThread, Closed.
  [[nodiscard]] base::Result<void, base::Error> accept(View view = View::Busy);
  /// Refuses the watcher, or ends its subscription: sends 403 while it waits for a response, otherwise a last NOTIFY with "rejected" and
  /// nothing about the line. Errors as for accept().
  [[nodiscard]] base::Result<void, base::Error> end();

 private:
  std::shared_ptr<WatcherState> state_;
};

}  // namespace offhook::inline v0::phone
