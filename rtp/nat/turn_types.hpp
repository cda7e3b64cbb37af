#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/rtp/nat/stun_transaction.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace offhook::inline v0::rtp {

/// The address family of the relayed address: RFC 8656 section 7.1. Any: the server chooses, and prefers IPv4. Both: one address of each family.
enum class TurnFamily : std::uint8_t { Any, V4, V6, Both };

struct TurnOptions {
  base::SocketAddress server{};
  StunTransport transport = StunTransport::Udp;
  TurnFamily family = TurnFamily::Any;
  std::chrono::seconds lifetime{0};  ///< requested lifetime of the allocation; 0: the server's default, usually 10 minutes
  std::string software{};            ///< value of SOFTWARE, at most 127 octets; "": no SOFTWARE
  StunTimers timers{};
};

/// The reason why there is no allocation. RFC 8656 sections 7.4 and 19 define the codes.
enum class TurnFailure : std::uint8_t {
  NoAnswer,
  BadIntegrity,          ///< answers came, but none had the server's signature: RFC 8489 section 9.2.5
  BadAnswer,             ///< a success response lacks an address or a usable lifetime, or an answer has an unknown attribute that a receiver must understand
  BadChallenge,          ///< the client cannot answer a 401 or 438; the reason is the text of the ChallengeError
  WrongCredential,       ///< 401 to a request with the credential, or 441
  StaleNonce,            ///< a second 438 for the same request
  AllocationMismatch,    ///< 437: the server has lost the allocation. In an answer to Allocate: the server has one for this port, so use another port
  UnsupportedFamily,     ///< 440, or the relayed address is not of the requested family
  UnsupportedTransport,  ///< 442
  QuotaReached,          ///< 486: wait at least a minute
  NoCapacity,            ///< 508: wait at least a minute
  TooManyRedirects,      ///< more than StunRedirections::kMax redirections, or a redirection to a server that was asked before
  Refused,               ///< any other error
  Disconnected,          ///< the connection to the server has failed
};
[[nodiscard]] std::string_view to_string(TurnFailure failure);

namespace turn {

struct Transmit {
  base::SocketAddress to;
  base::Bytes octets;             ///< valid until the next call
};

/// The server has made the allocation.
struct Allocated {
  std::optional<base::SocketAddress> relayed_v4, relayed_v6;
  base::SocketAddress mapped;     ///< our address as the server sees it
  int missing_family_code = 0;    ///< for TurnFamily::Both: 440 or 508 if the server reports why a family is missing; otherwise 0
};
/// The Allocate failed, so there is no allocation. If the server made an allocation that the client cannot use, the client deletes it, and Released follows.
struct Failed {
  TurnFailure why = TurnFailure::NoAnswer;
  int code = 0;                   ///< error code of the server; 0 if there is none
  std::string reason;             ///< untrusted text of the server
};
/// The allocation has ended, and with it all its permissions and channels.
struct Lost {
  TurnFailure why = TurnFailure::NoAnswer;
  int code = 0;
  std::string reason;
};
/// Only over TCP and TLS: the server redirects the client. The owner connects to `server`, and calls start().
struct Redirected {
  base::SocketAddress server;
  std::string domain;             ///< name to expect in the server's certificate; "": the first server's name
};
/// The client can now send to the peer: in Send indications, or in ChannelData if `has_channel`.
struct PeerReady {
  base::SocketAddress peer;
  bool has_channel = false;
};
/// The server does not grant a permission for the peer or, if `has_channel`, does not bind a channel. In the latter case, Send indications may still work.
struct PeerRefused {
  base::SocketAddress peer;
  bool has_channel = false;
  int code = 0;                   ///< error code of the server; 0 if it has not answered
};
/// release() is complete.
struct Released {};

using Event = std::variant<Allocated, Failed, Lost, Redirected, PeerReady, PeerRefused, Released>;

}  // namespace turn
}  // namespace offhook::inline v0::rtp
