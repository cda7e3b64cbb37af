#pragma once

#include <offhook/sip/auth/credentials.hpp>
#include <offhook/sip/dialog/request_head.hpp>
#include <offhook/sip/message/message.hpp>
#include <offhook/sip/model/capabilities.hpp>
#include <offhook/sip/session/actions.hpp>
#include <offhook/sip/stack/hop.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip {

/// The owner of a request, and the kind of the request.
struct Owner {
  enum class Kind : std::uint8_t { Nobody, Session, Account, Subscription, Request, Publication };
  Kind kind = Kind::Nobody;
  std::uint64_t id = 0;
  session::Purpose purpose = session::Purpose::Invite;  ///< for a session's requests
  friend auto operator<=>(const Owner&, const Owner&) = default;
};

/// A request to send to its next hop, over whichever address of the hop works.
struct Outgoing {
  Owner owner;
  RequestHead head;
  HeaderList headers;
  Body body;
  Authorizations authorizations;
  AuthAttempt attempt;
  HeaderList own{};           ///< from the part of the stack that sends it
  std::vector<std::string> alternatives{};  ///< URIs whose servers are tried after those of the next hop
  bool to_registrar = false;  ///< sent to the account's own registrar: a challenge comes from that registrar
  bool peer_opened = false;   ///< sent within a dialog that the peer opened
};

[[nodiscard]] inline bool is_in_dialog(const RequestHead& request) { return request.to.find(";tag=") != std::string::npos; }

/// The parts of every request: our name and our capabilities.
struct OwnWords {
  const std::string& user_agent;
  const Capabilities& can;
};

/// Returns the complete request for this flow. `contact` "" means no Contact.
[[nodiscard]] std::string compose(const Outgoing& request, const Flow& flow, std::string_view branch, std::string_view contact,
                                  const OwnWords& words);
/// Returns the ACK to a 300-699, which belongs to the INVITE transaction and goes hop by hop: RFC 3261 section 17.1.1.3.
[[nodiscard]] std::string compose_ack(const RequestHead& invite, const Flow& flow, std::string_view branch, const Message& response);

}  // namespace offhook::inline v0::sip
