#pragma once

#include <offhook/sip/session/actions.hpp>

#include <variant>
#include <vector>

/// The actions that a subscription requests from its owner, the stack.
namespace offhook::inline v0::sip::subscription {

using session::Failure;
using session::Respond;
using session::Emit;
using transaction::TransactionId;

/// Sends a request in a new transaction. The owner adds Contact, and then calls on_response() or on_failure() with this head.
struct Send {
  RequestHead head;
  HeaderList headers;  ///< from the phone layer
  Body body;
  HeaderList own;      ///< from the subscription itself
};

using Action = std::variant<Respond, Send, Emit>;
using Actions = std::vector<Action>;  ///< the owner carries them out in order

}  // namespace offhook::inline v0::sip::subscription
