#pragma once

#include <cstdint>
#include <variant>
#include <vector>

/// The actions that a transaction requests from its owner. The owner holds the bytes of messages; the machine only decides which
/// message to send.
namespace offhook::inline v0::sip::transaction {

/// Send, or resend, a message that the owner holds: its request, the ACK to the last final response (RFC 3261 section 17.1.1.3),
/// or the response that was last passed to on_response().
struct Transmit {
  enum class What : std::uint8_t { Request, Ack, Response } what;
  friend bool operator==(const Transmit&, const Transmit&) = default;
};
/// Client: the response that was just received is new; pass it to the user.
struct Deliver {
  int status;
  friend bool operator==(const Deliver&, const Deliver&) = default;
};
/// INVITE server in Accepted: the ACK that was just received is for the 2xx; pass it to the session (RFC 6026 section 7.1).
struct DeliverAck {
  friend bool operator==(const DeliverAck&, const DeliverAck&) = default;
};
/// The machine is Terminated: remove it. This is always its last action. Done: a normal end. Timeout: a client got no final
/// response (the user treats this like a 408), or an INVITE server got no ACK.
struct Ended {
  enum class Why : std::uint8_t { Done, Timeout, TransportError } why;
  friend bool operator==(const Ended&, const Ended&) = default;
};
/// A response could not be sent: RFC 6026 section 7.1. Inform the user; the machine continues.
struct SendFailed {
  friend bool operator==(const SendFailed&, const SendFailed&) = default;
};

using Action = std::variant<Transmit, Deliver, DeliverAck, SendFailed, Ended>;
using Actions = std::vector<Action>;  ///< the owner carries them out in order

}  // namespace offhook::inline v0::sip::transaction
