#pragma once

#include <functional>
#include <string>

namespace offhook::inline v0::agent {

/// Something that was begun before any call needs it. Destroying it gives it up.
class WarmUp {
 public:
  WarmUp() = default;
  virtual ~WarmUp() = default;
  WarmUp(const WarmUp&) = delete;
  WarmUp& operator=(const WarmUp&) = delete;
  /// It has come to its end, well or not.
  [[nodiscard]] virtual bool is_over() const = 0;
};

/// Takes a sentence for people.
using TellTrouble = std::function<void(const std::string& trouble)>;

}  // namespace offhook::inline v0::agent
