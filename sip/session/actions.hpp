#pragma once

#include <offhook/sip/dialog/request_head.hpp>
#include <offhook/sip/stack/events.hpp>
#include <offhook/sip/transaction/transaction_table.hpp>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

/// What a session asks of its owner, the stack, which knows transactions, routes and bytes.
namespace offhook::inline v0::sip::session {

using transaction::TransactionId;

/// Which request of a session a response belongs to. There is at most one of each at a time, but for
/// ForkBye, Prack, Notify, Info, Message and Options, and for EarlyUpdate, of which there is one in each early dialog of a fork.
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
/// Why there will be no response.
enum class Failure : std::uint8_t { Timeout, Transport, Unresolvable };

/// Answer a request that was handed in. The owner adds our tag, and Contact, Allow and Supported where they belong.
struct Respond {
  TransactionId request;
  int status = 0;
  HeaderList headers;
  Body body;
  HeaderList own{};  ///< The session's, not the phone's: unfiltered.
};
/// Send the 2xx to this INVITE again: RFC 3261 section 13.3.1.4.
struct RepeatAnswer {
  TransactionId request;
};
/// Send a request in a transaction of its own; on_response() or on_failure() follows.
struct Send {
  Purpose purpose = Purpose::Invite;
  RequestHead head;
  HeaderList headers;
  Body body;
  HeaderList own{};  ///< The session's, not the phone's: unfiltered.
};
/// CANCEL our INVITE or re-INVITE, which has had a provisional response: RFC 3261 section 9.1.
struct Cancel {
  Purpose purpose = Purpose::Invite;
};
/// If our INVITE has not left yet, it need not.
struct Withdraw {};
/// ACK a 2xx to our INVITE or re-INVITE. The owner keeps the bytes, and sends them again for every repeat of that 2xx.
struct SendAck {
  RequestHead head;
  std::string remote_tag;
  Body body;
};
struct Tell {
  Event event;
};
/// Count a reliable provisional response that was not taken: kMaxPracks are unanswered.
struct CountDropped {};

using Action = std::variant<Respond, RepeatAnswer, Send, Cancel, Withdraw, SendAck, Tell, CountDropped>;
using Actions = std::vector<Action>;  ///< Carried out in order by the owner.

}  // namespace offhook::inline v0::sip::session
