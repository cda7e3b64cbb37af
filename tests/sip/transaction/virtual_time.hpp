#pragma once

#include <offhook/sip/transaction/actions.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

namespace offhook::sip::transaction::test {

using namespace std::chrono_literals;
using What = Transmit::What;
using Why = Ended::Why;

/// Owns one machine, with a clock that the test sets. It wakes the machine exactly at its deadlines, and records each action with
/// its time.
template <class Machine>
class Driven {
 public:
  template <class Make>
  explicit Driven(Make make) : machine_(make(start(), out_)) {
    collect();
  }

  void advance_to(base::Duration time) {
    while (const auto due = machine_->next_deadline()) {
      if (*due > start() + time) break;
      REQUIRE(*due >= now_);  // With a deadline in the past, an owner would loop.
      now_ = *due;
      machine_->on_time(now_, out_);
      collect();
    }
    now_ = start() + time;
  }
  template <class Event>
  void feed(Event event) {
    event(*machine_, now_, out_);
    collect();
  }

  [[nodiscard]] Machine& machine() { return *machine_; }
  [[nodiscard]] base::TimePoint now() const { return now_; }
  [[nodiscard]] const Actions& all() const { return all_; }
  [[nodiscard]] long count(const Action& action) const { return std::count(all_.begin(), all_.end(), action); }
  [[nodiscard]] long sent(What what) const { return count(Transmit{what}); }
  /// Returns at which times since the start the machine emitted this action.
  [[nodiscard]] std::vector<base::Duration> times(const Action& action) const {
    std::vector<base::Duration> found;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      if (all_[i] == action) found.push_back(times_[i]);
    }
    return found;
  }
  [[nodiscard]] bool ended(Why why) const { return !all_.empty() && all_.back() == Action(Ended{why}); }

 private:
  static base::TimePoint start() { return base::TimePoint(1h); }
  void collect() {
    REQUIRE(machine_->is_consistent());
    for (const Action& action : out_) {
      REQUIRE((all_.empty() || !std::holds_alternative<Ended>(all_.back())));  // Ended is the last action.
      all_.push_back(action);
      times_.push_back(now_ - start());
    }
    out_.clear();
  }

  base::TimePoint now_ = start();
  Actions out_, all_;
  std::vector<base::Duration> times_;
  std::optional<Machine> machine_;
};

}  // namespace offhook::sip::transaction::test
