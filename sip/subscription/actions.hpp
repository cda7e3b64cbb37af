#pragma once

#include <offhook/sip/session/actions.hpp>

#include <variant>
#include <vector>

/// What a subscription asks of its owner, the stack.
namespace offhook::inline v0::sip::subscription {

using session::Failure;
using session::Respond;
using session::Tell;
using transaction::TransactionId;

/// Send a request in a transaction of its own; on_response() or on_failure() follows, with this head. The owner adds Contact.
struct Send {
  RequestHead head;
  HeaderList headers;  ///< The phone's.
  Body body;
  HeaderList own;      ///< The machine's.
};

using Action = std::variant<Respond, Send, Tell>;
using Actions = std::vector<Action>;  ///< Carried out in order by the owner.

}  // namespace offhook::inline v0::sip::subscription
