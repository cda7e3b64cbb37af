#pragma once

#include <cstdint>
#include <variant>
#include <vector>

/// What a transaction asks of its owner, who holds the bytes: the machines themselves only know which of them is due.
namespace offhook::inline v0::sip::transaction {

/// Send again (or for the first time) what the owner holds: its request, the ACK to the final response that came in last
/// (RFC 3261 section 17.1.1.3), or the response that it handed to on_response() last.
struct Transmit {
  enum class What : std::uint8_t { Request, Ack, Response } what;
  friend bool operator==(const Transmit&, const Transmit&) = default;
};
/// Client: the response just fed in is new to the user; pass it up.
struct Deliver {
  int status;
  friend bool operator==(const Deliver&, const Deliver&) = default;
};
/// INVITE server in Accepted: the ACK just fed in is for the 2xx, and so for the session (RFC 6026 section 7.1).
struct DeliverAck {
  friend bool operator==(const DeliverAck&, const DeliverAck&) = default;
};
/// The machine is Terminated: remove it after this. Always the last action that it ever makes.
/// Done: nothing to tell. Timeout: a client had no final answer (the user acts as if on a 408), an INVITE server no ACK.
struct Ended {
  enum class Why : std::uint8_t { Done, Timeout, TransportError } why;
  friend bool operator==(const Ended&, const Ended&) = default;
};
/// RFC 6026 section 7.1: a response could not be sent; the user is told, and the machine lives on.
struct SendFailed {
  friend bool operator==(const SendFailed&, const SendFailed&) = default;
};

using Action = std::variant<Transmit, Deliver, DeliverAck, SendFailed, Ended>;
using Actions = std::vector<Action>;  ///< Carried out in order by the owner.

}  // namespace offhook::inline v0::sip::transaction
