#pragma once

#include <offhook/agent/phone/account.hpp>
#include <offhook/agent/phone/call.hpp>
#include <offhook/agent/phone/subscription.hpp>
#include <offhook/agent/phone/watcher.hpp>
#include <offhook/media/engine/engine.hpp>

#include <optional>
#include <variant>

/// What an endpoint tells, in order, on its signalling thread. Values: they may be kept, and cross threads.
namespace offhook::inline v0::phone {

struct RegistrationChanged { Account account; sip::RegistrationChanged details; };
/// Ringing towards us. Give it media (Call::prepare), then answer it, or reject it. Until then it waits, as long as the caller does.
struct CallOffered { CallPtr call; sip::IncomingCall details; };
struct CallTurnedAway { sip::IncomingCall details; int status = 486; };         ///< all lines are in use, or IdentityOptions refuse it: no handle was made
/// A provisional response to our INVITE but 100, such as 180 Ringing, 181 Call Is Being Forwarded, 182 Queued, 183 Session Progress.
/// `early_media`: the called side has described its media, which play from now on (DialOptions::early_media).
struct CallRinging { CallPtr call; int status = 180; bool early_media = false; sip::CallProgress details{}; };
/// `headers`, `asserted`: of the 2xx to our INVITE, or of the ACK to ours, as in the events of sip::Stack.
/// `sends`, `receives`: false where one side holds the other from the beginning.
struct CallConnected { CallPtr call; bool sends = true, receives = true; sip::HeaderFields headers{}; std::optional<sip::Party> asserted{}; };
/// Hold and resume by the peer, or by us; `headers`, `asserted`: of the peer's offer, answer or refusal.
struct CallMediaChanged { CallPtr call; bool sends = true, receives = true; sip::HeaderFields headers{}; std::optional<sip::Party> asserted{}; };
/// The peer says that another user is connected now, after a transfer or pick-up at its end, say (RFC 4916). A claim, as From in an INVITE is,
/// but for `asserted`.
struct CallPeerChanged { CallPtr call; sip::PeerChanged details; };
/// 2xx: the peer reached the target; else it did not. `headers`: of the NOTIFY or response that said so.
struct CallTransferred { CallPtr call; int status = 0; sip::HeaderFields headers{}; };
/// REFER: the peer asks us to call somebody else. Call::accept_transfer() and dial with DialOptions::for_transfer, or decline; else it
/// is declined after 16 s. Nothing is dialled because a caller asks for it.
struct CallTransferRequested { CallPtr call; sip::TransferRequested details; };
struct CallInfo { CallPtr call; sip::InfoReceived details; };                   ///< INFO, answered already; a key, perhaps
struct CallText { CallPtr call; sip::TextReceived details; };                   ///< MESSAGE within the call, answered already
struct CallRequestAnswered { CallPtr call; sip::MidCallAnswered details; };        ///< what became of send_text() or send_info()
/// The last event of a call. `media`: what its leg counted, nothing when it had none. `tone`: the network refused the call by that tone and
/// not by a response (DialOptions::heeds_tones); `details` are then those of the response that fits.
struct CallFinished { CallPtr call; sip::CallEnded details; std::optional<media::LegStatistics> media; media::LineTone tone{}; };

/// Of a subscription of ours: granted, waiting for another try, or ended.
struct SubscriptionChanged { Subscription subscription; sip::SubscriptionChanged details; };
/// What we subscribed to, as it is now: whole, or what changed, as its package says.
struct Notified { Subscription subscription; sip::Notified details; };

/// Somebody wants to see one of our lines (WatchOptions::asks), by whoever `details` says: Watcher::accept() or end(). Decided within this event
/// he gets his answer in the response; later, he waits as "pending".
struct WatcherAsks { Watcher watcher; sip::SubscribeReceived details; };
/// One who was accepted, or had asked, watches no more.
struct WatcherLeft { Watcher watcher; sip::SubscriptionChanged details; };

/// Besides ours: who was refused as a stranger; a MESSAGE outside of calls (it has its 200), and what became of one of ours; a NOTIFY
/// that nobody asked for (AccountOptions::takes_unsolicited_waiting).
using PhoneEvent = std::variant<RegistrationChanged, sip::StrangerRefused, CallOffered, CallTurnedAway, CallRinging, CallConnected,
                                CallMediaChanged, CallPeerChanged, CallTransferred, CallTransferRequested, CallInfo, CallText, CallRequestAnswered,
                                CallFinished, SubscriptionChanged, Notified, WatcherAsks, WatcherLeft, sip::UnsolicitedNotify,
                                sip::MessageReceived, sip::RequestAnswered>;

}  // namespace offhook::inline v0::phone
