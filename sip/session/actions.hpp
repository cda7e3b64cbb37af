#pragma once

#include <offhook/sip/dialog/request_head.hpp>
#include <offhook/sip/model/events.hpp>
#include <offhook/sip/transaction/transaction_table.hpp>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

/// The actions that a session requests from its owner. The owner is the stack, which handles transactions, routes and bytes.
namespace offhook::inline v0::sip::session {

using transaction::TransactionId;

/// The kind of request to which a response belongs. A session has at most one pending request of each kind, with two exceptions.
/// ForkBye, Prack, Notify, Info, Message and Options are unlimited, and EarlyUpdate may occur once in each early dialog of a
/// fork.
enum class Purpose : std::uint8_t {
  Invite,
  Reinvite,
  Update,
  EarlyUpdate,
  Prack,
  Bye,
  ForkBye,
  Refer,
  Notify,
  Info,
  Message,
  Options
};
/// The reason why there will be no response.
enum class Failure : std::uint8_t { Timeout, Transport, Unresolvable };

/// Answers a received request. The owner adds our tag, and where applicable Contact, Allow and Supported.
struct Respond {
  TransactionId request;
  int status = 0;
  HeaderList headers;
  Body body;
  HeaderList own{};  ///< headers of the session itself, which the owner does not filter
};
/// Sends the 2xx to this INVITE again: RFC 3261 section 13.3.1.4.
struct RepeatAnswer {
  TransactionId request;
};
/// Sends a request in a new transaction. The owner then calls on_response() or on_failure().
struct Send {
  Purpose purpose = Purpose::Invite;
  RequestHead head;
  HeaderList headers;
  Body body;
  HeaderList own{};  ///< headers of the session itself, which the owner does not filter
};
/// Cancels our INVITE or re-INVITE, which has had a provisional response: RFC 3261 section 9.1.
struct Cancel {
  Purpose purpose = Purpose::Invite;
};
/// Drops our INVITE if it has not been sent yet.
struct Withdraw {};
/// Acknowledges a 2xx to our INVITE or re-INVITE. The owner stores the ACK's bytes and resends them for every repetition of that
/// 2xx.
struct SendAck {
  RequestHead head;
  std::string remote_tag;
  Body body;
};
struct Emit {
  Event event;
};
/// Counts a reliable provisional response that was ignored because kMaxPracks PRACKs are unanswered.
struct CountDropped {};

using Action = std::variant<Respond, RepeatAnswer, Send, Cancel, Withdraw, SendAck, Emit, CountDropped>;
using Actions = std::vector<Action>;  ///< the owner carries them out in order

}  // namespace offhook::inline v0::sip::session
