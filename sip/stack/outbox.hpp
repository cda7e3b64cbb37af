#pragma once

#include <offhook/sip/model/events.hpp>

#include <deque>
#include <utility>

namespace offhook::inline v0::sip {

/// The output of the parts of a stack, in order, until the owner polls it.
struct Outbox {
  std::deque<Transmit> transmits;
  std::deque<Query> queries;
  std::deque<Event> events;
  std::deque<Flow> closes;

  template <class T>
  [[nodiscard]] static std::optional<T> take(std::deque<T>& queue) {
    if (queue.empty()) return std::nullopt;
    std::optional<T> first(std::move(queue.front()));
    queue.pop_front();
    return first;
  }
};

}  // namespace offhook::inline v0::sip
