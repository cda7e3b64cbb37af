#pragma once

#include <offhook/base/strong_id.hpp>
#include <offhook/base/time.hpp>
#include <offhook/sip/flow.hpp>
#include <offhook/sip/identity/caller_identity.hpp>
#include <offhook/sip/message/header_name.hpp>  // Before our Event: g++ sees HeaderName::Event shadow it otherwise.
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

/// What the stack tells the floor above, and what it asks of the edge. Values: they own their text and may cross threads.
namespace offhook::inline v0::sip {

using AccountId = base::StrongId<struct AccountTag>;
using SessionId = base::StrongId<struct SessionTag>;
using SubscriptionId = base::StrongId<struct SubscriptionTag>;
using RequestId = base::StrongId<struct RequestTag>;
using PublicationId = base::StrongId<struct PublicationTag>;
using QueryId = base::StrongId<struct QueryTag>;

struct Body {
  std::string type;  ///< "application/sdp"; "" when there is no body
  std::string data;
  [[nodiscard]] bool empty() const { return data.empty(); }
};

struct Party {
  std::string uri;      ///< "sip:alice@example.com"
  std::string display;  ///< safe to show; may be empty
  friend bool operator==(const Party&, const Party&) = default;
};

// --- to the edge -----------------------------------------------------------------------------------------------------------

/// Bytes to send. flow.id 0 on a stream transport: use an open connection to flow.remote, or open one.
struct Transmit {
  Flow flow;
  std::string bytes;
};

/// Find out how to reach a host (RFC 3263 section 4): what to try in order of preference, and the local address that packets to it
/// leave from.
struct Query {
  QueryId id;
  std::string host;  ///< name or address literal (IPv6 without brackets)
  std::optional<std::uint16_t> port;
  std::optional<Transport> transport;  ///< nothing: the domain decides
  bool secure = false;                 ///< sips: nothing but TLS
};
struct Route {
  Transport transport = Transport::Udp;
  base::SocketAddress local;   ///< where we listen on that transport, never unspecified; port 0: nobody listens (CallHops)
  base::SocketAddress remote;
  FlowId flow;                 ///< UDP: the socket; stream transports: 0
  std::string name = {};       ///< TLS and WSS: the host that the peer has to prove to be (RFC 5922 section 7.1); otherwise ""
};

/// The flow that a message to this route takes.
[[nodiscard]] inline Flow flow_along(const Route& route) {
  return {route.flow, route.transport, route.local, route.remote, route.name};
}
struct QueryResult {
  std::vector<Route> routes;   ///< empty: the name does not resolve
  std::string error;           ///< then says why, and what to do
};

// --- to the phone ----------------------------------------------------------------------------------------------------------
//
// `headers` of each event of a call: the header fields of the message that brought it, as sent, but those of the hop, the transaction, the
// body and what could pass for a proven identity (P-Asserted-Identity, Authorization); empty when no message brought it. `asserted`: its
// P-Asserted-Identity, only from the account's registrar and trusted_peers (RFC 3325 section 5).

struct RegistrationChanged {
  enum class State : std::uint8_t { Registering, Registered, Failed, Unregistered };
  enum class Why : std::uint8_t { None, WrongCredentials, Refused, NoAnswer, Unresolvable, Unreachable };
  AccountId account;
  State state = State::Unregistered;
  Why why = Why::None;
  int status = 0;                      ///< the final response, 0 when there was none
  std::string reason;                  ///< its phrase; Unresolvable: what the name servers said, and what to do
  base::Duration expires{};            ///< Registered: as the registrar granted it
  std::optional<base::Duration> retry_in;  ///< Failed: nothing when it will not try again by itself
  std::string contact;                 ///< Registered: ours, as the registrar reaches it
  std::optional<base::IpAddress> local;  ///< Registered: the address of this machine that REGISTER left from
  std::string server{};                ///< which of our registrations it is: AccountOptions::server, else its registrar
  std::optional<base::SocketAddress> answered_by{};  ///< where the response came from; nothing when there was none
};

struct IncomingCall {
  SessionId session;
  std::optional<AccountId> account;    ///< whose Contact or AOR the Request-URI names
  std::string call_id;
  std::string request_uri;
  Party from, to;
  std::optional<Party> asserted;       ///< P-Asserted-Identity, only from the account's registrar and trusted_peers
  HeaderFields headers;                ///< all others, as sent
  Body offer;                          ///< empty: the caller wants our offer in the 200
  base::SocketAddress source;
  /// The call that this one is to take the place of (Replaces, RFC 3891): to be answered at once, which ends that call. Refused,
  /// it leaves that call as it is.
  std::optional<SessionId> replaces{};
  std::string referred_by{};            ///< Referred-By as it was sent (RFC 3892): nobody has proved it; "" none
  Privacy privacy{};                    ///< what the caller does not want passed on (RFC 3323)
  std::vector<Diversion> diversions{};  ///< newest first (RFC 5806); as sent, by whoever it came from
  std::vector<HistoryEntry> history{};  ///< RFC 7044
  /// What the caller's Identity fields prove (RFC 8224). The stack itself leaves it as it is: it reads no wall clock. The phone sets it
  /// (phone::EndpointOptions::identity).
  CallerIdentity identity{};
  std::string proven_user{};           ///< the user name of StackOptions::callers whose password was proven; "" when nobody was asked
};
struct CallProgress {                  ///< a provisional response to our INVITE
  SessionId session;
  int status = 0;
  std::string reason;
  std::string branch_tag;              ///< the To tag: which early dialog of a fork this is
  Body body;
  HeaderFields headers{};
  std::optional<Party> asserted{};
};
/// 2xx to our INVITE; `body` answers our offer. Empty: what was agreed on before stands.
struct CallAnswered {
  SessionId session;
  Body body;
  bool is_offer = false;               ///< we sent none, and this is theirs: answer with accept_offer()
  HeaderFields headers{};
  std::optional<Party> asserted{};
};
struct CallConfirmed {                 ///< the ACK to our 2xx arrived; `body` is the answer when the offer was ours
  SessionId session;
  Body body;
  HeaderFields headers{};
  std::optional<Party> asserted{};
};
/// re-INVITE, UPDATE or PRACK, or a reliable provisional response to our INVITE without one: answer with accept_offer() or
/// refuse_offer(). Empty: they want ours.
struct OfferReceived {
  SessionId session;
  Body offer;
  std::string branch_tag{};  ///< before there is a 2xx to our INVITE: which early dialog of a fork it belongs to
  HeaderFields headers{};
  std::optional<Party> asserted{};
};
/// Our own re-INVITE or UPDATE was accepted, or our offer in a reliable provisional response was answered by PRACK; or a refresh of the
/// session, which nobody here asked for, was answered otherwise than before.
struct OfferAnswered {
  SessionId session;
  Body answer;
  std::string branch_tag{};  ///< before there is a 2xx to our INVITE: which early dialog of a fork it belongs to
  HeaderFields headers{};
  std::optional<Party> asserted{};
};
struct OfferRefused {
  SessionId session;
  int status = 0;
  std::string branch_tag{};  ///< as in OfferAnswered
  HeaderFields headers{};
};
/// A request of the peer within the call names another user than before as the one who is connected now: RFC 4916 section 4.4.2.
struct PeerChanged {
  SessionId session;
  Party from;  ///< From, a claim as that of an INVITE
  std::optional<Party> asserted{};
  HeaderFields headers{};
};
struct TransferProgress {               ///< what became of our REFER (RFC 3515): its own refusal, or the status in the NOTIFY's sipfrag
  SessionId session;
  int status = 0;                      ///< told for final ones only; 408 when neither answer nor NOTIFY came
  HeaderFields headers{};
};
/// REFER (RFC 3515): the peer asks us to call somebody. Say accept_transfer() or decline_transfer() within 16 s, or it is
/// declined. Nothing is dialled but by call(), with CallOptions::for_transfer: whoever may call us could otherwise dial at our
/// expense.
struct TransferRequested {
  SessionId session;
  std::string target;                ///< Refer-To, for CallOptions::target
  std::optional<Replaces> replaces;  ///< attended: for CallOptions::replaces
  std::string referred_by;           ///< as it was sent (RFC 3892): nobody has proved it; "" none
  bool reports = true;               ///< false: the peer wants to hear nothing of the outcome (RFC 4488)
  HeaderFields headers{};
};
/// INFO (RFC 6086), answered with 200 already.
struct InfoReceived {
  SessionId session;
  std::string package;  ///< one of AccountOptions::info_packages; "" for INFO of the old kind
  Body body;
  std::optional<DtmfInfo> digit{};  ///< a key: application/dtmf-relay, application/dtmf
  HeaderFields headers{};
};
/// MESSAGE within a call (RFC 3428), answered with 200 already.
struct TextReceived {
  SessionId session;
  Body body;
  HeaderFields headers{};
};
/// What became of send_info(), send_text() or probe(). 408: nobody answered; 503: it could not be sent.
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
  };  ///< another call took its place (IncomingCall::replaces)
  SessionId session;
  By by = By::Remote;
  Why why = Why::Bye;
  int status = 0;                      ///< the response that ended it, 0 when none did
  std::string reason;                  ///< its phrase, or the Reason header field's value; Unresolvable: as in RegistrationChanged
  std::vector<Reason> reasons{};  ///< of BYE, CANCEL or the response (RFC 3326): `SIP;cause=200` in a CANCEL: picked up elsewhere
  std::vector<std::string> contacts{};  ///< of a 3xx, best first, that CallOptions::max_redirections did not let us follow
  HeaderFields headers{};
};

