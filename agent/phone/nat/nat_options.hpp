#pragma once

#include <offhook/base/socket_address.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::phone {

/// A server that tells this side its public address (STUN), or that relays media (TURN).
struct NatServerOptions {
  std::string uri;               ///< `stun:HOST`, `turn:HOST:PORT?transport=tcp`, `turns:HOST`: RFC 7064 and RFC 7065
  std::string username{};        ///< of TURN
  std::string password{};        ///< of TURN; never log it
  /// true: `password` is a secret that this side shares with the server. Each call then has its own name and password, which are valid for a day (coturn:
  /// `use-auth-secret`).
  bool is_shared_secret = false;
};

/// How calls reach peers on the other side of a NAT.
struct NatOptions {
  static constexpr std::size_t kMaxServers = 4;

  /// The address of this machine in the Internet, if a NAT passes all ports of media on to it. nullopt: the servers tell it, or else the registrar.
  std::optional<base::IpAddress> public_address{};
  std::vector<NatServerOptions> servers{};  ///< at most kMaxServers
  std::string ca_file{};                    ///< PEM; the authorities that sign for `turns`; "": those of the system
};

}  // namespace offhook::inline v0::phone
