#pragma once

#include <offhook/agent/conversation/parts.hpp>

#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace offhook::inline v0::agent::embedded {

/// A queue of events from jobs to the conversation thread.
template <class Event>
class Outbox {
 public:
  explicit Outbox(Wake wake) : wake_(std::move(wake)) {}

  /// Pushes `event` if `still_wanted()` returns true; callable from any thread. Invokes `still_wanted()` under the lock of drop(), so
  /// that no event can follow the drop() that made it unwanted.
  template <class Wanted>
  void push_if(Wanted still_wanted, Event event) {
    {
      const std::lock_guard lock(mutex_);
      if (!still_wanted()) return;
      events_.push_back(std::move(event));
    }
    // Invoke wake_ without mutex_, so that it may call poll() at once. wake_mutex_ makes close() wait for a running invocation of wake_.
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
  /// Drops all events and runs `change`, which makes still_wanted() return false, in one step.
  template <class Change>
  void drop(Change change) {
    const std::lock_guard lock(mutex_);
    change();
    events_.clear();
  }
  /// Waits for a running wake-up. After it returns, no wake-up comes any more.
  void close() {
    const std::lock_guard lock(wake_mutex_);
    wake_ = nullptr;
  }

 private:
  std::mutex mutex_;
  std::deque<Event> events_;
  std::recursive_mutex wake_mutex_;  // Recursive, because a wake-up may destroy the part, which calls close().
  Wake wake_;
};

}  // namespace offhook::inline v0::agent::embedded
