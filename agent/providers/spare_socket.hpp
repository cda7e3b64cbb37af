#pragma once

#include <utility>

namespace offhook::inline v0::agent {

/// Decides whether to open a socket in advance, so that the caller does not wait for it later. After one request it ignores further requests until
/// on_success(), so that a service that is down does not get one request after another.
class SpareSocket {
 public:
  void request() { wanted_ = !std::exchange(used_, true); }
  void on_connecting() { wanted_ = false; }
  void on_success() { used_ = false; }
  [[nodiscard]] bool is_wanted() const { return wanted_; }

 private:
  bool wanted_ = false, used_ = false;
};

}  // namespace offhook::inline v0::agent
