#pragma once

#include <offhook/base/random.hpp>
#include <offhook/sip/stack/stack.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace offhook::bench {

/// A stack with many accounts, and a simulated registrar. The registrar challenges a REGISTER without credentials (MD5, qop auth), accepts any
/// credentials, and grants the requested expiry. It uses virtual time and no sockets.
class RegisteredStack {
 public:
  /// Registers `accounts` accounts. If `quiet`, they register for a day and send no pings, so that no timer is due during a measurement.
  explicit RegisteredStack(std::size_t accounts, bool quiet = false);
  RegisteredStack(const RegisteredStack&) = delete;
  RegisteredStack& operator=(const RegisteredStack&) = delete;

  /// Advances the time through the next refresh of any account and its response. Pings that are due earlier are sent too.
  void refresh();
  void pass(base::Duration time);
  /// Receives an INVITE from an address that is no registrar of the accounts, and checks that the stack refuses it with 403 or 503.
  void refuse_stranger();
  [[nodiscard]] std::size_t accepted() const { return accepted_; }  ///< accepted REGISTERs, including refreshes

 private:
  void exchange();
  [[nodiscard]] std::string answer(std::string_view request);

  base::TimePoint now_{std::chrono::seconds(1000)};
  base::SeededRandom random_{3};
  sip::Stack stack_;
  base::SocketAddress where_, registrar_;
  std::size_t strangers_ = 0;
  std::size_t accepted_ = 0;  ///< REGISTERs
};

}  // namespace offhook::bench
