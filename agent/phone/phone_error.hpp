#pragma once

#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>

#include <cstdint>

namespace offhook::inline v0::phone {

/// Error::code of the domain "phone".
enum class PhoneError : std::uint8_t {
  Socket = 1,      ///< a port or an address of this machine
  NoMedia,         ///< no ports or no room for the call's RTP, or no audio port was given
  NotAcceptable,   ///< what the peer offers or answers has nothing in common with us
  WrongState,      ///< the operation does not fit the call any more: the other side was faster
  BadTarget,       ///< not an address that can be called, or not the name of a package
  Full,            ///< EndpointOptions::max_calls
  WrongThread,     ///< called from another thread than the signalling thread
  Closed,          ///< the endpoint was stopped, or is gone
  UnknownAccount,  ///< an Account that no endpoint made
  TooLarge,        ///< more text than one MESSAGE carries
  NoDescriptors,   ///< the process may open too few files for one more call
  NoMemory,        ///< the process may take too little memory for one more call
  BadHeader,       ///< a header field of yours that cannot be sent: the stack writes it itself, or it is none
  Identity,        ///< a file or an address of EndpointOptions::identity that cannot be used
};

[[nodiscard]] base::Error phone_error(PhoneError code, std::string detail);
/// Whether an error is this one of ours.
[[nodiscard]] bool is(const base::Error& error, PhoneError code);

}  // namespace offhook::inline v0::phone
