#pragma once

#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>

#include <cstdint>

namespace offhook::inline v0::phone {

/// Error::code of the domain "phone".
enum class PhoneError : std::uint8_t {
  Socket = 1,      ///< a port or an address of this machine cannot be used
  NoMedia,         ///< no free ports or no capacity for the call's RTP, or no audio port was given
  NotAcceptable,   ///< the peer's offer or answer has no media in common with this side
  WrongState,      ///< the operation does not fit the call's state any more: the other side was faster
  BadTarget,       ///< the target has no address that can be called, or the package has no valid name
  Full,            ///< EndpointOptions::max_calls is reached
  WrongThread,     ///< the operation ran on a thread that is not the signalling thread
  Closed,          ///< the endpoint was stopped, or does not exist any more
  UnknownAccount,  ///< no endpoint made the Account
  TooLarge,        ///< more text than one MESSAGE can carry
  NoDescriptors,   ///< the process cannot open enough files for one more call
  NoMemory,        ///< the process cannot get enough memory for one more call
  BadHeader,       ///< a header field of the application cannot be sent: the stack writes it itself, or it is malformed
  Identity,        ///< a file or an address of EndpointOptions::identity cannot be used
};

[[nodiscard]] base::Error phone_error(PhoneError code, std::string detail);
/// Returns true when the error has this code of the domain "phone".
[[nodiscard]] bool is(const base::Error& error, PhoneError code);

}  // namespace offhook::inline v0::phone
