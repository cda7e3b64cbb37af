#pragma once

#include <offhook/base/shrink.hpp>
#include <offhook/base/time.hpp>

#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

namespace offhook::inline v0::sip {

/// One deadline for each id, the earliest first.
template <class Id>
class Deadlines {
 public:
  void set(Id id, std::optional<base::TimePoint> when) {
    const auto known = by_id_.find(id);
    if (known != by_id_.end()) {
      if (when && known->second == *when) return;
      auto node = by_time_.extract({known->second, id});
      if (when) {
        known->second = *when;
        node.value().first = *when;
        by_time_.insert(std::move(node));
        return;
      }
      by_id_.erase(known);
      return base::shrink(by_id_);
    }
    if (!when) return;
    by_id_.emplace(id, *when);
    by_time_.emplace(*when, id);
  }
  [[nodiscard]] std::optional<base::TimePoint> next() const {
    if (by_time_.empty()) return std::nullopt;
    return by_time_.begin()->first;
  }
  /// Takes the earliest deadline that is due. Returns nullopt if no deadline is due.
  [[nodiscard]] std::optional<Id> take_due(base::TimePoint now) {
    if (by_time_.empty() || by_time_.begin()->first > now) return std::nullopt;
    const Id id = by_time_.begin()->second;
    set(id, std::nullopt);
    return id;
  }
  [[nodiscard]] std::size_t size() const { return by_id_.size(); }

 private:
  std::set<std::pair<base::TimePoint, Id>> by_time_;
  std::unordered_map<Id, base::TimePoint> by_id_;
};

}  // namespace offhook::inline v0::sip
