#pragma once

#include <offhook/sip/stack/call_table.hpp>

#include <optional>
#include <string>

/// Functions that add values to the events of a call which its session does not know.
namespace offhook::inline v0::sip {

/// Writes `trouble`, the reason for a missing address or connection, into a CallEnded without a reason.
void add_reason(const std::string& trouble, session::Actions& actions);
/// Adds the message's header fields to the events that it caused. Adds the asserted identity too if the source is trusted:
/// RFC 3325 section 5.
void add_carried(const AccountTable& accounts, const CallTable::Leg& leg, const Message& message, session::Actions& actions);
/// Updates the peer's identity from a request within the call that we answer with 2xx. Returns the event if the identity has changed.
[[nodiscard]] std::optional<PeerChanged> learn_peer(const AccountTable& accounts, CallTable::Leg& leg, const Message& request,
                                                    const Flow& flow);

}  // namespace offhook::inline v0::sip
