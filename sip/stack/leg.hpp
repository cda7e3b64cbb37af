#pragma once

#include <offhook/sip/stack/calls.hpp>
#include <offhook/sip/stack/seen_address.hpp>

#include <memory>
#include <optional>
#include <string>

namespace offhook::inline v0::sip {

/// One call as Calls keeps it.
struct Calls::Leg {
  SessionId id;
  std::string call_id, local_tag;
  std::optional<AccountId> account;
  std::string user;  // Of our Contact, when no account names one.
  std::unique_ptr<session::Session> session;
  session::InviteServerSession* incoming = nullptr;  // The same, when the call came to us.
  /// Of this call alone: who challenges us through the registrar is anybody, and must not touch what REGISTER and other calls
  /// remember of realms, nonces and strengths.
  std::optional<DigestClient> digest;
  std::optional<Flow> way;  // That the last request or response took.
  std::optional<SeenAddress> seen{};  // By the account's server, in the last challenge of this call that we answered.
  std::optional<Party> asserted{};  // Who the peer is by the word of those whom we believe, as told last.
  bool over = false;
  bool anonymous = false;  // Our Contact must not say who we are.
  /// What the phone adds, kept until the message leaves: a BYE may have to wait for an ACK.
  HeaderList parting{}, answering{};
  std::optional<SessionId> replaces{};    // Ends when this one is answered: RFC 3891.
  std::optional<SessionId> reports_to{};  // Whose peer asked for this call: RFC 3515.
};

}  // namespace offhook::inline v0::sip
