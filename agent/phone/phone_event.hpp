#pragma once

#include <offhook/agent/phone/account.hpp>
#include <offhook/agent/phone/call.hpp>
#include <offhook/agent/phone/subscription.hpp>
#include <offhook/agent/phone/watcher.hpp>
#include <offhook/media/engine/engine.hpp>

#include <optional>
#include <string>
#include <variant>

/// The events of an endpoint, in order, on its signalling thread. They are values: an application may keep them, and pass them to other threads.
namespace offhook::inline v0::phone {

struct RegistrationChanged { Account account; sip::RegistrationChanged details; };
/// A call comes in. Give it media (Call::prepare), then answer it, or reject it. Until then the call waits as long as the caller waits.
struct CallOffered { CallPtr call; sip::IncomingCall details; };
/// The result of Call::prepare(): answer() needs it. If `media` is an error, the call was refused, and CallFinished follows. Errors: NotAcceptable (no codec in
/// common; 488), NoMedia (no resources, no port, or no media within EndpointOptions::prepare_limit; 503), Socket (no route; 500), and those of
/// EndpointOptions::prepare_media (503).
struct CallPrepared { CallPtr call; base::Result<Prepared, base::Error> media; };
struct CallTurnedAway { sip::IncomingCall details; int status = 486; };         ///< all lines are in use, or IdentityOptions refuse the call; it has no handle
/// A provisional response to an INVITE of this side, except 100: such as 180 Ringing, 181 Call Is Being Forwarded, 182 Queued, 183 Session
/// Progress. `early_media`: the called side has described its media, which play from now on (DialOptions::early_media).
struct CallRinging { CallPtr call; int status = 180; bool early_media = false; sip::CallProgress details{}; };
/// The call is answered, and its media can pass: ICE has found a path, and DTLS has keys (EndpointOptions::path_limit). `headers` and `asserted` come from the
/// 2xx to an outgoing INVITE, or from the ACK of an incoming INVITE, as in the events of sip::Stack. `sends` or `receives` is false if one side holds the other
/// from the beginning.
struct CallConnected { CallPtr call; bool sends = true, receives = true; sip::HeaderFields headers{}; std::optional<sip::Party> asserted{}; };
/// The peer or this side holds or resumes; `headers` and `asserted` come from the peer's offer, answer or refusal.
struct CallMediaChanged { CallPtr call; bool sends = true, receives = true; sip::HeaderFields headers{}; std::optional<sip::Party> asserted{}; };
/// The peer reports that a different user is connected now, for example after a transfer or pick-up on its side (RFC 4916). Like From in an
/// INVITE, the report is only a claim, except `asserted`.
struct CallPeerChanged { CallPtr call; sip::PeerChanged details; };
/// `status` is 2xx if the peer reached the target. `headers` come from the NOTIFY or response with this status. `accepted` is false if the peer did not begin
/// the transfer: it refused the REFER, or has not answered it.
struct CallTransferred { CallPtr call; int status = 0; sip::HeaderFields headers{}; bool accepted = false; };
/// REFER: the peer asks this side to call another party. Invoke Call::accept_transfer() and dial with DialOptions::for_transfer, or decline;
/// after 16 s the endpoint declines. The endpoint itself never dials because a peer asks for it.
struct CallTransferRequested { CallPtr call; sip::TransferRequested details; };
struct CallInfo { CallPtr call; sip::InfoReceived details; };                   ///< INFO, answered already; may contain a key press
struct CallText { CallPtr call; sip::TextReceived details; };                   ///< MESSAGE within the call, answered already
struct CallRequestAnswered { CallPtr call; sip::MidCallAnswered details; };        ///< the response to send_text() or send_info()
/// The last event of a call. `media` has the counters of its leg; nullopt if the call had no leg. If the network refused the call only by a tone, `tone` is
/// that tone, and `details` has the status of the corresponding response (DialOptions::heeds_tones).
struct CallFinished { CallPtr call; sip::CallEnded details; std::optional<media::LegStatistics> media; media::LineTone tone{}; };

/// A subscription of this side was granted, waits for another attempt, or has ended.
struct SubscriptionChanged { Subscription subscription; sip::SubscriptionChanged details; };
/// The state of the subscribed resource: the whole state, or the changes, as its package defines.
struct Notified { Subscription subscription; sip::Notified details; };

/// A watcher asks to see a line of this endpoint (WatchOptions::asks); `details` identify it. Answer by Watcher::accept() or Watcher::end().
/// If the application answers within this event, the response has the answer; otherwise the watcher waits as "pending".
struct WatcherAsks { Watcher watcher; sip::SubscribeReceived details; };
/// A watcher that was accepted, or that waited, has ended.
struct WatcherLeft { Watcher watcher; sip::SubscriptionChanged details; };

/// A server of NatOptions has failed: calls do not use it for a minute, and then try it again.
struct NatServerFailed { std::string uri, reason; };

/// All events of an endpoint. They include events of sip: a refused unknown peer; a MESSAGE outside of calls (answered with 200), and the response
/// to a sent MESSAGE; a NOTIFY without a subscription (AccountOptions::takes_unsolicited_waiting).
using PhoneEvent = std::variant<RegistrationChanged, sip::StrangerRefused, CallOffered, CallPrepared, CallTurnedAway, CallRinging, CallConnected,
                                CallMediaChanged, CallPeerChanged, CallTransferred, CallTransferRequested, CallInfo, CallText, CallRequestAnswered,
                                CallFinished, SubscriptionChanged, Notified, WatcherAsks, WatcherLeft, NatServerFailed, sip::UnsolicitedNotify,
                                sip::MessageReceived, sip::RequestAnswered>;

}  // namespace offhook::inline v0::phone
