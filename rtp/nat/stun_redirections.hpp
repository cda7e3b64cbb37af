#pragma once

#include <offhook/base/result.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/rtp/nat/stun_message.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace offhook::inline v0::rtp {

/// Remembers the servers that redirected a client, so that redirections cannot go on without end: RFC 8489 section 10.
/// Deviation: the client follows an unsigned 300. RFC 8489 section 14.8 demands its integrity, but section 10 does not, and servers redirect unsigned requests.
class StunRedirections {
 public:
  static constexpr std::size_t kMax = 4;
  enum class Error : std::uint8_t {
    NoServer,  ///< ALTERNATE-SERVER is absent, has no port, or has another address family than the present server
    TooMany,   ///< more than kMax redirections, or a redirection to a server that was asked before
  };

  /// Returns the server that the present server's 300 names, and counts the redirection.
  [[nodiscard]] base::Result<base::SocketAddress, Error> follow(const StunMessage& answer, const base::SocketAddress& present);
  void clear() { from_.clear(); }

 private:
  std::vector<base::SocketAddress> from_;
};

}  // namespace offhook::inline v0::rtp
