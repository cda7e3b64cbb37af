#pragma once

#include <offhook/base/socket_address.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::phone {

/// A server that reports this side's public address (STUN), or that relays media (TURN).
struct NatServerOptions {
  std::string uri;               ///< `stun:HOST`, `turn:HOST:PORT?transport=tcp`, `turns:HOST`: RFC 7064 and RFC 7065
  std::string username{};        ///< only for TURN
  std::string password{};        ///< only for TURN; never log it
  /// true: `password` is a secret that this side shares with the server (coturn: `use-auth-secret`). This side then derives a username and a password for each
  /// call, which are valid for a day.
  bool is_shared_secret = false;
};

/// Options for calls through a NAT.
struct NatOptions {
  static constexpr std::size_t kMaxServers = 4;

  /// This machine's public address, if a NAT forwards all media ports to this machine. nullopt: the servers report the address, or else the registrar does.
  std::optional<base::IpAddress> public_address{};
  std::vector<NatServerOptions> servers{};  ///< at most kMaxServers
  std::string ca_file{};                    ///< PEM file with the certificate authorities for `turns`; "": the system's authorities
};

}  // namespace offhook::inline v0::phone