/// A subscription of ours, or of a peer to us, is in another state than before (RFC 6665). Of a forked one each branch tells for itself.
struct SubscriptionChanged {
  enum class State : std::uint8_t {
    Pending,   ///< the notifier has not decided yet
    Active,
    Waiting,   ///< it ended, and is asked for anew in `retry_in`
    Ended,     ///< the last event of this subscription when `branch_tag` is empty
  };
  enum class Why : std::uint8_t {
    None,
    Unsubscribed,      ///< by whoever subscribed; of a fetch: it was answered
    Refused,           ///< `status` says how
    NoAnswer, Unreachable, Unresolvable,
    Deactivated, Probation, Rejected, Timeout, GiveUp, NoResource, Invariant,  ///< the notifier's words: RFC 6665 section 4.1.3
    Terminated,        ///< by the notifier, for a reason of its own or none
  };
  SubscriptionId subscription;
  State state = State::Pending;
  Why why = Why::None;
  int status = 0;                      ///< the final response that refused, 0 when there was none
  base::Duration expires{};            ///< Pending, Active: what is left
  std::optional<base::Duration> retry_in;  ///< Waiting
  std::string branch_tag;              ///< the peer's tag: which dialog of a fork; "": all of it
};
/// A publication of ours (RFC 3903) is in another state than before.
struct PublicationChanged {
  enum class State : std::uint8_t {
    Published,  ///< the server has what was published last, for `expires`; told after each refresh, too
    Waiting,    ///< it failed, and is tried again in `retry_in`
    Ended,      ///< the last event of this publication
  };
  enum class Why : std::uint8_t {
    None,
    Removed,    ///< by us
    Refused,    ///< `status` says how
    NoAnswer, Unreachable, Unresolvable,
  };
  PublicationId publication;
  State state = State::Published;
  Why why = Why::None;
  int status = 0;                      ///< the final response, 0 when there was none
  std::string reason;                  ///< its phrase, or what is known of a failure
  base::Duration expires{};            ///< Published: as granted
  std::optional<base::Duration> retry_in{};  ///< Waiting
};
/// A NOTIFY within a subscription of ours.
struct Notified {
  SubscriptionId subscription;
  std::string branch_tag;
  Body body;                           ///< may be empty: nothing to tell yet, or no more
  HeaderFields headers;                ///< Event, Subscription-State and those that the stack does not read, as sent
  bool last = false;                   ///< with it this dialog ended
};

