#pragma once

#include <offhook/sip/auth/credentials.hpp>
#include <offhook/sip/dialog/request_head.hpp>
#include <offhook/sip/message/message.hpp>
#include <offhook/sip/session/actions.hpp>
#include <offhook/sip/stack/capabilities.hpp>
#include <offhook/sip/stack/hop.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip {

/// Whose request it is, and which of its requests.
struct Owner {
  enum class Kind : std::uint8_t { Nobody, Session, Account, Subscription, Request, Publication };
  Kind kind = Kind::Nobody;
  std::uint64_t id = 0;
  session::Purpose purpose = session::Purpose::Invite;  ///< Of a session's.
  friend auto operator<=>(const Owner&, const Owner&) = default;
};

/// A request that shall reach its next hop, by whichever of that hop's addresses works.
struct Outgoing {
  Owner owner;
  RequestHead head;
  HeaderList headers;
  Body body;
  Authorizations authorizations;
  AuthAttempt attempt;
  HeaderList own{};           ///< Of the part of the stack that it comes from.
  std::vector<std::string> alternatives{};  ///< URIs whose servers are tried behind those of the next hop.
  bool to_registrar = false;  ///< It goes to the account's own registrar: who challenges it is that registrar.
  bool peer_opened = false;   ///< It goes within a dialog that the peer opened.
};

/// What a request says by itself, whatever it is: our name, and what we can.
struct OwnWords {
  const std::string& user_agent;
  const Capabilities& can;
};

/// The whole request, as it leaves by this flow. `contact`: "" for none.
[[nodiscard]] std::string compose(const Outgoing& request, const Flow& flow, std::string_view branch, std::string_view contact,
                                  const OwnWords& words);
/// RFC 3261 section 17.1.1.3: the ACK to a 300-699 is the INVITE's own, hop by hop.
[[nodiscard]] std::string compose_ack(const RequestHead& invite, const Flow& flow, std::string_view branch, const Message& response);

}  // namespace offhook::inline v0::sip
