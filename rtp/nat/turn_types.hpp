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

/// The address family of the relayed address: RFC 8656 section 7.1. Any: the server's choice, which is IPv4 if it has it. Both: one of each.
enum class TurnFamily : std::uint8_t { Any, V4, V6, Both };

struct TurnOptions {
  base::SocketAddress server{};
  StunTransport transport = StunTransport::Udp;
  TurnFamily family = TurnFamily::Any;
  std::chrono::seconds lifetime{0};  ///< wanted lifetime of the allocation; 0: the server's default, which is 10 minutes
  std::string software{};            ///< sent as SOFTWARE, at most 127 octets; "": not sent
  StunTimers timers{};
};

/// Why there is no allocation. The codes are those of RFC 8656 sections 7.4 and 19.
enum class TurnFailure : std::uint8_t {
  NoAnswer,
  BadIntegrity,          ///< there were answers, but none that the server has signed: RFC 8489 section 9.2.5
  BadAnswer,             ///< a success that lacks an address or a usable lifetime, or an answer with an unknown attribute that must be understood
  BadChallenge,          ///< a 401 or 438 that cannot be answered: ChallengeError; the reason says which
  WrongCredential,       ///< 401 after the credential was sent, or 441
  StaleNonce,            ///< a second 438 for the same request
  AllocationMismatch,    ///< 437: the server has lost the allocation; in an answer to Allocate, the socket has one already. Take another port
  UnsupportedFamily,     ///< 440, or a relayed address of another family than requested
  UnsupportedTransport,  ///< 442
  QuotaReached,          ///< 486: wait at least a minute
  NoCapacity,            ///< 508: wait at least a minute
  TooManyRedirects,      ///< more than StunRedirections::kMax, or back to a server that was asked before
  Refused,               ///< any other error
  Disconnected,          ///< the connection to the server has failed
};
[[nodiscard]] std::string_view to_string(TurnFailure failure);

namespace turn {

struct Transmit {
  base::SocketAddress to;
  base::Bytes octets;             ///< valid until the next call
};

/// The server relays now.
struct Allocated {
  std::optional<base::SocketAddress> relayed_v4, relayed_v6;
  base::SocketAddress mapped;     ///< our address as the server sees it
  int missing_family_code = 0;    ///< for TurnFamily::Both: why one family is missing, 440 or 508; 0: none is, or the server does not know the request
};
/// There is no allocation, because the Allocate failed. If the client gives a useless allocation back, Released follows.
struct Failed {
  TurnFailure why = TurnFailure::NoAnswer;
  int code = 0;                   ///< of the server's error; 0 if there is none
  std::string reason;             ///< untrusted text of the server
};
/// There is no allocation any more. Its peers are forgotten.
struct Lost {
  TurnFailure why = TurnFailure::NoAnswer;
  int code = 0;
  std::string reason;
};
/// Only over TCP and TLS: the server names another one. The owner connects to `server`, and calls start().
struct Redirected {
  base::SocketAddress server;
  std::string domain;             ///< of the certificate; "": that of the first server
};
/// The peer can be sent to: by a Send indication, or by ChannelData if `has_channel`.
struct PeerReady {
  base::SocketAddress peer;
  bool has_channel = false;
};
/// The server does not permit the peer, or does not bind a channel to it (`has_channel`; Send indications may still work).
struct PeerRefused {
  base::SocketAddress peer;
  bool has_channel = false;
  int code = 0;                   ///< of the server's error; 0: no answer
};
/// release() is complete.
struct Released {};

using Event = std::variant<Allocated, Failed, Lost, Redirected, PeerReady, PeerRefused, Released>;

}  // namespace turn
}  // namespace offhook::inline v0::rtp
