#pragma once

#include <offhook/base/time.hpp>
#include <offhook/sip/auth/credentials.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// Requests of a Registration to its owner.
namespace offhook::inline v0::sip::registration {

/// Has the same order as RegistrationChanged::Why of the stack.
enum class Why : std::uint8_t { None, WrongCredentials, Refused, NoAnswer, Unresolvable, Unreachable };
[[nodiscard]] std::string_view to_string(Why why);

/// Asks the owner to build and send a REGISTER in a new transaction. The owner finds the route and calls on_route() for the
/// Contact value. It then writes Call-ID, CSeq, Contact, `Expires: expires` and the authorizations as given here. The owner must
/// then call exactly one of on_response (with the final response) and on_failure; it may also pass in provisional responses.
struct SendRegister {
  std::string call_id;               ///< constant for the life of the Registration: RFC 3261 section 10.2
  std::uint32_t cseq = 0;            ///< increments by one for each REGISTER
  std::chrono::seconds expires{};    ///< 0: de-registers
  Authorizations authorizations;
  std::string registrar;             ///< Request-URI: Options::registrar, or the target of a redirection
};
/// Reports a 2xx, for the first REGISTER and for each refresh.
struct Registered {
  std::chrono::seconds expires{};    ///< the registrar's grant
  std::string contact;               ///< our URI, as registered
};
struct Failed {
  Why why = Why::None;
  int status = 0;                    ///< status of the final response; 0 if there was no response
  std::string reason;                ///< reason phrase of that response
  base::Duration retry_in{};         ///< time until the next attempt; attempts continue until stop()
};
/// stop() is complete. No further action follows until the next start().
struct Unregistered {};

using Action = std::variant<SendRegister, Registered, Failed, Unregistered>;
using Actions = std::vector<Action>;  ///< the owner carries them out in order

}  // namespace offhook::inline v0::sip::registration
