#pragma once

#include <offhook/agent/conversation/parts.hpp>

#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace offhook::inline v0::agent::embedded {

/// Events on their way from jobs to the conversation thread.
template <class Event>
class Outbox {
 public:
  explicit Outbox(Wake wake) : wake_(std::move(wake)) {}

  /// Any thread. Pushes if `still_wanted()`, which is asked under the lock of drop(): what has been dropped stays dropped.
  template <class Wanted>
  void push_if(Wanted still_wanted, Event event) {
    {
      const std::lock_guard lock(mutex_);
      if (!still_wanted()) return;
      events_.push_back(std::move(event));
    }
    // Not under mutex_, so that waking may poll at once; under its own, so that nobody is woken after close().
    const std::lock_guard lock(wake_mutex_);
    if (wake_) wake_();
  }
  [[nodiscard]] std::optional<Event> poll() {
    const std::lock_guard lock(mutex_);
    if (events_.empty()) return std::nullopt;
    std::optional<Event> event(std::move(events_.front()));
    events_.pop_front();
    return event;
  }
  /// Forgets what waits, and runs `change` (which makes still_wanted() say no) as one step with it.
  template <class Change>
  void drop(Change change) {
    const std::lock_guard lock(mutex_);
    change();
    events_.clear();
  }
  /// Nobody is woken once this has returned.
  void close() {
    const std::lock_guard lock(wake_mutex_);
    wake_ = nullptr;
  }

 private:
  std::mutex mutex_;
  std::deque<Event> events_;
  std::recursive_mutex wake_mutex_;  // Recursive: a wake that ends the part ends up in close().
  Wake wake_;
};

}  // namespace offhook::inline v0::agent::embedded
