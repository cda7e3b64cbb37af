#pragma once

#include <functional>
#include <string>

namespace offhook::inline v0::agent {

/// Work that starts before a call needs its result. The destructor cancels it.
class WarmUp {
 public:
  WarmUp() = default;
  virtual ~WarmUp() = default;
  WarmUp(const WarmUp&) = delete;
  WarmUp& operator=(const WarmUp&) = delete;
  /// Returns true when the work has ended, successfully or not.
  [[nodiscard]] virtual bool is_over() const = 0;
  /// Returns a command with which the operator can see the state of the work at the server.
  [[nodiscard]] virtual std::string command() const = 0;
};

/// Gets a sentence for the operator.
using ReportTrouble = std::function<void(const std::string& trouble)>;

}  // namespace offhook::inline v0::agent
