#pragma once

#include <offhook/agent/providers/embedded/dialogue.hpp>

#include <map>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::embedded {

/// What the caller's answers have filled in so far.
class SlotValues {
 public:
  /// `dialogue` is borrowed and must outlive the values.
  explicit SlotValues(const Dialogue& dialogue) : dialogue_(dialogue) {}

  /// "" when there is none.
  [[nodiscard]] std::string_view get(std::string_view slot) const;
  void set(const std::string& slot, std::string value) { values_[slot] = std::move(value); }
  void erase(const std::string& slot) { values_.erase(slot); }
  /// `text` with the value of each {slot} in its place, numbers as groups of digits.
  [[nodiscard]] std::string fill(std::string_view text) const;

 private:
  const Dialogue& dialogue_;
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace offhook::inline v0::agent::embedded