/// Somebody wants to be told of something of ours; he has got a 200, and a NOTIFY that says "pending", or waits for that as long as
/// NotifyOptions::patience says. Answer with accept_subscriber() or end_subscriber().
struct SubscribeReceived {
  SubscriptionId subscription;
  std::optional<AccountId> account;
  std::string package;                 ///< one of StackOptions::packages
  std::string request_uri;
  Party from, to;
  std::optional<Party> asserted;       ///< P-Asserted-Identity, only from the account's registrar and trusted_peers
  base::Duration expires{};            ///< as granted; 0: asks once, and gets one NOTIFY
  HeaderFields headers;                ///< all others, as sent
  Body body;                           ///< a filter; may be empty
  base::SocketAddress source;
  std::string proven_user{};           ///< as in IncomingCall
  bool from_registrar = false;         ///< it came by the account's registrar, which may have proved who `from` is
};
/// A NOTIFY without a subscription, of the account's registrar: AccountOptions::takes_unsolicited_waiting.
struct UnsolicitedNotify {
  AccountId account;
  std::string package;
  Body body;
};
/// A MESSAGE outside of calls (RFC 3428), from somebody who may call us. It has been answered with 200.
struct MessageReceived {
  std::optional<AccountId> account;
  std::string call_id;
  std::string request_uri;
  Party from, to;
  std::optional<Party> asserted;       ///< P-Asserted-Identity, only from the account's registrar and trusted_peers
  HeaderFields headers;                ///< all others, as sent
  Body body;
  base::SocketAddress source;
};
/// The end of a request of ours outside of calls.
struct RequestAnswered {
  enum class Why : std::uint8_t { Answered, NoAnswer, Unreachable, Unresolvable };
  RequestId request;
  Why why = Why::Answered;
  int status = 0;                      ///< the final response; 0 when there was none
  std::string reason;
  HeaderFields headers;
  Body body;
};

/// An INVITE, SUBSCRIBE or MESSAGE from an address that none of our accounts knows was refused with 403 (AccountOptions::accept_from). Told at the 1st, 2nd,
/// 4th, 8th ... of them: a scan of the whole Internet makes a few lines and no more.
struct StrangerRefused {
  base::SocketAddress source;
  std::uint64_t so_far = 0;            ///< from all strangers together, this one included
};

using Event = std::variant<RegistrationChanged, StrangerRefused, IncomingCall, CallProgress, CallAnswered, CallConfirmed, OfferReceived,
                           OfferAnswered, OfferRefused, PeerChanged, TransferProgress, TransferRequested, InfoReceived, TextReceived,
                           MidCallAnswered, CallEnded, SubscriptionChanged, Notified, SubscribeReceived, UnsolicitedNotify,
                           MessageReceived, RequestAnswered, PublicationChanged>;

}  // namespace offhook::inline v0::sip
