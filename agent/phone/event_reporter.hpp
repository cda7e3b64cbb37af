#pragma once

#include <offhook/agent/phone/phone_event.hpp>

#include <deque>
#include <functional>
#include <utility>

namespace offhook::inline v0::phone {

/// Invokes the application's event handler and runs its tasks, one at a time. If an operation in a handler or a task causes an event, the
/// event is reported after that handler or task has returned.
class EventReporter {
 public:
  explicit EventReporter(std::function<void(PhoneEvent)> handler) : handler_(std::move(handler)) {}

  void emit(PhoneEvent event);
  void run(const std::function<void()>& task);

 private:
  std::function<void(PhoneEvent)> handler_;
  std::deque<PhoneEvent> waiting_;
  bool is_running_ = false;  // a handler or a task runs
};

}  // namespace offhook::inline v0::phone
