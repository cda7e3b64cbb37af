#pragma once

#include <utility>

namespace offhook::inline v0::agent {

/// Decides whether a socket is opened in advance, so that the caller does not wait for it later. After one request, there is no other request until a
/// socket has succeeded.
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
