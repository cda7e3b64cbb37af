#pragma once

#include <offhook/base/random.hpp>
#include <offhook/sip/stack/stack.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace offhook::bench {

/// A stack with many accounts, and a simulated registrar. The registrar challenges a REGISTER that has no credentials (MD5, qop auth),
/// accepts any credentials, and grants the requested expiry. Time is virtual, and there are no sockets.
class RegisteredStack {
 public:
  /// Registers `accounts` accounts. If `quiet` is true, they register for a day and send no pings, so that no timer is due during a measurement.
  explicit RegisteredStack(std::size_t accounts, bool quiet = false);
  RegisteredStack(const RegisteredStack&) = delete;
  RegisteredStack& operator=(const RegisteredStack&) = delete;

  /// Advances the time until the next refresh of any account has its response. Also sends the pings that are due before that response.
  void refresh();
  void pass(base::Duration time);
  /// The stack receives an INVITE from an address that is not a registrar of the accounts. Checks that it refuses the INVITE with 403 or 503.
  void refuse_stranger();
  [[nodiscard]] std::size_t accepted() const { return accepted_; }  ///< number of accepted REGISTER requests, with refreshes

 private:
  void exchange();
  [[nodiscard]] std::string answer(std::string_view request);

  base::TimePoint now_{std::chrono::seconds(1000)};
  base::SeededRandom random_{3};
  sip::Stack stack_;
  base::SocketAddress where_, registrar_;
  std::size_t strangers_ = 0;
  std::size_t accepted_ = 0;  ///< number of accepted REGISTER requests
};

}  // namespace offhook::bench
