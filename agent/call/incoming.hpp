#pragma once

#include <string>
#include <utility>
#include <vector>

namespace offhook::inline v0::call {

struct Party {
  std::string address;  ///< the address in the form of the network
  std::string name;     ///< safe to show; may be empty
  std::string number;   ///< the number or user in `address`; all of `address` if it has neither
};

/// The names by which other systems of the network can find the same leg.
struct LegName {
  std::string call, tag;  ///< `tag` may be empty
};

/// The result of the signature check of a caller's number.
struct CallerCheck {
  std::string result;  ///< "passed", "failed", "absent"; "": not checked
  std::string attest;  ///< the signer's attestation: "A", "B", "C"; "": none
  std::string origid;  ///< identifies the origin of the call in the network
  std::string why;     ///< the reason if `result` is "failed"
};

/// A call that comes in.
struct Incoming {
  LegName name;
  Party from, to;                ///< the parties that the caller's side names
  Party caller;                  ///< `from`, or the party that a trusted peer asserts
  bool caller_verified = false;  ///< true: `caller` is verified, and not only a claim
  CallerCheck check{};
  std::string dialled{};         ///< the address that the network asked for
  std::string source{};          ///< the network address from which the call came
  std::vector<std::pair<std::string, std::string>> fields{};  ///< everything else that the caller's side sent, by name
};

}  // namespace offhook::inline v0::call
