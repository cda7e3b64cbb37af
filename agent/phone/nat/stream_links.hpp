#pragma once

#include <offhook/base/result.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/rtp/nat/stun_transaction.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace offhook::inline v0::phone {

/// Connections to servers of TURN over TCP and TLS. A media worker has only sockets of UDP. So each connection has a socket of UDP beside it: what the leg sends there
/// goes to the server, and what the server sends comes from there. One thread serves all connections.
class StreamLinks {
 public:
  static constexpr std::size_t kMaxLinks = 512;                 ///< a further one is refused
  static constexpr std::size_t kMaxQueuedOctets = 64 * 1024;    ///< that wait for one server; more are dropped, as a network would

  enum class State : std::uint8_t { Connecting, Open, Closed };
  enum class Error : std::uint8_t {
    TooMany,        ///< kMaxLinks
    NoSocket,       ///< the process has no descriptors left, or the address cannot be bound
    NoTls,          ///< `ca_file` is unusable
  };

  [[nodiscard]] static std::string_view to_string(Error error);

  struct Server {
    base::SocketAddress address{};
    rtp::StunTransport transport = rtp::StunTransport::Tcp;   ///< Tcp or Tls
    std::string name{};                                       ///< that the server's certificate must have; an address proves itself
  };

  /// One connection. It ends with this object.
  class Link {
   public:
    virtual ~Link() = default;
    /// Where the leg sends what goes to the server.
    [[nodiscard]] const base::SocketAddress& address() const { return address_; }
    [[nodiscard]] State state() const { return state_->load(std::memory_order_acquire); }

   protected:
    base::SocketAddress address_;
    std::shared_ptr<std::atomic<State>> state_ = std::make_shared<std::atomic<State>>(State::Connecting);   // the thread has it too
  };

  /// `ca_file` as in NatOptions.
  explicit StreamLinks(std::string ca_file);
  ~StreamLinks();  ///< closes all connections
  StreamLinks(const StreamLinks&) = delete;
  StreamLinks& operator=(const StreamLinks&) = delete;

  /// Connects to a server for the leg's socket with this address. Only what comes from there goes to the server. Call it on one thread.
  [[nodiscard]] base::Result<std::shared_ptr<Link>, Error> open(const Server& server, const base::SocketAddress& leg);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace offhook::inline v0::phone
