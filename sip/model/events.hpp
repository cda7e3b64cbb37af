#pragma once

#include <offhook/base/strong_id.hpp>
#include <offhook/base/time.hpp>
#include <offhook/sip/model/caller_identity.hpp>
#include <offhook/sip/model/flow.hpp>
#include <offhook/sip/message/header_name.hpp>  // Before our Event, because g++ otherwise reports that HeaderName::Event shadows it.
#include <offhook/sip/message/dtmf_info.hpp>
#include <offhook/sip/message/header_fields.hpp>
#include <offhook/sip/message/method.hpp>
#include <offhook/sip/message/privacy.hpp>
#include <offhook/sip/message/reason.hpp>
#include <offhook/sip/message/replaces.hpp>
#include <offhook/sip/message/retargeting.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// Events for the layer above, and requests to the transport edge. Values: they own their text and may cross threads.
namespace offhook::inline v0::sip {

using AccountId = base::StrongId<struct AccountTag>;
using SessionId = base::StrongId<struct SessionTag>;
using SubscriptionId = base::StrongId<struct SubscriptionTag>;
using RequestId = base::StrongId<struct RequestTag>;
using PublicationId = base::StrongId<struct PublicationTag>;
using QueryId = base::StrongId<struct QueryTag>;

struct Body {
  std::string type;  ///< for example "application/sdp"; "" if there is no body
  std::string data;
  bool needs_tls = false;  ///< true: it has keys (a=crypto: RFC 4568 section 8.1). The stack sends a request with this body only over TLS.
  [[nodiscard]] bool empty() const { return data.empty(); }
};

struct Party {
  std::string uri;      ///< for example "sip:alice@example.com"
  std::string display;  ///< safe to show; may be empty
  friend bool operator==(const Party&, const Party&) = default;
};

// --- to the edge -----------------------------------------------------------------------------------------------------------

/// Bytes to send. If flow.id is 0 on a stream transport: use an open connection to flow.remote, or open one.
struct Transmit {
  Flow flow;
  std::string bytes;
};

/// A request to resolve a host (RFC 3263 section 4). Its QueryResult has the routes to try in order of preference, each with the
/// local address from which its packets leave.
struct Query {
  QueryId id;
  std::string host;  ///< name or IP address (IPv6 without brackets)
  std::optional<std::uint16_t> port;
  std::optional<Transport> transport;  ///< nullopt: the domain decides
  bool secure = false;                 ///< for sips: only TLS
};
struct Route {
  Transport transport = Transport::Udp;
  base::SocketAddress local;   ///< listening address for that transport, never unspecified; port 0: not listening (CallHops)
  base::SocketAddress remote;
  FlowId flow;                 ///< for UDP the socket, for stream transports 0
  std::string name = {};       ///< for TLS and WSS the host name that the peer must prove (RFC 5922 section 7.1); otherwise ""
};

/// Returns the flow of a message that uses this route.
[[nodiscard]] inline Flow flow_along(const Route& route) {
  return {route.flow, route.transport, route.local, route.remote, route.name};
}
struct QueryResult {
  std::vector<Route> routes;   ///< empty: the name cannot be resolved
  std::string error;           ///< if `routes` is empty: the reason and the remedy
};

// --- to the phone ----------------------------------------------------------------------------------------------------------
//
// `headers` in the events of a call are the header fields of the message that caused the event, as sent; empty without such a message.
// They exclude the fields of the hop, the transaction and the body, and those that could look like a proven identity
// (P-Asserted-Identity, Authorization). `asserted` is the message's P-Asserted-Identity, only from the account's registrar and
// trusted_peers (RFC 3325 section 5).

struct RegistrationChanged {
  enum class State : std::uint8_t { Registering, Registered, Failed, Unregistered };
  enum class Why : std::uint8_t { None, WrongCredentials, Refused, NoAnswer, Unresolvable, Unreachable };
  AccountId account;
  State state = State::Unregistered;
  Why why = Why::None;
  int status = 0;                      ///< status of the final response; 0 if there was no response
  std::string reason;                  ///< reason phrase of that response; for Unresolvable: the result of the name servers, and the remedy
  base::Duration expires{};            ///< for Registered: the registrar's grant
  std::optional<base::Duration> retry_in;  ///< for Failed: nullopt if there will be no further attempt
  std::string contact;                 ///< for Registered: our Contact, as the registrar reaches it
  std::optional<base::IpAddress> local;  ///< for Registered: the local address from which REGISTER was sent
  std::string server{};                ///< identifies the registration: AccountOptions::server, or the registrar if that is ""
  std::optional<base::SocketAddress> answered_by{};  ///< source of the response; nullopt if there was none
};

struct IncomingCall {
  SessionId session;
  std::optional<AccountId> account;    ///< the account whose Contact or AOR the Request-URI names
  std::string call_id;
  std::string request_uri;
  Party from, to;
  std::optional<Party> asserted;       ///< P-Asserted-Identity, only from the account's registrar and trusted_peers
  HeaderFields headers;                ///< all other header fields, as sent
  Body offer;                          ///< empty: the caller wants our offer in the 200
  base::SocketAddress source;
  Transport transport = Transport::Udp;  ///< of the INVITE
  /// The old call that this call is to replace (Replaces, RFC 3891). Answer this call at once. The answer ends the old call; a
  /// refusal leaves the old call unchanged.
  std::optional<SessionId> replaces{};
  std::string referred_by{};            ///< Referred-By as sent (RFC 3892), not proven; "" if absent
  Privacy privacy{};                    ///< the caller's privacy request (RFC 3323)
  std::vector<Diversion> diversions{};  ///< newest first (RFC 5806); as sent, from any source
  std::vector<HistoryEntry> history{};  ///< RFC 7044
  /// The result of checking the caller's Identity fields (RFC 8224). The stack does not set it, because it reads no wall clock.
  /// The phone layer sets it (phone::EndpointOptions::identity).
  CallerIdentity identity{};
  /// User name of StackOptions::callers with which the caller has authenticated; "" if the caller was not challenged.
  std::string proven_user{};
};
struct CallProgress {                  ///< a provisional response to our INVITE
  SessionId session;
  int status = 0;
  std::string reason;
  std::string branch_tag;              ///< the To tag, which identifies the early dialog of a fork
  Body body;
  HeaderFields headers{};
  std::optional<Party> asserted{};
};
/// A 2xx to our INVITE. `body` answers our offer; if `body` is empty, the earlier answer stays valid.
struct CallAnswered {
  SessionId session;
  Body body;
  bool is_offer = false;               ///< true: our INVITE had no offer, and `body` is the peer's offer; answer with accept_offer()
  HeaderFields headers{};
  std::optional<Party> asserted{};
  std::string branch_tag{};            ///< the To tag, as in CallProgress
};
struct CallConfirmed {                 ///< the ACK to our 2xx arrived; `body` is the answer if the offer was ours
  SessionId session;
  Body body;
  HeaderFields headers{};
  std::optional<Party> asserted{};
};
/// An offer in a re-INVITE, UPDATE or PRACK, or in a reliable provisional response to our INVITE without offer. Answer with
/// accept_offer() or refuse_offer(). If `offer` is empty, the peer wants our offer.
struct OfferReceived {
  SessionId session;
  Body offer;
  std::string branch_tag{};  ///< before a 2xx to our INVITE: the early dialog of a fork
  HeaderFields headers{};
  std::optional<Party> asserted{};
  Transport transport = Transport::Udp;  ///< of the message with the offer
};
/// The peer accepted our re-INVITE or UPDATE, or its PRACK answered our offer in a reliable provisional response. Also reported
/// if the answer to a session refresh of the stack differs from the previous answer.
struct OfferAnswered {
  SessionId session;
  Body answer;
  std::string branch_tag{};  ///< before a 2xx to our INVITE: the early dialog of a fork
  HeaderFields headers{};
  std::optional<Party> asserted{};
};
struct OfferRefused {
  SessionId session;
  int status = 0;
  std::string branch_tag{};  ///< as in OfferAnswered
  HeaderFields headers{};
};
/// A request of the peer within the call names another user as the connected one: RFC 4916 section 4.4.2.
struct PeerChanged {
  SessionId session;
  Party from;  ///< From, which is as unproven as the From of an INVITE
  std::optional<Party> asserted{};
  HeaderFields headers{};
};
struct TransferProgress {               ///< outcome of our REFER (RFC 3515): its refusal, or the status in the NOTIFY's sipfrag
  SessionId session;
  int status = 0;                      ///< final statuses only; 408 if neither a response nor a NOTIFY came
  HeaderFields headers{};
  bool accepted = false;               ///< true if a 2xx or a NOTIFY came: the peer began the transfer
};
/// REFER (RFC 3515): the peer asks us to place a call. Call Transfers::accept() or decline() within 16 s; after that the stack
/// declines. The stack places no call by itself, because any peer that may call us could then place calls at our expense. To
/// place it, use Calls::call() with CallOptions::for_transfer.
struct TransferRequested {
  SessionId session;
  std::string target;                ///< Refer-To; use it as CallOptions::target
  std::optional<Replaces> replaces;  ///< attended transfer; use it as CallOptions::replaces
  std::string referred_by;           ///< as sent (RFC 3892), not proven; "" if absent
  bool reports = true;               ///< false: the peer wants no reports about the outcome (RFC 4488)
  HeaderFields headers{};
};
/// An INFO (RFC 6086); the stack has already answered 200.
struct InfoReceived {
  SessionId session;
  std::string package;  ///< one of AccountOptions::info_packages; "" for INFO without a package
  Body body;
  std::optional<DtmfInfo> digit{};  ///< a key press: application/dtmf-relay, application/dtmf
  HeaderFields headers{};
};
/// A MESSAGE within a call (RFC 3428); the stack has already answered 200.
struct TextReceived {
  SessionId session;
  Body body;
  HeaderFields headers{};
};
/// The outcome of Calls::info(), Calls::message() or Calls::probe(). 408: no response; 503: it could not be sent.
struct MidCallAnswered {
  SessionId session;
  Method method = Method::Info;
  int status = 0;
  HeaderFields headers{};
};
struct CallEnded {
  enum class By : std::uint8_t { Local, Remote, Network };
  enum class Why : std::uint8_t {
    Bye,
    Cancelled,
    Rejected,
    NoAnswer,
    NoAck,
    SessionLost,
    Unreachable,
    Unresolvable,
    Replaced
  };  ///< Replaced: another call took its place (IncomingCall::replaces)
  SessionId session;
  By by = By::Remote;
  Why why = Why::Bye;
  int status = 0;                      ///< status of the response that ended the call; 0 if no response did
  /// Reason phrase of that response, or the value of the Reason header field. For Unresolvable as in RegistrationChanged.
  std::string reason;
  /// The Reasons in the BYE, CANCEL or response (RFC 3326). `SIP;cause=200` in a CANCEL means that another telephone answered.
  std::vector<Reason> reasons{};
  /// Contacts of a 3xx, best first, that were not followed because of CallOptions::max_redirections.
  std::vector<std::string> contacts{};
  HeaderFields headers{};
};

/// The state of a subscription has changed: one of ours, or one that a peer made with us (RFC 6665). If our SUBSCRIBE forked,
/// each of its dialogs reports its own events.
struct SubscriptionChanged {
  enum class State : std::uint8_t {
    Pending,   ///< the notifier has not decided
    Active,
    Waiting,   ///< it ended; the next attempt follows in `retry_in`
    Ended,     ///< the last event of this subscription if `branch_tag` is empty
  };
  enum class Why : std::uint8_t {
    None,
    Unsubscribed,      ///< the subscriber ended the subscription, or a fetch was answered
    Refused,           ///< by a response: see `status`
    NoAnswer, Unreachable, Unresolvable,
    Deactivated, Probation, Rejected, Timeout, GiveUp, NoResource, Invariant,  ///< the notifier's reasons: RFC 6665 section 4.1.3
    Terminated,        ///< by the notifier, with another reason or without a reason
  };
  SubscriptionId subscription;
  State state = State::Pending;
  Why why = Why::None;
  int status = 0;                      ///< status of the final response that refused; 0 if there was no response
  base::Duration expires{};            ///< for Pending and Active: the time left
  std::optional<base::Duration> retry_in;  ///< for Waiting
  std::string branch_tag;              ///< the peer's tag, which identifies the dialog of a fork; "": the event is about all dialogs
};
/// The state of a publication of ours (RFC 3903) has changed.
struct PublicationChanged {
  enum class State : std::uint8_t {
    Published,  ///< the server has the latest state and keeps it for `expires`; reported after each refresh too
    Waiting,    ///< it failed; the next attempt follows in `retry_in`
    Ended,      ///< the last event of this publication
  };
  enum class Why : std::uint8_t {
    None,
    Removed,    ///< we removed it
    Refused,    ///< by a response: see `status`
    NoAnswer, Unreachable, Unresolvable,
  };
  PublicationId publication;
  State state = State::Published;
  Why why = Why::None;
  int status = 0;                      ///< status of the final response; 0 if there was no response
  std::string reason;                  ///< reason phrase of that response, or the known reason of a failure
  base::Duration expires{};            ///< for Published: the server's grant
  std::optional<base::Duration> retry_in{};  ///< for Waiting
};
/// A NOTIFY within a subscription of ours.
struct Notified {
  SubscriptionId subscription;
  std::string branch_tag;
  Body body;                           ///< may be empty: there is no state yet, or no state any more
  HeaderFields headers;                ///< Event, Subscription-State and the fields that the stack does not read, as sent
  bool last = false;                   ///< true if this NOTIFY ended the dialog
};

/// A peer subscribes to a state of ours. Answer with Subscriptions::accept() or Subscriptions::end(). The stack has already sent 200
/// and a NOTIFY "pending", unless NotifyOptions::patience is set: the stack then waits for your answer before it responds.
struct SubscribeReceived {
  SubscriptionId subscription;
  std::optional<AccountId> account;
  std::string package;                 ///< one of StackOptions::packages
  std::string request_uri;
  Party from, to;
  std::optional<Party> asserted;       ///< P-Asserted-Identity, only from the account's registrar and trusted_peers
  base::Duration expires{};            ///< as granted; 0: a fetch, which gets one NOTIFY
  HeaderFields headers;                ///< all other header fields, as sent
  Body body;                           ///< a filter; may be empty
  base::SocketAddress source;
  std::string proven_user{};           ///< as in IncomingCall
  bool from_registrar = false;         ///< true if the SUBSCRIBE came from the account's registrar, which may have authenticated `from`
};
/// A NOTIFY without a subscription, from the account's registrar. Reported only if AccountOptions::takes_unsolicited_waiting is
/// set.
struct UnsolicitedNotify {
  AccountId account;
  std::string package;
  Body body;
};
/// A MESSAGE outside calls (RFC 3428), from a source that may call us. The stack has answered 200.
struct MessageReceived {
  std::optional<AccountId> account;
  std::string call_id;
  std::string request_uri;
  Party from, to;
  std::optional<Party> asserted;       ///< P-Asserted-Identity, only from the account's registrar and trusted_peers
  HeaderFields headers;                ///< all other header fields, as sent
  Body body;
  base::SocketAddress source;
};
/// The end of a request of ours outside calls.
struct RequestAnswered {
  enum class Why : std::uint8_t { Answered, NoAnswer, Unreachable, Unresolvable };
  RequestId request;
  Why why = Why::Answered;
  int status = 0;                      ///< status of the final response; 0 if there was no response
  std::string reason;
  HeaderFields headers;
  Body body;
};

/// An INVITE, SUBSCRIBE or MESSAGE from an address that is unknown to all our accounts was refused with 403
/// (AccountOptions::accept_from). Reported for the 1st, 2nd, 4th, 8th ... refusal, so that a scan of the Internet causes few log
/// lines.
struct StrangerRefused {
  base::SocketAddress source;
  std::uint64_t so_far = 0;            ///< number of refusals from all unknown sources, including this one
};

using Event = std::variant<RegistrationChanged, StrangerRefused, IncomingCall, CallProgress, CallAnswered, CallConfirmed, OfferReceived,
                           OfferAnswered, OfferRefused, PeerChanged, TransferProgress, TransferRequested, InfoReceived, TextReceived,
                           MidCallAnswered, CallEnded, SubscriptionChanged, Notified, SubscribeReceived, UnsolicitedNotify,
                           MessageReceived, RequestAnswered, PublicationChanged>;

}  // namespace offhook::inline v0::sip
