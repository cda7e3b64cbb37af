#pragma once

#include <offhook/base/result.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/rtp/nat/stun_message.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace offhook::inline v0::rtp {

/// The servers from which a client was redirected, so that redirections cannot go on without end: RFC 8489 section 10.
/// Deviation: RFC 8489 section 14.8 demands that a 300 is signed, but section 10 does not, and servers redirect requests that were not signed themselves.
class StunRedirections {
 public:
  static constexpr std::size_t kMax = 4;
  enum class Error : std::uint8_t {
    NoServer,  ///< the answer names no server with a port and of the address family of the present one
    TooMany,   ///< more than kMax, or back to a server that was asked before
  };

  /// Returns the server that a 300 of the present server names.
  [[nodiscard]] base::Result<base::SocketAddress, Error> follow(const StunMessage& answer, const base::SocketAddress& present);
  void clear() { from_.clear(); }

 private:
  std::vector<base::SocketAddress> from_;
};

}  // namespace offhook::inline v0::rtp
