#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace offhook::inline v0::call {

/// How a leg ended.
struct Ended {
  enum class By : std::uint8_t { Us, Peer, Network };
  enum class Cause : std::uint8_t {
    HungUp,
    Cancelled,       ///< the calling side ended the call before the answer
    Replaced,        ///< another call took the place of this call
    NoAnswer,        ///< the called telephone rang for too long, or the peer's network sent nothing
    Unacknowledged,  ///< the caller's side did not confirm the answer
    Lost,            ///< the connection broke during the call
    Unreachable,     ///< there is no route to the peer
    UnknownName,     ///< the name of the peer's server cannot be resolved
    // The called side refused the call, for the reasons that follow. `status` has its status.
    Busy,
    Declined,        ///< the called user declined the call
    Unavailable,     ///< the called user could not be reached in time
    Terminated,      ///< the network of the called side ended the attempt
    Rejected,        ///< the called side refused for any other reason
  };
  By by = By::Peer;
  Cause cause = Cause::HungUp;
  std::string status{};  ///< the status of the leg's protocol, for the record; "" if there was none
  std::string reason{};  ///< the text of that status
  std::string why{};     ///< the argument of Leg::hang_up(); "" if this side did not hang up
};

/// Returns true if the called side refused the call.
[[nodiscard]] constexpr bool is_refusal(Ended::Cause cause) { return cause >= Ended::Cause::Busy; }

/// Returns a status as a number, for records and the log; 0 if it is not a number.
[[nodiscard]] inline int number_of(std::string_view status) {
  int number = 0;
  std::from_chars(status.data(), status.data() + status.size(), number);
  return number;
}

}  // namespace offhook::inline v0::call
