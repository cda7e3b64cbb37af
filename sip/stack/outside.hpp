#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/stack/stack_error.hpp>
#include <offhook/sip/stack/stack_parts.hpp>

#include <optional>

/// Common code for SUBSCRIBE, MESSAGE and other requests outside calls, and for the values that events report of any request.
namespace offhook::inline v0::sip {

struct Admitted {
  std::optional<AccountId> account;
  int refused = 0;  ///< 0: accepted; 403 for unknown sources, 480 while no source can be known, 404 for an unknown user
};
/// Accepts a request only from a source that may call us: AccountOptions::accept_from allows it, or `proven` says that the sender
/// has authenticated. Reports each refused unknown source, as for calls.
[[nodiscard]] Admitted admit(const AccountTable& accounts, Outbox& outbox, StackCounters& counters, const Message& request,
                             const Flow& flow, bool proven);

/// Returns the head of a request outside any dialog, without From tag, Call-ID and CSeq. Errors: UnknownAccount, BadUri.
[[nodiscard]] base::Result<RequestHead, StackError> head_outside(const StackParts& parts, AccountId account, Method method,
                                                                 std::string_view target, bool through_registrar);
/// Returns true if a request with this head goes to the account's registrar first.
[[nodiscard]] bool goes_to_registrar(const StackParts& parts, std::optional<AccountId> account, const RequestHead& head);

/// Returns the credentials for a copy of the request that got 401 or 407. Returns nullopt if the challenge must not be answered:
/// AccountTable::may_answer() decides. RFC 3261 sections 22.2 and 26.
[[nodiscard]] std::optional<Authorizations> answer_challenge(const ClientRequests& clients, AccountTable& accounts, base::Random& random,
                                                             const ClientRequests::Outcome& outcome,
                                                             std::optional<AccountId> account,
                                                             std::optional<DigestClient>& digest, AuthAttempt& attempt);

[[nodiscard]] Party party_of(const NameAddr& party);
/// Returns the P-Asserted-Identity of a message if the message came from a trusted source, which is the account's registrar or one of
/// AccountOptions::trusted_peers (RFC 3325 section 5). Used for calls, messages and subscriptions.
[[nodiscard]] std::optional<Party> asserted_of(const AccountTable& accounts, std::optional<AccountId> account, const Message& request,
                                               const Flow& flow);
/// Returns all header fields except those of the hop and the transaction, and except those that a program could mistake for a
/// verified identity.
[[nodiscard]] HeaderFields carried_fields(const Message& message);

}  // namespace offhook::inline v0::sip
