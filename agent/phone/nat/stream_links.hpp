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

/// Connections to TURN servers over TCP and TLS. A media worker has only UDP sockets, so each connection has its own UDP socket on this host. Messages that the
/// leg sends to this socket go to the server, and the server's messages come to the leg from this socket. One thread serves all connections.
class StreamLinks {
 public:
  static constexpr std::size_t kMaxLinks = 512;                 ///< open() refuses a further link
  static constexpr std::size_t kMaxQueuedOctets = 64 * 1024;    ///< octets that wait for one server; further messages are dropped, as in a network

  enum class State : std::uint8_t { Connecting, Open, Closed };
  enum class Error : std::uint8_t {
    TooMany,        ///< there are kMaxLinks links
    NoSocket,       ///< the process has no descriptors left, or the address cannot be bound
    NoTls,          ///< `ca_file` is unusable
  };

  [[nodiscard]] static std::string_view to_string(Error error);

  struct Server {
    base::SocketAddress address{};
    rtp::StunTransport transport = rtp::StunTransport::Tcp;   ///< Tcp or Tls
    std::string name{};                                       ///< the name or address that the server's certificate must have
  };

  /// One connection. It ends with this object.
  class Link {
   public:
    virtual ~Link() = default;
    /// Returns the address of the UDP socket, to which the leg sends its messages for the server.
    [[nodiscard]] const base::SocketAddress& address() const { return address_; }
    [[nodiscard]] State state() const { return state_->load(std::memory_order_acquire); }

   protected:
    base::SocketAddress address_;
    std::shared_ptr<std::atomic<State>> state_ = std::make_shared<std::atomic<State>>(State::Connecting);   // shared with the thread
  };

  /// `ca_file` is NatOptions::ca_file.
  explicit StreamLinks(std::string ca_file);
  ~StreamLinks();  ///< closes all connections
  StreamLinks(const StreamLinks&) = delete;
  StreamLinks& operator=(const StreamLinks&) = delete;

  /// Connects to a server for the leg's socket with the address `leg`. The link ignores datagrams from other addresses. Always call it on the same thread.
  [[nodiscard]] base::Result<std::shared_ptr<Link>, Error> open(const Server& server, const base::SocketAddress& leg);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace offhook::inline v0::phone
