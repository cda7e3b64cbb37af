#pragma once

#include <offhook/base/random.hpp>
#include <offhook/sip/stack/stack.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace offhook::bench {

/// A stack with many accounts and a registrar that is a function: it challenges a REGISTER without credentials (MD5, qop auth),
/// believes any others, and grants what is asked for. Virtual time, no sockets.
class RegisteredStack {
 public:
  /// `quiet`: registered for a day and without pings, so that nothing is due but what is asked for.
  explicit RegisteredStack(std::size_t accounts, bool quiet = false);
  RegisteredStack(const RegisteredStack&) = delete;
  RegisteredStack& operator=(const RegisteredStack&) = delete;

  /// Goes on to the next refresh of any account, its answer included; the pings that are due before it are sent too.
  void refresh();
  void pass(base::Duration time);
  /// An INVITE from nobody's registrar is refused with 403.
  void refuse_stranger();
  [[nodiscard]] std::size_t accepted() const { return accepted_; }  ///< REGISTERs, refreshes among them

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
