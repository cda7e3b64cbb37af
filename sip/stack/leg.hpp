#pragma once

#include <offhook/sip/stack/call_table.hpp>
#include <offhook/sip/stack/seen_address.hpp>

#include <memory>
#include <optional>
#include <string>

namespace offhook::inline v0::sip {

/// One call, as CallTable stores it.
struct CallTable::Leg {
  SessionId id;
  std::string call_id, local_tag;
  std::optional<AccountId> account;
  std::string user;  // User part of our Contact if there is no account.
  std::unique_ptr<session::Session> session;
  session::InviteServerSession* incoming = nullptr;  // The same object as `session` if the call was received.
  /// Credentials for this call only. Any peer may challenge us through the registrar, and must not change the realms, nonces and
  /// strengths that REGISTER and other calls remember.
  std::optional<DigestClient> digest;
  std::optional<Flow> way;  // Flow of the last request or response.
  std::optional<SeenAddress> seen{};  // The address seen by the account's server in the last challenge of this call that we answered.
  std::optional<Party> asserted{};  // The peer's identity as a trusted server asserted it, in the last report.
  bool over = false;
  bool anonymous = false;  // Our Contact must not identify us.
  /// Header fields from the phone layer, stored until the message is sent (a BYE may have to wait for an ACK): `parting` for our BYE
  /// or CANCEL, `answering` for our final response to the INVITE.
  HeaderList parting{}, answering{};
  std::optional<SessionId> replaces{};    // The call that ends when this one is answered: RFC 3891.
  std::optional<SessionId> reports_to{};  // The call whose peer requested this call: RFC 3515.
};

}  // namespace offhook::inline v0::sip
