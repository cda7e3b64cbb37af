#include <offhook/agent/phone/event_reporter.hpp>

namespace offhook::inline v0::phone {

void EventReporter::emit(PhoneEvent event) {
  waiting_.push_back(std::move(event));
  if (!is_running_) run([] {});
}

void EventReporter::run(const std::function<void()>& task) {
  is_running_ = true;
  task();
  while (!waiting_.empty()) {
    PhoneEvent next = std::move(waiting_.front());
    waiting_.pop_front();
    handler_(std::move(next));
  }
  is_running_ = false;
}

}  // namespace offhook::inline v0::phone
