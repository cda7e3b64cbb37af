#pragma once

#include <offhook/agent/providers/embedded/dialogue.hpp>

#include <map>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::embedded {

/// The values of the slots that the caller has given so far.
class SlotValues {
 public:
  /// Borrows `dialogue`, which must outlive this object.
  explicit SlotValues(const Dialogue& dialogue) : dialogue_(dialogue) {}

  /// Returns the value of a slot; "" if it has none.
  [[nodiscard]] std::string_view get(std::string_view slot) const;
  void set(const std::string& slot, std::string value) { values_[slot] = std::move(value); }
  void erase(const std::string& slot) { values_.erase(slot); }
  /// Returns `text` with each {slot} replaced by its value; a number becomes groups of digits.
  [[nodiscard]] std::string fill(std::string_view text) const;

 private:
  const Dialogue& dialogue_;
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace offhook::inline v0::agent::embedded
