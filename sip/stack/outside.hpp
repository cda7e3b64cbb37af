#pragma once

#include <offhook/sip/stack/accounts.hpp>
#include <offhook/sip/stack/client_requests.hpp>
#include <offhook/sip/stack/outbox.hpp>
#include <offhook/sip/stack/server_requests.hpp>

#include <optional>

/// What SUBSCRIBE, MESSAGE and other requests outside of calls have in common, and what is told of any request.
namespace offhook::inline v0::sip {

/// Parts of the stack, which outlive whoever has this.
struct OutsideParts {
  transaction::Timers timers;
  base::Random& random;
  Outbox& outbox;
  ClientRequests& clients;
  ServerRequests& servers;
  Accounts& accounts;
  StackCounters& counters;
  const StackOptions& options;
};

struct Admitted {
  std::optional<AccountId> account;
  int refused = 0;  ///< 0: it may go on; 403 for strangers, 480 before anybody can be known, 404 for a user who is none of ours
};
/// Who may call us may send other requests, and nobody else: AccountOptions::accept_from, or `proven` credentials. Strangers are told of as for calls.
[[nodiscard]] Admitted admit(const Accounts& accounts, Outbox& outbox, StackCounters& counters, const Message& request,
                             const Flow& flow, bool proven);

/// The head of a request outside of any dialog, without the tag of From, Call-ID and CSeq. Errors: UnknownAccount, BadUri.
[[nodiscard]] base::Result<RequestHead, StackError> head_outside(const OutsideParts& parts, AccountId account, Method method,
                                                                 std::string_view target, bool through_registrar);
/// True when a request with this head goes to the account's registrar first.
[[nodiscard]] bool goes_to_registrar(const OutsideParts& parts, std::optional<AccountId> account, const RequestHead& head);

/// The answer to a 401 or 407, for a copy of the request; nothing when it is to be refused. Accounts::may_answer() is the rule.
/// RFC 3261 sections 22.2 and 26.
[[nodiscard]] std::optional<Authorizations> answer_challenge(const ClientRequests& clients, Accounts& accounts, base::Random& random,
                                                             const ClientRequests::Outcome& outcome,
                                                             std::optional<AccountId> account,
                                                             std::optional<DigestClient>& digest, AuthAttempt& attempt);

[[nodiscard]] Party party_of(const NameAddr& party);
/// P-Asserted-Identity of what came from whom the account believes it, be it a call, a message or a subscription: its registrar
/// and AccountOptions::trusted_peers (RFC 3325 section 5).
[[nodiscard]] std::optional<Party> asserted_of(const Accounts& accounts, std::optional<AccountId> account, const Message& request,
                                               const Flow& flow);
/// All header fields but those of the hop and the transaction, and what could pass for a proven identity.
[[nodiscard]] HeaderFields carried_fields(const Message& message);

}  // namespace offhook::inline v0::sip
