#pragma once

#include <offhook/agent/call/ended.hpp>
#include <offhook/agent/call/leg.hpp>
#include <offhook/media/quality/leg_statistics.hpp>

#include <optional>
#include <string>
#include <variant>

/// The events of legs, in order, on the thread of their network.
namespace offhook::inline v0::call {

struct Offered { LegPtr leg; Incoming details; };
/// The result of Leg::prepare(). If `media` is an error, the leg has refused the call, and Finished follows.
struct Prepared { LegPtr leg; base::Result<void, base::Error> media; };
struct TurnedAway { Incoming details; Ended how; };  ///< the network itself refused a call, which has no leg
struct Ringing { LegPtr leg; };
struct Connected { LegPtr leg; bool sends = true; };  ///< `sends` is false while the peer holds this side
struct MediaChanged { LegPtr leg; bool sends = true, receives = true; };  ///< one side has put the other side on hold, or has ended the hold
/// The peer's side names another person. `asserted` is true if a trusted peer asserts the name.
struct PartyChanged { LegPtr leg; Party party; bool asserted = false; };
struct KeyPressed { LegPtr leg; char key = 0; };  ///< the signalling reported a key; keys in the audio come through the port
/// The outcome of a transfer. `begun` is false if the peer did not begin it. `status` is as in Ended.
struct Transferred { LegPtr leg; bool reached = false; std::string status; bool begun = false; };
struct TransferRequested { LegPtr leg; };  ///< the peer asks this side to call another party
struct Finished { LegPtr leg; Ended how; std::optional<media::LegStatistics> media; };

using Event = std::variant<Offered, Prepared, TurnedAway, Ringing, Connected, MediaChanged, PartyChanged, KeyPressed, Transferred, TransferRequested, Finished>;

}  // namespace offhook::inline v0::call
